/* NumPy files: round trips of every type, byte-exact headers, Fortran order, damaged files. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/half.h"
#include "base/npy.h"
#include "base/stored.h"

static char *
temporary_path (void)
{
  g_autofree char *folder = g_dir_make_tmp ("phosphene-npy-XXXXXX", NULL);

  return g_build_filename (folder, "array.npy", NULL);
}

static void
remove_path (char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_remove (path);
  g_rmdir (folder);
  g_free (path);
}

static void
test_round_trip (void)
{
  const PhType types[] = { PH_TYPE_FLOAT,  PH_TYPE_DOUBLE, PH_TYPE_FLOAT16, PH_TYPE_BOOL,
                           PH_TYPE_UINT8,  PH_TYPE_INT8,   PH_TYPE_UINT16,  PH_TYPE_INT16,
                           PH_TYPE_UINT32, PH_TYPE_INT32,  PH_TYPE_UINT64,  PH_TYPE_INT64 };
  const PhShape shapes[] = { { 0 }, PH_SHAPE (5), PH_SHAPE (2, 0, 3), PH_SHAPE (2, 3, 5) };
  char *path = temporary_path ();

  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    for (guint s = 0; s < G_N_ELEMENTS (shapes); s++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (PhTensor) a = ph_tensor_new (types[t], &shapes[s], &error);

        g_assert_no_error (error);
        for (gsize i = 0; i < a->n; i++)
          if (ph_type_is_real (a->type))
            a->f[i] = (float)i * 0.75f - 3;
          else
            a->i[i] = ph_type_wrap (a->type, (gint64)i * 77 - 200);
        g_assert_true (ph_npy_save (a, path, &error));
        g_assert_no_error (error);

        g_autoptr (PhTensor) b = ph_npy_load (path, &error);

        g_assert_no_error (error);
        g_assert_cmpint (b->type, ==, a->type);
        g_assert_true (ph_shape_equal (&a->shape, &b->shape));
        g_assert_cmpmem (a->data, a->n * ph_type_size (a->type), b->data,
                         b->n * ph_type_size (b->type));
      }
  remove_path (path);
}

/* numpy.save of numpy.array([[1, 2, 3], [4, 5, 6]], 'float32') */
static void
test_bytes (void)
{
  g_autoptr (GError) error = NULL;
  const float values[] = { 1, 2, 3, 4, 5, 6 };
  PhShape shape = PH_SHAPE (2, 3);
  g_autoptr (PhTensor) a = ph_tensor_new_floats (&shape, values);
  char *path = temporary_path ();
  g_autofree char *contents = NULL;
  gsize size;
  const char *header = "\223NUMPY\1\0\x76\0{'descr': '<f4', 'fortran_order': False, "
                       "'shape': (2, 3), }";

  g_assert_true (ph_npy_save (a, path, &error));
  g_assert_true (g_file_get_contents (path, &contents, &size, &error));
  g_assert_cmpint (size, ==, 128 + 24);
  g_assert_cmpmem (contents, 10, header, 10);
  g_assert_true (g_str_has_prefix (contents + 10, header + 10));
  g_assert_cmpint (contents[127], ==, '\n');
  g_assert_cmpmem (contents + 128, 24, values, 24);
  remove_path (path);
}

static PhTensor *
load_text (guint version, const char *header, gconstpointer data, gsize size, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize length = strlen (header);
  guint8 prefix[12] = { 0x93, 'N', 'U', 'M', 'P', 'Y', version, 0, length & 0xff, length >> 8 };

  g_byte_array_append (bytes, prefix, version == 1 ? 10 : 12);
  g_byte_array_append (bytes, (const guint8 *)header, length);
  g_byte_array_append (bytes, data, size);
  return ph_npy_load_from_data (bytes->data, bytes->len, error);
}

