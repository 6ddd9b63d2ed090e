#pragma once

#include "base/tensor.h"
#include "network/attrs.h"

G_BEGIN_DECLS

typedef struct _PhNode PhNode;
typedef struct _PhStep PhStep;
typedef struct _PhRun PhRun;

/**
 * PhOpFlags:
 * @PH_OP_VIEW: output 0 is input 0 under another shape: in a plan neither `forward` nor `backward`
 *   is called, value and gradient share memory. `forward` (ph_op_copy_forward) serves folding.
 * @PH_OP_IN_PLACE: output 0 has the size of input 0 and may share its memory: `forward` reads
 *   element i of input 0 before it writes element i of output 0 and nothing later
 * @PH_OP_KEEP_INPUTS, @PH_OP_KEEP_OUTPUTS: `backward` reads the data of inputs or outputs. `infer`
 *   may refine this per input and output in #PhStep.keep_inputs and keep_outputs.
 * @PH_OP_OVERWRITES: `backward` asks ph_run_accumulates() and overwrites a gradient that it is the
 *   first to write; without this flag the run zeroes it before, and `backward` always adds
 * @PH_OP_GATES: `backward` heeds ph_run_gate(); without it the run closes the gates behind it
 * @PH_OP_POINTWISE: each output position depends on the same position of the inputs only (any
 *   channels), so receptive fields pass through
 * @PH_OP_RANDOM: never folded
 * @PH_OP_SHAPE_ONLY: `forward` reads only the shapes of the inputs, never their data, so it is
 *   always folded
 */
typedef enum
{
  PH_OP_VIEW = 1 << 0,
  PH_OP_IN_PLACE = 1 << 1,
  PH_OP_KEEP_INPUTS = 1 << 2,
  PH_OP_KEEP_OUTPUTS = 1 << 3,
  PH_OP_OVERWRITES = 1 << 4,
  PH_OP_POINTWISE = 1 << 5,
  PH_OP_RANDOM = 1 << 6,
  PH_OP_SHAPE_ONLY = 1 << 7,
  PH_OP_GATES = 1 << 8,
} PhOpFlags;

/**
 * PhRole:
 * @PH_ROLE_WEIGHT: filters or a matrix
 * @PH_ROLE_BIAS: added to each channel
 * @PH_ROLE_SCALE: factor of each channel
 * @PH_ROLE_STATISTIC: mean or variance of what has been seen; has no gradient in training
 *
 * What a constant at an input is to those who learn it. Weights are what decay is for.
 */
typedef enum
{
  PH_ROLE_NONE,
  PH_ROLE_WEIGHT,
  PH_ROLE_BIAS,
  PH_ROLE_SCALE,
  PH_ROLE_STATISTIC,
} PhRole;

#define PH_MAX_ROLES 5

/**
 * PhGate:
 *
 * A gradient passes only where the value it belongs to lies strictly between these: the derivative
 * of a clamp, asked of the clamp's output. Whoever writes such a gradient closes the gate, so that
 * the step with the clamp gets it ready for use.
 */
typedef struct
{
  float low, high;
} PhGate;

/**
 * PhWindow:
 *
 * How one output position of a step looks at input positions along one axis: output o sees inputs
 * o * stride - before … o * stride - before + extent - 1.
 */
typedef struct
{
  double extent, stride, before;
} PhWindow;

/**
 * PhOpClass:
 * @name: as ONNX spells it
 * @summary: one line for the operator table
 * @min_inputs, @max_inputs: trailing optional inputs may be absent; G_MAXUINT: any number
 * @max_outputs: likewise
 * @roles: of inputs that are learned where they are constants
 * @config_size: bytes of the typed configuration of a node, zeroed before `configure`
 * @configure: (nullable): parses node->attrs (mind node->opset) into node->config; checks what can
 *   be checked without shapes
 * @clear_config: (nullable): frees what the configuration owns (not the struct itself)
 * @state_size: bytes of the private state of a step, zeroed before `infer`
 * @infer: from step->in[] (types, shapes, constants where known) to step->out[] (type and shape of
 *   each output; the plan has set them to %PH_TYPE_NONE). May write the state. Everything that can
 *   fail, fails here with a message that gives expected and actual shapes but no node name.
 * @absorb: (nullable): whether this step can do the work of @next, the only consumer of its output
 *   0, as part of its own `forward` (bias, batch norm, activation, …). Returning %TRUE records it
 *   in the state; the plan then removes @next and lets output 0 stand for the output of @next, and
 *   runs this step in the place of @next, so that inputs of that may be taken over by
 *   ph_step_take_input(). Only called where nobody asks for the value in between. Called after
 *   `infer` and before `prepare`.
 * @take_in: (nullable): likewise whether this step can do the work of @previous, which makes its
 *   input 0 for it alone. The plan then removes @previous and lets its input 0 be the input.
 * @gate: (nullable): whether this step ends with a clamp whose derivative the writers of the
 * gradient at output 0 may apply; then step->gated tells in `prepare` whether they do
 * @takes_noise: (nullable): whether each channel of output 0 may be multiplied by a positive number
 *   and the step still goes back rightly, given its gradient multiplied by the same
 * @prepare: (nullable): called once after shapes and fusion are settled: packs constant weights,
 *   sets step->scratch_size and step->saved_size (bytes). step->wants_gradient tells whether
 *   `backward` will be called.
 * @clear_state: (nullable): frees what the state owns
 * @parts: (nullable): whether input @i is, as it is, a part of output 0, which begins @offset bytes
 *   into it. The plan may then let it be made there; `forward` and `backward` find the same memory
 *   and leave it alone.
 * @forward: computes all wanted outputs. Nothing may fail, nothing may be allocated when weights
 * are constant.
 * @backward: adds the gradient of each input that is wanted; %NULL: not differentiable. Integer
 *   inputs never have a gradient.
 * @work: (nullable): products that `forward` adds up, for reports of speed
 * @algorithm: (nullable): how `forward` and `backward` compute, in a word each, for the same
 * @window: (nullable): for operators that look at a window: rows and columns (the last two axes).
 *
 * One operator. The order in a file is configure, infer, (absorb, prepare), forward, backward.
 */
