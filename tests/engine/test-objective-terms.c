/* The terms of an objective that take arguments. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/npy.h"
#include "base/png.h"
#include "tiny-network.h"
#include "vis/ascent.h"

enum
{
  H = 20,
  W = 28,
  N = 3 * H * W
};

static char *folder; /* with a.png, b.png and v.npy */

static PhImage *
random_image (void)
{
  PhImage *image = ph_image_new (3, H, W, NULL);

  for (gsize i = 0; i < N; i++)
    image->data[i] = (float)g_test_rand_double_range (0.1, 0.9);
  return image;
}

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
make_files (void)
{
  const char *const names[] = { "a.png", "b.png" };
  PhShape shape = PH_SHAPE (10);
  g_autoptr (PhTensor) v = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  g_autofree char *npy = NULL;

  folder = g_dir_make_tmp ("phosphene-terms-XXXXXX", NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PhImage) image = random_image ();
      g_autofree char *path = path_of (names[i]);

      g_assert_true (ph_png_save_image (path, image, NULL, NULL));
    }
  for (gsize i = 0; i < 10; i++)
    v->f[i] = (float)(i % 3) - 0.8f;
  npy = path_of ("v.npy");
  g_assert_true (ph_npy_save (v, npy, NULL));
}

static void
remove_files (void)
{
  const char *const names[] = { "a.png", "b.png", "v.npy" };

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *path = path_of (names[i]);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

/* @text with every "@" replaced by the folder. */
static char *
with_folder (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "@", -1);
  g_autofree char *slashed = g_strconcat (folder, "/", NULL);

  return g_strjoinv (slashed, parts);
}

typedef struct
{
  PhModel *model;
  PhObjective *objective;
  PhRun *run;
  guint n; /* pictures */
  float *x;
} Fixture;

static void
set_up (Fixture *f, const char *text, guint n)
{
  g_autofree char *full = with_folder (text);
  g_autoptr (GError) error = NULL;
  guint n_targets;

  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->n = n;
  f->objective = ph_objective_parse (f->model, full, &error);
  g_assert_no_error (error);
  ph_objective_set_pictures (f->objective, n);

  /* A target besides, so that a plan can be made for terms of the picture alone. */
  g_autoptr (PhObjective) more = ph_objective_parse (f->model, "relu2", NULL);
  const int *targets = ph_objective_get_targets (f->objective, &n_targets);

  if (n_targets == 0)
    targets = ph_objective_get_targets (more, &n_targets);

  PhShape shape = ph_model_input_shape (f->model, n, H, W);
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (ph_model_get_graph (f->model), &shape, targets,
                                                   n_targets, TRUE, &error);

  g_assert_no_error (error);
  ph_objective_bind (f->objective, plan, &error);
  g_assert_no_error (error);
  f->run = ph_run_new (plan, &error);
  g_assert_no_error (error);
  f->x = g_new (float, n *N);
  for (gsize i = 0; i < n * N; i++)
    f->x[i] = (float)g_test_rand_double_range (0.1, 0.9);
}

static void
tear_down (Fixture *f)
{
  ph_objective_free (f->objective);
  ph_run_free (f->run);
  g_object_unref (f->model);
  g_free (f->x);
}

/* @d (nullable): the gradient at the pictures, added to. */
static double
evaluate (Fixture *f, float *d)
{
  const PhPreprocess *preprocess = ph_model_get_preprocess (f->model);
  PhImage image = { 3, H, W, f->x };
  double value;

  ph_preprocess_apply (preprocess, f->n, H, W, f->x, ph_run_get_input (f->run, 0));
  g_assert_true (ph_run_forward (f->run, NULL, NULL));
  ph_run_clear_gradients (f->run);
  value = ph_objective_evaluate (f->objective, f->run, &image, d != NULL, d);
  if (d != NULL)
    {
      g_autofree float *back = g_new (float, f->n *N);

      g_assert_true (ph_run_backward (f->run, NULL, NULL));
      ph_preprocess_adjoint (preprocess, f->n, H, W, ph_run_get_input_gradient (f->run, 0), back);
      for (gsize i = 0; i < f->n * N; i++)
        d[i] += back[i];
    }
  return value;
}

