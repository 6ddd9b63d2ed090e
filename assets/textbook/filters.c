/* The first floors: what a single small window can tell. All filters sum to zero over grey, so that
 * nothing but contrast or colour excites them, and answer 1 to the best full-contrast pattern. */

#include "assets/textbook/filters.h"

#include <math.h>
#include <string.h>

#include "assets/textbook/calibration.h"

#define SIZE 11
#define RADIUS (SIZE / 2)

const double tb_waves[TB_N_WAVES] = { 4, 8 };

const TbHue tb_hues[] = {
  { "red", { 1, 0, 0 } },   { "yellow", { 1, 1, 0 } }, { "green", { 0, 1, 0 } },
  { "cyan", { 0, 1, 1 } },  { "blue", { 0, 0, 1 } },   { "magenta", { 1, 0, 1 } },
  { "light", { 1, 1, 1 } }, { "dark", { 0, 0, 0 } },
};
const guint tb_n_hues = G_N_ELEMENTS (tb_hues);

double
tb_direction (guint i)
{
  return 180.0 * i / TB_N_DIRECTIONS;
}

double
tb_wave_at (double x, double y, double direction, double wave, double phase)
{
  double a = direction * G_PI / 180;
  return cos (2 * G_PI * (x * sin (a) + y * cos (a)) / wave - phase * G_PI / 180);
}

/* A bell around the middle that has vanished at the border of the window. */
static double
bell (int x, int y, double sigma)
{
  return exp (-(x * x + y * y) / (2 * sigma * sigma)) * cos (G_PI * x / (SIZE + 1)) *
         cos (G_PI * y / (SIZE + 1));
}

/**
 * gabor:
 * @filter: (SIZE, SIZE), overwritten
 *
 * A few waves under a bell, without its mean; answers 1 to the grating of that direction, wave and
 * phase between -1 and 1. Source: Daugman 1985.
 */
static void
gabor (double direction, double wave, double phase, double *filter)
{
  double sigma = wave <= 4 ? 0.6 * wave : 0.42 * wave;
  double sum = 0, bells = 0, answer = 0;
  guint i = 0;

  for (int y = -RADIUS; y <= RADIUS; y++)
    for (int x = -RADIUS; x <= RADIUS; x++, i++)
      {
        filter[i] = bell (x, y, sigma) * tb_wave_at (x, y, direction, wave, phase);
        sum += filter[i];
        bells += bell (x, y, sigma);
      }
  i = 0;
  for (int y = -RADIUS; y <= RADIUS; y++)
    for (int x = -RADIUS; x <= RADIUS; x++, i++)
      {
        filter[i] -= bell (x, y, sigma) * sum / bells;
        answer += filter[i] * tb_wave_at (x, y, direction, wave, phase);
      }
  for (i = 0; i < SIZE * SIZE; i++)
    filter[i] /= answer;
}

static const char *
side_name (double direction, double phase)
{
  static const char *const names[] = { "below", "below right", "right", "above right",
                                       "above", "above left",  "left",  "below left" };
  /* The light side of phase 90 is where the wave's normal points. */
  int eighth = (int)lround (direction / 45) + (phase > 180 ? 4 : 0);
  return names[eighth % 8];
}

TbBank *
tb_edges_new (void)
{
  TbBank *bank = tb_bank_new (3, SIZE);

  for (guint w = 0; w < TB_N_WAVES; w++)
    for (guint d = 0; d < TB_N_DIRECTIONS; d++)
      for (guint p = 0; p < TB_N_PHASES; p++)
        {
          double direction = tb_direction (d), phase = 90.0 * p;
          double filter[SIZE * SIZE];
          char *label;

          if (p % 2 == 0)
            label = g_strdup_printf ("%s line %g°, %g px", p == 0 ? "light" : "dark", direction,
                                     tb_waves[w] / 2);
          else
            label = g_strdup_printf ("edge %g°, %g px, light %s", direction, tb_waves[w] / 2,
                                     side_name (direction, phase));
          gabor (direction, tb_waves[w], phase, filter);
          double *weights = tb_bank_add (bank, label, 0);
          for (guint c = 0; c < 3; c++)
            for (guint i = 0; i < SIZE * SIZE; i++)
              weights[c * SIZE * SIZE + i] = filter[i] / 3;
        }
  return bank;
}

/* Adds @amount of a bell whose weights sum to 1, times a colour from -1 to 1. */
static void
add_disc (double *weights, double sigma, double amount, const double rgb[3])
{
  double sum = 0;
  for (int y = -RADIUS; y <= RADIUS; y++)
    for (int x = -RADIUS; x <= RADIUS; x++)
      sum += bell (x, y, sigma);
  for (guint c = 0; c < 3; c++)
    for (int y = -RADIUS; y <= RADIUS; y++)
      for (int x = -RADIUS; x <= RADIUS; x++)
        *weights++ += amount * (2 * rgb[c] - 1) * bell (x, y, sigma) / sum / 3;
}

/* A spot of @sigma of the one colour within the other. */
static void
add_spot (TbBank *bank, char *label, double sigma, const double in[3], const double around[3])
{
  double *weights = tb_bank_add (bank, label, 0);
  double total = 0;

  add_disc (weights, sigma, 1, in);
  add_disc (weights, 1.9 * sigma, 1, around);
  /* A colour that both lack is held down, but is not the point. */
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < SIZE * SIZE && in[c] == around[c]; i++)
      weights[c * SIZE * SIZE + i] *= 0.3;
  for (guint i = 0; i < 3 * SIZE * SIZE; i++)
    total += fabs (weights[i]);
  for (guint i = 0; i < 3 * SIZE * SIZE; i++)
    weights[i] /= total;
}

