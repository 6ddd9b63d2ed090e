/* Decoded pictures in memory: the same to the bit, or not kept at all. */
#include <string.h>

#include "engine/data/kept.h"
#include "engine/engine.h"

static PhImage *
make_image (guint height, guint width, guint salt)
{
  PhImage *image = ph_image_new (3, height, width, NULL);

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)((i * 7 + salt) % 256) / 255.0f;
  return image;
}

static void
assert_same (const PhImage *a, const PhImage *b)
{
  gsize n = ph_image_n_values (a) * sizeof (float);

  g_assert_cmpuint (a->height, ==, b->height);
  g_assert_cmpuint (a->width, ==, b->width);
  g_assert_cmpmem (a->data, n, b->data, ph_image_n_values (b) * sizeof (float));
}

static void
test_exact (void)
{
  g_autoptr (PhKept) kept = ph_kept_new (1 << 20);
  g_autoptr (PhImage) one = make_image (9, 11, 0);
  g_autoptr (PhImage) two = make_image (12, 8, 3);
  g_autoptr (PhImage) fine = make_image (9, 11, 0);

  fine->data[5] += 1e-4f;
  ph_kept_put (kept, 1, one);
  ph_kept_put (kept, (G_GUINT64_CONSTANT (1) << 32) | 1, two);
  ph_kept_put (kept, 2, fine);
  ph_kept_put (kept, 1, two); /* what is there stays */

  g_autoptr (PhImage) first = ph_kept_get (kept, 1);
  g_autoptr (PhImage) second = ph_kept_get (kept, (G_GUINT64_CONSTANT (1) << 32) | 1);

  assert_same (one, first);
  assert_same (two, second);
  g_assert_null (ph_kept_get (kept, 2));
  g_assert_null (ph_kept_get (kept, 3));
}

static void
test_limit (void)
{
  g_autoptr (PhKept) kept = ph_kept_new (2000);
  guint n = 0;

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (PhImage) image = make_image (10, 10, i);

      ph_kept_put (kept, i, image);
    }
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (PhImage) image = ph_kept_get (kept, i);

      n += image != NULL;
    }
  g_assert_cmpuint (n, ==, 6);
}

/* A set that keeps gives what one that draws anew gives. */
static void
test_dataset (void)
{
  g_autoptr (PhDataset) keeps = ph_dataset_open ("world:things, images 40", NULL, NULL);
  g_autoptr (PhDataset) draws = ph_dataset_open ("world:things, images 40", NULL, NULL);

  ph_dataset_keep (keeps, 1 << 20);
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 40; i += 3)
      {
        g_autoptr (PhImage) a = ph_dataset_load (keeps, i, 24 + round * 8, NULL);
        g_autoptr (PhImage) again = ph_dataset_load (keeps, i, 24 + round * 8, NULL);
        g_autoptr (PhImage) b = ph_dataset_load (draws, i, 24 + round * 8, NULL);

        assert_same (a, b);
        assert_same (again, b);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kept/exact", test_exact);
  g_test_add_func ("/kept/limit", test_limit);
  g_test_add_func ("/kept/dataset", test_dataset);
  return g_test_run ();
}
