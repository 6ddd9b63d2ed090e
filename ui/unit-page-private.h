#pragma once

#include "ui/activation-grid.h"
#include "ui/circuit-strip.h"
#include "ui/example-strip.h"
#include "ui/frame-history.h"
#include "ui/image-view.h"
#include "ui/piece-list.h"
#include "ui/plot.h"
#include "ui/setting-rows.h"
#include "ui/unit-page.h"

G_BEGIN_DECLS

/* What is raised: the order is that of the choices of the objective's row. */
typedef enum
{
  PH_AIM_CHANNEL, /* or the class */
  PH_AIM_NEURON,
  PH_AIM_LAYER,
  PH_AIM_FORMULA,
} PhAim;

struct _PhUnitPage
{
  PhPage parent_instance;

  /* borrowed: children of the template */
  AdwFlap *flap;
  GtkWidget *toolbar;
  GtkLabel *title_label;
  GtkLabel *facts_label;
  GtkInfoBar *info_bar;
  GtkLabel *info_label;
  GtkButton *info_button;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  AdwStatusPage *failed_page;
  PhImageView *image_view;
  GtkWidget *bar;
  GtkWidget *pause_button;
  GtkRange *scrubber;
  GtkAdjustment *scrubber_adjustment;
  GtkLabel *status_label;
  GtkLabel *value_label;
  PhPlot *plot;
  GtkBox *panel_box;
  GtkDropDown *preset_drop;
  GtkStringList *preset_list;
  GtkLabel *preset_label;
  GtkDropDown *objective_drop;
  GtkStringList *objective_list;
  GtkLabel *objective_label;
  GtkWidget *grid_row;
  GtkLabel *grid_label;
  PhActivationGrid *grid;
  GtkWidget *formula_row;
  GtkBox *formula_box;
  PhPieceList *terms;
  PhSettingRows *rows;
  PhExampleStrip *strip;
  PhCircuitStrip *circuit;

  /* owned */
  PhFrameHistory *history;
  PhPlotSeries *curve;
  PhJob *job;         /* the current run; results of any other are ignored */
  PhJob *load_job;    /* reads a recipe */
  PhAscent *ascent;   /* of a run that was stopped, to continue with */
  char *formula;      /* what PH_AIM_FORMULA raises */
  GArray *term_items; /* PhSettingItem: what can be added to it; owns its texts */
  GPtrArray *presets; /* PhAscentPreset: the user's own */
  GError *error;      /* why there is no picture, or why it went no further */
  char *saved_folder;
  PhRecipe *stored_recipe; /* of a stored file that no run makes: from a photograph, of several */

  /* what is shown */
  gboolean has_unit; /* FALSE: nothing, or only a formula */
  PhUnit unit;
  PhAim aim;
  PhAim aims[4];         /* aim of each choice of the objective's row */
  gboolean stored;       /* the picture comes from a file, nothing has run */
  gboolean finished;     /* all steps were made */
  gboolean following;    /* the newest frame is shown as it comes */
  gboolean visible;      /* the page has been entered */
  gboolean left_running; /* and goes on when the page is entered again */
  gboolean comparing;
  gboolean looking_before;
  gboolean refreshing;           /* rows are being set by the page itself */
  guint shown_frame;             /* index in the history */
  PhFrame *first_frame;          /* (borrowed): the one that is compared with */
  guint n_steps;                 /* that the run will make */
  guint view_height, view_width; /* at which the network sees the picture; 0 until known */

  /* sources */
  guint restart_source;
  guint spinner_source;

  /* measured, in microseconds of the monotonic clock */
  gint64 asked_at, first_frame_at, ended_at;
  gint64 timed_from; /* steps are timed from there, n_timed_from; 0: from the next on */
  guint n_timed_from;
  guint n_seen, n_frames;
  double step_time;
};

/* unit-page-view.c */
void ph_unit_page_update (PhUnitPage *self);
void ph_unit_page_update_status (PhUnitPage *self);
void ph_unit_page_show_frame (PhUnitPage *self, guint i);
void ph_unit_page_set_error (PhUnitPage *self, const GError *error);
/* Forgets the pictures and the curve of the former unit or run. */
void ph_unit_page_clear (PhUnitPage *self);

/* unit-page.c */
/* Goes to another unit on the user's wish and tells the window. */
void ph_unit_page_go (PhUnitPage *self, const PhUnit *unit);
/* What a set of images and what the weights say about the unit. */
void ph_unit_page_show_strips (PhUnitPage *self);
/* Shows step 0 alone as long as a key is held. */
void ph_unit_page_look_before (PhUnitPage *self, gboolean look);

/* unit-page-run.c */
/* Starts from noise, at once; replaces what runs. */
void ph_unit_page_start (PhUnitPage *self);
/* The same after the user has not changed anything for a moment. */
void ph_unit_page_start_soon (PhUnitPage *self);
/* Goes on after a stop. */
void ph_unit_page_continue (PhUnitPage *self);
/* Takes up what leaving the page interrupted. */
void ph_unit_page_resume (PhUnitPage *self);
void ph_unit_page_cancel (PhUnitPage *self);
gboolean ph_unit_page_is_running (PhUnitPage *self);

/* unit-page-objective.c */
void ph_unit_page_init_objective (PhUnitPage *self);
void ph_unit_page_set_aim (PhUnitPage *self, const PhUnit *unit, const char *formula);
void ph_unit_page_update_objective (PhUnitPage *self);
/* The activations that came with the shown frame, in the grid of positions. */
void ph_unit_page_update_map (PhUnitPage *self);
/* The unit @by places further in its layer or among the classes; FALSE at the end. */
gboolean ph_unit_page_find_neighbour (PhUnitPage *self, int by, PhUnit *unit);

/* unit-page-save.c */
/* Asks for a file and writes the strip of examples to it. */
void ph_unit_page_choose_strip_file (PhUnitPage *self);

/* unit-page-terms.c */
void ph_unit_page_init_terms (PhUnitPage *self);
/* Shows the terms of the formula, and what can be added on this page. */
void ph_unit_page_update_terms (PhUnitPage *self);
/* unit-page-presets.c */
void ph_unit_page_init_presets (PhUnitPage *self);
void ph_unit_page_update_preset (PhUnitPage *self);
/* Makes them those of the page, and a picture with them. */
void ph_unit_page_take_settings (PhUnitPage *self, const PhAscentSettings *settings);
/* Asks for a name, then saves. */
void ph_unit_page_name_preset (PhUnitPage *self);
void ph_unit_page_delete_preset (PhUnitPage *self);

/* unit-page-actions.c */
void ph_unit_page_install_actions (GtkWidgetClass *widget_class);
void ph_unit_page_update_actions (PhUnitPage *self);
void ph_unit_page_init_keys (PhUnitPage *self);

/* unit-page-save.c */
void ph_unit_page_choose_file (PhUnitPage *self);
void ph_unit_page_copy_picture (PhUnitPage *self);
void ph_unit_page_copy_name (PhUnitPage *self);
void ph_unit_page_copy_recipe (PhUnitPage *self);

/* unit-page-stored.c */
void ph_unit_page_cancel_loading (PhUnitPage *self);
/* Ends that what is shown comes from a recipe that no run makes. */
void ph_unit_page_forget_recipe (PhUnitPage *self);

/* Asks for a file and makes what is stored again. */
void ph_unit_page_choose_again (PhUnitPage *self);

G_END_DECLS
