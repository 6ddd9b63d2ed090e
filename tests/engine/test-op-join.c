/* Joining, cutting, padding, gathering, scattering and choosing: by hand, gradients, errors. */

#include "opcase.h"

static const PhOpCase joins[] = {
  { "Concat", 13, "axis=1", { "f 2,1: 1 4", "f 2,2: 2 3 5 6" }, { "f 2,3: 1 2 3 4 5 6" } },
  { "Concat", 13, "axis=-2", { "i 1,2: 1 2", "i 2,2: 3 4 5 6" }, { "i 3,2: 1 2 3 4 5 6" } },
  { "Split", 11, "axis=1", { "f 2,4: 1 2 3 4 5 6 7 8" }, { "f 2,2: 1 2 5 6", "f 2,2: 3 4 7 8" } },
  { "Split", 11, "split=1,2", { "f 3: 1 2 3" }, { "f 1: 1", "f 2: 2 3" } },
  { "Split",
    13,
    "axis=1",
    { "f 2,3: 1 2 3 4 5 6", "ci 2: 2 1" },
    { "f 2,2: 1 2 4 5", "f 2,1: 3 6" } },
  { "Slice", 9, "starts=1,0 ends=2,-1", { "f 2,3: 1 2 3 4 5 6" }, { "f 1,2: 4 5" } },
  { "Slice",
    13,
    NULL,
    { "f 5: 1 2 3 4 5", "ci 1: -1", "ci 1: -9", "ci 1: 0", "ci 1: -2" },
    { "f 3: 5 3 1" } },
  { "Slice",
    13,
    NULL,
    { "f 2,5: 1 2 3 4 5 6 7 8 9 10", "ci 1: 1", "ci 1: 99", "ci 1: -1", "ci 1: 3" },
    { "f 2,2: 2 5 7 10" } },
  { "Slice", 13, NULL, { "f 3: 1 2 3", "ci 1: 2", "ci 1: 1" }, { "f 0:" } },
  { "Slice", 13, NULL, { "i 3: 1 2 3", "ci 1: 0", "ci 1: 2" }, { "i 2: 1 2" } },
};

static const PhOpCase pads[] = {
  { "Pad", 10, "pads=0,1,1,0 value=9.0", { "f 1,2: 1 2" }, { "f 2,3: 9 1 2 9 9 9" } },
  { "Pad", 13, NULL, { "f 3: 1 2 3", "ci 2: 2 -1", "cf : 5" }, { "f 4: 5 5 1 2" } },
  { "Pad", 13, "mode=reflect", { "f 3: 1 2 3", "ci 2: 3 2" }, { "f 8: 2 3 2 1 2 3 2 1" } },
  { "Pad", 13, "mode=edge", { "f 2,2: 1 2 3 4", "ci 4: 0 1 1 0" }, { "f 3,3: 1 1 2 3 3 4 3 3 4" } },
  { "Pad", 13, NULL, { "i 2: 1 2", "ci 2: 1 0" }, { "i 3: 0 1 2" } },
};

static const PhOpCase gathers[] = {
  { "Gather", 13, NULL, { "f 3,2: 1 2 3 4 5 6", "i 2: 2 -3" }, { "f 2,2: 5 6 1 2" } },
  { "Gather", 13, "axis=1", { "f 2,3: 1 2 3 4 5 6", "i : 1" }, { "f 2: 2 5" } },
  { "GatherElements",
    13,
    "axis=1",
    { "f 2,2: 1 2 3 4", "i 2,3: 0 0 1 1 -2 0" },
    { "f 2,3: 1 1 2 4 3 3" } },
  { "GatherElements", 13, NULL, { "f 3,2: 1 2 3 4 5 6", "i 1,2: 2 0" }, { "f 1,2: 5 2" } },
  { "GatherND", 13, NULL, { "f 2,2: 1 2 3 4", "i 2,2: 0 0 1 -1" }, { "f 2: 1 4" } },
  { "GatherND",
    13,
    "batch_dims=1",
    { "f 2,2,2: 1 2 3 4 5 6 7 8", "i 2,1: 1 0" },
    { "f 2,2: 3 4 5 6" } },
  { "ScatterElements",
    16,
    "axis=1",
    { "f 1,4: 1 2 3 4", "i 1,2: 1 -1", "f 1,2: 8 9" },
    { "f 1,4: 1 8 3 9" } },
  { "ScatterElements",
    16,
    "reduction=add",
    { "f 2: 1 2", "i 3: 0 0 1", "f 3: 10 20 30" },
    { "f 2: 31 32" } },
  { "ScatterElements",
    16,
    "reduction=mul",
    { "i 2: 3 2", "i 2: 0 0", "i 2: 5 -1" },
    { "i 2: -15 2" } },
  { "ScatterND",
    16,
    NULL,
    { "f 3,2: 1 2 3 4 5 6", "i 1,1: 1", "f 1,2: 8 9" },
    { "f 3,2: 1 2 8 9 5 6" } },
  { "ScatterND",
    16,
    "reduction=add",
    { "f 3: 1 2 3", "i 2,1: 0 0", "f 2: 10 20" },
    { "f 3: 31 2 3" } },
};