static void
show (Fixture *f, guint picture, const char *name)
{
  g_autofree char *path = path_of (name);
  g_autoptr (PhImage) image = ph_image_load (path, NULL);

  memcpy (f->x + picture * N, image->data, sizeof (float) * N);
}

static const char *const terms[] = {
  "direction(relu2, @v.npy)",
  "direction(relu2, @v.npy, rows=2-5, columns=middle)",
  "direction(conv2, {3: 1, 7: -0.5}, cosine=2)",
  "direction(relu2, @a.png - @b.png, cosine=1)",
  "direction(conv2, @)",
  "weights(conv2, [1, 0, -1, 2, 0, 0, 0, 0, 0, 0.5], rows=3)",
  "weights(logits, {1: 1, 2: -1})",
  "interpolate(conv2:1, conv2:5:3,4)",
  "interpolate(class:bee, class:dog)",
  "diversity(relu2)",
  "0.5*alignment(relu2, decay=3)",
  "invert(relu2, @a.png)",
  "invert(conv1, @a.png)",
  "caricature(relu2, @b.png)",
  "caricature(relu1, \"@b.png\", cosine=0)",
  "style(relu1, @a.png)",
  "blur",
  "-2*boundary(width=0.2, colour=0.4)",
  "0.5*conv2:3 + invert(relu1, @a.png) - blur",
};

/* The value @scale further along @direction less the value as far back. */
static double
difference (Fixture *f, const float *start, const float *direction, double scale)
{
  double value[2];

  for (guint side = 0; side < 2; side++)
    {
      for (gsize i = 0; i < (gsize)f->n * N; i++)
        f->x[i] = start[i] + (float)((side == 0 ? scale : -scale) * direction[i]);
      value[side] = evaluate (f, NULL);
    }
  return value[0] - value[1];
}

/* Along the gradient and along a random direction, against central differences. */
static void
check_gradient (const char *text, guint n)
{
  Fixture f;
  gsize size = n * N;
  g_autofree float *d = g_new0 (float, size);
  g_autofree float *start = g_new (float, size);
  g_autofree float *direction = g_new (float, size);

  double value;

  set_up (&f, text, n);
  value = evaluate (&f, d);
  memcpy (start, f.x, sizeof (float) * size);
  for (guint trial = 0; trial < 2; trial++)
    {
      double slope = 0, norm = 0, length = 0, differences, step = 4e-3;

      for (gsize i = 0; i < size; i++)
        {
          direction[i] = trial == 0 ? d[i] : (float)g_test_rand_double_range (-1, 1);
          norm += (double)direction[i] * direction[i];
          length += (double)d[i] * d[i];
        }
      norm = sqrt (norm);
      length = sqrt (length);
      g_assert_cmpfloat (length, >, 0);
      for (gsize i = 0; i < size; i++)
        slope += d[i] * direction[i] / norm;
      /* A relu whose kink lies within the step spoils the differences, not the gradient: then a
       * shorter step agrees, which it never does with a wrong gradient. */
      for (guint i = 0; i < 4; i++, step /= 2)
        {
          differences = difference (&f, start, direction, step / norm) / (2 * step);
          if (fabs (slope - differences) <= 0.03 * length + 1e-4 * fabs (value) + 1e-7)
            break;
          if (i == 3)
            g_error ("“%s”, %u pictures: slope %g, differences give %g, gradient %g", text, n,
                     slope, differences, length);
        }
    }
  tear_down (&f);
}

static void
test_gradients (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (terms); i++)
    check_gradient (terms[i], 3);
  check_gradient ("invert(relu2, @a.png)", 1);
  check_gradient ("interpolate(conv2:1, conv2:5)", 1);
}

