/* Principal components as a network: an autoencoder that nobody had to train. */

#include <string.h>

#include "embed/pca.h"
#include "kernels/gemm.h"

static gboolean
add_constant (PhGraph *graph, const char *name, const PhShape *shape, const float *values,
              GError **error)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, shape, error);

  if (tensor == NULL)
    return FALSE;
  memcpy (tensor->f, values, tensor->n * sizeof (float));
  return ph_graph_add_constant (graph, name, tensor, error) >= 0;
}

static gboolean
add (PhGraph *graph, const char *op, PhAttrs *attrs, const char *const *inputs, guint n_inputs,
     const char *output, GError **error)
{
  return ph_graph_add_node (graph, op, NULL, output, attrs, inputs, n_inputs,
                            (const char *const[]){ output }, 1, error);
}

static gboolean
add_constants (PhGraph *graph, const PhPca *pca, const PhShape *picture, GError **error)
{
  const gsize k = pca->n_components;
  PhShape matrix = PH_SHAPE (k, pca->size), few = PH_SHAPE (k), many = PH_SHAPE (pca->size);
  PhShape four = PH_SHAPE (4);
  const gint64 numbers[4] = { 0, picture->dim[1], picture->dim[2], picture->dim[3] };
  g_autoptr (PhTensor) shape = ph_tensor_new_ints (&four, numbers);
  g_autofree float *offset = g_new (float, k);

  ph_gemm (FALSE, TRUE, 1, k, pca->size, -1, pca->mean, pca->size, pca->components, pca->size, 0,
           offset, k);
  return add_constant (graph, "components", &matrix, pca->components, error) &&
         add_constant (graph, "bottleneck.bias", &few, offset, error) &&
         add_constant (graph, "mean", &many, pca->mean, error) &&
         ph_graph_add_constant (graph, "picture.shape", shape, error) >= 0;
}

PhGraph *
ph_pca_to_graph (const PhPca *pca, guint channels, guint height, guint width, GError **error)
{
  g_autoptr (PhGraph) graph = ph_graph_new ("principal-components", 13);
  PhShape picture = PH_SHAPE (-1, channels, height, width);
  PhAttrs *transposed = ph_attrs_new ();

  g_return_val_if_fail (pca->size == (gsize)channels * height * width, NULL);

  ph_attrs_set_int (transposed, "transB", 1);
  if (ph_graph_add_input (graph, "image", PH_TYPE_FLOAT, &picture, error) < 0 ||
      !add_constants (graph, pca, &picture, error))
    {
      ph_attrs_free (transposed);
      return NULL;
    }
  if (!add (graph, "Flatten", NULL, (const char *const[]){ "image" }, 1, "flatten", error) ||
      !add (graph, "Gemm", transposed,
            (const char *const[]){ "flatten", "components", "bottleneck.bias" }, 3, "bottleneck",
            error) ||
      !add (graph, "Gemm", NULL, (const char *const[]){ "bottleneck", "components", "mean" }, 3,
            "pixels", error) ||
      !add (graph, "Reshape", NULL, (const char *const[]){ "pixels", "picture.shape" }, 2,
            "reconstruction", error))
    return NULL;
  ph_graph_add_output (graph, "reconstruction");
  return ph_graph_finish (graph, error) ? g_steal_pointer (&graph) : NULL;
}
