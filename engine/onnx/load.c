#include "onnx/load.h"

#include <string.h>

#include "base/digest.h"
#include "onnx/import.h"
#include "onnx/labels-private.h"
#include "onnx/parse-private.h"
#include "onnx/preprocess-private.h"

/* @path without its ending, with @ending instead. */
static char *
beside (const char *path, const char *ending)
{
  gsize length = strlen (path);

  if (g_str_has_suffix (path, ".onnx"))
    length -= strlen (".onnx");
  return g_strdup_printf ("%.*s%s", (int)length, path, ending);
}

static char *
compute_digest (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMappedFile) file = ph_onnx_map (path, error);

  if (file == NULL)
    return NULL;

  return ph_digest (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), cancellable,
                    error);
}

static void
find_preprocess (const char *path, PhGraph *graph, GHashTable *metadata, PhPreprocess *preprocess,
                 char **labels_file, GPtrArray *notes)
{
  g_autofree char *sidecar = beside (path, ".json");
  g_autofree char *name = g_filename_display_basename (sidecar);
  g_autofree char *text = NULL;
  gsize length;

  ph_onnx_guess_preprocess (graph, preprocess);
  ph_onnx_preprocess_from_metadata (graph, metadata, preprocess, notes);
  if (g_file_get_contents (sidecar, &text, &length, NULL) &&
      ph_onnx_preprocess_from_json (graph, text, length, name, preprocess, labels_file, notes))
    preprocess->source = PH_PREPROCESS_FROM_SIDECAR;
  if (preprocess->source == PH_PREPROCESS_GUESSED)
    g_ptr_array_add (
        notes,
        g_strdup_printf (
            "Nothing says which numbers this network wants for a picture. Assumed: RGB, %s. If its "
            "pictures look wrong, change this.",
            preprocess->scale == 255   ? "0 to 255, as the network normalises them itself"
            : preprocess->mean[0] != 0 ? "0 to 1, less ImageNet's mean, by its deviation"
                                       : "0 to 1"));
}

static char **
find_labels (const char *path, const char *labels_file, GHashTable *metadata, GPtrArray *notes)
{
  g_autofree char *usual = beside (path, ".labels.txt");
  const char *inside = g_hash_table_lookup (metadata, "phosphene.labels");
  char **labels = NULL;

  if (labels_file != NULL && (strchr (labels_file, '/') != NULL || labels_file[0] == '\0'))
    g_ptr_array_add (notes, g_strdup_printf ("The file of labels “%s” is not beside the network "
                                             "and is ignored.",
                                             labels_file));
  else if (labels_file != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      g_autofree char *file = g_build_filename (folder, labels_file, NULL);

      labels = ph_onnx_labels_load (file, notes);
    }
  if (labels == NULL && g_file_test (usual, G_FILE_TEST_EXISTS))
    labels = ph_onnx_labels_load (usual, notes);
  if (labels == NULL && inside != NULL)
    labels = ph_onnx_labels_split (inside);
  return labels;
}

/* What a training made is called "network.onnx"; its folder tells which. */
static char *
dup_name (const char *path)
{
  g_autofree char *stem = beside (path, "");
  g_autofree char *full = g_canonicalize_filename (stem, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_autofree char *name = g_filename_display_basename (full);

  return g_str_equal (name, "network") && g_path_skip_root (folder) != NULL &&
                 *g_path_skip_root (folder) != '\0'
             ? g_filename_display_basename (folder)
             : g_steal_pointer (&name);
}

static PhModel *
load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) metadata = NULL;
  g_autoptr (PhGraph) graph = ph_onnx_import (path, &metadata, notes, cancellable, error);

  if (graph == NULL)
    return NULL;

  g_autofree char *digest = compute_digest (path, cancellable, error);

  if (digest == NULL)
    return NULL;

  PhPreprocess preprocess;
  g_autofree char *labels_file = NULL;

  find_preprocess (path, graph, metadata, &preprocess, &labels_file, notes);

  g_auto (GStrv) labels = find_labels (path, labels_file, metadata, notes);
  const char *channel_text = g_hash_table_lookup (metadata, "phosphene.channel_labels");
  g_autoptr (GHashTable) channel_labels =
      channel_text != NULL ? ph_onnx_channel_labels_from_json (channel_text, notes) : NULL;
  g_autofree char *name = dup_name (path);
  PhModel *model = ph_model_new (name, path, digest, graph, &preprocess,
                                 (const char *const *)labels, channel_labels, error);

  if (model == NULL)
    return NULL;
  for (guint i = 0; i < notes->len; i++)
    ph_model_add_note (model, notes->pdata[i]);
  if (labels == NULL && ph_model_get_n_classes (model) > 0)
    ph_model_add_note (model, "The names of the classes are not known: put them, one per line, "
                              "into a file NAME.labels.txt beside the network.");
  return model;
}

PhModel *
ph_model_load (const char *path, GCancellable *cancellable, GError **error)
{
  PhModel *model = load (path, cancellable, error);

  if (model == NULL)
    {
      g_autofree char *name = g_filename_display_basename (path);

      g_prefix_error (error, "%s: ", name);
    }
  return model;
}

char **
ph_labels_load (const char *path, GError **error)
{
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (g_free);
  char **labels = ph_onnx_labels_load (path, notes);

  if (labels == NULL)
    g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                         notes->len > 0 ? notes->pdata[0] : path);
  return labels;
}
