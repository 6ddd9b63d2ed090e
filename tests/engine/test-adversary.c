/* Images changed so that a network gets them wrong: along the true gradient, not too far, and no
 * further than black and white. */
#include <math.h>
#include <string.h>

#include "engine/engine.h"

#define N 2
#define ITEM (3 * 8 * 10)

typedef struct
{
  PhGraph *graph;
  PhWeights *weights;
  PhPreprocess preprocess;
  PhAdversaryOptions options;
  int labels[N];
  float pixels[N * ITEM], x[N * ITEM];
} Fixture;

/* Smooth, so that differences are gradients; with a normalisation that training would change. */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  PhShape input;

  f->graph = ph_architecture_build ("input 3 8 10\n"
                                    "conv 6 3x3 stride 2 no-bias, batchnorm, tanh\n"
                                    "conv 8 3x3, tanh, globalpool, classes",
                                    "small", &(PhArchitectureSizes){ .n_classes = 4, .seed = 3 },
                                    &input, &error);
  g_assert_no_error (error);
  f->weights = ph_weights_new (f->graph, &error);
  f->preprocess = (PhPreprocess){ .channels = 3,
                                  .height = 8,
                                  .width = 10,
                                  .scale = 1,
                                  .mean = { 0.5f, 0.4f, 0.3f },
                                  .std = { 0.25f, 0.5f, 1 } };
  input.dim[0] = N;
  f->options = (PhAdversaryOptions){ .target = ph_graph_find_value (f->graph, "logits"),
                                     .shape = input,
                                     .preprocess = &f->preprocess,
                                     .radius = 0.01,
                                     .n_steps = 200 };
  f->labels[0] = 1;
  f->labels[1] = 3;
  for (guint i = 0; i < N * ITEM; i++)
    f->pixels[i] = (float)g_test_rand_double_range (0.1, 0.9);
  ph_preprocess_apply (&f->preprocess, N, 8, 10, f->pixels, f->x);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ph_weights_free (f->weights);
  ph_graph_unref (f->graph);
}

static void
attack (Fixture *f, guint64 seed, float *changed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAdversary) adversary = ph_adversary_new (f->weights, &f->options, &error);
  PhLoss loss = { .kind = PH_LOSS_CROSS_ENTROPY };
  float x[N * ITEM];

  g_assert_no_error (error);
  memcpy (x, f->x, sizeof x);
  g_assert_true (ph_adversary_attack (adversary, &loss, f->labels, seed, x, NULL, &error));
  for (guint c = 0, i = 0; i < N * ITEM; i++)
    {
      c = i / 80 % 3;
      changed[i] = x[i] * f->preprocess.std[c] + f->preprocess.mean[c];
    }
}

/* The loss of one image, as the finished network answers. */
static double
loss_of (Fixture *f, PhRun *run, const float *pixels, int label)
{
  PhLoss loss = { .kind = PH_LOSS_CROSS_ENTROPY };

  ph_preprocess_apply (&f->preprocess, 1, 8, 10, pixels, ph_run_get_input (run, 0));
  g_assert_true (ph_run_forward (run, NULL, NULL));
  return ph_loss_classes (&loss, 1, 4, ph_run_get_value (run, f->options.target), &label, NULL);
}

static double
dot (const float *a, const float *b)
{
  double sum = 0;

  for (guint i = 0; i < ITEM; i++)
    sum += (double)a[i] * b[i];
  return sum;
}

/* In a small ball the worst change is the gradient, here found by central differences. The start is
 * forgotten but for exp (-2.5), as all steps together are 2.5 radii long. */
