#include "assets/textbook/bank.h"

#include <math.h>

TbBank *
tb_bank_new (guint n_inputs, guint size)
{
  TbBank *bank = g_new0 (TbBank, 1);
  bank->n_inputs = n_inputs;
  bank->size = size;
  bank->labels = g_ptr_array_new_with_free_func (g_free);
  bank->weights = g_array_new (FALSE, TRUE, sizeof (double));
  bank->biases = g_array_new (FALSE, TRUE, sizeof (double));
  return bank;
}

void
tb_bank_free (TbBank *bank)
{
  g_ptr_array_unref (bank->labels);
  g_array_unref (bank->weights);
  g_array_unref (bank->biases);
  g_free (bank);
}

guint
tb_bank_get_n_units (const TbBank *bank)
{
  return bank->labels->len;
}

const char *
tb_bank_get_label (const TbBank *bank, guint unit)
{
  return g_ptr_array_index (bank->labels, unit);
}

double *
tb_bank_add (TbBank *bank, char *label, double bias)
{
  guint first = bank->weights->len;
  g_ptr_array_add (bank->labels, label);
  g_array_append_val (bank->biases, bias);
  g_array_set_size (bank->weights, first + bank->n_inputs * bank->size * bank->size);
  return &g_array_index (bank->weights, double, first);
}

guint
tb_bank_find (const TbBank *bank, const char *label)
{
  for (guint i = 0; i < bank->labels->len; i++)
    if (g_str_equal (g_ptr_array_index (bank->labels, i), label))
      return i;
  g_assert_not_reached ();
}

char **
tb_bank_dup_labels (const TbBank *bank)
{
  char **labels = g_new0 (char *, bank->labels->len + 1);
  for (guint i = 0; i < bank->labels->len; i++)
    labels[i] = g_strdup (g_ptr_array_index (bank->labels, i));
  return labels;
}

static void
round_into (PhTensor *tensor, const GArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      /* + 0.0 turns -0.0 into 0.0. */
      double value = round (g_array_index (values, double, i) * 4096) / 4096 + 0.0;
      tensor->f[i] = (float)value;
    }
}

void
tb_bank_make_tensors (const TbBank *bank, gboolean flat, PhTensor **weights, PhTensor **biases)
{
  gint64 n = bank->labels->len;
  PhShape shape =
      flat ? PH_SHAPE (n, bank->n_inputs) : PH_SHAPE (n, bank->n_inputs, bank->size, bank->size);
  PhShape vector = PH_SHAPE (n);

  *weights = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  *biases = ph_tensor_new (PH_TYPE_FLOAT, &vector, NULL);
  g_assert (*weights != NULL && *biases != NULL);
  round_into (*weights, bank->weights);
  round_into (*biases, bank->biases);
}
