/* From settings and images to a trained network: the head on cached features, then, where more is
 * to learn, the whole network; and the folder in which all of it is kept. */

#include "train/training-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/save.h"
#include "network/graph-copy.h"
#include "onnx/export.h"
#include "train/features.h"
#include "train/training-folder.h"

/* ---- Learning ---- */

/* The features of the images of both parts, in the order of the items. */
static gboolean
compute_features (PhTraining *t, guint *size, const PhMonitor *monitor, GCancellable *cancellable,
                  GError **error)
{
  int value = ph_graph_find_value (t->task.graph, t->features);

  g_clear_pointer (&t->learned, ph_tensor_unref);
  g_clear_pointer (&t->measured, ph_tensor_unref);
  t->learned = ph_features_compute (t->base, t->task.graph, value, t->dataset, t->task.items,
                                    t->task.n_items, size, monitor, cancellable, error);
  t->measured = t->learned != NULL ? ph_features_compute (t->base, t->task.graph, value, t->dataset,
                                                          t->task.validation, t->task.n_validation,
                                                          size, monitor, cancellable, error)
                                   : NULL;
  return t->measured != NULL;
}

/* Copies what the head has learned into the whole network. */
static void
publish_head (PhTraining *t, const PhWeights *head)
{
  for (guint i = 0; i < head->n; i++)
    {
      PhWeight *weight = ph_weights_find (t->published, head->weights[i].name);

      if (weight != NULL && weight->n == head->weights[i].n)
        memcpy (weight->data, head->weights[i].data, weight->n * sizeof (float));
    }
}

/* Trains the head alone, on features. */
static gboolean
train_head (PhTraining *t, const PhTrainSettings *settings, const char *checkpoint,
            const char *identity, const PhTrainWatch *watch, const PhMonitor *monitor,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (PhGraph) tail = NULL;
  PhTrainTask task = t->task;
  int cut = ph_graph_find_value (t->task.graph, t->features);
  PhShape shape;
  guint size;
  gboolean done;

  g_clear_pointer (&t->trainer, ph_trainer_free);
  if (!compute_features (t, &size, monitor, cancellable, error))
    return FALSE;
  shape = PH_SHAPE (-1, size);
  tail = ph_graph_copy_tail (t->task.graph, &cut, &shape, 1, &t->task.target, 1, error);
  if (tail == NULL)
    return FALSE;
  ph_graph_add_output (tail, ph_graph_get_value (t->task.graph, t->task.target)->name);
  if (!ph_graph_finish (tail, error))
    return FALSE;
  task.graph = tail;
  task.target =
      ph_graph_find_value (tail, ph_graph_get_value (t->task.graph, t->task.target)->name);
  task.shape = PH_SHAPE (1, size);
  task.preprocess = NULL;
  task.vectors = t->learned->f;
  task.validation_vectors = t->measured->f;
  task.blocks = NULL;
  task.frozen = -1;
  t->trainer = ph_trainer_new (&task, settings, error);
  if (t->trainer == NULL)
    return FALSE;
  done = ph_trainer_run (t->trainer, checkpoint, identity, watch, monitor, cancellable, error);
  publish_head (t, ph_trainer_get_weights (t->trainer));
  return done;
}

/* Before fine-tuning, a new head learns alone: random weights would send random gradients through
 * the layers before it. */
static gboolean
warm_head (PhTraining *t, const char *checkpoint, const char *identity, const PhMonitor *monitor,
           GCancellable *cancellable, GError **error)
{
  PhTrainSettings settings;
  gboolean done;

  ph_settings_copy (ph_train_settings, &settings, &t->settings);
  settings.mode = PH_TRAIN_HEAD;
  settings.epochs = 0;
  settings.learning_rate = 0;
  ph_train_settings_resolve (&settings);
  done = train_head (t, &settings, checkpoint, identity, NULL, monitor, cancellable, error);
  ph_settings_clear (ph_train_settings, &settings);
  return done;
}

static gboolean
train_whole (PhTraining *t, const char *checkpoint, const char *identity, const PhTrainWatch *watch,
             const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhTrainer) trainer = NULL;
  const PhWeights *weights;

  trainer = ph_trainer_new (&t->task, &t->settings, error);
  if (trainer == NULL)
    return FALSE;
  /* What the head has learned alone. */
  weights = ph_trainer_get_weights (trainer);
  for (guint i = 0; i < weights->n && t->settings.mode == PH_TRAIN_FINE_TUNE; i++)
    memcpy (weights->weights[i].data, t->published->weights[i].data,
            weights->weights[i].n * sizeof (float));
  g_clear_pointer (&t->trainer, ph_trainer_free);
  t->trainer = g_steal_pointer (&trainer);
  return ph_trainer_run (t->trainer, checkpoint, identity, watch, monitor, cancellable, error);
}

/* ---- The folder ---- */