typedef struct
{
  const char *name;
  const char *summary;
  guint min_inputs, max_inputs, max_outputs;
  PhOpFlags flags;
  PhRole roles[PH_MAX_ROLES];
  gsize config_size;
  gsize state_size;
  gboolean (*configure) (PhNode *node, GError **error);
  void (*clear_config) (gpointer config);
  gboolean (*infer) (PhStep *step, GError **error);
  gboolean (*absorb) (PhStep *step, const PhStep *next);
  gboolean (*take_in) (PhStep *step, const PhStep *previous);
  gboolean (*gate) (const PhStep *step, PhGate *gate);
  gboolean (*takes_noise) (const PhStep *step);
  gboolean (*prepare) (PhStep *step, GError **error);
  void (*clear_state) (gpointer state);
  gboolean (*parts) (const PhStep *step, guint i, gsize *offset);
  void (*forward) (const PhStep *step, PhRun *run);
  void (*backward) (const PhStep *step, PhRun *run);
  void (*window) (const PhStep *step, PhWindow *rows, PhWindow *columns);
  double (*work) (const PhStep *step);
  const char *(*algorithm) (const PhStep *step);
} PhOpClass;

/** ph_op_lookup: (nullable): the operator of ONNX's default domain named @name. */
const PhOpClass *ph_op_lookup (const char *name);

/** ph_op_list: all operators, %NULL-terminated, alphabetical. */
const PhOpClass *const *ph_op_list (void);

/**
 * PhNode:
 * @name: unique in the graph, as the file has it or made from the output's name
 * @op: (nullable): %NULL when we lack the operator
 * @opset: version of the operator set that the file was written for
 * @inputs, @outputs: indices of values, -1 for an omitted optional
 * @config: (owned): typed configuration
 *
 * A node of a graph; immutable once the graph is finished, shared by all plans.
 */
struct _PhNode
{
  /* owned */
  char *name;
  char *op_type;
  char *domain;
  PhAttrs *attrs;
  gpointer config;
  int *inputs;
  int *outputs;
  /* borrowed */
  const PhOpClass *op;

  guint n_inputs, n_outputs;
  int opset;
};

/**
 * PhSpec:
 * @constant: (borrowed) (nullable): the value, when it is known before the run
 *
 * What a plan knows of a value.
 */
typedef struct
{
  PhType type;
  PhShape shape;
  const PhTensor *constant;
} PhSpec;

/**
 * PhStep:
 * @in: (borrowed): %NULL for an omitted optional input; has max (n_inputs, op->max_inputs) entries
 *   when max_inputs is finite, so that a missing trailing input reads as %NULL
 * @out: %NULL for an output that the node does not have
 * @keep_inputs, @keep_outputs: bit i: `backward` reads the data of input or output i
 * @wants_gradient: whether `backward` will be called
 * @gradient_inputs: bit i: the gradient of input i will be asked for
 * @parameter_inputs: bit i: input i is a parameter, which changes between passes
 * @training: as in #PhQuestion
 * @gated: whether the gradient at output 0 is 0 already where `gate` of the operator says so
 * @is_view: as %PH_OP_VIEW; `infer` may set it where a step turns out to change nothing (a Dropout
 *   without mask, a Cast between real types), provided `forward` still copies when called
 *
 * A node in one plan: all shapes known.
 */
