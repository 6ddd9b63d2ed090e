#include "vis/ascent.h"

#include <math.h>
#include <string.h>

#include "tiny-network.h"
#include "vis/pace.h"
#include "vis/transform.h"

static void
settings_init (PhAscentSettings *settings, const char *changes)
{
  g_auto (GStrv) parts = g_strsplit (changes, ";", -1);

  ph_settings_init (ph_ascent_settings, settings);
  for (guint i = 0; parts[i] != NULL && parts[i][0] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);
      g_autoptr (GError) error = NULL;
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, pair[0]);

      g_assert_nonnull (setting);
      ph_setting_set (setting, settings, pair[1], &error);
      g_assert_no_error (error);
    }
}

static PhAscent *
ascent_new (PhTinyHead head, const char *objective, const char *changes, GError **error)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (head);
  PhAscentSettings settings;

  settings_init (&settings, changes);

  PhAscent *ascent = ph_ascent_new (model, objective, &settings, error);

  ph_settings_clear (ph_ascent_settings, &settings);
  return ascent;
}

static PhAscentResult *
run (const char *objective, const char *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, objective, changes, &error);

  g_assert_no_error (error);

  PhAscentResult *result = ph_ascent_run (ascent, NULL, NULL, &error);

  g_assert_no_error (error);
  return result;
}

/* Every kind of objective rises, or sinks when that is asked for; so does one of them in every
 * space and with every update rule. */
static void
test_objective_rises (void)
{
  const char *objectives[] = { "conv1:2", "relu2:4", "relu2:4:5,6", "conv2", "class:bee" };
  const char *ways[] = { "steps=40",
                         "steps=40;image=pixels;colour=rgb",
                         "steps=40;optimiser=momentum;learning-rate=0.02",
                         "steps=40;optimiser=sgd;transforms=none",
                         "steps=40;normalise=no",
                         "steps=40;rate-pace=1",
                         "steps=40;views=3",
                         "steps=40;image=pyramid",
                         "steps=40;image=cppn",
                         "steps=40;pictures=3;base=4",
                         "steps=40;opacity=optimised;image=pixels",
                         "steps=40;opacity=gradient;views=2",
                         "steps=40;strength-pace=0 1;rate-pace=0 1 1 0",
                         "steps=40;transforms=crop 0.4 0.8, hue 20, saturation 0.2, mirror",
                         "steps=40;tv=0.01;l1=0.01;l2=0.01" };

  for (guint o = 0; o < G_N_ELEMENTS (objectives); o++)
    for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
      {
        if (o > 0 && w > 0)
          continue;

        g_autoptr (PhAscentResult) result = run (objectives[o], ways[w]);
        double before = 0, after = 0;

        g_assert_cmpuint (result->n_steps, ==, 40);
        for (guint i = 0; i < 10; i++)
          {
            before += result->curve[i];
            after += result->curve[30 + i];
          }
        if (!(after > before))
          g_error ("%s with %s: %g does not rise to %g", objectives[o], ways[w], before / 10,
                   after / 10);
      }

  g_autoptr (PhAscentResult) lowest = run ("conv2:4", "steps=40;negative=yes");
  g_autoptr (PhAscentResult) highest = run ("conv2:4", "steps=40");

  /* The objective of the lowest is the unit with its sign turned. */
  g_assert_cmpfloat (-lowest->objective, <, highest->objective);
}

/* Cosine between two pictures of a mosaic of @n in a row, about their means. */
static double
likeness (const PhImage *mosaic, guint n, guint a, guint b)
{
  guint width = (mosaic->width - 4 * (n - 1)) / n;
  double ab = 0, aa = 0, bb = 0;

  for (gsize row = 0; row < (gsize)mosaic->channels * mosaic->height; row++)
    for (gsize x = 0; x < width; x++)
      {
        double u = mosaic->data[row * mosaic->width + a * (width + 4) + x] - 0.5;
        double v = mosaic->data[row * mosaic->width + b * (width + 4) + x] - 0.5;

        ab += u * v;
        aa += u * u;
        bb += v * v;
      }
  return ab / sqrt (aa * bb);
}

/* Several pictures lie side by side; asked to differ they do, asked to be alike they are; and along
 * a path each is nearer to its neighbour than to the other end. */