static const float *
values_of (Fixture *f, const char *name)
{
  return ph_run_get_value (f->run, ph_graph_find_value (ph_model_get_graph (f->model), name));
}

static void
test_values_by_hand (void)
{
  Fixture f;
  double sum = 0, value;
  const float *x;

  /* Rows 2 and 3, column 7 of the map of 10 by 14, of two pictures. */
  set_up (&f, "weights(conv2, {3: 2, 7: -0.5}, rows=2-3, columns=middle)", 2);
  value = evaluate (&f, NULL);
  x = values_of (&f, "conv2");
  for (guint i = 0; i < 2; i++)
    for (guint row = 2; row < 4; row++)
      sum += 2 * x[i * 1400 + 3 * 140 + row * 14 + 7] - 0.5 * x[i * 1400 + 7 * 140 + row * 14 + 7];
  g_assert_cmpfloat_with_epsilon (value, sum / 4, 1e-5 * (1 + fabs (sum)));
  tear_down (&f);

  /* By length 1 the same with other weights. */
  set_up (&f, "direction(conv2, {2: 3, 5: 4})", 1);
  value = evaluate (&f, NULL);
  x = values_of (&f, "conv2");
  sum = 0;
  for (guint i = 0; i < 140; i++)
    sum += 0.6 * x[2 * 140 + i] + 0.8 * x[5 * 140 + i];
  g_assert_cmpfloat_with_epsilon (value, sum / 140, 1e-5 * (1 + fabs (sum)));
  tear_down (&f);

  /* A quarter of the way from one unit to the other at picture 1 of 5. */
  set_up (&f, "interpolate(conv2:2, conv2:5)", 5);
  value = evaluate (&f, NULL);
  x = values_of (&f, "conv2");
  sum = 0;
  for (guint p = 0; p < 5; p++)
    for (guint i = 0; i < 140; i++)
      sum += (1 - p / 4.0) * x[p * 1400 + 2 * 140 + i] + p / 4.0 * x[p * 1400 + 5 * 140 + i];
  g_assert_cmpfloat_with_epsilon (value, sum / (5 * 140), 1e-5 * (1 + fabs (sum)));
  tear_down (&f);
}

/* The photograph itself is what its own inversion asks for. */
static void
test_photo_is_its_own_answer (void)
{
  const char *const zero[] = { "invert(relu2, @a.png)", "style(relu2, @a.png)" };
  Fixture f;

  for (guint i = 0; i < G_N_ELEMENTS (zero); i++)
    {
      set_up (&f, zero[i], 1);
      show (&f, 0, "b.png");
      g_assert_cmpfloat (evaluate (&f, NULL), <, -1e-3);
      show (&f, 0, "a.png");
      g_assert_cmpfloat_with_epsilon (evaluate (&f, NULL), 0, 1e-6);
      tear_down (&f);
    }

  /* ⟨a, a⟩ over ⟨a, a⟩, and every cosine is 1. */
  set_up (&f, "caricature(relu2, @a.png, cosine=2)", 1);
  show (&f, 0, "a.png");
  g_assert_cmpfloat_with_epsilon (evaluate (&f, NULL), 1, 1e-5);
  tear_down (&f);

  /* The mean of a folder of two, and the difference of them. */
  set_up (&f, "direction(conv2, @a.png - @b.png)", 2);
  show (&f, 0, "a.png");
  show (&f, 1, "b.png");
  evaluate (&f, NULL);

  const float *x = values_of (&f, "conv2");
  double length = 0, along = 0, v[10];

  for (guint c = 0; c < 10; c++)
    {
      v[c] = 0;
      for (guint i = 0; i < 140; i++)
        v[c] += (x[c * 140 + i] - x[1400 + c * 140 + i]) / 140;
      length += v[c] * v[c];
    }
  for (guint c = 0; c < 10; c++)
    for (guint i = 0; i < 140; i++)
      along += v[c] / sqrt (length) * (x[c * 140 + i] + x[1400 + c * 140 + i]) / 280;
  g_assert_cmpfloat_with_epsilon (evaluate (&f, NULL), along, 1e-4 * (1 + fabs (along)));
  tear_down (&f);
}