static void
test_direction (Fixture *f, gconstpointer data)
{
  PhShape one = f->options.shape;
  g_autoptr (PhPlan) plan = NULL;
  g_autoptr (PhRun) run = NULL;
  float changed[N * ITEM];

  one.dim[0] = 1;
  plan = ph_plan_new_for_image (f->graph, &one, &f->options.target, 1, FALSE, NULL);
  run = ph_run_new (plan, NULL);
  attack (f, 7, changed);
  for (guint k = 0; k < N; k++)
    {
      float *pixels = f->pixels + k * ITEM, gradient[ITEM], change[ITEM];
      double length;

      for (guint i = 0; i < ITEM; i++)
        {
          float old = pixels[i];
          double up, down;

          pixels[i] = old + 0.08f;
          up = loss_of (f, run, pixels, f->labels[k]);
          pixels[i] = old - 0.08f;
          down = loss_of (f, run, pixels, f->labels[k]);
          pixels[i] = old;
          gradient[i] = (float)((up - down) / 0.16);
          change[i] = changed[k * ITEM + i] - old;
        }
      length = sqrt (dot (change, change));
      g_assert_cmpfloat_with_epsilon (length, f->options.radius, 1e-4 * f->options.radius);
      g_assert_cmpfloat (dot (change, gradient) / length / sqrt (dot (gradient, gradient)), >,
                         0.97);
    }
}

/* Large changes end at black and white and at the ball; one step already makes things worse. */
static void
test_bounds (Fixture *f, gconstpointer data)
{
  PhShape one = f->options.shape;
  g_autoptr (PhPlan) plan = NULL;
  g_autoptr (PhRun) run = NULL;
  float changed[N * ITEM];

  one.dim[0] = 1;
  plan = ph_plan_new_for_image (f->graph, &one, &f->options.target, 1, FALSE, NULL);
  run = ph_run_new (plan, NULL);
  f->options.radius = 8;
  for (f->options.n_steps = 1; f->options.n_steps <= 8; f->options.n_steps *= 2)
    {
      gboolean cut = FALSE;

      attack (f, 7, changed);
      for (guint k = 0; k < N; k++)
        {
          double squares = 0;

          for (guint i = k * ITEM; i < (k + 1) * ITEM; i++)
            {
              g_assert_cmpfloat (changed[i], >, -1e-5);
              g_assert_cmpfloat (changed[i], <, 1 + 1e-5);
              cut = cut || changed[i] < 1e-5 || changed[i] > 1 - 1e-5;
              squares += pow (changed[i] - f->pixels[i], 2);
            }
          g_assert_cmpfloat (sqrt (squares), <=, f->options.radius * (1 + 1e-5));
          g_assert_cmpfloat (loss_of (f, run, changed + k * ITEM, f->labels[k]), >,
                             loss_of (f, run, f->pixels + k * ITEM, f->labels[k]));
        }
      g_assert_true (cut);
    }
}

/* The seed decides; weights and statistics stay as they are; what has no label stays as well. */
static void
test_same (Fixture *f, gconstpointer data)
{
  float changed[N * ITEM], again[N * ITEM], other[N * ITEM];

  f->options.n_steps = 1;
  f->labels[1] = -1;
  attack (f, 7, changed);
  attack (f, 7, again);
  attack (f, 8, other);
  g_assert_cmpmem (changed, sizeof changed, again, sizeof again);
  g_assert_cmpint (memcmp (changed, other, ITEM * sizeof (float)), !=, 0);
  for (guint i = ITEM; i < 2 * ITEM; i++)
    g_assert_cmpfloat_with_epsilon (changed[i], f->pixels[i], 1e-6);
  for (guint i = 0; i < f->weights->n; i++)
    {
      const PhWeight *weight = &f->weights->weights[i];

      g_assert_cmpmem (weight->data, weight->n * sizeof (float),
                       ph_graph_get_value (f->graph, weight->parameter.value)->constant->f,
                       weight->n * sizeof (float));
    }
}

#define ADD(name) g_test_add ("/adversary/" #name, Fixture, NULL, set_up, test_##name, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD (direction);
  ADD (bounds);
  ADD (same);
  return g_test_run ();
}
