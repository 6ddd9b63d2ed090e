/* The last floors: things composed of shapes and colours, and the classes that tell pictures
 * apart. */

#include "assets/textbook/things.h"

#include <math.h>
#include <string.h>

#include "assets/textbook/calibration.h"

#define SIZE 7

const TbThing tb_things[] = {
  { "target",
    34,
    34,
    17,
    { { "large dark spot on light", 0, 0 },
      { "curve bulging to the right", 9, 0 },
      { "curve bulging to the upper right", 6.4, -6.4 },
      { "curve bulging to the top", 0, -9 },
      { "curve bulging to the upper left", -6.4, -6.4 },
      { "curve bulging to the left", -9, 0 },
      { "curve bulging to the lower left", -6.4, 6.4 },
      { "curve bulging to the bottom", 0, 9 },
      { "curve bulging to the lower right", 6.4, 6.4 } } },
  { "eye",
    32,
    28,
    16,
    { { "curve bulging to the top", 0, -6 },
      { "curve bulging to the bottom", 0, 6 },
      { "large dark spot on light", 0, 0 } } },
  { "smile",
    36,
    36,
    18,
    { { "small dark spot on light", -6, -8 },
      { "small dark spot on light", 6, -8 },
      { "curve bulging to the bottom", -1, 6 },
      { "curve bulging to the bottom", 1, 6 } } },
  { "square",
    32,
    32,
    0,
    { { "corner open to the lower right", -8, -8 },
      { "corner open to the lower left", 8, -8 },
      { "corner open to the upper right", -8, 8 },
      { "corner open to the upper left", 8, 8 } } },
  { "diamond",
    28,
    28,
    14,
    { { "corner open to the bottom", 0, -10 },
      { "corner open to the left", 10, 0 },
      { "corner open to the top", 0, 10 },
      { "corner open to the right", -10, 0 } } },
  { "net",
    15,
    15,
    0,
    { { "upright cross", 0, 0 },
      { "upright cross", 15, 0 },
      { "upright cross", -15, 0 },
      { "upright cross", 0, 15 },
      { "upright cross", 0, -15 } } },
  { "zigzag",
    18,
    16,
    0,
    { { "corner open to the bottom", 0, -4 },
      { "corner open to the top", 9, 4 },
      { "corner open to the top", -9, 4 } } },
  { "wave",
    32,
    16,
    0,
    { { "curve bulging to the top", -8, -4 }, { "curve bulging to the bottom", 8, 4 } } },
  { "scales",
    20,
    24,
    0,
    { { "curve bulging to the bottom", 0, 6 },
      { "curve bulging to the bottom", -10, -6 },
      { "curve bulging to the bottom", 10, -6 } } },
  { "bricks",
    28,
    28,
    0,
    { { "T with its stem to the bottom", 0, -7 },
      { "T with its stem to the top", 0, 7 },
      { "T with its stem to the top", -14, -7 },
      { "T with its stem to the top", 14, -7 },
      { "T with its stem to the bottom", -14, 7 },
      { "T with its stem to the bottom", 14, 7 } } },
  { "honeycomb",
    19,
    16.5,
    9.5,
    { { "three ways, upright", 0, -5.5 },
      { "three ways, inverted", 0, 5.5 },
      { "three ways, inverted", -9.5, -11 },
      { "three ways, inverted", 9.5, -11 },
      { "three ways, upright", -9.5, 11 },
      { "three ways, upright", 9.5, 11 } } },
};
const guint tb_n_things = G_N_ELEMENTS (tb_things);

/* Spots where there should be none speak as much against the thing as the others speak for it. */
static void
forbid_elsewhere (double weights[SIZE * SIZE])
{
  double sum = 0;
  guint n_others = 0;

  for (guint i = 0; i < SIZE * SIZE; i++)
    {
      sum += weights[i];
      n_others += weights[i] < 0.01 ? 1 : 0;
    }
  for (guint i = 0; i < SIZE * SIZE; i++)
    if (weights[i] < 0.01)
      weights[i] -= sum / n_others;
}

TbBank *
tb_things_bank_new (const TbBank *shapes, const TbBank *colours, double cell)
{
  const double sigma = 0.7; /* cells */
  guint n_shapes = tb_bank_get_n_units (shapes);
  TbBank *bank = tb_bank_new (n_shapes + tb_bank_get_n_units (colours), SIZE);

  for (guint t = 0; t < tb_n_things; t++)
    {
      double *weights = tb_bank_add (bank, g_strdup (tb_things[t].label), 0);
      double sum = 0, rest = 0;
      guint n_weights = n_shapes * SIZE * SIZE;

      for (const TbPlace *place = tb_things[t].places; place->part != NULL; place++)
        {
          gboolean spot = strstr (place->part, "spot") != NULL;
          guint unit = spot ? n_shapes + tb_bank_find (colours, place->part)
                            : tb_bank_find (shapes, place->part);
          for (int r = 0; r < SIZE; r++)
            for (int c = 0; c < SIZE; c++)
              {
                double dy = r - SIZE / 2 - place->y / cell, dx = c - SIZE / 2 - place->x / cell;
                double amount = exp (-(dx * dx + dy * dy) / (2 * sigma * sigma));
                weights[(unit * SIZE + (guint)r) * SIZE + (guint)c] += amount;
                sum += amount;
              }
        }
      for (guint i = 0; i < n_weights; i++)
        rest += weights[i] > 0.05 ? 0 : 1;
      for (guint i = 0; i < bank->n_inputs * SIZE * SIZE; i++)
        weights[i] = weights[i] <= 0.05 && i < n_weights ? -1 / rest : weights[i] / sum;
      for (guint u = n_shapes; u < bank->n_inputs; u++)
        forbid_elsewhere (&weights[u * SIZE * SIZE]);
    }
  tb_calibrate (bank, "things", 0.65, 1.5);
  return bank;
}

