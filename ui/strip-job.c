#include "ui/strip-job.h"

#include <glib/gi18n.h>

#define N_LOWEST 4
#define N_MIDDLE 5
#define N_HIGHEST 9

/* Of the pictures at the ends. */
#define STEPS "64"

typedef struct
{
  /* owned */
  PhModel *model;
  PhDataset *dataset; /* nullable */
  char *path;

  PhPreprocess preprocess;
  PhUnit unit;
  guint size;
  PhLayerColumn column;
  guint label;
  gboolean at_position; /* of the unit, a neuron */
  PhUnit *units;        /* owned: several, where the job is about more than one */
  guint n_units, n_examples;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_clear_object (&spec->model);
  g_clear_pointer (&spec->dataset, ph_dataset_unref);
  g_free (spec->path);
  g_free (spec->units);
  g_free (spec);
}

static Spec *
spec_new (PhModel *model, const char *path, PhDataset *dataset, const PhUnit *unit)
{
  Spec *spec = g_new0 (Spec, 1);

  spec->model = g_object_ref (model);
  spec->preprocess = *ph_model_get_preprocess (model);
  spec->path = g_strdup (path);
  spec->dataset = dataset != NULL ? ph_dataset_ref (dataset) : NULL;
  if (unit != NULL)
    spec->unit = *unit;
  return spec;
}

void
ph_strip_load_free (PhStripLoad *load)
{
  g_clear_pointer (&load->dataset, ph_dataset_unref);
  g_clear_pointer (&load->strip, ph_strip_free);
  g_free (load);
}

static gpointer
load_strip (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  PhStripLoad *load = g_new0 (PhStripLoad, 1);
  g_autoptr (GError) problem = NULL;

  load->dataset = spec->dataset != NULL ? ph_dataset_ref (spec->dataset)
                                        : ph_dataset_open (spec->path, cancellable, &problem);
  if (problem == NULL)
    load->strip = ph_strip_load (spec->model, &spec->preprocess, load->dataset, &spec->unit,
                                 N_LOWEST, N_MIDDLE, N_HIGHEST, cancellable, &problem);
  if (problem == NULL)
    return load;
  g_propagate_error (error, g_steal_pointer (&problem));
  ph_strip_load_free (load);
  return NULL;
}

static void
clear_strip (gpointer strip)
{
  if (strip != NULL)
    ph_strip_free (strip);
}

void
ph_highest_load_free (PhHighestLoad *load)
{
  g_clear_pointer (&load->dataset, ph_dataset_unref);
  g_ptr_array_unref (load->strips);
  g_free (load);
}

static gpointer
load_highest (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  PhHighestLoad *load = g_new0 (PhHighestLoad, 1);
  g_autoptr (GError) problem = NULL;

  load->strips = g_ptr_array_new_with_free_func (clear_strip);
  load->dataset = spec->dataset != NULL ? ph_dataset_ref (spec->dataset)
                                        : ph_dataset_open (spec->path, cancellable, &problem);
  for (guint i = 0; problem == NULL && i < spec->n_units; i++)
    g_ptr_array_add (load->strips,
                     ph_strip_load (spec->model, &spec->preprocess, load->dataset, &spec->units[i],
                                    0, 0, spec->n_examples, cancellable, &problem));
  if (problem == NULL)
    return load;
  g_propagate_error (error, g_steal_pointer (&problem));
  ph_highest_load_free (load);
  return NULL;
}

static void
choose_settings (PhAscentSettings *settings, guint size)
{
  g_autofree char *side = g_strdup_printf ("%u", size);
  const char *const changes[][2] = { { "width", side }, { "height", side }, { "steps", STEPS } };

  ph_settings_init (ph_ascent_settings, settings);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    ph_setting_set (ph_settings_find (ph_ascent_settings, changes[i][0]), settings, changes[i][1],
                    NULL);
}

static void
clear_frame (gpointer frame)
{
  g_clear_pointer ((PhFrame **)&frame, ph_frame_unref);
}

static gpointer
make_ends (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autofree char *name = ph_unit_dup_name (spec->model, &spec->unit);
  g_autofree char *lowest = g_strconcat ("-1*", name, NULL);
  const char *objectives[] = { lowest, name };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func (clear_frame);
  PhAscentSettings settings;
  gboolean good;

  choose_settings (&settings, spec->size);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (cells, ph_sheet_cell_new (objectives[i], name, &settings));
  ph_settings_clear (ph_ascent_settings, &settings);
  ph_monitor_wait (monitor, cancellable);
  good = ph_sheet_make (spec->model, cells, NULL, NULL, monitor, cancellable, error);
  for (guint i = 0; good && i < 2; i++)
    {
      PhSheetCell *cell = cells->pdata[i];

      g_ptr_array_add (frames, cell->image != NULL ? ph_image_to_frame (cell->image, 0, cell->value)
                                                   : NULL);
    }
  return good ? g_steal_pointer (&frames) : NULL;
}

static void
order_read_free (gpointer data)
{
  PhOrderRead *read = data;

  g_clear_pointer (&read->order, g_array_unref);
  g_ptr_array_unref (read->class_names);
  g_free (read);
}

static int
compare_values (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *values = data;
  guint x = *(const guint *)a, y = *(const guint *)b;

  if (values[x] != values[y])
    return values[x] > values[y] ? -1 : 1;
  return x < y ? -1 : x > y;
}