static void
test_fortran (void)
{
  g_autoptr (GError) error = NULL;
  const guint8 column_major[] = { 1, 4, 2, 5, 3, 6 };
  g_autoptr (PhTensor) a = load_text (
      2, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", column_major, 6, &error);

  g_assert_no_error (error);
  for (int i = 0; i < 6; i++)
    g_assert_cmpint (a->i[i], ==, i + 1);
}

static void
test_damaged (void)
{
  const struct
  {
    const char *header, *message;
  } cases[] = {
    { "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", "*>f4*" },
    { "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "*|O*" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "*12 bytes*8 are there*" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "*extents*" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2", "*extents*" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648, 2147483648), }", "*absurd*" },
    { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", "*axes*" },
    { "{'descr': '<f4'}", "*shape*" },
    { "{}", "*type*" },
  };
  const float data[] = { 1, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (load_text (1, cases[i].header, data, sizeof data, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      if (!g_pattern_match_simple (cases[i].message, error->message))
        g_error ("%s: %s", cases[i].header, error->message);
    }

  g_autoptr (GError) error = NULL;
  const char *good = "\223NUMPY\1\0\x40\0{'descr'";

  for (gsize n = 0; n < 18; n++)
    {
      g_assert_null (ph_npy_load_from_data (good, n, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_clear_error (&error);
    }
  g_assert_null (ph_npy_load ("/nonexistent/array.npy", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* Every half there is survives; roundings by hand. */
static void
test_half (void)
{
  for (guint i = 0; i < 65536; i++)
    {
      float value = ph_half_to_float (i);

      if (isnan (value))
        g_assert_true (isnan (ph_half_to_float (ph_half_from_float (value))));
      else
        g_assert_cmpint (ph_half_from_float (value), ==, i);
      value = ph_bfloat_to_float (i);
      if (isnan (value))
        g_assert_true (isnan (ph_bfloat_to_float (ph_bfloat_from_float (value))));
      else
        g_assert_cmpint (ph_bfloat_from_float (value), ==, i);
    }
  g_assert_cmpint (ph_half_from_float (1.0f), ==, 0x3c00);
  g_assert_cmpint (ph_half_from_float (65504.0f), ==, 0x7bff);
  g_assert_cmpint (ph_half_from_float (65519.9f), ==, 0x7bff);
  g_assert_cmpint (ph_half_from_float (65520.0f), ==, 0x7c00);
  g_assert_cmpint (ph_half_from_float (0x1p-24f), ==, 1);
  g_assert_cmpint (ph_half_from_float (0x1p-25f), ==, 0);
  g_assert_cmpint (ph_half_from_float (0x1.8p-25f), ==, 1);
  g_assert_cmpint (ph_half_from_float (-0x1.002p0f), ==, 0xbc00); /* tie to even */
  g_assert_cmpint (ph_half_from_float (-0x1.006p0f), ==, 0xbc02);
  g_assert_cmpint (ph_bfloat_from_float (0x1.01p0f), ==, 0x3f80);
  g_assert_cmpint (ph_bfloat_from_float (0x1.03p0f), ==, 0x3f82);
}

static void
test_stored (void)
{
  const guint8 raw[] = { 0xff, 0xfe, 0x01, 0x80 };
  gint64 wide[4];

  ph_stored_decode (PH_TYPE_INT8, raw, wide, 4);
  g_assert_cmpint (wide[0], ==, -1);
  g_assert_cmpint (wide[3], ==, -128);
  ph_stored_decode (PH_TYPE_INT16, raw, wide, 2);
  g_assert_cmpint (wide[0], ==, (gint16)0xfeff);
  ph_stored_decode (PH_TYPE_UINT16, raw + 1, wide, 1);
  g_assert_cmpint (wide[0], ==, 0x01fe);
  ph_stored_decode (PH_TYPE_BOOL, raw, wide, 1);
  g_assert_cmpint (wide[0], ==, 1);
  g_assert_cmpint (ph_stored_size (PH_TYPE_STRING), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/npy/round-trip", test_round_trip);
  g_test_add_func ("/npy/bytes", test_bytes);
  g_test_add_func ("/npy/fortran", test_fortran);
  g_test_add_func ("/npy/damaged", test_damaged);
  g_test_add_func ("/npy/half", test_half);
  g_test_add_func ("/npy/stored", test_stored);
  return g_test_run ();
}