/* Alike: -1; the same Gram matrix whatever the places. */
static void
test_diversity_of_equals (void)
{
  Fixture f;

  set_up (&f, "diversity(relu1)", 3);
  g_assert_cmpfloat (evaluate (&f, NULL), >, -1);
  for (guint p = 0; p < 3; p++)
    show (&f, p, "a.png");
  g_assert_cmpfloat_with_epsilon (evaluate (&f, NULL), -1, 1e-5);
  tear_down (&f);

  set_up (&f, "alignment(relu1)", 3);
  g_assert_cmpfloat (evaluate (&f, NULL), <, 0);
  for (guint p = 0; p < 3; p++)
    show (&f, p, "a.png");
  g_assert_cmpfloat (evaluate (&f, NULL), ==, 0);
  tear_down (&f);
}

/* Beside units, diversity counts in shares of what they answer, so that the same weight suits them
 * all: value and gradient, put together by hand. */
static void
test_diversity_is_relative (void)
{
  const char *const units[] = { "conv2:3", "100*conv2:3", "-0.01*class:bee" };
  gsize size = 3 * N;

  for (guint u = 0; u < G_N_ELEMENTS (units); u++)
    {
      g_autofree char *both = g_strconcat (units[u], " + 2*diversity(relu1)", NULL);
      const char *const texts[] = { units[u], "diversity(relu1)", both };
      double value[3];
      g_autofree float *d = g_new0 (float, 3 * size);
      g_autofree float *x = g_new (float, size);

      for (guint t = 0; t < 3; t++)
        {
          Fixture f;

          set_up (&f, texts[t], 3);
          if (t == 0)
            memcpy (x, f.x, sizeof (float) * size);
          memcpy (f.x, x, sizeof (float) * size);
          value[t] = evaluate (&f, d + t * size);
          tear_down (&f);
        }

      double share = 2 * fabs (value[0]), largest = 0;

      g_assert_cmpfloat_with_epsilon (value[2], value[0] + share * value[1],
                                      1e-5 * fabs (value[0]));
      for (gsize i = 0; i < size; i++)
        largest = MAX (largest, fabs (d[i] + share * d[size + i]));
      for (gsize i = 0; i < size; i++)
        g_assert_cmpfloat_with_epsilon (d[2 * size + i], d[i] + share * d[size + i],
                                        1e-4 * largest);
    }
}

