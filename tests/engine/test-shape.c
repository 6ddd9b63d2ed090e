#include "engine/base/rng.h"
#include "engine/base/tensor.h"

static void
test_count (void)
{
  PhShape shape = PH_SHAPE (2, 3, 5, 7), scalar = { 0 }, empty = PH_SHAPE (4, 0, 9);
  PhShape huge = PH_SHAPE (G_GINT64_CONSTANT (1) << 31, G_GINT64_CONSTANT (1) << 31);
  PhShape hidden = PH_SHAPE (0, G_MAXINT64), free_extent = PH_SHAPE (1, -1);
  gsize n;

  g_assert_true (ph_shape_n_elements (&shape, &n));
  g_assert_cmpuint (n, ==, 210);
  g_assert_cmpuint (ph_shape_count_range (&shape, 1, 3), ==, 15);
  g_assert_true (ph_shape_n_elements (&scalar, &n));
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (ph_shape_n_elements (&empty, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (ph_shape_n_elements (&huge, &n));
  g_assert_false (ph_shape_n_elements (&hidden, &n));
  g_assert_false (ph_shape_n_elements (&free_extent, &n));
}

static void
test_broadcast (void)
{
  PhShape a = PH_SHAPE (2, 3, 1, 5), b = PH_SHAPE (3, 4, 1), c = PH_SHAPE (2), out;
  PhShape expected = PH_SHAPE (2, 3, 4, 5);

  g_assert_true (ph_shape_broadcast (&a, &b, &out));
  g_assert_true (ph_shape_equal (&out, &expected));
  g_assert_true (ph_shape_broadcast (&b, &a, &out));
  g_assert_true (ph_shape_equal (&out, &expected));
  g_assert_false (ph_shape_broadcast (&a, &c, &out));
}

static void
test_text (void)
{
  PhShape shape = PH_SHAPE (1, -1, 7), scalar = { 0 };
  g_autofree char *text = ph_shape_dup_string (&shape);
  g_autofree char *none = ph_shape_dup_string (&scalar);

  g_assert_cmpstr (text, ==, "1×?×7");
  g_assert_cmpstr (none, ==, "scalar");
  g_assert_cmpint (ph_shape_axis (-1, 4), ==, 3);
  g_assert_cmpint (ph_shape_axis (4, 4), ==, -1);
  g_assert_cmpint (ph_shape_axis (-5, 4), ==, -1);
}

static void
test_tensor (void)
{
  PhShape shape = PH_SHAPE (2, 3), absurd = PH_SHAPE (1 << 20, 1 << 30);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhTensor) tensor =
      ph_tensor_new_ints (&shape, (gint64[]){ 1, -2, 3, 300, 5, G_MAXINT64 });
  g_autoptr (GBytes) bytes = g_bytes_new_static ("12345678", 8);

  g_assert_cmpfloat (ph_tensor_get_real (tensor, 1), ==, -2);
  g_assert_cmpint (ph_type_wrap (PH_TYPE_UINT8, tensor->i[3]), ==, 44);
  g_assert_cmpint (ph_type_wrap (PH_TYPE_INT8, 200), ==, -56);
  g_assert_cmpint (ph_type_wrap (PH_TYPE_BOOL, 256), ==, 1);
  g_assert_null (ph_tensor_new (PH_TYPE_FLOAT, &absurd, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_clear_error (&error);
  g_assert_null (ph_tensor_new_for_bytes (PH_TYPE_FLOAT, &shape, bytes, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
}

static void
test_rng (void)
{
  PhRng a, b, other;
  double sum = 0, squares = 0;
  gboolean differs = FALSE;

  ph_rng_init (&a, 7, 1);
  ph_rng_init (&b, 7, 1);
  ph_rng_init (&other, 7, 2);
  for (int i = 0; i < 100; i++)
    {
      guint32 x = ph_rng_next (&a);

      g_assert_cmpuint (x, ==, ph_rng_next (&b));
      differs |= x != ph_rng_next (&other);
      g_assert_cmpuint (ph_rng_below (&a, 7), <, 7);
      ph_rng_below (&b, 7);
    }
  g_assert_true (differs);
  for (int i = 0; i < 100000; i++)
    {
      double x = ph_rng_normal (&a);

      sum += x;
      squares += x * x;
    }
  g_assert_cmpfloat_with_epsilon (sum / 100000, 0, 0.02);
  g_assert_cmpfloat_with_epsilon (squares / 100000, 1, 0.03);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/count", test_count);
  g_test_add_func ("/shape/broadcast", test_broadcast);
  g_test_add_func ("/shape/text", test_text);
  g_test_add_func ("/tensor/values", test_tensor);
  g_test_add_func ("/rng/sequences", test_rng);
  return g_test_run ();
}
