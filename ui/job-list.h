#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_JOB_LIST (ph_job_list_get_type ())
/** PhJobList: the jobs of a queue that are not quiet, one #PhJobRow each. */
G_DECLARE_FINAL_TYPE (PhJobList, ph_job_list, PH, JOB_LIST, GtkWidget)

void ph_job_list_set_queue (PhJobList *list, PhQueue *queue);

G_END_DECLS
