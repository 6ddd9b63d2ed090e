/* Batches that threads prepare ahead: order, content, shuffling, going on, and what cannot be read.
 */

#include "engine/engine.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_IMAGES 11

/* An IDX file whose images have one pixel that says their number. */
static PhDataset *
open_numbers (char **path)
{
  guint8 bytes[16 + N_IMAGES] = { 0, 0, 8, 3, 0, 0, 0, N_IMAGES, 0, 0, 0, 1, 0, 0, 0, 1 };
  int file = g_file_open_tmp ("phosphene-XXXXXX", path, NULL);
  PhDataset *set;

  g_assert_true (g_close (file, NULL));
  for (guint i = 0; i < N_IMAGES; i++)
    bytes[16 + i] = (guint8)i;
  g_assert_true (g_file_set_contents (*path, (char *)bytes, sizeof bytes, NULL));
  set = ph_dataset_open (*path, NULL, NULL);
  g_assert_nonnull (set);
  return set;
}

/* Refuses image 7. */
static gboolean
prepare (const PhImage *image, guint item, guint epoch, float *x, gpointer data, GError **error)
{
  if (item == 7)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "seven is not wanted");
      return FALSE;
    }
  x[0] = image->data[0] * 255.0f;
  x[1] = (float)epoch;
  g_usleep ((gulong)(item % 3) * 500);
  return TRUE;
}

static PhBatchOptions
options_of (gboolean shuffle, guint n_epochs, guint n_threads)
{
  return (PhBatchOptions){ .size = 4,
                           .item_size = 2,
                           .shuffle = shuffle,
                           .seed = 3,
                           .n_epochs = n_epochs,
                           .n_threads = n_threads,
                           .ahead = 2,
                           .digests = TRUE,
                           .prepare = prepare };
}

/* All items in the order in which they come, as text: a batch a line. */
static char *
collect (PhDataset *set, const PhBatchOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhBatches) batches = ph_batches_new (set, NULL, 0, options, &error);
  GString *text = g_string_new (NULL);
  PhBatch *batch;

  g_assert_no_error (error);
  while ((batch = ph_batches_next (batches, NULL, &error)) != NULL)
    {
      g_string_append_printf (text, "%u.%u%s:", batch->epoch, batch->number,
                              batch->is_last ? " last" : "");
      for (guint i = 0; i < batch->n; i++)
        {
          g_string_append_printf (text, " %u", batch->items[i]);
          g_assert_cmpuint (batch->digests[i], !=, 0);
          g_assert_cmpint (batch->labels[i], ==, -1);
          if (batch->items[i] == 7)
            {
              g_assert_cmpstr (batch->failures[i], ==, "seven is not wanted");
              g_assert_cmpfloat (batch->x[2 * i], ==, 0);
              continue;
            }
          g_assert_null (batch->failures[i]);
          g_assert_cmpfloat (batch->x[2 * i], ==, (float)batch->items[i]);
          g_assert_cmpfloat (batch->x[2 * i + 1], ==, (float)batch->epoch);
        }
      g_string_append_c (text, '\n');
      ph_batches_release (batches, batch);
    }
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static void
test_order (void)
{
  g_autofree char *path = NULL;
  g_autoptr (PhDataset) set = open_numbers (&path);
  PhBatchOptions options = options_of (FALSE, 2, 3);
  g_autofree char *found = collect (set, &options);

  g_assert_cmpstr (found, ==,
                   "0.0: 0 1 2 3\n0.1: 4 5 6 7\n0.2 last: 8 9 10\n"
                   "1.0: 0 1 2 3\n1.1: 4 5 6 7\n1.2 last: 8 9 10\n");
  g_unlink (path);
}

static void
test_shuffled (void)
{
  g_autofree char *path = NULL;
  g_autoptr (PhDataset) set = open_numbers (&path);
  PhBatchOptions one = options_of (TRUE, 3, 1), many = options_of (TRUE, 3, 4);
  PhBatchOptions later = options_of (TRUE, 3, 2);
  g_autofree char *first = collect (set, &one);
  g_autofree char *second = collect (set, &many);
  g_autofree char *rest = NULL;
  const char *epoch1 = strstr (first, "1.0:"), *epoch1_second = strstr (first, "1.1:");
  guint seen[3] = { 0 };

  /* The number of threads changes nothing; epochs differ; each has everything once. */
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpint (strncmp (first + 4, epoch1 + 4, 8), !=, 0);
  for (const char *line = first; *line != '\0'; line = strchr (line, '\n') + 1)
    for (const char *at = strchr (line, ':') + 1; *at == ' ';)
      seen[line[0] - '0'] |= 1u << g_ascii_strtoull (at, (char **)&at, 10);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (seen[i], ==, (1u << N_IMAGES) - 1);

  later.first_epoch = 1;
  later.first_batch = 1;
  rest = collect (set, &later);
  g_assert_cmpstr (rest, ==, epoch1_second);
  g_unlink (path);
}

/* Whoever stops in the middle waits for nothing; a cancelled wait says so. */
static void
test_ends_early (void)
{
  g_autofree char *path = NULL;
  g_autoptr (PhDataset) set = open_numbers (&path);
  PhBatchOptions options = options_of (TRUE, 1000000, 3);
  g_autoptr (PhBatches) batches = ph_batches_new (set, NULL, 0, &options, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PhBatch *held = ph_batches_next (batches, NULL, NULL);

  g_assert_nonnull (held);
  g_cancellable_cancel (cancellable);
  g_assert_null (ph_batches_next (batches, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_unlink (path);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/batch/order", test_order);
  g_test_add_func ("/batch/shuffled", test_shuffled);
  g_test_add_func ("/batch/ends-early", test_ends_early);
  return g_test_run ();
}
