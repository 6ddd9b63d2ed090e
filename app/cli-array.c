#include "app/cli-array.h"

#include <string.h>

PhTensor *
ph_cli_load_input (PhModel *model, const char *path, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape usual = ph_model_input_shape (model, 1, p->height, p->width);
  g_autoptr (PhTensor) tensor = ph_npy_load (path, error);
  guint axis = p->nhwc ? 3 : 1;

  if (tensor == NULL)
    return NULL;
  if (!ph_type_is_real (tensor->type) || tensor->shape.rank != 4 ||
      tensor->shape.dim[axis] != usual.dim[axis])
    {
      g_autofree char *is = ph_shape_dup_string (&tensor->shape);
      g_autofree char *wanted = ph_shape_dup_string (&usual);

      g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                   "%s: it holds %s numbers of type %s, the network takes %s of type float32", path,
                   is, ph_type_name (tensor->type), wanted);
      return NULL;
    }
  return g_steal_pointer (&tensor);
}

PhRun *
ph_cli_run_for (PhModel *model, const PhTensor *input, const int *targets, guint n_targets,
                gboolean gradient, GError **error)
{
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (ph_model_get_graph (model), &input->shape,
                                                   targets, n_targets, gradient, error);
  PhRun *run = plan != NULL ? ph_run_new (plan, error) : NULL;

  if (run != NULL && ph_run_get_input (run, 0) != NULL)
    memcpy (ph_run_get_input (run, 0), input->f, input->n * sizeof (float));
  return run;
}