static void
test_several_pictures (void)
{
  g_autoptr (PhAscentResult) plain = run ("conv2:4", "steps=40;pictures=3;transforms=none");
  g_autoptr (PhAscentResult) diverse =
      run ("conv2:4 + 20*diversity(conv2)", "steps=40;pictures=3;transforms=none");
  g_autoptr (PhAscentResult) path =
      run ("interpolate(conv2:4, conv2:7)", "steps=60;pictures=4;transforms=none;base=4");
  double alike = 0, differ = 0;

  g_assert_cmpuint (plain->image->height, ==, 20);
  g_assert_cmpuint (plain->image->width, ==, 3 * 28 + 2 * 4);
  for (guint i = 0; i < 3; i++)
    {
      alike += likeness (plain->image, 3, i, (i + 1) % 3) / 3;
      differ += likeness (diverse->image, 3, i, (i + 1) % 3) / 3;
    }
  g_test_message ("likeness %.3f, with diversity %.3f", alike, differ);
  g_assert_cmpfloat (differ, <, alike - 0.1);
  g_assert_cmpfloat (likeness (path->image, 4, 0, 1), >, likeness (path->image, 4, 0, 3));
  g_assert_cmpfloat (likeness (path->image, 4, 2, 3), >, likeness (path->image, 4, 0, 3));
}

/* An opacity is the last channel, between nothing and all. */
static void
test_opacity (void)
{
  const char *const ways[] = { "steps=30;opacity=optimised", "steps=30;opacity=gradient",
                               "steps=30;opacity=gradient;pictures=2" };

  for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
    {
      g_autoptr (PhAscentResult) result = run ("conv2:4:5,6", ways[w]);
      gsize n = (gsize)result->image->height * result->image->width;
      const float *alpha = result->image->data + 3 * n;
      float least = 1, most = 0;

      g_assert_cmpuint (result->image->channels, ==, 4);
      for (gsize i = 0; i < n; i++)
        {
          least = MIN (least, alpha[i]);
          most = MAX (most, alpha[i]);
        }
      g_assert_true (least >= 0 && most <= 1 && most > least + 0.1);
    }

  /* Only a part of the picture is seen by the neuron; the price makes the rest transparent. */
  g_autoptr (PhAscentResult) cheap =
      run ("conv2:4:5,6", "steps=60;opacity=optimised;opacity-cost=0");
  g_autoptr (PhAscentResult) dear =
      run ("conv2:4:5,6", "steps=60;opacity=optimised;opacity-cost=1");
  gsize n = 20 * 28;
  double sums[2] = { 0 };

  for (gsize i = 0; i < n; i++)
    {
      sums[0] += cheap->image->data[3 * n + i] / (double)n;
      sums[1] += dear->image->data[3 * n + i] / (double)n;
    }
  g_assert_cmpfloat (sums[1], <, sums[0] - 0.05);
}

static void
test_settles (void)
{
  g_autoptr (PhAscentResult) patient = run ("conv2:2", "steps=2000;patience=10;rate-pace=1");
  g_autoptr (PhAscentResult) again = run ("conv2:2", "steps=2000;patience=10;rate-pace=1");
  g_autoptr (PhAscentResult) never = run ("conv2:2", "steps=50");

  g_assert_true (patient->settled);
  g_assert_cmpuint (patient->n_steps, >=, 30);
  g_assert_cmpuint (patient->n_steps, <, 2000);
  g_assert_cmpuint (patient->n_steps, ==, again->n_steps);
  g_assert_false (never->settled);
}

static void
test_paces (void)
{
  g_assert_cmpfloat (ph_pace_at ("1", 0.3), ==, 1);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("1 0", 0.25), 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at (" 0 2  1 ", 0.25), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("0 2 1", 0.75), 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("0 2 1", 1), 1, 1e-9);
  g_assert_true (ph_pace_check ("0.5 1 1", NULL));
  g_assert_false (ph_pace_check ("", NULL));
  g_assert_false (ph_pace_check ("1 much", NULL));
  g_assert_false (ph_pace_check ("1 -1", NULL));
}