static const PhOpCase choices[] = {
  { "OneHot", 11, NULL, { "i 3: 0 2 -1", "ci : 3", "f 2: 5 7" }, { "f 3,3: 7 5 5 5 5 7 5 5 7" } },
  { "OneHot", 11, "axis=0", { "f 2: 1 4", "ci : 2", "i 2: 0 1" }, { "i 2,2: 0 0 1 0" } },
  { "NonZero", 13, NULL, { "cf 2,2: 1 0 -2 3" }, { "i 2,3: 0 1 1 0 0 1" } },
  { "Compress", 11, "axis=1", { "f 2,3: 1 2 3 4 5 6", "cb 2: 0 1" }, { "f 2,1: 2 5" } },
  { "Compress", 11, NULL, { "f 2,2: 1 2 3 4", "cb 4: 0 1 0 1" }, { "f 2: 2 4" } },
  { "Trilu", 14, NULL, { "f 2,3: 1 2 3 4 5 6", "i : 1" }, { "f 2,3: 0 2 3 0 0 6" } },
  { "Trilu", 14, "upper=0", { "i 1,2,3: 1 2 3 4 5 6" }, { "i 1,2,3: 1 0 0 4 5 0" } },
  { "EyeLike", 9, "k=-1 dtype=7", { "f 3,2" }, { "i 3,2: 0 0 1 0 0 1" } },
  { "ReverseSequence", 10, NULL, { "f 3,2: 1 2 3 4 5 6", "i 2: 2 3" }, { "f 3,2: 3 6 1 4 5 2" } },
  { "ReverseSequence",
    10,
    "time_axis=1 batch_axis=0",
    { "i 2,3: 1 2 3 4 5 6", "i 2: 3 1" },
    { "i 2,3: 3 2 1 4 5 6" } },
  { "Range", 11, NULL, { "cf : 1", "cf : 2", "cf : 0.4" }, { "f 3: 1 1.4 1.8" } },
  { "Range", 11, NULL, { "ci : 5", "ci : 0", "ci : -2" }, { "i 3: 5 3 1" } },
  { "Range", 11, NULL, { "ci : 5", "ci : 5", "ci : 1" }, { "i 0:" } },
};

static const PhOpCase differentiable[] = {
  { "Concat", 13, "axis=1", { "f 2,3,4", "f 2,1,4", "f 2,2,4" } },
  { "Concat", 13, "axis=0", { "f 2,3" } },
  { "Split", 13, "axis=1", { "f 2,7,3", "ci 3: 2 4 1" }, { "", "", "" } },
  { "Slice", 13, NULL, { "f 4,5,6", "ci 2: 3 1", "ci 2: -9 5", "ci 2: 0 2", "ci 2: -2 3" } },
  { "Slice", 9, "starts=1, ends=3, axes=1,", { "f 2,5,3" } },
  { "Pad", 13, NULL, { "f 2,3,4", "ci 6: 0 1 -1 1 0 2", "f :" } },
  { "Pad", 13, "mode=reflect", { "f 2,3,4", "ci 6: 0 2 1 0 1 7" } },
  { "Pad", 13, "mode=edge", { "f 2,3,4", "ci 6: 0 2 1 0 1 3" } },
  { "Gather", 13, "axis=1", { "f 2,4,3", "ci 2,2: 3 0 -1 3" } },
  { "Gather", 13, NULL, { "f 4,3", "i 2: 3 0" } },
  { "GatherElements", 13, "axis=1", { "f 3,4", "ci 3,2: 0 3 1 1 -1 2" } },
  { "GatherND", 13, "batch_dims=1", { "f 2,3,4", "ci 2,2,1: 1 0 2 2" } },
  { "Scatter", 9, "axis=1", { "f 2,3", "ci 2,2: 0 2 1 0", "f 2,2" } },
  /* Two updates for one place: the later one stays and has the gradient. */
  { "ScatterElements", 16, "axis=1", { "f 2,3", "ci 2,2: 2 2 1 0", "f 2,2" } },
  { "ScatterElements", 16, "reduction=add", { "f 4,3", "ci 2,3: 0 1 2 0 3 1", "f 2,3" } },
  { "ScatterND", 16, NULL, { "f 4,3", "ci 2,1: 3 1", "f 2,3" } },
  { "ScatterND", 16, "reduction=add", { "f 4,3", "ci 3,1: 3 1 3", "f 3,3" } },
  { "Compress", 11, "axis=1", { "f 2,4,3", "cb 4: 1 0 1 1" } },
  { "Trilu", 14, NULL, { "f 2,3,5", "i : 1" } },
  { "Trilu", 14, "upper=0", { "f 4,3" } },
  { "ReverseSequence", 10, NULL, { "f 4,3,2", "i 3: 2 4 1" } },
};

