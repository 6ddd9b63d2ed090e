#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_JOB_ROW (ph_job_row_get_type ())
/**
 * PhJobRow:
 *
 * A job: what it is, how far, and a way to pause, stop or cancel it; a failed one with its full
 * message, to be tried again or dismissed.
 */
G_DECLARE_FINAL_TYPE (PhJobRow, ph_job_row, PH, JOB_ROW, GtkWidget)

GtkWidget *ph_job_row_new (PhQueue *queue, PhJob *job);

G_END_DECLS