static void
test_errors (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const struct
  {
    const char *text;
    guint column;
    const char *part;
  } bad[] = {
    { "relu2:3 + 2*relu9:1", 13, "no layer “relu9”" },
    { "direction(relu2)", 16, "a vector is missing" },
    { "direction(relu2, )", 18, "a vector is missing" },
    { "direction(rolu2, [1])", 11, "no layer “rolu2”" },
    { "direction(relu2, [1, x])", 18, "“x]” is not a number" },
    { "direction(relu2, {2=1})", 18, "CHANNEL: NUMBER" },
    { "direction(relu2, [1, 2)", 18, "“]” is missing" },
    { "direction(relu2, nowhere.npy)", 18, "no file or folder “nowhere.npy”" },
    { "weights(relu2, [1], rows=9-3)", 21, "“9-3” is not a place" },
    { "weights(relu2, [1], rows=1, wibble)", 29, "“wibble” means nothing here" },
    { "relu2 - caricature(relu2, nothing.jpg)", 27, "no file “nothing.jpg”" },
    { "invert(relu2", 7, "never closed" },
    { "invrt(relu2, a.jpg)", 1, "“invrt” is none of the terms" },
    { "diversity", 1, "it is written diversity(LAYER)" },
    { "alignment(relu2, decay=0)", 18, "not a number between 1 and 100" },
    { "diversity(relu2) relu2:1", 18, "is missing between two terms" },
    { "diversity(relu2)+relu2:1", 17, "is missing between two terms" },
    { "interpolate(relu2:1)", 20, "a unit is missing" },
    { "interpolate(relu2:1, relu2:99)", 22, "numbered 0 to 9" },
    { "boundary(width=2)", 10, "between 0 and 0.5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      guint column;

      g_assert_null (ph_objective_parse_at (model, bad[i].text, &column, &error));
      g_assert_nonnull (error);
      if (column != bad[i].column || strstr (error->message, bad[i].part) == NULL)
        g_error ("“%s” gives column %u: “%s”", bad[i].text, column, error->message);
    }
}

/* What only a look into the files shows. */
static void
test_errors_of_files (void)
{
  const struct
  {
    const char *text, *part;
  } bad[] = {
    { "direction(relu1, @v.npy)", "holds 10 numbers, but the layer has 6 channels" },
    { "direction(relu2, [1, 2])", "there are 2 numbers, but the layer has 10 channels" },
    { "direction(relu2, {10: 1})", "has 10 channels, not 11" },
    { "direction(relu2, {1: 0})", "has no direction" },
    { "direction(relu2, @a.png - @a.png)", "has no direction" },
    { "invert(relu2, @v.npy)", "v.npy" },
    { "weights(relu2, {1: 1}, rows=8-12)", "has 10 rows" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
      g_autofree char *text = with_folder (bad[i].text);
      g_autoptr (GError) error = NULL;
      PhAscentSettings settings;

      ph_settings_init (ph_ascent_settings, &settings);
      g_assert_null (ph_ascent_new (model, text, &settings, &error));
      ph_settings_clear (ph_ascent_settings, &settings);
      if (error == NULL || strstr (error->message, bad[i].part) == NULL)
        g_error ("“%s” gives “%s”", bad[i].text, error != NULL ? error->message : "nothing");
    }
}

static void
test_texts (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autofree char *text = with_folder ("0.5*invert(relu2, \"@a.png\") - boundary(width=0.2) + "
                                       "direction(relu2, @a.png - @b.png) - blur + conv2:3:5,6");
  g_autoptr (PhObjective) objective = ph_objective_parse (model, text, NULL);
  g_autofree char *back = ph_objective_dup_text (objective);
  const char *const *files = ph_objective_get_files (objective);
  g_autofree char *a = path_of ("a.png");

  g_assert_cmpstr (back, ==, text);
  g_assert_cmpuint (g_strv_length ((char **)files), ==, 2);
  g_assert_true (g_strv_contains (files, a));
  g_assert_true (ph_objective_is_in_place (objective));

  /* The opposite of an answer, not of a likeness. */
  ph_objective_negate (objective);

  g_autofree char *negated = ph_objective_dup_text (objective);

  g_assert_true (g_str_has_prefix (negated, "0.5*invert("));
  g_assert_nonnull (strstr (negated, " - direction(relu2"));
  g_assert_true (g_str_has_suffix (negated, " - blur - conv2:3:5,6"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_files ();
  g_test_add_func ("/objective-terms/gradients", test_gradients);
  g_test_add_func ("/objective-terms/values-by-hand", test_values_by_hand);
  g_test_add_func ("/objective-terms/photo-is-its-own-answer", test_photo_is_its_own_answer);
  g_test_add_func ("/objective-terms/diversity-of-equals", test_diversity_of_equals);
  g_test_add_func ("/objective-terms/diversity-is-relative", test_diversity_is_relative);
  g_test_add_func ("/objective-terms/errors", test_errors);
  g_test_add_func ("/objective-terms/errors-of-files", test_errors_of_files);
  g_test_add_func ("/objective-terms/texts", test_texts);
  status = g_test_run ();
  remove_files ();
  return status;
}