static void
test_presets (void)
{
  PhAscentSettings settings;

  g_assert_cmpstr (ph_ascent_presets[0].changes, ==, "");
  settings_init (&settings, "seed=5;width=40");
  for (const PhAscentPreset *preset = ph_ascent_presets; preset->name != NULL; preset++)
    {
      ph_ascent_preset_apply (preset, &settings);
      g_assert_cmpint (settings.seed, ==, 5);
      g_assert_cmpint (settings.width, ==, 40);
      g_assert_true (ph_ascent_preset_matching (&settings) == preset);
      g_assert_true (ph_ascent_preset_find (preset->name) == preset);
      g_assert_true (ph_setting_set (ph_settings_find (ph_ascent_settings, "transforms"), &settings,
                                     settings.transforms, NULL));
    }
  settings.steps = 7;
  g_assert_null (ph_ascent_preset_matching (&settings));
  g_assert_null (ph_ascent_preset_find ("absent"));
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
test_choices_are_the_classes (void)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, "image");
  guint n = 0;

  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++, n++)
    g_assert_cmpstr ((*k)->name, ==, setting->choices[n]);
  g_assert_null (setting->choices[n]);
}

static void
test_same_recipe_same_picture (void)
{
  g_autoptr (PhAscentResult) a = run ("relu2:4", "steps=25;seed=3;views=2");
  g_autoptr (PhAscentResult) b = run ("relu2:4", "steps=25;seed=3;views=2");
  g_autoptr (PhAscentResult) other = run ("relu2:4", "steps=25;seed=4;views=2");
  gsize bytes = sizeof (float) * ph_image_n_values (a->image);

  g_assert_cmpmem (a->image->data, bytes, b->image->data, bytes);
  g_assert_cmpmem (a->curve, 25 * sizeof (double), b->curve, 25 * sizeof (double));
  g_assert_true (memcmp (a->image->data, other->image->data, bytes) != 0);
}

/* Where the layers take any size the network sees the whole picture, otherwise a view of the size
 * it was made for. */
