/* Conv and ConvTranspose: by hand, against loops, gradients, and fused against unfused. */

#include <math.h>
#include <string.h>

#include "gradcheck.h"
#include "network/run.h"

static PhTensor *
tensor (const PhShape *shape, const float *values)
{
  return ph_tensor_new_floats (shape, values);
}

/* A 3×4 picture under a 2×2 filter with padding on the left and below only. */
static void
test_by_hand (void)
{
  PhShape x_shape = PH_SHAPE (1, 1, 3, 4), w_shape = PH_SHAPE (1, 1, 2, 2),
          y_shape = PH_SHAPE (1, 1, 3, 2), b_shape = PH_SHAPE (1);
  float x_values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  float w_values[] = { 1, 10, 100, 1000 };
  float y_values[] = { 5010.5, 7632.5, 9050.5, 12076.5, 90.5, 120.5 };
  g_autoptr (PhTensor) x = tensor (&x_shape, x_values);
  g_autoptr (PhTensor) w = tensor (&w_shape, w_values);
  g_autoptr (PhTensor) b = tensor (&b_shape, (float[]){ 0.5 });
  g_autoptr (PhTensor) expected = tensor (&y_shape, y_values);
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "pads", (gint64[]){ 0, 1, 1, 0 }, 4);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ 1, 2 }, 2);

  PhGradInput inputs[] = { { x, FALSE }, { w, TRUE }, { b, TRUE } };
  PhTensor *y = NULL;
  g_autoptr (GError) error = NULL;

  ph_opcheck_run ("Conv", 11, attrs, inputs, 3, &y, 1, &error);
  g_assert_no_error (error);
  ph_opcheck_close ("conv by hand", y, expected, 1e-6);
  ph_tensor_unref (y);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/conv/by-hand", test_by_hand);
  return g_test_run ();
}
