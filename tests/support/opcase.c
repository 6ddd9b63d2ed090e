#include "opcase.h"

#include <string.h>

static void
add_attr (PhAttrs *attrs, const char *name, const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ",", -1);
  guint n = g_strv_length (parts);
  gboolean real = strchr (value, '.') != NULL;

  if (!g_ascii_isdigit (value[value[0] == '-' ? 1 : 0]))
    {
      ph_attrs_set_text (attrs, name, value);
      return;
    }
  if (n == 1 && real)
    ph_attrs_set_real (attrs, name, (float)g_ascii_strtod (value, NULL));
  else if (n == 1)
    ph_attrs_set_int (attrs, name, g_ascii_strtoll (value, NULL, 10));
  if (n == 1)
    return;

  g_autofree gint64 *integers = g_new0 (gint64, n);
  g_autofree float *reals = g_new0 (float, n);

  n -= parts[n - 1][0] == '\0';
  for (guint i = 0; i < n; i++)
    {
      integers[i] = g_ascii_strtoll (parts[i], NULL, 10);
      reals[i] = (float)g_ascii_strtod (parts[i], NULL);
    }
  if (real)
    ph_attrs_set_reals (attrs, name, reals, n);
  else
    ph_attrs_set_ints (attrs, name, integers, n);
}

PhAttrs *
ph_opcase_attrs (const char *text)
{
  PhAttrs *attrs = ph_attrs_new ();
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *equals = strchr (words[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      add_attr (attrs, words[i], equals + 1);
    }
  return attrs;
}

PhTensor *
ph_opcase_tensor (const char *text)
{
  const char *colon = strchr (text, ':');
  char kind = text[text[0] == 'c' ? 1 : 0];
  g_autofree char *head = colon == NULL ? g_strdup (text) : g_strndup (text, colon - text);
  char *rest = head + (text[0] == 'c' ? 2 : 1);
  PhShape shape = { .rank = 0 };

  while (*(rest += strspn (rest, " ,")) != '\0')
    shape.dim[shape.rank++] = g_ascii_strtoll (rest, &rest, 10);
  if (colon == NULL)
    {
      double zero = 0;

      g_assert_cmpint (kind == 'f' || kind == 'd' || kind == 'a', !=, 0);
      return kind == 'd'   ? ph_gradcheck_distinct (&shape)
             : kind == 'a' ? ph_gradcheck_away (&shape, -1, 1, &zero, 1)
                           : ph_gradcheck_random (&shape, -1, 1);
    }

  PhType type = kind == 'f' ? PH_TYPE_FLOAT : kind == 'b' ? PH_TYPE_BOOL : PH_TYPE_INT64;
  PhTensor *tensor = ph_tensor_new (type, &shape, NULL);
  char *at = (char *)colon + 1;

  for (gsize i = 0; i < tensor->n; i++)
    if (kind == 'f')
      tensor->f[i] = (float)g_ascii_strtod (at, &at);
    else
      tensor->i[i] = g_ascii_strtoll (at, &at, 10);
  g_assert_cmpstr (at + strspn (at, " "), ==, "");
  return tensor;
}

/* The inputs of @test; the caller unrefs the tensors. */
static guint
make_inputs (const PhOpCase *test, PhGradInput *inputs)
{
  guint n = 0;

  for (; n < PH_OPCASE_MAX && test->inputs[n] != NULL; n++)
    {
      const char *text = test->inputs[n];

      inputs[n] = (PhGradInput){ .tensor = *text == '\0' ? NULL : ph_opcase_tensor (text),
                                 .is_constant = *text == 'c' };
    }
  return n;
}

static void
free_inputs (PhGradInput *inputs, guint n)
{
  for (guint i = 0; i < n; i++)
    g_clear_pointer (&inputs[i].tensor, ph_tensor_unref);
}

static guint
count_outputs (const PhOpCase *test)
{
  guint n = 0;

  while (n < PH_OPCASE_MAX && test->outputs[n] != NULL)
    n++;
  return MAX (n, 1);
}

void
ph_opcase_expect (const PhOpCase *test)
{
  PhGradInput inputs[PH_OPCASE_MAX];
  PhTensor *outputs[PH_OPCASE_MAX] = { NULL };
  guint n = make_inputs (test, inputs), n_outputs = count_outputs (test);
  g_autoptr (GError) error = NULL;

  ph_opcheck_run (test->op, test->opset, ph_opcase_attrs (test->attrs), inputs, n, outputs,
                  n_outputs, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_outputs; i++)
    {
      g_autofree char *what = g_strdup_printf ("%s (%s), output %u", test->op,
                                               test->attrs == NULL ? "" : test->attrs, i);

      if (test->outputs[i] != NULL && *test->outputs[i] != '\0')
        {
          g_autoptr (PhTensor) expected = ph_opcase_tensor (test->outputs[i]);

          ph_opcheck_close (what, outputs[i], expected, 1e-6);
        }
      ph_tensor_unref (outputs[i]);
    }
  free_inputs (inputs, n);
}

void
ph_opcase_gradient (const PhOpCase *test)
{
  PhGradInput inputs[PH_OPCASE_MAX];
  guint n = make_inputs (test, inputs);

  g_test_message ("%s %s", test->op, test->attrs == NULL ? "" : test->attrs);
  ph_gradcheck (test->op, test->opset, ph_opcase_attrs (test->attrs), inputs, n,
                count_outputs (test));
  free_inputs (inputs, n);
}

void
ph_opcase_fails (const PhOpCase *test, PhError code, const char *words)
{
  PhGradInput inputs[PH_OPCASE_MAX];
  PhTensor *outputs[PH_OPCASE_MAX] = { NULL };
  guint n = make_inputs (test, inputs);
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_opcheck_run (test->op, test->opset, ph_opcase_attrs (test->attrs), inputs, n,
                                  outputs, count_outputs (test), &error));
  g_assert_error (error, PH_ERROR, (int)code);
  if (strstr (error->message, words) == NULL)
    g_test_fail_printf ("“%s” does not say “%s”", error->message, words);
  free_inputs (inputs, n);
}