static void
test_sizes (void)
{
  const struct
  {
    PhTinyHead head;
    const char *objective, *changes;
    guint height, width, view_height, view_width;
  } cases[] = {
    { PH_TINY_ANY_SIZE, "class:1", "", 20, 28, 20, 28 },
    { PH_TINY_ANY_SIZE, "class:1", "width=37;height=50", 50, 37, 50, 37 },
    { PH_TINY_ONE_SIZE, "conv2:1", "width=37;height=50", 50, 37, 50, 37 },
    { PH_TINY_ONE_SIZE, "class:1", "width=37;height=50", 50, 37, 20, 28 },
    { PH_TINY_ONE_SIZE, "class:1", "width=9", 20, 9, 20, 28 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *changes = g_strconcat ("steps=20;transforms=none;", cases[i].changes, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhAscent) ascent = ascent_new (cases[i].head, cases[i].objective, changes, &error);
      guint height, width;

      g_assert_no_error (error);
      ph_ascent_get_size (ascent, &height, &width);
      g_assert_cmpuint (height, ==, cases[i].height);
      g_assert_cmpuint (width, ==, cases[i].width);
      ph_ascent_get_view_size (ascent, &height, &width);
      g_assert_cmpuint (height, ==, cases[i].view_height);
      g_assert_cmpuint (width, ==, cases[i].view_width);

      double before;

      g_assert_true (ph_ascent_measure (ascent, &before, NULL, &error));

      g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (result->image->width, ==, cases[i].width);
      /* Weights for every position, drawn at random, agree on no picture that may be moved. */
      if (cases[i].view_height == cases[i].height)
        g_assert_cmpfloat (result->objective, >, before);
    }
}

typedef struct
{
  GCancellable *cancellable;
  guint cancel_at, stop_at, n_waits;
  guint n_values, n_frames, n_maps, last_frame_step;
  double fraction;
} Watch;

static void
on_value (guint step, double value, gpointer data)
{
  Watch *watch = data;

  watch->n_values++;
  g_assert_cmpuint (step, ==, watch->n_values);
  g_assert_true (isfinite (value));
  if (step == watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

static gboolean
on_should_stop (gpointer data)
{
  const Watch *watch = data;

  return watch->stop_at > 0 && watch->n_values >= watch->stop_at;
}

static void
on_wait (GCancellable *cancellable, gpointer data)
{
  ((Watch *)data)->n_waits++;
}

static gboolean
on_wants_frame (gpointer data)
{
  return ((Watch *)data)->n_values % 4 == 0;
}

static void
on_frame (PhFrame *frame, gpointer data)
{
  Watch *watch = data;

  watch->n_frames++;
  watch->n_maps += frame->map != NULL;
  watch->last_frame_step = frame->step;
  g_assert_cmpuint (frame->width, ==, 28);
  g_assert_cmpuint (frame->height, ==, 20);
}

static void
on_progress (double fraction, const char *message, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >, watch->fraction);
  watch->fraction = fraction;
}

static PhMonitor
monitor_for (Watch *watch)
{
  return (PhMonitor){ on_progress,    on_wants_frame, on_frame, on_value,
                      on_should_stop, on_wait,        watch };
}

static void
test_monitor (void)
{
  g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=12", NULL);
  Watch watch = { 0 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, &monitor, NULL, NULL);

  g_assert_nonnull (result);
  g_assert_cmpuint (watch.n_values, ==, 12);
  g_assert_cmpuint (watch.n_waits, ==, 12);
  g_assert_cmpuint (watch.n_frames, ==, 3);
  g_assert_cmpuint (watch.last_frame_step, ==, 12);
  g_assert_cmpfloat (watch.fraction, ==, 1);
  g_assert_false (result->stopped);
}

/* What the frames of a neuron say of its channel: the neuron itself is in its place, and the mean
 * of all is the channel's. Somebody looking on changes nothing. */
static void
test_map (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) neuron = ascent_new (PH_TINY_ANY_SIZE, "conv2:4:2,5", "steps=8", NULL);
  g_autoptr (PhAscent) channel = ascent_new (PH_TINY_ANY_SIZE, "conv2:4", "steps=8", NULL);
  g_autoptr (PhAscentResult) unseen = run ("conv2:4:2,5", "steps=8");
  g_autoptr (PhFrame) before = ph_ascent_dup_frame (neuron, 0);
  Watch watch = { 0 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) seen = ph_ascent_run (neuron, &monitor, NULL, &error);
  gsize bytes = sizeof (float) * ph_image_n_values (seen->image);
  double mean = 0, sum = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (watch.n_maps, ==, 2);
  g_assert_cmpmem (seen->image->data, bytes, unseen->image->data, bytes);

  g_autoptr (PhFrame) frame = ph_ascent_dup_frame (neuron, seen->objective);
  const float *map = g_bytes_get_data (frame->map, NULL);

  g_assert_null (before->map);
  g_assert_cmpuint (frame->map_rows, ==, 10);
  g_assert_cmpuint (frame->map_columns, ==, 14);
  g_assert_cmpfloat_with_epsilon (map[2 * 14 + 5], seen->objective, 1e-5);

  ph_ascent_set_start (channel, seen->image, &error);
  g_assert_no_error (error);
  ph_ascent_measure (channel, &mean, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 10 * 14; i++)
    sum += map[i] / (10 * 14);
  /* A picture turned into waves and back is not the same to the last digit. */
  g_assert_cmpfloat_with_epsilon (mean, sum, 1e-3);

  g_autoptr (PhFrame) without = ph_ascent_dup_frame (channel, mean);

  g_assert_null (without->map);
}

static void
test_cancel_at_every_step (void)
{
  for (guint at = 0; at <= 6; at++)
    {
      g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=6", NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancellable = cancellable, .cancel_at = at };
      PhMonitor monitor = monitor_for (&watch);

      if (at == 0)
        g_cancellable_cancel (cancellable);

      g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, &monitor, cancellable, &error);

      g_assert_null (result);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (watch.n_values, ==, at);
    }
}

static void
test_stop_keeps_the_picture (void)
{
  g_autoptr (PhAscent) ascent =
      ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=30;rate-pace=1", NULL);
  Watch watch = { .stop_at = 5 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) part = ph_ascent_run (ascent, &monitor, NULL, NULL);
  g_autoptr (PhAscentResult) same = run ("relu2:4", "steps=5;rate-pace=1");
  gsize bytes = sizeof (float) * ph_image_n_values (part->image);

  g_assert_true (part->stopped);
  g_assert_cmpuint (part->n_steps, ==, 5);
  g_assert_cmpmem (part->image->data, bytes, same->image->data, bytes);

  /* It goes on where it stood. */
  g_autoptr (PhAscentResult) rest = ph_ascent_run (ascent, NULL, NULL, NULL);
  g_autoptr (PhAscentResult) whole = run ("relu2:4", "steps=30;rate-pace=1");

  g_assert_false (rest->stopped);
  g_assert_cmpuint (rest->n_steps, ==, 30);
  g_assert_cmpmem (rest->image->data, bytes, whole->image->data, bytes);
}

