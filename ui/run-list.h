#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_RUN_LIST (ph_run_list_get_type ())
/**
 * PhRunList:
 *
 * Trainings side by side: what was trained, how, how well it does. Each may be ticked, and opened,
 * gone on with or removed by the actions "page.open-training", "page.go-on" and
 * "page.remove-training", which are given its folder (s). Emits "ticked" after each change of
 * ticks.
 */
G_DECLARE_FINAL_TYPE (PhRunList, ph_run_list, PH, RUN_LIST, AdwBin)

GtkWidget *ph_run_list_new (void);

/**
 * ph_run_list_show:
 * @records: (element-type PhTrainingRecord): a reference is taken
 * @busy: (nullable): folder of the training that is going on
 *
 * Ticks stay with their folders.
 */
void ph_run_list_show (PhRunList *self, GPtrArray *records, const char *busy);

/** ph_run_list_dup_ticked: (transfer container) (element-type PhTrainingRecord): valid until others
 * are shown. */
GPtrArray *ph_run_list_dup_ticked (PhRunList *self);

/** ph_run_list_tick: ticks the training in @folder or takes the tick away. */
void ph_run_list_tick (PhRunList *self, const char *folder, gboolean ticked);

/** ph_run_list_show_measured: what the training in @folder achieves on the images that were
 * measured together. */
void ph_run_list_show_measured (PhRunList *self, const char *folder, double accuracy);

guint ph_run_list_get_n (PhRunList *self);

/** ph_training_record_dup_title: "mobilenet, new head"; for people. Caller frees. */
char *ph_training_record_dup_title (const PhTrainingRecord *record);

G_END_DECLS
