#pragma once

#include "base/tensor.h"

G_BEGIN_DECLS

/**
 * ph_npy_load:
 * @path: a file as numpy.save() writes it, header version 1 to 3
 *
 * Reads booleans, integers and reals (float16, float32, float64), little-endian, in C or Fortran
 * order; the tensor is always in C order. float64 is narrowed to float32 in memory, as everywhere.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID, saying what is wrong with the file,
 * or an error of the file itself.
 */
PhTensor *ph_npy_load (const char *path, GError **error);

/**
 * ph_npy_load_from_data:
 *
 * The same from memory.
 */
PhTensor *ph_npy_load_from_data (gconstpointer data, gsize size, GError **error);

/**
 * ph_npy_save:
 *
 * Writes @tensor with its declared type, header version 1, C order; bfloat16 becomes float32, which
 * NumPy can read. Replaces @path only once all is written.
 */
gboolean ph_npy_save (const PhTensor *tensor, const char *path, GError **error);

G_END_DECLS
