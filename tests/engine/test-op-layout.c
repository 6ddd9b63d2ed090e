/* Views, transposition, blocks, repetition: by hand, against loops, as adjoints, errors. */

#include <string.h>

#include "opcase.h"

static void
test_by_hand (void)
{
  static const PhOpCase cases[] = {
    { "Reshape", 13, NULL, { "f 2,3: 1 2 3 4 5 6", "ci 2: -1 2" }, { "f 3,2: 1 2 3 4 5 6" } },
    { "Reshape", 13, NULL, { "f 2,3: 1 2 3 4 5 6", "ci 3: 0 1 -1" }, { "f 2,1,3: 1 2 3 4 5 6" } },
    { "Reshape", 13, NULL, { "f 1: 7", "ci 0:" }, { "f : 7" } },
    { "Reshape", 14, "allowzero=1", { "f 0,3:", "ci 2: 3 0" }, { "f 3,0:" } },
    { "Flatten", 13, "axis=2", { "f 1,2,3: 1 2 3 4 5 6" }, { "f 2,3: 1 2 3 4 5 6" } },
    { "Flatten", 13, "axis=-3", { "f 1,2,3: 1 2 3 4 5 6" }, { "f 1,6: 1 2 3 4 5 6" } },
    { "Flatten", 13, "axis=0", { "f 2,3: 1 2 3 4 5 6" }, { "f 1,6: 1 2 3 4 5 6" } },
    { "Squeeze", 11, "axes=0,-1", { "f 1,2,1: 1 2" }, { "f 2: 1 2" } },
    { "Squeeze", 13, NULL, { "f 1,2,1: 1 2", "ci 1: 2" }, { "f 1,2: 1 2" } },
    { "Squeeze", 13, NULL, { "f 1,2,1: 1 2" }, { "f 2: 1 2" } },
    { "Unsqueeze", 11, "axes=0,2", { "f 2: 1 2" }, { "f 1,2,1: 1 2" } },
    { "Unsqueeze", 13, NULL, { "f 2: 1 2", "ci 1: -1" }, { "f 2,1: 1 2" } },
    { "Transpose", 13, NULL, { "f 2,3: 1 2 3 4 5 6" }, { "f 3,2: 1 4 2 5 3 6" } },
    { "Transpose", 13, "perm=1,2,0", { "f 2,1,3: 1 2 3 4 5 6" }, { "f 1,3,2: 1 4 2 5 3 6" } },
    { "Transpose", 13, "perm=1,0", { "i 2,3: 1 2 3 4 5 6" }, { "i 3,2: 1 4 2 5 3 6" } },
    { "DepthToSpace",
      13,
      "blocksize=2",
      { "f 1,4,1,2: 0 1 10 11 20 21 30 31" },
      { "f 1,1,2,4: 0 10 1 11 20 30 21 31" } },
    { "DepthToSpace",
      13,
      "blocksize=2 mode=DCR",
      { "f 1,8,1,1: 0 1 2 3 4 5 6 7" },
      { "f 1,2,2,2: 0 2 4 6 1 3 5 7" } },
    { "DepthToSpace",
      13,
      "blocksize=2 mode=CRD",
      { "f 1,8,1,1: 0 1 2 3 4 5 6 7" },
      { "f 1,2,2,2: 0 1 2 3 4 5 6 7" } },
    { "SpaceToDepth",
      13,
      "blocksize=2",
      { "f 1,2,2,2: 0 2 4 6 1 3 5 7" },
      { "f 1,8,1,1: 0 1 2 3 4 5 6 7" } },
    { "Expand", 13, NULL, { "f 2,1: 1 2", "ci 2: 1 3" }, { "f 2,3: 1 1 1 2 2 2" } },
    { "Expand", 13, NULL, { "f 2: 1 2", "ci 3: 2 1 1" }, { "f 2,1,2: 1 2 1 2" } },
    { "Tile", 13, NULL, { "f 2,2: 1 2 3 4", "ci 2: 1 2" }, { "f 2,4: 1 2 1 2 3 4 3 4" } },
    { "Tile", 13, NULL, { "i 2,1: 1 2", "ci 2: 2 2" }, { "i 4,2: 1 1 2 2 1 1 2 2" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_expect (&cases[i]);
}

static void
test_gradients (void)
{
  static const PhOpCase cases[] = {
    { "Reshape", 13, NULL, { "f 2,3,4", "ci 2: 4 -1" } },
    { "Flatten", 13, NULL, { "f 2,3,4" } },
    { "Squeeze", 13, NULL, { "f 3,1,2", "ci 1: 1" } },
    { "Unsqueeze", 13, NULL, { "f 3,2", "ci 1: 1" } },
    { "Transpose", 13, "perm=0,2,3,1", { "f 2,9,3,10" } },
    { "Transpose", 13, "perm=2,0,1", { "f 2,3,4" } },
    { "Transpose", 13, NULL, { "f 17,18" } },
    { "DepthToSpace", 13, "blocksize=2", { "f 2,12,2,3" } },
    { "DepthToSpace", 13, "blocksize=3 mode=CRD", { "f 1,18,2,3" } },
    { "SpaceToDepth", 13, "blocksize=2", { "f 2,3,4,6" } },
    { "Expand", 13, NULL, { "f 3,1,2", "ci 4: 2 1 4 1" } },
    { "Tile", 13, NULL, { "f 3,1,2", "ci 3: 2 3 2" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    ph_opcase_gradient (&cases[i]);
}

/* All orders of four axes that are long enough for the blocked way, against plain loops. */
static void
test_transpose_loops (void)
{
  g_autoptr (PhTensor) x = ph_opcase_tensor ("f 3,19,5,33");
  gint64 strides[PH_MAX_RANK];

  ph_shape_strides (&x->shape, strides);
  for (guint code = 0; code < 256; code++)
    {
      guint p[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3 };
      PhTensor *y = NULL;
      g_autoptr (GError) error = NULL;

      if ((1u << p[0] | 1u << p[1] | 1u << p[2] | 1u << p[3]) != 15)
        continue;

      PhAttrs *attrs = ph_attrs_new ();

      ph_attrs_set_ints (attrs, "perm", (gint64[]){ p[0], p[1], p[2], p[3] }, 4);
      ph_opcheck_run ("Transpose", 13, attrs, (PhGradInput[]){ { x, FALSE } }, 1, &y, 1, &error);
      g_assert_no_error (error);
      for (gsize i = 0; i < y->n; i++)
        {
          gsize rest = i, from = 0;

          for (guint axis = 4; axis-- > 0;)
            {
              from += rest % (gsize)y->shape.dim[axis] * (gsize)strides[p[axis]];
              rest /= (gsize)y->shape.dim[axis];
            }
          if (y->f[i] != x->f[from])
            g_error ("perm %u%u%u%u: element %zu is %g, expected %g", p[0], p[1], p[2], p[3], i,
                     y->f[i], x->f[from]);
        }
      ph_tensor_unref (y);
    }
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "Reshape", 13, NULL, { "f 2,3", "ci 2: 4 -1" } },
                   PH_ERROR_SHAPE_MISMATCH, "2×3 cannot become 4×?");
  ph_opcase_fails (&(PhOpCase){ "Reshape", 13, NULL, { "f 2,3", "i 2: 3 2" } },
                   PH_ERROR_OP_UNSUPPORTED, "known before the run");
  ph_opcase_fails (&(PhOpCase){ "Squeeze", 11, "axes=1,", { "f 2,3" } }, PH_ERROR_SHAPE_MISMATCH,
                   "axis 1 has 3 elements");
  ph_opcase_fails (&(PhOpCase){ "Transpose", 13, "perm=0,0", { "f 2,3" } }, PH_ERROR_MODEL_INVALID,
                   "no order of 2 axes");
  ph_opcase_fails (&(PhOpCase){ "DepthToSpace", 13, "blocksize=2", { "f 1,3,2,2" } },
                   PH_ERROR_SHAPE_MISMATCH, "3 channels do not make blocks of 2×2");
  ph_opcase_fails (&(PhOpCase){ "Expand", 13, NULL, { "f 2,3", "ci 2: 2 4" } },
                   PH_ERROR_SHAPE_MISMATCH, "2×3 does not stretch to 2×4");
  ph_opcase_fails (&(PhOpCase){ "Tile", 13, NULL, { "f 2,3", "ci 1: 2" } }, PH_ERROR_SHAPE_MISMATCH,
                   "1 repeats for 2 axes");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/layout/by-hand", test_by_hand);
  g_test_add_func ("/op/layout/gradients", test_gradients);
  g_test_add_func ("/op/layout/transpose-loops", test_transpose_loops);
  g_test_add_func ("/op/layout/errors", test_errors);
  return g_test_run ();
}
