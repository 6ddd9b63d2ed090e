#include <math.h>
#include <string.h>

#include "tiny-ascent.h"

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
                         "steps=40;views=3;inner-noise=0.3",
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

        g_autoptr (PhAscentResult) result = ph_tiny_ascent_run (objectives[o], ways[w]);
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

  g_autoptr (PhAscentResult) lowest = ph_tiny_ascent_run ("conv2:4", "steps=40;negative=yes");
  g_autoptr (PhAscentResult) highest = ph_tiny_ascent_run ("conv2:4", "steps=40");

  /* The objective of the lowest is the unit with its sign turned. */
  g_assert_cmpfloat (-lowest->objective, <, highest->objective);
}

static void
test_settles (void)
{
  g_autoptr (PhAscentResult) patient =
      ph_tiny_ascent_run ("conv2:2", "steps=2000;patience=10;rate-pace=1");
  g_autoptr (PhAscentResult) again =
      ph_tiny_ascent_run ("conv2:2", "steps=2000;patience=10;rate-pace=1");
  g_autoptr (PhAscentResult) never = ph_tiny_ascent_run ("conv2:2", "steps=50");

  g_assert_true (patient->settled);
  g_assert_cmpuint (patient->n_steps, >=, 30);
  g_assert_cmpuint (patient->n_steps, <, 2000);
  g_assert_cmpuint (patient->n_steps, ==, again->n_steps);
  g_assert_false (never->settled);
}

static void
test_same_recipe_same_picture (void)
{
  g_autoptr (PhAscentResult) a = ph_tiny_ascent_run ("relu2:4", "steps=25;seed=3;views=2");
  g_autoptr (PhAscentResult) b = ph_tiny_ascent_run ("relu2:4", "steps=25;seed=3;views=2");
  g_autoptr (PhAscentResult) other = ph_tiny_ascent_run ("relu2:4", "steps=25;seed=4;views=2");
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
      g_autoptr (PhAscent) ascent =
          ph_tiny_ascent_new (cases[i].head, cases[i].objective, changes, &error);
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

static void
test_start_picture (void)
{
  g_autoptr (PhAscent) ascent = ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=3", NULL);
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
  g_autoptr (PhAscent) ascent =
      ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "1e300*conv2:1", "steps=9", &error);

  g_assert_no_error (error);
  g_assert_null (ph_ascent_run (ascent, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DIVERGED);
  g_assert_nonnull (strstr (error->message, "first picture"));
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "absent:3", "", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);
  g_assert_null (ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "conv1:1:19,28", "", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);

  /* Inside a larger picture that position exists. */
  g_autoptr (PhAscent) ascent =
      ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "conv1:1:19,28", "width=30", &error);

  g_assert_no_error (error);
  g_assert_nonnull (ascent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent/objective-rises", test_objective_rises);
  g_test_add_func ("/ascent/settles", test_settles);
  g_test_add_func ("/ascent/same-recipe-same-picture", test_same_recipe_same_picture);
  g_test_add_func ("/ascent/sizes", test_sizes);
  g_test_add_func ("/ascent/start-picture", test_start_picture);
  g_test_add_func ("/ascent/diverged", test_diverged);
  g_test_add_func ("/ascent/errors", test_errors);
  return g_test_run ();
}