/* Whether @name is a file that was being written when the program was killed: one of ours and six
 * letters. */
static gboolean
is_leftover (const char *name)
{
  static const char *const ours[] = { "recipe.txt.", "checkpoint.", "checkpoint-head.",
                                      "history.json.", "network.onnx." };
  const char *epoch = strstr (name, ".onnx.");

  if (g_ascii_isdigit (*name) && epoch != NULL && strlen (epoch) == strlen (".onnx.") + 6)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    if (g_str_has_prefix (name, ours[i]) && strlen (name) == strlen (ours[i]) + 6)
      return TRUE;
  return FALSE;
}

/* Removes leftovers. Returns: whether nothing else is there. */
static gboolean
tidy_folder (const char *folder, GDir *dir)
{
  gboolean empty = TRUE;
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (is_leftover (name))
        g_unlink (path);
      else
        empty = FALSE;
    }
  return empty;
}

/* The line of @recipe that begins as @line does, up to the equals sign; NULL: none. */
static const char *
find_line (char **recipe, const char *line)
{
  const char *sign = strstr (line, " = ");
  gsize length = sign != NULL ? (gsize)(sign - line) + 3 : 0;

  for (guint i = 0; length > 0 && recipe[i] != NULL; i++)
    if (strncmp (recipe[i], line, length) == 0)
      return recipe[i];
  return NULL;
}

/* Says in what the two trainings differ. */
static void
refuse_other (const char *folder, const char *there, const char *recipe, GError **error)
{
  g_auto (GStrv) old = g_strsplit (there, "\n", -1), new = g_strsplit (recipe, "\n", -1);

  for (guint i = 0; old[i] != NULL; i++)
    {
      const char *other = find_line (new, old[i]);

      if (other == NULL || g_str_equal (other, old[i]))
        continue;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%s holds another training: its recipe says “%s”, this one “%s”; choose another "
                   "folder",
                   folder, old[i], other);
      return;
    }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "%s holds a training of another version of the program, which cannot be gone on "
               "with; choose another folder",
               folder);
}

static gboolean
claim_folder (PhTraining *t, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "recipe.txt", NULL);
  g_autofree char *recipe = ph_training_dup_recipe (t);
  g_autofree char *there = NULL;
  g_autoptr (GDir) dir = NULL;
  gboolean empty;

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (code),
                   "%s cannot be made: %s", folder, g_strerror (code));
      return FALSE;
    }
  dir = g_dir_open (folder, 0, error);
  if (dir == NULL)
    return FALSE;
  empty = tidy_folder (folder, dir);
  if (g_file_get_contents (path, &there, NULL, NULL))
    {
      if (g_str_equal (there, recipe))
        return TRUE;
      refuse_other (folder, there, recipe, error);
      return FALSE;
    }
  if (!empty)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%s is not empty and holds no training; choose another folder", folder);
      return FALSE;
    }
  return ph_save_bytes (path, recipe, strlen (recipe), error);
}

/* Makes the folder for the networks of single epochs, where they are wanted. */
static gboolean
claim_epochs (PhTraining *t, const char *folder, GError **error)
{
  g_autofree char *first = ph_training_dup_epoch_path (folder, 0);
  g_autofree char *epochs = g_path_get_dirname (first);
  g_autoptr (GDir) dir = NULL;

  if (!t->settings.keep_epochs)
    return TRUE;
  if (!ph_folder_make (epochs, 0777, error))
    return FALSE;
  dir = g_dir_open (epochs, 0, error);
  if (dir != NULL)
    tidy_folder (epochs, dir);
  return dir != NULL;
}

/* Tells this training from others: the recipe, and which images there were. */
static char *
dup_identity (PhTraining *t)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *recipe = ph_training_dup_recipe (t);

  g_checksum_update (sum, (const guchar *)recipe, -1);
  for (guint part = 0; part < 2; part++)
    {
      const GArray *items = part == 0 ? t->items : t->validation;

      for (guint i = 0; i < items->len; i++)
        {
          g_autofree char *name =
              ph_dataset_dup_item_name (t->dataset, g_array_index (items, guint, i));

          g_checksum_update (sum, (const guchar *)name, -1);
        }
    }
  return g_strdup (g_checksum_get_string (sum));
}

/* The caller's watch, and the folder whose history is kept up to date. */
typedef struct
{
  PhTraining *training;
  const PhTrainWatch *watch;
  const char *folder;
  gint64 saved;
  GError *error; /* (nullable) (owned): why an epoch could not be kept */
} Chronicle;

static void
keep_epoch (Chronicle *c, guint n_epochs)
{
  g_autofree char *path = NULL;

  if (c->folder == NULL || !c->training->settings.keep_epochs || c->error != NULL)
    return;
  path = ph_training_dup_epoch_path (c->folder, n_epochs);
  ph_training_export (c->training, path, &c->error);
}