struct _PhStep
{
  /* borrowed */
  const PhNode *node;
  const PhOpClass *op;
  gconstpointer config;
  const PhSpec **in;
  PhSpec **out;

  /* owned */
  gpointer state;

  guint n_inputs, n_outputs;
  gsize scratch_size, saved_size;
  guint64 keep_inputs, keep_outputs;
  guint64 gradient_inputs, parameter_inputs;
  gboolean wants_gradient;
  gboolean training;
  gboolean gated;
  gboolean is_view;

  /*< private >*/
  int *in_values, *out_values; /* owned: values of the plan, after fusion; -1: none */
  const PhGate **gates;        /* owned, nullable: of each input, nullable */
  PhGate gate;                 /* at output 0, when gated */
  gsize saved_offset;
  gboolean removed;
};

/** ph_step_fail: sets @error with @code and a formatted sentence; always returns %FALSE. */
gboolean ph_step_fail (GError **error, PhError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

/** ph_step_constant: (nullable): known value of input @i. */
const PhTensor *ph_step_constant (const PhStep *step, guint i);

/** ph_step_set_out: sets type and shape of output @i; does nothing when the node lacks it. */
void ph_step_set_out (PhStep *step, guint i, PhType type, const PhShape *shape);

/** ph_step_take_input: makes input @i of @next, which is about to be absorbed, a further input of
 * @step. Returns: its number. */
guint ph_step_take_input (PhStep *step, const PhStep *next, guint i);

/**
 * ph_step_get_ints:
 * @what: name of the input for the message, as "axes"
 * @n: (out): how many
 *
 * The known integers of input @i, for operators whose output shape depends on them.
 *
 * Returns: (transfer none): %NULL with an error when the value is not known before the run.
 */
const gint64 *ph_step_get_ints (const PhStep *step, guint i, const char *what, gsize *n,
                                GError **error);

/* Data of a run, for forward and backward. Constants are read through the same functions. */

/** ph_run_in: (nullable): data of input @i: `float` for real types, `gint64` otherwise. */
gconstpointer ph_run_in (const PhRun *run, const PhStep *step, guint i);

/** ph_run_in_parameter: (nullable): the memory of input @i to be changed by a forward pass in
 * training; %NULL unless it is a parameter to which ph_run_set_parameter() gave memory. */
float *ph_run_in_parameter (PhRun *run, const PhStep *step, guint i);

/** ph_run_out: (nullable): memory of output @i; %NULL when nobody wants it. In backward: its data,
 * if kept. */
gpointer ph_run_out (PhRun *run, const PhStep *step, guint i);

/** ph_run_in_grad: (nullable): gradient of input @i to add to; %NULL when not wanted. */
float *ph_run_in_grad (PhRun *run, const PhStep *step, guint i);

/** ph_run_out_grad: (nullable): gradient at output @i; %NULL when nothing flows back from there. */
const float *ph_run_out_grad (const PhRun *run, const PhStep *step, guint i);

/** ph_step_gate: (nullable): what the gradient of input @i passes by most rules. */
const PhGate *ph_step_gate (const PhStep *step, guint i);

/** ph_run_gate: (nullable): what the gradient of input @i must pass in this run; its value is there
 * to be asked in `backward`. */
const PhGate *ph_run_gate (const PhRun *run, const PhStep *step, guint i);

/** ph_run_close_gates: sets the gradients of all inputs to 0 where they may not pass. */
void ph_run_close_gates (PhRun *run, const PhStep *step);

/** ph_run_accumulates: for %PH_OP_OVERWRITES: whether the gradient of input @i already holds
 * something that must be added to. Two inputs may be the same value: the first of them is asked
 * first. */
gboolean ph_run_accumulates (const PhRun *run, const PhStep *step, guint i);

/**
 * ph_run_rectify:
 * @high: where the relu ends, +inf if nowhere
 *
 * First thing in `backward` of every operator that ends in a relu: changes the gradient at output 0
 * by the rule of the run (PhRule in network/run.h). Output 0 must have been kept.
 *
 * Returns: whether that was all, so that the relu's derivative must not be applied any more.
 */
gboolean ph_run_rectify (PhRun *run, const PhStep *step, float high);

/** ph_run_scratch: step->scratch_size bytes, aligned, any content, shared by all steps. */
gpointer ph_run_scratch (PhRun *run, const PhStep *step);

/** ph_run_saved: step->saved_size bytes that survive from forward to backward. */
gpointer ph_run_saved (PhRun *run, const PhStep *step);

/** ph_run_get_seed: of ph_run_set_seed(), for operators that are random in training. */
guint64 ph_run_get_seed (const PhRun *run);

/** ph_op_copy_forward: `forward` of every view: copies input 0 to output 0. */
void ph_op_copy_forward (const PhStep *step, PhRun *run);

G_END_DECLS
