/* Arithmetic of two inputs that stretch to a common shape. Integers wrap to their declared type. */

#include "ops/binary.h"

#include <math.h>

#define BINARY_CLASS(SYMBOL, NAME, SUMMARY, FLAGS, PREPARE)                                        \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 2,                                                                               \
    .max_inputs = 2,                                                                               \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | (FLAGS),                        \
    .infer = ph_binary_infer,                                                                      \
    .prepare = PREPARE,                                                                            \
    .forward = SYMBOL##_forward,                                                                   \
    .backward = SYMBOL##_backward,                                                                 \
  };

#define BINARY_FUNCTIONS(SYMBOL, BACK_A, BACK_B)                                                   \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    ph_binary_forward (step, run, SYMBOL##_row, SYMBOL##_int);                                     \
  }                                                                                                \
  static void SYMBOL##_backward (const PhStep *step, PhRun *run)                                   \
  {                                                                                                \
    ph_binary_backward (step, run, BACK_A, BACK_B);                                                \
  }

/* Unsigned arithmetic wraps where signed arithmetic would be undefined. */
#define WRAPPING(a, OPERATOR, b) ((gint64)((guint64)(a)OPERATOR (guint64) (b)))

/* Add */

PH_BINARY_ROW (add_row, a + b)

static gint64
add_int (PhType type, gint64 a, gint64 b)
{
  return WRAPPING (a, +, b);
}

BINARY_FUNCTIONS (add, NULL, NULL)
BINARY_CLASS (add, Add, "a + b", 0, NULL)

/* Sub */

PH_BINARY_ROW (sub_row, a - b)
PH_BINARY_BACK_ROW (sub_back_b, , -d)

static gint64
sub_int (PhType type, gint64 a, gint64 b)
{
  return WRAPPING (a, -, b);
}

BINARY_FUNCTIONS (sub, NULL, sub_back_b)
BINARY_CLASS (sub, Sub, "a - b", 0, NULL)

/* Mul: each gradient reads the other input only. */

static gboolean
mul_prepare (PhStep *step, GError **error)
{
  step->keep_inputs = (step->gradient_inputs & 1 ? 2 : 0) | (step->gradient_inputs & 2 ? 1 : 0);
  return TRUE;
}

PH_BINARY_ROW (mul_row, a *b)
PH_BINARY_BACK_ROW (mul_back_a, PH_LOAD_B, d *b)
PH_BINARY_BACK_ROW (mul_back_b, PH_LOAD_A, d *a)

static gint64
mul_int (PhType type, gint64 a, gint64 b)
{
  return WRAPPING (a, *, b);
}

BINARY_FUNCTIONS (mul, mul_back_a, mul_back_b)
BINARY_CLASS (mul, Mul, "a * b", PH_OP_KEEP_INPUTS, mul_prepare)

/* Div: integers are divided towards 0, and by 0 to 0. */

static gboolean
div_prepare (PhStep *step, GError **error)
{
  step->keep_inputs = step->gradient_inputs & 2 ? 3 : 2;
  return TRUE;
}

PH_BINARY_ROW (div_row, a / b)
PH_BINARY_BACK_ROW (div_back_a, PH_LOAD_B, d / b)
PH_BINARY_BACK_ROW (div_back_b, PH_LOAD_AB, -d *a / (b * b))

static gint64
div_int (PhType type, gint64 a, gint64 b)
{
  if (b == 0)
    return 0;
  if (type == PH_TYPE_UINT64)
    return (gint64)((guint64)a / (guint64)b);
  return b == -1 ? WRAPPING (0, -, a) : a / b;
}

BINARY_FUNCTIONS (div, div_back_a, div_back_b)
BINARY_CLASS (div, Div, "a / b", PH_OP_KEEP_INPUTS, div_prepare)

/* Mod: the remainder has the sign of b, or with the attribute fmod that of a. The gradient is that
 * between the jumps: 1 for a, minus the whole part of the quotient for b. */

typedef struct
{
  gboolean fmod;
} ModConfig;

static gboolean
mod_configure (PhNode *node, GError **error)
{
  ModConfig *config = node->config;

  config->fmod = ph_attrs_get_int (node->attrs, "fmod", 0) != 0;
  return TRUE;
}

PH_BINARY_ROW (mod_row, a - b * floorf (a / b))
PH_BINARY_ROW (fmod_row, fmodf (a, b))
PH_BINARY_BACK_ROW (mod_back_b, PH_LOAD_AB, -d *floorf (a / b))
PH_BINARY_BACK_ROW (fmod_back_b, PH_LOAD_AB, -d *truncf (a / b))

static gint64
fmod_int (PhType type, gint64 a, gint64 b)
{
  if (b == 0)
    return 0;
  if (type == PH_TYPE_UINT64)
    return (gint64)((guint64)a % (guint64)b);
  return b == -1 ? 0 : a % b;
}

static gint64
mod_int (PhType type, gint64 a, gint64 b)
{
  gint64 r = fmod_int (type, a, b);

  return type != PH_TYPE_UINT64 && r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static void
mod_forward (const PhStep *step, PhRun *run)
{
  const ModConfig *config = step->config;

  ph_binary_forward (step, run, config->fmod ? fmod_row : mod_row,
                     config->fmod ? fmod_int : mod_int);
}

static void
mod_backward (const PhStep *step, PhRun *run)
{
  const ModConfig *config = step->config;

  ph_binary_backward (step, run, NULL, config->fmod ? fmod_back_b : mod_back_b);
}

const PhOpClass ph_op_Mod = {
  .name = "Mod",
  .summary = "remainder of a / b",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_INPUTS,
  .config_size = sizeof (ModConfig),
  .configure = mod_configure,
  .infer = ph_binary_infer,
  .forward = mod_forward,
  .backward = mod_backward,
};

/* BitShift: of unsigned integers; shifting by the width or more gives 0. */

typedef struct
{
  gboolean left;
} BitShiftConfig;

static gboolean
bit_shift_configure (PhNode *node, GError **error)
{
  BitShiftConfig *config = node->config;
  const char *direction = ph_attrs_get_text (node->attrs, "direction", "");

  if (!g_str_equal (direction, "LEFT") && !g_str_equal (direction, "RIGHT"))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected the direction LEFT or RIGHT, got \"%s\"", direction);
  config->left = g_str_equal (direction, "LEFT");
  return TRUE;
}

static gboolean
bit_shift_infer (PhStep *step, GError **error)
{
  PhType type = step->in[0]->type;

  if (type != PH_TYPE_UINT8 && type != PH_TYPE_UINT16 && type != PH_TYPE_UINT32 &&
      type != PH_TYPE_UINT64)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected unsigned integers, got %s",
                         ph_type_name (type));
  return ph_binary_infer (step, error);
}

static gint64
shift_left (PhType type, gint64 a, gint64 b)
{
  return (guint64)b < 64 ? (gint64)((guint64)a << b) : 0;
}

static gint64
shift_right (PhType type, gint64 a, gint64 b)
{
  return (guint64)b < 64 ? (gint64)((guint64)a >> b) : 0;
}

static void
bit_shift_forward (const PhStep *step, PhRun *run)
{
  const BitShiftConfig *config = step->config;

  ph_binary_forward (step, run, NULL, config->left ? shift_left : shift_right);
}

const PhOpClass ph_op_BitShift = {
  .name = "BitShift",
  .summary = "a shifted by b bits",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE,
  .config_size = sizeof (BitShiftConfig),
  .configure = bit_shift_configure,
  .infer = bit_shift_infer,
  .forward = bit_shift_forward,
};