static gpointer
read_order (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhDataset) dataset = ph_dataset_open (spec->path, cancellable, error);
  g_autofree char *folder = NULL;
  g_autoptr (PhStore) store = NULL;
  g_autoptr (GArray) values = NULL;
  const char *target = ph_target_for_unit (spec->model, &spec->unit);
  PhOrderRead *read;

  if (dataset == NULL)
    return NULL;
  folder = ph_store_dup_folder (spec->model, ph_dataset_get_identity (dataset));
  store = target != NULL ? ph_store_find (folder, target, NULL) : NULL;
  if (store != NULL)
    {
      values = ph_store_read_layer (store, target, spec->column, spec->label, error);
      if (values == NULL)
        return NULL;
    }
  read = g_new0 (PhOrderRead, 1);
  read->class_names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ph_dataset_get_n_classes (dataset); i++)
    g_ptr_array_add (read->class_names, g_strdup (ph_dataset_get_class_name (dataset, i)));
  if (values == NULL)
    return read;
  read->order = g_array_sized_new (FALSE, FALSE, sizeof (guint), values->len);
  for (guint i = 0; i < values->len; i++)
    g_array_append_val (read->order, i);
  g_array_sort_with_data (read->order, compare_values, values->data);
  return read;
}

/* "test_batch.bin#17" becomes a file of this name in a folder of its set's own. */
static char *
dup_item_path (const PhDataset *dataset, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);

  g_strdelimit (file, "/\\:*?\"<>|#", '-');
  return g_build_filename (g_get_user_cache_dir (), "phosphene", "items",
                           ph_dataset_get_identity (dataset), file, NULL);
}

static gpointer
write_item (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  int item = ph_dataset_find (spec->dataset, spec->path);
  g_autofree char *path = dup_item_path (spec->dataset, spec->path);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (PhImage) image = NULL;

  if (item < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s is not in %s any more", spec->path,
                   ph_dataset_get_name (spec->dataset));
      return NULL;
    }
  image = ph_dataset_load (spec->dataset, (guint)item, 0, error);
  if (image == NULL || !ph_folder_make (folder, 0700, error) ||
      !ph_png_save_image (path, image, NULL, error))
    return NULL;
  return g_steal_pointer (&path);
}

static gpointer
scan (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  Spec *spec = data;
  g_autoptr (PhDataset) dataset = ph_dataset_open (spec->path, cancellable, error);
  const char *layers[] = { spec->at_position ? ph_target_for_unit (spec->model, &spec->unit) : NULL,
                           NULL };
  PhScanResult result;

  if (dataset == NULL ||
      !ph_scan_run (spec->model, dataset, spec->at_position ? layers : NULL, spec->at_position,
                    spec->unit.row, spec->unit.column, NULL, &result, monitor, cancellable, error))
    return NULL;
  return result.path;
}

/* Public */

PhJob *
ph_strip_job_new (PhModel *model, const char *path, PhDataset *dataset, const PhUnit *unit)
{
  PhJob *job = ph_job_new ("examples", load_strip, spec_new (model, path, dataset, unit), spec_free,
                           (GDestroyNotify)ph_strip_load_free);

  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_highest_job_new (PhModel *model, const char *path, PhDataset *dataset, const PhUnit *units,
                    guint n, guint n_examples)
{
  Spec *spec = spec_new (model, path, dataset, NULL);
  PhJob *job = ph_job_new ("highest examples", load_highest, spec, spec_free,
                           (GDestroyNotify)ph_highest_load_free);

  spec->units = g_memdup2 (units, n * sizeof *units);
  spec->n_units = n;
  spec->n_examples = n_examples;
  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_item_job_new (PhDataset *dataset, const char *name)
{
  Spec *spec = g_new0 (Spec, 1);
  PhJob *job;

  spec->dataset = ph_dataset_ref (dataset);
  spec->path = g_strdup (name);
  job = ph_job_new ("image", write_item, spec, spec_free, g_free);
  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_ends_job_new (PhModel *model, const PhUnit *unit, guint size)
{
  Spec *spec = spec_new (model, NULL, NULL, unit);
  PhJob *job = ph_job_new ("ends of the strip", make_ends, spec, spec_free,
                           (GDestroyNotify)g_ptr_array_unref);

  spec->size = size;
  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_order_job_new (PhModel *model, const char *path, int layer, PhLayerColumn column, guint label)
{
  PhUnit unit = { .kind = layer < 0 ? PH_UNIT_CLASS : PH_UNIT_CHANNEL,
                  .layer = layer < 0 ? 0 : (guint)layer };
  Spec *spec = spec_new (model, path, NULL, &unit);
  PhJob *job = ph_job_new ("order", read_order, spec, spec_free, order_read_free);

  spec->column = column;
  spec->label = label;
  ph_job_set_quiet (job, TRUE);
  return job;
}

PhJob *
ph_scan_job_new (PhModel *model, const char *path, const PhUnit *unit)
{
  Spec *spec = spec_new (model, path, NULL, unit);
  g_autofree char *name = g_filename_display_basename (path);
  /* Translators: name of a set of images. */
  g_autofree char *title = g_strdup_printf (_ ("Scanning %s"), name);

  spec->at_position = unit != NULL && unit->kind == PH_UNIT_NEURON;
  return ph_job_new (title, scan, spec, spec_free, g_free);
}
