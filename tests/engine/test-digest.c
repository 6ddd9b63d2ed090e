#include "engine/base/digest.h"

/* Each length around the ends of blocks, against GLib. */
static void
test_lengths (void)
{
  guint8 data[321];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8)g_test_rand_int ();
  for (gsize n = 0; n <= sizeof data; n++)
    {
      g_autofree char *actual = ph_digest (data, n, NULL, NULL);
      g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, n);

      g_assert_cmpstr (actual, ==, expected);
    }
}

/* More than one chunk, at an odd address. */
static void
test_long (void)
{
  const gsize n = (9 << 20) + 13;
  g_autofree guint8 *data = g_malloc (n + 1);

  for (gsize i = 0; i <= n; i++)
    data[i] = (guint8)(i * 2654435761u >> 13);

  g_autofree char *actual = ph_digest (data + 1, n, NULL, NULL);
  g_autofree char *expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data + 1, n);

  g_assert_cmpstr (actual, ==, expected);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const char data[100] = "";

  g_cancellable_cancel (cancellable);
  g_assert_null (ph_digest (data, sizeof data, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/lengths", test_lengths);
  g_test_add_func ("/digest/long", test_long);
  g_test_add_func ("/digest/cancel", test_cancel);
  return g_test_run ();
}
