#include "kernels/conv.h"

#include "kernels/conv-private.h"
#include "kernels/conv-weights.h"
#include "kernels/parallel.h"
#include "kernels/pointwise.h"

struct _PhConv
{
  PhConvShape shape;
  PhEpilogue epilogue;
  gboolean masks; /* the gradient comes without the clamp's derivative */
  gsize scratch;
  guint threads;      /* that the scratch is for */
  gsize weights_tile; /* of the gradient to the weights by Winograd's algorithm, or 0 */

  /* owned */
  PhPass *forward, *gradient; /* nullable: not needed */
  char *name;
};

gsize
ph_conv_output_size (gsize in, gssize pad_before, gssize pad_after, gsize filter, gsize dilation,
                     gsize stride)
{
  gssize room = (gssize)in + pad_before + pad_after - (gssize)((filter - 1) * dilation) - 1;

  return room < 0 ? 0 : (gsize)room / stride + 1;
}

PhConv *
ph_conv_new (const PhConvShape *shape, const float *weights, const float *bias,
             const PhEpilogue *epilogue, PhConvNeeds needs)
{
  PhConv *conv = g_new0 (PhConv, 1);

  conv->shape = *shape;
  conv->threads = ph_parallel_get_threads ();
  if (epilogue != NULL)
    conv->epilogue = *epilogue;
  conv->masks = conv->epilogue.kind == PH_ACTIVATION_CLAMP && (needs & PH_CONV_GRADIENT_GATED) == 0;
  if (needs & PH_CONV_FORWARD)
    conv->forward = ph_pass_new_forward (shape, epilogue);
  if (needs & PH_CONV_BACKWARD_DATA)
    conv->gradient = ph_pass_new_gradient (shape, conv->masks);
  if (((needs & PH_CONV_FORWARD) && conv->forward == NULL) ||
      ((needs & PH_CONV_BACKWARD_DATA) && conv->gradient == NULL))
    {
      ph_conv_free (conv);
      return NULL;
    }
  if (weights != NULL)
    ph_conv_set_weights (conv, weights, bias, needs);
  if (conv->forward != NULL)
    conv->scratch = ph_pass_scratch (conv->forward);
  if (conv->gradient != NULL)
    conv->scratch = MAX (conv->scratch, ph_pass_scratch (conv->gradient));
  if (needs & PH_CONV_BACKWARD_WEIGHTS)
    {
      gsize tile = conv->weights_tile = ph_conv_weights_choose_winograd (shape);

      conv->scratch =
          MAX (conv->scratch, tile > 0 ? ph_conv_weights_winograd_scratch (shape, tile)
                                       : ph_conv_weights_scratch (shape, conv->threads));
    }
  conv->name =
      g_strdup_printf ("%s/%s%s", conv->forward != NULL ? ph_pass_algorithm (conv->forward) : "-",
                       conv->gradient != NULL ? ph_pass_algorithm (conv->gradient) : "-",
                       conv->weights_tile == 2   ? "/winograd2"
                       : conv->weights_tile == 4 ? "/winograd4"
                                                 : "");
  return conv;
}

void
ph_conv_set_weights (PhConv *conv, const float *weights, const float *bias, PhConvNeeds needs)
{
  if ((needs & PH_CONV_FORWARD) && conv->forward != NULL)
    ph_pass_set_weights (conv->forward, weights, bias);
  if ((needs & PH_CONV_BACKWARD_DATA) && conv->gradient != NULL)
    ph_pass_set_weights (conv->gradient, weights, NULL);
}

void
ph_conv_free (PhConv *conv)
{
  if (conv == NULL)
    return;
  ph_pass_free (conv->forward);
  ph_pass_free (conv->gradient);
  g_free (conv->name);
  g_free (conv);
}

gsize
ph_conv_scratch (const PhConv *conv)
{
  return conv->scratch;
}

const char *
ph_conv_algorithm (const PhConv *conv)
{
  return conv->name;
}

void
ph_conv_forward (const PhConv *conv, const float *x, const float *summand, float *y,
                 gpointer scratch)
{
  PhCorrelationCall call = { .x = x, .add = summand, .y = y };

  g_return_if_fail (conv->forward != NULL);
  ph_pass_run (conv->forward, &call, scratch);
}

void
ph_conv_backward_data (const PhConv *conv, const float *dy, const float *y, gboolean accumulate,
                       const PhValueGate *gate, float *dx, gpointer scratch)
{
  PhCorrelationCall call = { .x = dy, .add = accumulate ? dx : NULL, .y = dx };

  gboolean masks = conv->masks && y != NULL;

  g_return_if_fail (conv->gradient != NULL);
  if (masks)
    {
      call.mask = y;
      call.low = conv->epilogue.low;
      call.high = conv->epilogue.high;
    }
  else if (gate != NULL)
    {
      call.gate = gate->values;
      call.low = gate->low;
      call.high = gate->high;
    }
  ph_pass_run (conv->gradient, &call, scratch);
  /* A pass does one of both on the way. */
  if (gate != NULL && masks)
    ph_pointwise_gate (conv->shape.n * conv->shape.c * conv->shape.h * conv->shape.w, gate->values,
                       gate->low, gate->high, dx);
}

typedef struct
{
  const PhConvShape *shape;
  const float *dy;
  float *db;
} BiasSum;

static void
sum_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const BiasSum *b = data;
  gsize pixels = b->shape->out_h * b->shape->out_w;

  for (gsize k = begin; k < end; k++)
    for (gsize n = 0; n < b->shape->n; n++)
      b->db[k] += ph_kernels ()->sum (pixels, b->dy + (n * b->shape->k + k) * pixels);
}

void
ph_conv_backward_weights (const PhConv *conv, const float *x, const float *dy, float *dw, float *db,
                          gpointer scratch)
{
  BiasSum bias = { &conv->shape, dy, db };

  if (dw != NULL && conv->weights_tile > 0)
    ph_conv_weights_winograd_run (&conv->shape, conv->weights_tile, x, dy, dw, scratch);
  else if (dw != NULL)
    ph_conv_weights_run (&conv->shape, x, dy, dw, conv->threads, scratch);
  if (db != NULL)
    ph_parallel_for (conv->shape.k, 1, sum_channels, &bias);
}
