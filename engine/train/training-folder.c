/* What stands in the folder of a training, and reading it back. */

#include "train/training-folder.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "base/save.h"
#include "data/split.h"
#include "train/training.h"

#define HISTORY "history.json"
#define RECIPE "recipe.txt"
#define NETWORK "network.onnx"
#define EPOCHS "epochs"

/* The numbers of an epoch by their names in the file. */
static const struct
{
  const char *name;
  gsize offset;
} fields[] = {
  { "loss", G_STRUCT_OFFSET (PhEpoch, loss) },
  { "accuracy", G_STRUCT_OFFSET (PhEpoch, accuracy) },
  { "validation_loss", G_STRUCT_OFFSET (PhEpoch, validation_loss) },
  { "validation_accuracy", G_STRUCT_OFFSET (PhEpoch, validation_accuracy) },
  { "rate", G_STRUCT_OFFSET (PhEpoch, rate) },
  { "seconds", G_STRUCT_OFFSET (PhEpoch, seconds) },
};

gboolean
ph_training_save_history (PhTrainer *trainer, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, HISTORY, NULL);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;
  const PhEpoch *epochs;
  gsize size;
  guint n;

  epochs = ph_trainer_get_epochs (trainer, &n);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "best");
  json_builder_add_int_value (builder, ph_trainer_get_best (trainer));
  json_builder_set_member_name (builder, "accuracy");
  json_builder_add_double_value (builder, ph_trainer_get_accuracy (trainer));
  json_builder_set_member_name (builder, "epochs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      json_builder_begin_object (builder);
      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        {
          json_builder_set_member_name (builder, fields[j].name);
          json_builder_add_double_value (builder,
                                         G_STRUCT_MEMBER (double, &epochs[i], fields[j].offset));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, &size);
  return ph_save_bytes (path, text, size, error);
}

static double
get_number (JsonObject *object, const char *name, double otherwise)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : otherwise;
}

/* A history that is missing or broken leaves the record without epochs: it is no more than a
 * report, the checkpoint knows where to go on. */
static void
read_history (PhTrainingRecord *record)
{
  g_autofree char *path = g_build_filename (record->folder, HISTORY, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root, *list;
  JsonObject *object;

  if (!json_parser_load_from_file (parser, path, NULL))
    return;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return;
  object = json_node_get_object (root);
  list = json_object_get_member (object, "epochs");
  if (list == NULL || !JSON_NODE_HOLDS_ARRAY (list))
    return;
  for (guint i = 0; i < json_array_get_length (json_node_get_array (list)); i++)
    {
      JsonNode *element = json_array_get_element (json_node_get_array (list), i);
      PhEpoch epoch = { 0 };

      if (!JSON_NODE_HOLDS_OBJECT (element))
        break;
      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        G_STRUCT_MEMBER (double, &epoch, fields[j].offset) =
            get_number (json_node_get_object (element), fields[j].name, 0);
      g_array_append_val (record->epochs, epoch);
    }
  record->best = CLAMP ((int)get_number (object, "best", -1), -1, (int)record->epochs->len - 1);
  record->accuracy = get_number (
      object, "accuracy",
      record->best >= 0
          ? g_array_index (record->epochs, PhEpoch, (guint)record->best).validation_accuracy
          : -1);
}

/* Whether the settings have more epochs for it than it has seen. */
static gboolean
is_unfinished (const PhTrainingRecord *record)
{
  int n = (int)record->epochs->len, patience = record->settings.patience;

  return n < record->settings.epochs && (patience == 0 || n - 1 - record->best < patience);
}

static gint64
time_of (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GStatBuf info;

  return g_stat (path, &info) == 0 ? (gint64)info.st_mtime : 0;
}

PhTrainingRecord *
ph_training_record_load (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, RECIPE, NULL);
  g_autofree char *text = NULL;
  g_autoptr (PhTrainingRecord) record = NULL;
  char *network, *images;
  PhTrainSettings settings;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  if (!ph_training_parse_recipe (text, &network, &images, &settings, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  record = g_new0 (PhTrainingRecord, 1);
  record->folder = g_strdup (folder);
  record->network = network;
  record->images = images;
  record->settings = settings;
  record->epochs = g_array_new (FALSE, FALSE, sizeof (PhEpoch));
  record->best = -1;
  record->accuracy = -1;
  read_history (record);

  g_autofree char *trained = ph_training_record_dup_network_path (record);

  record->has_network = g_file_test (trained, G_FILE_TEST_IS_REGULAR);
  record->may_go_on = !record->has_network || is_unfinished (record);
  record->changed = MAX (time_of (folder, RECIPE),
                         MAX (time_of (folder, "checkpoint"), time_of (folder, HISTORY)));
  return g_steal_pointer (&record);
}

void
ph_training_record_free (PhTrainingRecord *record)
{
  if (record == NULL)
    return;
  g_free (record->folder);
  g_free (record->network);
  g_free (record->images);
  ph_settings_clear (ph_train_settings, &record->settings);
  g_array_unref (record->epochs);
  g_free (record);
}

char *
ph_training_record_dup_network_path (const PhTrainingRecord *record)
{
  return g_build_filename (record->folder, NETWORK, NULL);
}

char *
ph_training_dup_epoch_path (const char *folder, guint epoch)
{
  g_autofree char *name = g_strdup_printf ("%04u.onnx", epoch);

  return g_build_filename (folder, EPOCHS, name, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

GPtrArray *
ph_training_list_epochs (const char *path)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autofree char *beside = is_folder ? g_strdup (path) : g_path_get_dirname (path);
  g_autofree char *last = g_path_get_basename (beside);
  g_autofree char *folder =
      g_str_equal (last, EPOCHS) ? g_strdup (beside) : g_build_filename (beside, EPOCHS, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_ascii_isdigit (*name) && g_str_has_suffix (name, ".onnx"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return paths;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const PhTrainingRecord *x = *(PhTrainingRecord *const *)a, *y = *(PhTrainingRecord *const *)b;

  if (x->changed != y->changed)
    return x->changed > y->changed ? -1 : 1;
  return g_strcmp0 (y->folder, x->folder);
}

GPtrArray *
ph_training_records_list (const char *parent, const char *images)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_training_record_free);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (parent, name, NULL);
      g_autoptr (PhTrainingRecord) record = ph_training_record_load (folder, NULL);

      if (record != NULL && (images == NULL || g_str_equal (record->images, images)))
        g_ptr_array_add (records, g_steal_pointer (&record));
    }
  g_ptr_array_sort (records, compare_newest_first);
  return records;
}

GArray *
ph_training_records_held_out (GPtrArray *records, PhDataset *dataset)
{
  guint n_items = ph_dataset_get_n_items (dataset);
  g_autofree guint *n_held = g_new0 (guint, n_items + 1);
  GArray *items = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < records->len; i++)
    {
      const PhTrainSettings *settings = &((PhTrainingRecord *)records->pdata[i])->settings;
      GArray *learned, *held;

      ph_dataset_split (dataset, settings->validation, (guint64)settings->seed, &learned, &held);
      for (guint j = 0; j < held->len; j++)
        n_held[g_array_index (held, guint, j)]++;
      g_array_unref (learned);
      g_array_unref (held);
    }
  for (guint item = 0; item < n_items; item++)
    if (n_held[item] == records->len && ph_dataset_get_label (dataset, item) >= 0)
      g_array_append_val (items, item);
  return items;
}
