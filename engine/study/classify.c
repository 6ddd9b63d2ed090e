#include "study/classify.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>

struct _PhClassifier
{
  /* owned */
  PhModel *model;
  PhPlan *plan;
  PhRun *run;
  gboolean whole;
};

PhClassifier *
ph_classifier_new (PhModel *model, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  int logits = ph_model_get_logits (model);
  g_autoptr (PhClassifier) classifier = g_new0 (PhClassifier, 1);

  classifier->model = g_object_ref (model);
  if (logits < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   _ ("%s does not tell classes apart; choose a classifier"),
                   ph_model_get_name (model));
      return NULL;
    }
  classifier->plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &logits, 1, FALSE, error);
  if (classifier->plan == NULL)
    return NULL;
  classifier->run = ph_run_new (classifier->plan, error);
  return classifier->run != NULL ? g_steal_pointer (&classifier) : NULL;
}

void
ph_classifier_free (PhClassifier *classifier)
{
  g_clear_pointer (&classifier->run, ph_run_free);
  g_clear_pointer (&classifier->plan, ph_plan_unref);
  g_clear_object (&classifier->model);
  g_free (classifier);
}

void
ph_classifier_set_whole (PhClassifier *classifier, gboolean whole)
{
  classifier->whole = whole;
}

static int
more_probable (gconstpointer a, gconstpointer b)
{
  const PhPrediction *x = a, *y = b;

  if (x->logit != y->logit)
    return x->logit > y->logit ? -1 : 1;
  return x->class_number < y->class_number ? -1 : 1;
}

PhPrediction *
ph_predictions_new (const float *logits, guint n)
{
  PhPrediction *all = g_new (PhPrediction, n);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    all[i] = (PhPrediction){ .class_number = i, .logit = logits[i] };
  qsort (all, n, sizeof *all, more_probable);
  for (guint i = 0; i < n; i++)
    sum += all[i].probability = exp ((double)all[i].logit - all[0].logit);
  for (guint i = 0; i < n; i++)
    all[i].probability /= sum;
  return all;
}

PhPrediction *
ph_classifier_predict (PhClassifier *classifier, const PhImage *image, guint *n,
                       GCancellable *cancellable, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (classifier->model);
  g_autoptr (PhImage) input = ph_preprocess_fit (p, image, classifier->whole, error);

  if (input == NULL)
    return NULL;
  ph_preprocess_apply (p, 1, p->height, p->width, input->data,
                       ph_run_get_input (classifier->run, 0));
  if (!ph_run_forward (classifier->run, cancellable, error))
    return NULL;

  *n = ph_model_get_n_classes (classifier->model);
  return ph_predictions_new (
      ph_run_get_value (classifier->run, ph_model_get_logits (classifier->model)), *n);
}
