/* Resize and Upsample: by hand, gradients over all rules, exact adjoints, errors. */

#include <string.h>

#include "opcase.h"

static void
test_by_hand (void)
{
  static const PhOpCase cases[] = {
    { "Upsample",
      9,
      NULL,
      { "f 1,1,1,2: 1 2", "cf 4: 1 1 2 3" },
      { "f 1,1,2,6: 1 1 1 2 2 2 1 1 1 2 2 2" } },
    { "Upsample", 7, "scales=1.0,2.0", { "f 1,2: 1 2" }, { "f 1,4: 1 1 2 2" } },
    { "Upsample", 9, "mode=linear", { "f 1,3: 0 2 4", "cf 2: 1 2" }, { "f 1,6: 0 1 2 3 4 4" } },
    { "Resize", 10, NULL, { "f 4: 1 2 3 4", "cf 1: 0.5" }, { "f 2: 1 3" } },
    /* The four roundings at x = 0.5, 2.5: half_pixel from four to two. */
    { "Resize", 13, NULL, { "f 4: 1 2 3 4", "", "cf 1: 0.5" }, { "f 2: 1 3" } },
    { "Resize",
      13,
      "nearest_mode=round_prefer_ceil",
      { "f 4: 1 2 3 4", "", "cf 1: 0.5" },
      { "f 2: 2 4" } },
    { "Resize", 13, "nearest_mode=floor", { "f 4: 1 2 3 4", "", "", "ci 1: 2" }, { "f 2: 1 3" } },
    { "Resize", 13, "nearest_mode=ceil", { "f 4: 1 2 3 4", "", "", "ci 1: 2" }, { "f 2: 2 4" } },
    { "Resize", 13, "mode=linear", { "f 2: 0 4", "", "cf 1: 2" }, { "f 4: 0 1 3 4" } },
    { "Resize",
      13,
      "mode=linear coordinate_transformation_mode=align_corners",
      { "f 3: 0 4 2", "", "", "ci 1: 5" },
      { "f 5: 0 2 4 3 2" } },
    { "Resize",
      13,
      "mode=linear coordinate_transformation_mode=asymmetric",
      { "f 2: 0 4", "", "cf 1: 2" },
      { "f 4: 0 2 4 4" } },
    { "Resize",
      11,
      "coordinate_transformation_mode=tf_half_pixel_for_nn nearest_mode=floor",
      { "f 4: 1 2 3 4", "", "cf 1: 0.5" },
      { "f 2: 2 4" } },
    { "Resize",
      13,
      "mode=linear coordinate_transformation_mode=pytorch_half_pixel",
      { "f 4: 1 2 3 4", "", "", "ci 1: 1" },
      { "f 1: 1" } },
    /* Half of the region lies beyond the end. */
    { "Resize",
      13,
      "mode=linear coordinate_transformation_mode=tf_crop_and_resize extrapolation_value=9.0",
      { "f 3: 0 1 2", "cf 2: 0.5 1.5", "", "ci 1: 3" },
      { "f 3: 1 2 9" } },
    { "Resize",
      13,
      "coordinate_transformation_mode=tf_crop_and_resize extrapolation_value=9.0",
      { "i 3: 5 6 7", "cf 2: 0.5 1.5", "", "ci 1: 3" },
      { "i 3: 6 7 9" } },
    /* Keys' weights half way between pixels: -3/32, 19/32, 19/32, -3/32 for a = -0.75. */
    { "Resize",
      13,
      "mode=cubic coordinate_transformation_mode=asymmetric",
      { "f 4: 0 32 0 0", "", "cf 1: 2" },
      { "f 8: 0 19 32 19 0 -3 0 0" } },
    { "Resize",
      13,
      "mode=cubic coordinate_transformation_mode=asymmetric exclude_outside=1",
      { "f 4: 0 35 0 0", "", "cf 1: 2" },
      { "f 8: 0 19 35 20.78125 0 -3 0 0" } },
    { "Resize",
      13,
      "mode=linear",
      { "f 2,2: 0 2 4 6", "", "cf 2: 2 1" },
      { "f 4,2: 0 2 1 3 3 5 4 6" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_expect (&cases[i]);
}

static const char *const rules[] = {
  "mode=nearest",
  "mode=nearest nearest_mode=ceil coordinate_transformation_mode=asymmetric",
  "mode=linear",
  "mode=linear coordinate_transformation_mode=align_corners",
  "mode=linear coordinate_transformation_mode=tf_crop_and_resize",
  "mode=cubic",
  "mode=cubic cubic_coeff_a=-0.5 exclude_outside=1",
  "mode=cubic coordinate_transformation_mode=pytorch_half_pixel",
};

static const char *const sizes[] = { "ci 4: 2 3 7 5", "ci 4: 2 3 2 9", "ci 4: 3 3 4 1" };

#define REGION "cf 8: 0 0 0.2 -0.1 1 1 0.9 0.7"

static void
test_gradients (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      ph_opcase_gradient (
          &(PhOpCase){ "Resize", 13, rules[i], { "f 2,3,4,6", REGION, "", sizes[j] } });
  ph_opcase_gradient (&(PhOpCase){ "Upsample", 9, NULL, { "f 1,2,3,4", "cf 4: 1 1 2 3" } });
  ph_opcase_gradient (
      &(PhOpCase){ "Upsample", 9, "mode=linear", { "f 1,2,3,4", "cf 4: 1 1 2 3" } });
}

/* Constants stay constant under every rule that does not extrapolate. */
static void
test_constants (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        g_autoptr (PhTensor) x = ph_gradcheck_random (&(PhShape){ 4, { 2, 3, 4, 6 } }, 3, 3);
        g_autoptr (PhTensor) size = ph_opcase_tensor (sizes[j]);
        g_autoptr (PhTensor) region = ph_opcase_tensor (REGION);
        PhGradInput inputs[] = { { x, FALSE }, { region, TRUE }, { NULL, TRUE }, { size, TRUE } };
        PhTensor *y = NULL;
        g_autoptr (GError) error = NULL;

        if (strstr (rules[i], "crop") != NULL)
          continue;
        ph_opcheck_run ("Resize", 13, ph_opcase_attrs (rules[i]), inputs, 4, &y, 1, &error);
        g_assert_no_error (error);
        for (guint axis = 0; axis < 4; axis++)
          g_assert_cmpint (y->shape.dim[axis], ==, size->i[axis]);
        for (gsize k = 0; k < y->n; k++)
          g_assert_cmpfloat_with_epsilon (y->f[k], 3, 1e-5);
        ph_tensor_unref (y);
      }
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "Resize", 13, NULL, { "f 2,3", "", "cf 1: 2" } },
                   PH_ERROR_SHAPE_MISMATCH, "1 scales, 0 sizes and 0 limits for a tensor with 2");
  ph_opcase_fails (&(PhOpCase){ "Resize", 13, NULL, { "f 2", "", "cf 1: -2" } },
                   PH_ERROR_SHAPE_MISMATCH, "2 elements of axis 0 cannot become -4");
  ph_opcase_fails (&(PhOpCase){ "Resize", 13, "mode=spline", { "f 2", "", "cf 1: 2" } },
                   PH_ERROR_OP_UNSUPPORTED, "mode is \"spline\"");
  ph_opcase_fails (&(PhOpCase){ "Resize", 13, NULL, { "f 2", "", "f 1: 2" } },
                   PH_ERROR_OP_UNSUPPORTED, "known before the run");
  ph_opcase_fails (&(PhOpCase){ "Resize", 13, "mode=linear", { "i 2: 1 2", "", "cf 1: 2" } },
                   PH_ERROR_OP_UNSUPPORTED, "int64 can only be resized to the nearest pixel");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/resize/by-hand", test_by_hand);
  g_test_add_func ("/op/resize/gradients", test_gradients);
  g_test_add_func ("/op/resize/constants", test_constants);
  g_test_add_func ("/op/resize/errors", test_errors);
  return g_test_run ();
}
