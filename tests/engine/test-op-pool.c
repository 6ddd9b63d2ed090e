/* Pools: by hand, gradients, padding that must not win, errors. */

#include <math.h>
#include <string.h>

#include "opcase.h"

static void
test_by_hand (void)
{
  static const PhOpCase cases[] = {
    { "MaxPool",
      12,
      "kernel_shape=2,2 strides=1,2",
      { "f 1,1,3,4: 1 9 3 4 5 6 7 8 -1 -2 -3 -4" },
      { "f 1,1,2,2: 9 8 6 8", "i 1,1,2,2: 1 7 5 7" } },
    /* Padding is not 0: it never wins against negative numbers. */
    { "MaxPool",
      12,
      "kernel_shape=3, pads=1,1",
      { "f 1,2,3: -1 -2 -3 -6 -5 -4" },
      { "f 1,2,3: -1 -1 -2 -5 -4 -4", "i 1,2,3: 0 0 1 4 5 5" } },
    /* Column-major places. */
    { "MaxPool",
      12,
      "kernel_shape=2,2 storage_order=1",
      { "f 1,1,2,3: 1 2 3 4 5 6" },
      { "f 1,1,1,2: 5 6", "i 1,1,1,2: 3 5" } },
    /* The last window sticks out; with stride 3 it would start behind the input. */
    { "MaxPool",
      12,
      "kernel_shape=2, strides=2, ceil_mode=1",
      { "f 1,1,5: 1 2 3 4 5" },
      { "f 1,1,3: 2 4 5" } },
    { "MaxPool",
      12,
      "kernel_shape=1, strides=3, ceil_mode=1",
      { "f 1,1,5: 1 2 3 4 5" },
      { "f 1,1,2: 1 4" } },
    { "MaxPool", 12, "kernel_shape=2, dilations=3,", { "f 1,1,5: 5 1 2 4 3" }, { "f 1,1,2: 5 3" } },
    { "MaxPool", 12, "kernel_shape=2,", { "i 1,1,4: 5 -7 2 4" }, { "i 1,1,3: 5 2 4" } },
    { "MaxPool",
      12,
      "kernel_shape=2,1,2",
      { "f 1,1,2,2,3: 1 2 3 4 5 6 7 8 9 12 11 10" },
      { "f 1,1,1,2,2: 8 9 12 11", "i 1,1,1,2,2: 7 8 9 10" } },
    { "AveragePool",
      11,
      "kernel_shape=2,2 strides=2,1",
      { "f 1,1,2,3: 1 2 3 4 5 6" },
      { "f 1,1,1,2: 3 4" } },
    { "AveragePool",
      11,
      "kernel_shape=3, pads=1,1",
      { "f 1,1,3: 3 6 9" },
      { "f 1,1,3: 4.5 6 7.5" } },
    { "AveragePool",
      11,
      "kernel_shape=3, pads=1,1 count_include_pad=1",
      { "f 1,1,3: 3 6 9" },
      { "f 1,1,3: 3 6 5" } },
    /* What hangs over behind the padding never counts. */
    { "AveragePool",
      11,
      "kernel_shape=3, strides=2, ceil_mode=1 count_include_pad=1",
      { "f 1,1,4: 3 6 9 12" },
      { "f 1,1,2: 6 10.5" } },
    { "AveragePool",
      11,
      "kernel_shape=2,1,1 count_include_pad=1 pads=1,0,0,0,0,0",
      { "f 1,1,2,1,2: 2 4 6 8" },
      { "f 1,1,2,1,2: 1 2 4 6" } },
    { "LpPool", 11, "kernel_shape=2,", { "f 1,1,3: 3 -4 0" }, { "f 1,1,2: 5 4" } },
    { "LpPool", 11, "kernel_shape=2, p=1", { "f 1,1,3: 3 -4 0" }, { "f 1,1,2: 7 4" } },
    { "GlobalAveragePool", 11, NULL, { "f 2,1,1,3: 1 2 6 -1 -2 -3" }, { "f 2,1,1,1: 3 -2" } },
    { "GlobalMaxPool", 11, NULL, { "f 1,2,2,2: 1 2 6 0 -4 -2 -3 -9" }, { "f 1,2,1,1: 6 -2" } },
    { "GlobalLpPool", 11, "p=2", { "f 1,2,2: 3 4 -5 12" }, { "f 1,2,1: 5 13" } },
    { "MaxUnpool",
      11,
      "kernel_shape=2, strides=2,",
      { "f 1,1,2: 5 6", "i 1,1,2: 1 2" },
      { "f 1,1,4: 0 5 6 0" } },
    /* Places count through the 2×2 that the window implies. */
    { "MaxUnpool",
      11,
      "kernel_shape=2,2 strides=2,2",
      { "f 1,1,1,1: 5", "i 1,1,1,1: 3", "ci 4: 1 1 2 3" },
      { "f 1,1,2,3: 0 0 0 0 5 0" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_expect (&cases[i]);
}

static void
test_gradients (void)
{
  static const PhOpCase cases[] = {
    { "MaxPool", 12, "kernel_shape=3,2 strides=2,1 pads=1,0,0,1", { "d 2,3,5,6" } },
    { "MaxPool", 12, "kernel_shape=2,3 ceil_mode=1 strides=2,2", { "d 2,2,5,6" } },
    { "MaxPool", 12, "kernel_shape=2, dilations=3, strides=2,", { "d 2,3,9" } },
    { "MaxPool", 12, "kernel_shape=2,1,2 pads=0,0,1,1,0,0", { "d 1,2,3,3,4" } },
    { "AveragePool", 11, "kernel_shape=3,2 strides=2,1 pads=1,0,0,1", { "f 2,3,5,6" } },
    { "AveragePool",
      11,
      "kernel_shape=2,3 pads=1,1,1,1 count_include_pad=1 ceil_mode=1 strides=2,2",
      { "f 2,3,4,6" } },
    { "AveragePool", 11, "kernel_shape=4, auto_pad=SAME_LOWER strides=3,", { "f 2,3,10" } },
    { "AveragePool", 11, "kernel_shape=2,3,2 pads=0,1,0,0,0,1", { "f 1,2,3,4,3" } },
    { "LpPool", 11, "kernel_shape=2,3 strides=1,2 pads=0,1,1,0", { "a 2,2,4,5" } },
    { "LpPool", 11, "kernel_shape=3, p=3", { "a 2,2,7" } },
    { "GlobalAveragePool", 11, NULL, { "f 2,3,4,5" } },
    { "GlobalMaxPool", 11, NULL, { "d 2,3,4,5" } },
    { "GlobalLpPool", 11, "p=3", { "a 2,3,7" } },
    { "MaxUnpool", 11, "kernel_shape=2, strides=2,", { "f 1,2,3", "ci 1,2,3: 1 2 5 6 9 10" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_gradient (&cases[i]);
}

/* NaN loses against numbers and survives only alone. */
static void
test_nan (void)
{
  g_autoptr (PhTensor) x = ph_opcase_tensor ("f 1,1,3: 0 0 -1");
  PhTensor *y = NULL;
  g_autoptr (GError) error = NULL;

  x->f[0] = x->f[1] = NAN;
  ph_opcheck_run ("MaxPool", 12, ph_opcase_attrs ("kernel_shape=2,"),
                  (PhGradInput[]){ { x, FALSE } }, 1, &y, 1, &error);
  g_assert_no_error (error);
  g_assert_true (isnan (y->f[0]));
  g_assert_cmpfloat (y->f[1], ==, -1);
  ph_tensor_unref (y);
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "MaxPool", 12, NULL, { "f 1,1,3,4" } }, PH_ERROR_MODEL_INVALID,
                   "kernel_shape is missing");
  ph_opcase_fails (&(PhOpCase){ "MaxPool", 12, "kernel_shape=4,4", { "f 1,1,3,4" } },
                   PH_ERROR_SHAPE_MISMATCH, "a window of 4 does not fit into 3");
  ph_opcase_fails (&(PhOpCase){ "AveragePool", 11, "kernel_shape=2, pads=2,0", { "f 1,1,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "holds padding only");
  ph_opcase_fails (&(PhOpCase){ "MaxPool", 12, "kernel_shape=2,2", { "f 1,1,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "the attributes expect 2 spatial axes");
  ph_opcase_fails (&(PhOpCase){ "GlobalMaxPool", 12, NULL, { "f 4,3" } }, PH_ERROR_SHAPE_MISMATCH,
                   "the input is 4×3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/pool/by-hand", test_by_hand);
  g_test_add_func ("/op/pool/gradients", test_gradients);
  g_test_add_func ("/op/pool/nan", test_nan);
  g_test_add_func ("/op/pool/errors", test_errors);
  return g_test_run ();
}
