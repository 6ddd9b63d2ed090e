#pragma once

#include "ui/change-list.h"
#include "ui/class-bars.h"
#include "ui/compare-page.h"
#include "ui/frame-history.h"
#include "ui/image-view.h"
#include "ui/plot.h"
#include "ui/setting-rows.h"
#include "ui/strip-job.h"

G_BEGIN_DECLS

/* What the two pictures are made for: the order is that of the choices of aim_drop. */
typedef enum
{
  PH_COMPARE_UNIT,       /* the unit in each network */
  PH_COMPARE_DIFFERENCE, /* what it answers to in one but not in the other */
} PhCompareAim;

/* Which of the two is in view. */
typedef enum
{
  PH_LOOK_BOTH,
  PH_LOOK_FIRST,
  PH_LOOK_SECOND,
  PH_N_LOOKS,
} PhCompareLook;

struct _PhComparePage
{
  PhPage parent_instance;

  /* borrowed: children of the template */
  AdwFlap *flap;
  GtkStack *states;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  AdwStatusPage *failed;
  GtkMenuButton *recent_buttons[2];
  GtkLabel *unit_label;
  GtkLabel *facts_label;
  GtkToggleButton *looks[PH_N_LOOKS];
  GtkWidget *sides[2];
  GtkLabel *captions[2];
  PhImageView *views[2];
  GtkBox *strips[2];
  GtkDropDown *aim_drop;
  GtkRange *scrubber;
  GtkAdjustment *scrubber_adjustment;
  GtkLabel *status_label;
  GtkRange *blend_scale;
  GtkLabel *blend_label;
  GtkWidget *epoch_box;
  GtkRange *epoch_scale;
  GtkLabel *epoch_label;
  GtkLabel *strip_label;
  GtkStack *histogram_stack;
  PhPlot *histogram;
  GtkMenuButton *images_button;
  GtkLabel *images_label;
  GtkProgressBar *progress;
  GtkLabel *summary_label;
  PhPlot *map;
  GtkLabel *map_label;
  GtkDropDown *layer_drop;
  GtkDropDown *measure_drop;
  GtkDropDown *verdict_drop;
  GtkListView *list_view;
  GtkWidget *image_box;
  GtkPicture *image_pictures[2];
  PhClassBars *image_bars[2];
  PhPlot *way_plot;
  GtkLabel *way_label;
  GtkBox *settings_box;

  /* owned */
  PhModel *other;           /* the second network, NULL until one is open */
  char *path, *wanted_path; /* where it came from; what is being opened */
  PhComparison *comparison; /* NULL until both are open */
  PhChangeList *list;
  GtkSingleSelection *selection;
  PhSettingRows *thresholds, *recipe; /* borrowed: in settings_box */
  PhJob *load_job, *compare_job, *pictures_job, *strip_jobs[2], *way_job, *image_job;
  PhFrameHistory *history; /* frames of both pictures, one above the other */
  PhPlotSeries *map_series[2], *histogram_series[2], *way_series;
  PhDataset *dataset; /* of the images, once something has opened it */
  PhStripLoad *strip[2];
  PhBlendPath *way;  /* (nullable): what was measured on it */
  GPtrArray *epochs; /* (nullable): files of the training that the second network comes from */
  char *images;      /* path */

  gboolean has_epochs;
  gboolean has_unit;
  const PhLayerChange *layer; /* borrowed from the comparison */
  guint unit;                 /* of the layer */
  PhCompareLook look;
  gboolean following; /* the newest frame is shown as it comes */
  gboolean visible;
  gboolean refreshing; /* the page itself sets its controls */
  gboolean drawn;      /* the pictures of the unit are finished */
  guint blend_source;
};

/* compare-page.c */
void ph_compare_page_set_state (PhComparePage *self, const char *state);
void ph_compare_page_update_actions (PhComparePage *self);
/* The first or second network. */
PhModel *ph_compare_page_get_network (PhComparePage *self, guint side);
/* Goes to a unit that both have. */
void ph_compare_page_go (PhComparePage *self, const PhLayerChange *layer, guint unit);
/* Title, verdict and numbers of the unit. */
void ph_compare_page_show_unit (PhComparePage *self);

/* compare-page-open.c */
void ph_compare_page_init_drop (PhComparePage *self);
void ph_compare_page_load (PhComparePage *self, const char *path);
void ph_compare_page_drop_load (PhComparePage *self);
void ph_compare_page_choose_file (PhComparePage *self);

/* compare-page-pictures.c */
void ph_compare_page_init_pictures (PhComparePage *self);
/* Makes both pictures anew, at once or when the user has left the controls alone for a moment. */
void ph_compare_page_draw (PhComparePage *self);
void ph_compare_page_draw_soon (PhComparePage *self);
void ph_compare_page_drop_pictures (PhComparePage *self);
void ph_compare_page_set_look (PhComparePage *self, PhCompareLook look);
/* How far from the first network to the second the right picture is, 1: the second. */
double ph_compare_page_get_blend (PhComparePage *self);

/* compare-page-units.c */
void ph_compare_page_init_units (PhComparePage *self);
/* Takes a comparison (transfer full) and shows it. */
void ph_compare_page_take (PhComparePage *self, PhComparison *comparison);
/* Compares on the chosen images. */
void ph_compare_page_run (PhComparePage *self);
void ph_compare_page_stop (PhComparePage *self);
void ph_compare_page_drop_run (PhComparePage *self);
const PhCompareSettings *ph_compare_page_get_settings (PhComparePage *self);

/* compare-page-image.c */
void ph_compare_page_choose_image (PhComparePage *self);
void ph_compare_page_drop_image (PhComparePage *self);

/* compare-page-report.c */
void ph_compare_page_init_report (PhComparePage *self);
void ph_compare_page_choose_report (PhComparePage *self);
void ph_compare_page_choose_figures (PhComparePage *self);
/* Asks for a file or folder and hands it to @save_to. */
void ph_compare_page_choose_target (PhComparePage *self, const char *title,
                                    GtkFileChooserAction action, const char *name,
                                    void (*save_to) (PhComparePage *self, const char *path));
/* In the background; @func returns the path, and what came out is told in a toast. */
void ph_compare_page_start_saving (PhComparePage *self, const char *title, PhJobFunc func,
                                   gpointer spec, GDestroyNotify free_spec);
/* How well the networks between the two do. */
void ph_compare_page_measure_way (PhComparePage *self);
void ph_compare_page_forget_way (PhComparePage *self);

/* compare-page-epochs.c */
void ph_compare_page_init_epochs (PhComparePage *self);
/* Looks whether the second network comes from a training that kept its epochs. */
void ph_compare_page_find_epochs (PhComparePage *self);
/* (nullable): the file of the chosen epoch; NULL: the network as it came out. */
const char *ph_compare_page_get_epoch (PhComparePage *self);
/* "epoch 3". Caller frees. */
char *ph_compare_page_dup_epoch_title (PhComparePage *self);
void ph_compare_page_choose_film (PhComparePage *self);

/* compare-page-examples.c */
void ph_compare_page_init_examples (PhComparePage *self);
void ph_compare_page_load_examples (PhComparePage *self);
void ph_compare_page_drop_examples (PhComparePage *self);

G_END_DECLS