static void
on_begin (PhTrainer *trainer, gpointer data)
{
  Chronicle *c = data;

  keep_epoch (c, 0);
  if (c->watch != NULL && c->watch->begin != NULL)
    c->watch->begin (trainer, c->watch->data);
}

static void
on_step (const PhTrainProgress *progress, gpointer data)
{
  const Chronicle *c = data;

  if (c->watch != NULL && c->watch->step != NULL)
    c->watch->step (progress, c->watch->data);
}

static void
on_epoch (PhTrainer *trainer, guint epoch, const PhEvaluation *evaluation, gpointer data)
{
  Chronicle *c = data;
  gint64 now = g_get_monotonic_time ();

  /* It is a report for those who look meanwhile, not needed more often than they can; the last one,
   * at the end, must succeed. */
  if (c->folder != NULL && now - c->saved >= G_USEC_PER_SEC)
    {
      ph_training_save_history (trainer, c->folder, NULL);
      c->saved = now;
    }
  keep_epoch (c, epoch + 1);
  if (c->watch != NULL && c->watch->epoch != NULL)
    c->watch->epoch (trainer, epoch, evaluation, c->watch->data);
}

gboolean
ph_training_run (PhTraining *t, const char *folder, const PhTrainWatch *watch,
                 const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autofree char *identity = dup_identity (t);
  g_autofree char *checkpoint =
      folder != NULL ? g_build_filename (folder, "checkpoint", NULL) : NULL;
  g_autofree char *warm =
      folder != NULL ? g_build_filename (folder, "checkpoint-head", NULL) : NULL;
  Chronicle chronicle = { t, watch, folder, G_MININT64 / 2, NULL };
  const PhTrainWatch own = { on_begin, on_step, on_epoch, &chronicle };
  gboolean done;

  if (folder != NULL && (!claim_folder (t, folder, error) || !claim_epochs (t, folder, error)))
    return FALSE;
  g_clear_pointer (&t->published, ph_weights_free);
  t->published = ph_weights_new (t->task.graph, error);
  if (t->published == NULL)
    return FALSE;
  if (t->settings.mode == PH_TRAIN_HEAD)
    done = train_head (t, &t->settings, checkpoint, identity, &own, monitor, cancellable, error);
  else
    done = (t->settings.mode != PH_TRAIN_FINE_TUNE || t->features == NULL ||
            warm_head (t, warm, identity, monitor, cancellable, error)) &&
           train_whole (t, checkpoint, identity, &own, monitor, cancellable, error);
  if (chronicle.error != NULL)
    {
      g_clear_error (error);
      g_propagate_error (error, chronicle.error);
      return FALSE;
    }
  if (!done)
    return FALSE;
  if (folder != NULL)
    {
      g_autofree char *path = g_build_filename (folder, "network.onnx", NULL);

      return ph_training_save_history (t->trainer, folder, error) &&
             ph_training_export (t, path, error);
    }
  return TRUE;
}

/* ---- What comes out ---- */

static PhGraph *
publish_graph (PhTraining *t, GError **error)
{
  if (t->trainer != NULL && ph_trainer_get_weights (t->trainer)->graph == t->task.graph)
    return ph_weights_publish (ph_trainer_get_weights (t->trainer), error);
  if (t->trainer != NULL)
    publish_head (t, ph_trainer_get_weights (t->trainer));
  return ph_weights_publish (t->published, error);
}

PhModel *
ph_training_publish (PhTraining *t, GError **error)
{
  g_autoptr (PhGraph) graph = publish_graph (t, error);

  return graph != NULL ? ph_model_new (ph_model_get_name (t->model), NULL, NULL, graph,
                                       &t->preprocess, (const char *const *)t->labels, NULL, error)
                       : NULL;
}

gboolean
ph_training_export (PhTraining *t, const char *path, GError **error)
{
  g_autoptr (PhGraph) graph = publish_graph (t, error);
  g_autofree char *recipe = ph_training_dup_recipe (t);

  return graph != NULL && ph_onnx_export (graph, &t->preprocess, (const char *const *)t->labels,
                                          NULL, recipe, path, error);
}

PhTrainer *
ph_training_get_trainer (PhTraining *t)
{
  return t->trainer;
}

const PhTrainSettings *
ph_training_get_settings (const PhTraining *t)
{
  return &t->settings;
}

void
ph_training_get_counts (const PhTraining *t, guint *n_items, guint *n_validation, gsize *n_trained,
                        gsize *n_weights)
{
  *n_items = t->task.n_items;
  *n_validation = t->task.n_validation;
  *n_trained =
      t->trainer != NULL ? ph_weights_count (ph_trainer_get_weights (t->trainer), TRUE) : 0;
  *n_weights = t->published != NULL ? ph_weights_count (t->published, FALSE) : 0;
}