typedef struct
{
  const PhOpCase *cases;
  guint n;
} Group;

static void
test_by_hand (gconstpointer data)
{
  const Group *group = data;

  for (guint i = 0; i < group->n; i++)
    ph_opcase_expect (&group->cases[i]);
}

static void
test_gradients (gconstpointer data)
{
  const Group *group = data;

  for (guint i = 0; i < group->n; i++)
    ph_opcase_gradient (&group->cases[i]);
}

static void
test_errors (void)
{
  ph_opcase_fails (&(PhOpCase){ "Concat", 13, "axis=1", { "f 2,3", "f 3,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "input 1 is 2×3, input 2 is 3×3");
  ph_opcase_fails (&(PhOpCase){ "Concat", 13, "axis=2", { "f 2,3", "f 2,3" } },
                   PH_ERROR_SHAPE_MISMATCH, "axis 2 of a tensor with 2 axes");
  ph_opcase_fails (&(PhOpCase){ "Split", 13, NULL, { "f 5,2" }, { "", "" } },
                   PH_ERROR_SHAPE_MISMATCH, "5 elements do not make 2 equal parts");
  ph_opcase_fails (&(PhOpCase){ "Split", 11, "split=1,2", { "f 5" }, { "", "" } },
                   PH_ERROR_SHAPE_MISMATCH, "3 elements together, the input has 5");
  ph_opcase_fails (&(PhOpCase){ "Slice", 13, NULL, { "f 5", "ci 1: 0", "ci 1: 1", "ci 1: 1" } },
                   PH_ERROR_SHAPE_MISMATCH, "axis 1 of a tensor with 1 axes");
  ph_opcase_fails (&(PhOpCase){ "Pad", 13, NULL, { "f 3,2", "ci 2: 1 1" } },
                   PH_ERROR_SHAPE_MISMATCH, "2 pads for 2 axes, 4 expected");
  ph_opcase_fails (&(PhOpCase){ "Pad", 13, NULL, { "f 3", "ci 2: -2 -2" } },
                   PH_ERROR_SHAPE_MISMATCH, "-2 and -2 around 3 elements");
  ph_opcase_fails (&(PhOpCase){ "Gather", 13, NULL, { "f 3,2", "ci 1: 3" } },
                   PH_ERROR_SHAPE_MISMATCH, "index 3 of an axis of 3 elements");
  ph_opcase_fails (&(PhOpCase){ "GatherND", 13, NULL, { "f 3,2", "ci 1,3: 0 0 0" } },
                   PH_ERROR_SHAPE_MISMATCH, "data 3×2, indices 1×3");
  ph_opcase_fails (&(PhOpCase){ "ScatterND", 16, NULL, { "f 3,2", "ci 1,1: 0", "f 3" } },
                   PH_ERROR_SHAPE_MISMATCH, "3 updates, the indices name 2 places");
  ph_opcase_fails (&(PhOpCase){ "NonZero", 13, NULL, { "f 3" } }, PH_ERROR_OP_UNSUPPORTED,
                   "known before the run");
  ph_opcase_fails (&(PhOpCase){ "Range", 13, NULL, { "cf : 0", "cf : 1", "cf : 0" } },
                   PH_ERROR_SHAPE_MISMATCH, "has no end");
}

#define GROUP(name)                                                                                \
  {                                                                                                \
    name, G_N_ELEMENTS (name)                                                                      \
  }

int
main (int argc, char **argv)
{
  static const Group groups[] = { GROUP (joins), GROUP (pads), GROUP (gathers), GROUP (choices),
                                  GROUP (differentiable) };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/op/join/joins", &groups[0], test_by_hand);
  g_test_add_data_func ("/op/join/pads", &groups[1], test_by_hand);
  g_test_add_data_func ("/op/join/gathers", &groups[2], test_by_hand);
  g_test_add_data_func ("/op/join/choices", &groups[3], test_by_hand);
  g_test_add_data_func ("/op/join/gradients", &groups[4], test_gradients);
  g_test_add_func ("/op/join/errors", test_errors);
  return g_test_run ();
}
