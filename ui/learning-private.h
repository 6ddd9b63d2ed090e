#pragma once

#include "ui/learning.h"

G_BEGIN_DECLS

/**
 * PhLearningNews:
 *
 * What the thread of the work puts down and the main loop takes away; under @mutex.
 */
typedef struct
{
  GMutex mutex;
  gboolean has_progress;
  PhTrainProgress progress;
  GArray *points, *epochs, *pictures;
  PhEvaluation *evaluation; /* nullable: a newer one */
  int best;
  guint n_unreadable;
  gsize n_trained, n_weights;
  PhTrainSettings *settings; /* nullable: resolved */
  char **units;              /* nullable: titles */
  char *remark;              /* nullable */
} PhLearningNews;

/**
 * PhLearningWatch:
 *
 * The watched units of a training, on the thread of the work.
 */
typedef struct
{
  /* borrowed */
  PhTraining *training;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  PhLearningNews *news;
  const char *const *wanted; /* nullable */

  /* owned */
  char **names; /* nullable: not chosen yet */

  double fraction;           /* of the whole work that is done */
  gint64 began, spent, last; /* µs: since when, drawing in all, the last round */
  int steps;                 /* of each picture, 0 before it is known */
  int drawn;                 /* epoch of the last round, -1 before the first */
} PhLearningWatch;

/**
 * ph_learning_watch_draw:
 * @epoch: how many epochs the network has learned
 * @n_epochs: how many it will
 * @must: whether to draw even where the budget is used up
 *
 * Draws each watched unit of the network as it is now, when that does not delay learning too much:
 * altogether by a fixed time that is spread over the epochs, and by a share of the time that
 * learning takes. A stop or pause is obeyed meanwhile.
 */
void ph_learning_watch_draw (PhLearningWatch *watch, guint epoch, guint n_epochs, gboolean must);
void ph_learning_watch_clear (PhLearningWatch *watch);

G_END_DECLS