static void
test_start_picture (void)
{
  g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=3", NULL);
  g_autoptr (PhImage) start = ph_image_new (3, 20, 28, NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < ph_image_n_values (start); i++)
    start->data[i] = (float)(0.5 + 0.4 * sin ((double)i * 0.02));
  g_assert_true (ph_ascent_set_start (ascent, start, &error));

  const PhImage *image = ph_ascent_get_image (ascent);

  for (gsize i = 0; i < ph_image_n_values (start); i++)
    g_assert_cmpfloat_with_epsilon (image->data[i], start->data[i], 1e-3);
}

static void
test_diverged (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, "1e300*conv2:1", "steps=9", &error);

  g_assert_no_error (error);
  g_assert_null (ph_ascent_run (ascent, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DIVERGED);
  g_assert_nonnull (strstr (error->message, "first picture"));
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ascent_new (PH_TINY_ANY_SIZE, "absent:3", "", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);
  g_assert_null (ascent_new (PH_TINY_ANY_SIZE, "conv1:1:19,28", "", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);

  /* Inside a larger picture that position exists. */
  g_autoptr (PhAscent) ascent = ascent_new (PH_TINY_ANY_SIZE, "conv1:1:19,28", "width=30", &error);

  g_assert_no_error (error);
  g_assert_nonnull (ascent);
}

/* What @unit reaches from @start, and what it was there; none of the changes that may wake it by
 * chance. */
static double
climb_from (PhModel *model, const char *unit, const PhImage *start, const char *wake,
            double *before)
{
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 60;
  ph_setting_set (ph_settings_find (ph_ascent_settings, "transforms"), &settings, "none", &error);
  g_assert_no_error (error);
  ph_setting_set (ph_settings_find (ph_ascent_settings, "wake"), &settings, wake, &error);
  g_assert_no_error (error);

  g_autoptr (PhAscent) ascent = ph_ascent_new (model, unit, &settings, &error);

  g_assert_no_error (error);
  g_assert_true (ph_ascent_set_start (ascent, start, &error));
  g_assert_true (ph_ascent_measure (ascent, before, NULL, &error));

  g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, NULL, NULL, &error);

  g_assert_no_error (error);
  ph_settings_clear (ph_ascent_settings, &settings);
  return result->objective;
}

/* Behind a pool, too, a channel that is silent everywhere is woken; without that it stays so. */
static void
test_wake_behind_pool (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const PhPreprocess *pre = ph_model_get_preprocess (model);
  g_autoptr (PhImage) flat = ph_image_new (3, pre->height, pre->width, NULL);
  gsize plane = (gsize)pre->height * pre->width;
  guint n_silent = 0;

  for (guint colour = 0; colour < 8; colour++)
    for (guint channel = 0; channel < 6; channel++)
      {
        g_autofree char *unit = g_strdup_printf ("pool1:%u", channel);
        double before, after;

        for (gsize i = 0; i < 3 * plane; i++)
          flat->data[i] = colour >> (i / plane) & 1 ? 0.9f : 0.1f;
        after = climb_from (model, unit, flat, "0", &before);
        if (before != 0)
          continue;
        n_silent++;
        g_assert_cmpfloat (after, ==, 0);
        g_assert_cmpfloat (climb_from (model, unit, flat, "16", &before), >, 0.01);
      }
  g_test_message ("%u silent channels", n_silent);
  g_assert_cmpuint (n_silent, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent/objective-rises", test_objective_rises);
  g_test_add_func ("/ascent/several-pictures", test_several_pictures);
  g_test_add_func ("/ascent/opacity", test_opacity);
  g_test_add_func ("/ascent/settles", test_settles);
  g_test_add_func ("/ascent/paces", test_paces);
  g_test_add_func ("/ascent/presets", test_presets);
  g_test_add_func ("/ascent/choices-are-the-classes", test_choices_are_the_classes);
  g_test_add_func ("/ascent/same-recipe-same-picture", test_same_recipe_same_picture);
  g_test_add_func ("/ascent/sizes", test_sizes);
  g_test_add_func ("/ascent/monitor", test_monitor);
  g_test_add_func ("/ascent/map", test_map);
  g_test_add_func ("/ascent/cancel-at-every-step", test_cancel_at_every_step);
  g_test_add_func ("/ascent/stop-keeps-the-picture", test_stop_keeps_the_picture);
  g_test_add_func ("/ascent/start-picture", test_start_picture);
  g_test_add_func ("/ascent/diverged", test_diverged);
  g_test_add_func ("/ascent/errors", test_errors);
  g_test_add_func ("/ascent/wake-behind-pool", test_wake_behind_pool);
  return g_test_run ();
}