static void
add_coloured_gratings (TbBank *bank, const char *name, const double one[3], const double other[3])
{
  static const double directions[] = { 0, 45, 90, 135 };

  for (guint d = 0; d < G_N_ELEMENTS (directions); d++)
    {
      double filter[SIZE * SIZE], total = 0;
      double *weights =
          tb_bank_add (bank, g_strdup_printf ("%s %g°, 8 px", name, directions[d]), 0);

      gabor (directions[d], 8, 0, filter);
      for (guint c = 0; c < 3; c++)
        total += fabs (one[c] - other[c]);
      for (guint c = 0; c < 3; c++)
        for (guint i = 0; i < SIZE * SIZE; i++)
          weights[c * SIZE * SIZE + i] = filter[i] * (one[c] - other[c]) / total;
      /* A colour that both lack, as blue in red and green, is held down, and the two others up,
       * or black would do as well. */
      for (guint c = 0; c < 3; c++)
        if (one[c] == 0 && other[c] == 0)
          {
            double rgb[3] = { 0.56, 0.56, 0.56 };
            rgb[c] = 0;
            add_disc (weights, 2.5, 0.5, rgb);
          }
    }
}

TbBank *
tb_colours_new (void)
{
  static const struct
  {
    const char *label;
    guint in, around;
    double sigma;
  } spots[] = {
    { "small light spot on dark", 6, 7, 1.2 }, { "small dark spot on light", 7, 6, 1.2 },
    { "large light spot on dark", 6, 7, 2.2 }, { "large dark spot on light", 7, 6, 2.2 },
    { "red spot on green", 0, 2, 1.8 },        { "green spot on red", 2, 0, 1.8 },
    { "blue spot on yellow", 4, 1, 1.8 },      { "yellow spot on blue", 1, 4, 1.8 },
  };
  TbBank *bank = tb_bank_new (3, SIZE);

  for (guint i = 0; i < tb_n_hues; i++)
    add_disc (tb_bank_add (bank, g_strdup (tb_hues[i].name), 0), 0.8, 1, tb_hues[i].rgb);
  for (guint i = 0; i < G_N_ELEMENTS (spots); i++)
    add_spot (bank, g_strdup (spots[i].label), spots[i].sigma, tb_hues[spots[i].in].rgb,
              tb_hues[spots[i].around].rgb);
  add_coloured_gratings (bank, "red and green", tb_hues[0].rgb, tb_hues[2].rgb);
  add_coloured_gratings (bank, "blue and yellow", tb_hues[4].rgb, tb_hues[1].rgb);
  tb_calibrate (bank, "hues", 0.4, 1);
  tb_calibrate (bank, "spots", 0.72, 3);
  tb_calibrate (bank, "waves", 0, 4);
  return bank;
}

/* Degrees between two directions of lines, at most 90. */
static double
angle_between (guint a, guint b)
{
  double angle = fabs (tb_direction (a) - tb_direction (b));
  return MIN (angle, 180 - angle);
}

TbBank *
tb_gratings_new (const TbBank *edges)
{
  TbBank *bank = tb_bank_new (tb_bank_get_n_units (edges), 1);

  for (guint w = 0; w < TB_N_WAVES; w++)
    for (guint d = 0; d < TB_N_DIRECTIONS; d++)
      {
        double *weights = tb_bank_add (
            bank, g_strdup_printf ("grating %g°, %g px", tb_direction (d), tb_waves[w]), 0);

        /* Over a grating that drifts past, the four phases together answer 4/π. Other directions
         * of the same wave, and the same direction at other waves, speak against it, but less the
         * one across, which checkerboards and crosses have too. */
        for (guint w2 = 0; w2 < TB_N_WAVES; w2++)
          for (guint d2 = 0; d2 < TB_N_DIRECTIONS; d2++)
            for (guint p = 0; p < TB_N_PHASES; p++, weights++)
              if (w == w2 && d == d2)
                *weights = G_PI / 4;
              else if (w == w2 && angle_between (d, d2) > 30)
                *weights = angle_between (d, d2) > 80 ? -0.06 : -0.18;
              else if (w != w2 && angle_between (d, d2) < 30)
                *weights = -0.08;
      }
  return bank;
}

TbBank *
tb_contours_new (const TbBank *colours)
{
  static const double smooth[3] = { 0.25, 0.5, 0.25 };
  guint n_gratings = TB_N_WAVES * TB_N_DIRECTIONS;
  TbBank *bank = tb_bank_new (n_gratings + tb_bank_get_n_units (colours), 3);

  for (guint d = 0; d <= TB_N_DIRECTIONS; d++)
    {
      gboolean is_colour = d == TB_N_DIRECTIONS;
      double *weights = tb_bank_add (bank,
                                     is_colour ? g_strdup ("any colour")
                                               : g_strdup_printf ("contour %g°", tb_direction (d)),
                                     /* On grey each hue answers log (1 + exp (-2/3)). */
                                     is_colour ? -0.42 * TB_N_CHROMATIC : 0);

      for (guint u = 0; u < bank->n_inputs; u++)
        {
          double amount = 0;
          if (is_colour && u >= n_gratings && u < n_gratings + TB_N_CHROMATIC)
            amount = 1;
          else if (!is_colour && u < n_gratings && u % TB_N_DIRECTIONS == d)
            amount = u < TB_N_DIRECTIONS ? 1.2 : 4;
          for (guint y = 0; y < 3; y++)
            for (guint x = 0; x < 3; x++)
              *weights++ = amount * smooth[y] * smooth[x];
        }
    }
  return bank;
}