const TbClass tb_classes[] = {
  { "horizontal stripes", "grating 0°", { { "gratings", "grating 0°", 1 } } },
  { "vertical stripes", "grating 90°", { { "gratings", "grating 90°", 1 } } },
  { "rising stripes", "grating 45°", { { "gratings", "grating 45°", 1 } } },
  { "falling stripes", "grating 135°", { { "gratings", "grating 135°", 1 } } },
  { "checkerboard", "checkerboard", { { "shapes", "checkerboard", 1 } } },
  { "net", "net", { { "things", "net", 1 }, { "shapes", "upright cross", 1 } } },
  { "honeycomb", "honeycomb", { { "things", "honeycomb", 1 }, { "shapes", "three ways", 0.5 } } },
  { "zigzag", "zigzag", { { "things", "zigzag", 1 } } },
  { "scales", "scales", { { "things", "scales", 1 } } },
  { "rings", "small ring", { { "shapes", "large ring", 1 }, { "shapes", "small ring", 1 } } },
  { "targets", "target", { { "things", "target", 1 } } },
  { "dots",
    "small light spot on dark",
    { { "colours", "small light spot", 12 }, { "colours", "large light spot", 6 } } },
  { "red", "red", { { "colours", "red", 1 } } },
  { "green", "green", { { "colours", "green", 1 } } },
  { "blue", "blue", { { "colours", "blue", 1 } } },
  { "yellow", "yellow", { { "colours", "yellow", 1 } } },
};
const guint tb_n_classes = G_N_ELEMENTS (tb_classes);

/* How much of a layer's averages there is at best: the deeper, the sparser. Large enough that the
 * softmax is sure of a clear picture. */
static double
layer_scale (const char *layer)
{
  return g_str_equal (layer, "things") ? 90 : g_str_equal (layer, "shapes") ? 60 : 15;
}

static gboolean
rests_on (const TbClass *klass, const char *layer)
{
  for (const TbEvidence *e = klass->evidence; e->layer != NULL; e++)
    if (g_str_equal (e->layer, layer))
      return TRUE;
  return FALSE;
}

TbBank *
tb_classes_bank_new (const TbBank *const *banks, const char *const *names, guint n)
{
  guint n_inputs = 0;
  for (guint b = 0; b < n; b++)
    n_inputs += tb_bank_get_n_units (banks[b]);

  TbBank *bank = tb_bank_new (n_inputs, 1);
  for (guint k = 0; k < tb_n_classes; k++)
    {
      double *weights = tb_bank_add (bank, g_strdup (tb_classes[k].label), 0);
      guint at = 0;

      for (guint b = 0; b < n; b++)
        for (guint u = 0; u < tb_bank_get_n_units (banks[b]); u++, at++)
          for (const TbEvidence *e = tb_classes[k].evidence; e->layer != NULL; e++)
            {
              const char *label = tb_bank_get_label (banks[b], u);
              gsize length = strlen (e->part);
              if (g_str_equal (e->layer, names[b]) && strncmp (label, e->part, length) == 0 &&
                  (label[length] == '\0' || label[length] == ',' || label[length] == ' ') &&
                  !(g_str_equal (e->layer, "colours") && g_str_has_prefix (label + length, " and")))
                weights[at] = e->weight * layer_scale (names[b]);
            }
    }

  /* What speaks for one class speaks a little against the others of its kind. Against all others
   * would be too much: towards a ring, a climb would begin by fleeing colours and end there. */
  for (guint b = 0, at = 0; b < n; b++)
    for (guint u = 0; u < tb_bank_get_n_units (banks[b]); u++, at++)
      {
        double most = 0;
        for (guint k = 0; k < tb_n_classes; k++)
          most = MAX (most, g_array_index (bank->weights, double, k *n_inputs + at));
        for (guint k = 0; k < tb_n_classes; k++)
          {
            double *weight = &g_array_index (bank->weights, double, k *n_inputs + at);
            if (*weight == 0 && rests_on (&tb_classes[k], names[b]))
              *weight = -0.3 * most;
          }
      }
  return bank;
}
