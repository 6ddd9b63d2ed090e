#include <math.h>

#include "engine/engine.h"

/* Six images of three classes, one of which cannot be read. */
static void
test_evaluation (void)
{
  static const float p[] = { 0.7f, 0.2f, 0.1f, 0.1f, 0.3f, 0.6f, 0.2f, 0.7f, 0.1f,
                             0.0f, 0.1f, 0.9f, 0.9f, 0.1f, 0.0f, 0.3f, 0.3f, 0.4f };
  static const guint items[] = { 10, 11, 12, 13, 14, 15 };
  static const int labels[] = { 0, 1, 1, 0, -1, 2 };
  g_autoptr (PhEvaluation) e = ph_evaluation_new (6, 3, p, items, labels);
  g_autoptr (PhEvaluation) copy = ph_evaluation_copy (e);
  static const guint confusion[] = { 1, 0, 1, 0, 1, 1, 0, 0, 1 };

  g_assert_cmpuint (e->n, ==, 5);
  g_assert_cmpfloat_with_epsilon (e->accuracy, 3.0 / 5, 1e-12);
  /* A probability of 0 counts as 1e-30, so that one image does not make everything infinite. */
  g_assert_cmpfloat_with_epsilon (
      e->loss, -(log (0.7) + log (0.3) + log (0.7) + log (1e-30) + log (0.4)) / 5, 1e-5);
  g_assert_cmpmem (e->confusion, 9 * sizeof (guint), confusion, sizeof confusion);
  g_assert_cmpuint (e->n_mistakes, ==, 2);
  g_assert_cmpuint (e->mistakes[0].item, ==, 13);
  g_assert_cmpint (e->mistakes[0].label, ==, 0);
  g_assert_cmpint (e->mistakes[0].answer, ==, 2);
  g_assert_cmpfloat_with_epsilon (e->mistakes[0].probability, 0.9, 1e-6);
  g_assert_cmpuint (e->mistakes[1].item, ==, 11);
  g_assert_cmpmem (copy->confusion, 9 * sizeof (guint), e->confusion, 9 * sizeof (guint));
  g_assert_cmpuint (copy->mistakes[1].item, ==, 11);
}

/* More mistakes than are kept: the worst stay, in order. */
static void
test_many_mistakes (void)
{
  const guint n = 3 * PH_EVALUATION_MISTAKES;
  g_autofree float *p = g_new (float, 2 * n);
  g_autofree guint *items = g_new (guint, n);
  g_autofree int *labels = g_new (int, n);

  for (guint i = 0; i < n; i++)
    {
      items[i] = i;
      labels[i] = 0;
      p[2 * i] = 0.4f * (float)((i * 7919) % n) / (float)n;
      p[2 * i + 1] = 1 - p[2 * i];
    }

  g_autoptr (PhEvaluation) e = ph_evaluation_new (n, 2, p, items, labels);

  g_assert_cmpuint (e->n_mistakes, ==, PH_EVALUATION_MISTAKES);
  g_assert_cmpfloat (e->accuracy, ==, 0);
  for (guint i = 1; i < e->n_mistakes; i++)
    g_assert_cmpfloat (e->mistakes[i].right_probability, >=, e->mistakes[i - 1].right_probability);
  g_assert_cmpfloat (e->mistakes[0].right_probability, ==, 0);
}

static void
test_softmax (void)
{
  float scores[] = { 1000, 1000, -1000, 0, (float)log (2), (float)log (5) };

  ph_softmax (2, 3, scores);
  g_assert_cmpfloat (scores[0], ==, 0.5f);
  g_assert_cmpfloat (scores[2], ==, 0);
  g_assert_cmpfloat_with_epsilon (scores[3], 1.0 / 8, 1e-6);
  g_assert_cmpfloat_with_epsilon (scores[5], 5.0 / 8, 1e-6);
}

/* An image that cannot be read has no numbers. */
static void
test_unread (void)
{
  const float p[] = { 0.9f, 0.1f, NAN, NAN, 0.2f, 0.8f };
  g_autoptr (PhEvaluation) e =
      ph_evaluation_new (3, 2, p, (const guint[]){ 4, 5, 6 }, (const int[]){ 0, 0, 0 });

  g_assert_cmpuint (e->n, ==, 2);
  g_assert_cmpfloat (e->accuracy, ==, 0.5);
  g_assert_cmpuint (e->n_mistakes, ==, 1);
  g_assert_cmpuint (e->mistakes[0].item, ==, 6);
}

static void
test_nothing (void)
{
  g_autoptr (PhEvaluation) e = ph_evaluation_new (0, 2, NULL, NULL, NULL);

  g_assert_cmpuint (e->n, ==, 0);
  g_assert_cmpfloat (e->accuracy, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/evaluate/evaluation", test_evaluation);
  g_test_add_func ("/evaluate/many-mistakes", test_many_mistakes);
  g_test_add_func ("/evaluate/softmax", test_softmax);
  g_test_add_func ("/evaluate/unread", test_unread);
  g_test_add_func ("/evaluate/nothing", test_nothing);
  return g_test_run ();
}
