#pragma once

#include "ui/class-list.h"
#include "ui/learn-page.h"
#include "ui/learn-way.h"
#include "ui/learning-view.h"
#include "ui/learning.h"
#include "ui/run-list.h"

G_BEGIN_DECLS

struct _PhLearnPage
{
  PhPage parent_instance;

  /* borrowed: children of the template */
  GtkStack *states;
  AdwStatusPage *failed;
  GtkSpinner *spinner;
  GtkBox *go_on_box;
  AdwFlap *flap;
  GtkLabel *title_label;
  GtkLabel *facts_label;
  GtkButton *pause_button;
  GtkWidget *start_button;
  GtkWidget *status_box;
  GtkProgressBar *progress_bar;
  GtkLabel *status_label;
  GtkInfoBar *info_bar;
  GtkLabel *info_label;
  GtkStack *views;
  PhClassList *classes;
  PhLearningView *view;
  GtkWidget *no_runs;
  GtkWidget *runs_box;
  PhRunList *runs;
  GtkLabel *together_label;
  PhLearnWay *way;

  /* owned */
  char *folder; /* of the folders of trainings */
  char *images; /* as they were asked for: a path, or "world:NAME" */
  PhDataset *dataset;
  PhLearning *learning;      /* nullable: the newest */
  PhTrainingRecord *pending; /* nullable: to go on with, once its images are open */
  GPtrArray *records;        /* nullable: PhTrainingRecord: all trainings of the folder */
  PhJob *open_job, *advice_job, *together_job, *records_job;
  char *saved_folder;

  gboolean visible;
  gboolean start_when_open; /* a training, as soon as the images are */
  gboolean discarding;      /* the training is cancelled in order to be thrown away */
};

/* learn-page.c */
void ph_learn_page_set_state (PhLearnPage *self, const char *state);
void ph_learn_page_update_actions (PhLearnPage *self);
/* Tells something that went wrong above what is shown; NULL: nothing does. */
void ph_learn_page_show_info (PhLearnPage *self, const char *sentence);
/* Forgets a job whose result is no more wanted, and cancels it. */
void ph_learn_page_drop_job (PhLearnPage *self, PhJob **job);

/* learn-page-images.c */
void ph_learn_page_choose_images (PhLearnPage *self, GtkFileChooserAction action);
void ph_learn_page_close_images (PhLearnPage *self);
void ph_learn_page_init_drop (PhLearnPage *self);

/* learn-page-run.c */
gboolean ph_learn_page_is_learning (PhLearnPage *self);
void ph_learn_page_train (PhLearnPage *self);
void ph_learn_page_go_on (PhLearnPage *self, const PhTrainingRecord *record);
void ph_learn_page_pause (PhLearnPage *self);
void ph_learn_page_stop (PhLearnPage *self);
void ph_learn_page_discard (PhLearnPage *self);
void ph_learn_page_advise (PhLearnPage *self);
void ph_learn_page_init_run (PhLearnPage *self);

/* learn-page-runs.c */
/* Reads the folder of trainings anew, in the background. */
void ph_learn_page_read_records (PhLearnPage *self);
/* Shows those that belong to the images, or that may go on. */
void ph_learn_page_show_records (PhLearnPage *self);
const PhTrainingRecord *ph_learn_page_find_record (PhLearnPage *self, const char *folder);
void ph_learn_page_remove (PhLearnPage *self, const char *folder);
void ph_learn_page_measure_together (PhLearnPage *self);
void ph_learn_page_init_runs (PhLearnPage *self);
/* (nullable): path of the network that the newest training made. Caller frees. */
char *ph_learn_page_dup_network (PhLearnPage *self);
void ph_learn_page_open_network (PhLearnPage *self);
void ph_learn_page_choose_export (PhLearnPage *self);

G_END_DECLS
