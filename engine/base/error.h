#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhError:
 * @PH_ERROR_MODEL_INVALID: the network file cannot be understood; get another file
 * @PH_ERROR_OP_UNSUPPORTED: an operator we lack stands in the way; choose a unit before it
 * @PH_ERROR_SHAPE_MISMATCH: sizes do not fit together; change the input size
 * @PH_ERROR_NOT_DIFFERENTIABLE: no gradient flows there; choose another unit
 * @PH_ERROR_NO_SUCH_UNIT: the unit's name does not fit this network
 * @PH_ERROR_DATA_INVALID: an image, array, recipe or setting cannot be used
 * @PH_ERROR_DIVERGED: numbers became infinite; lower the step size
 * @PH_ERROR_NO_MEMORY: a buffer could not be allocated; choose a smaller size
 *
 * Errors of the engine, by what the user can do about them. Errors of files and cancellation stay
 * in %G_FILE_ERROR and %G_IO_ERROR.
 */
typedef enum
{
  PH_ERROR_MODEL_INVALID,
  PH_ERROR_OP_UNSUPPORTED,
  PH_ERROR_SHAPE_MISMATCH,
  PH_ERROR_NOT_DIFFERENTIABLE,
  PH_ERROR_NO_SUCH_UNIT,
  PH_ERROR_DATA_INVALID,
  PH_ERROR_DIVERGED,
  PH_ERROR_NO_MEMORY,
} PhError;

#define PH_ERROR (ph_error_quark ())
GQuark ph_error_quark (void);

G_END_DECLS
