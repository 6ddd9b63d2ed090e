#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * TbBank:
 * @n_inputs, @size: a unit has n_inputs * size * size weights, input by input, row by row
 * @labels: (element-type utf8): what each unit was built to see
 * @weights, @biases: of all units so far, one after the other
 *
 * The units of one layer, designed one at a time.
 */
typedef struct
{
  guint n_inputs, size;
  GPtrArray *labels;
  GArray *weights, *biases;
} TbBank;

TbBank *tb_bank_new (guint n_inputs, guint size);
void tb_bank_free (TbBank *bank);

guint tb_bank_get_n_units (const TbBank *bank);

/**
 * tb_bank_add:
 * @label: (transfer full)
 *
 * Adds a unit without weights.
 *
 * Returns: (transfer none): its weights, all 0, to be filled in before the next is added.
 */
double *tb_bank_add (TbBank *bank, char *label, double bias);

const char *tb_bank_get_label (const TbBank *bank, guint unit);

/** tb_bank_find: the number of the unit of that label; it must exist. */
guint tb_bank_find (const TbBank *bank, const char *label);

/** tb_bank_dup_labels: %NULL-terminated; free with g_strfreev(). */
char **tb_bank_dup_labels (const TbBank *bank);

/**
 * tb_bank_make_tensors:
 * @flat: whether weights are (units, inputs), for Gemm, instead of (units, inputs, size, size)
 *
 * Rounds all numbers to multiples of 1/4096, so that the last bits of another machine's cosine do
 * not change the file.
 */
void tb_bank_make_tensors (const TbBank *bank, gboolean flat, PhTensor **weights,
                           PhTensor **biases);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbBank, tb_bank_free)

G_END_DECLS
