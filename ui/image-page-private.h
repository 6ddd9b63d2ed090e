#pragma once

#include "ui/active-units.h"
#include "ui/class-bars.h"
#include "ui/direction-pictures.h"
#include "ui/image-canvas.h"
#include "ui/image-page.h"
#include "ui/setting-rows.h"

G_BEGIN_DECLS

/* What lies over the picture: the order is that of the choices of over_drop. */
typedef enum
{
  PH_OVER_WHY,
  PH_OVER_LAYER,
  PH_OVER_PICTURES, /* what the layer makes of each place */
  PH_OVER_NOTHING,
} PhOver;

/* Places of a layer along a side that get a picture each. */
#define PH_MOST_PLACES 16

/* What the pointer does: no brush, or one of PhBrush + 1. */
typedef int PhTool;
#define PH_TOOL_LOOK 0
#define PH_N_TOOLS 5

struct _PhImagePage
{
  PhPage parent_instance;

  /* borrowed: children of the template */
  AdwFlap *flap;
  GtkStack *states;
  AdwStatusPage *failed;
  GtkSpinner *spinner;
  GtkLabel *title_label;
  GtkLabel *facts_label;
  PhImageCanvas *canvas;
  GtkDropDown *over_drop;
  GtkScale *opacity_scale;
  GtkToggleButton *tools[PH_N_TOOLS];
  GtkWidget *camera_button, *camera_bar, *take_button;
  GtkColorButton *colour_button;
  GtkScale *size_scale;
  GtkScale *angle_scale;
  PhClassBars *bars;
  GtkWidget *no_classes;
  GtkEditable *unit_entry;
  GtkLabel *unit_value;
  GtkDropDown *method_drop;
  GtkLabel *method_text;
  GtkLabel *method_source;
  GtkBox *why_box; /* where the settings of the methods go */
  PhSettingRows *why_rows;
  GtkLabel *why_status;
  GtkProgressBar *why_progress;
  GtkLabel *sanity_text;
  GtkGrid *sanity_grid;
  GtkDropDown *layer_drop;
  GtkDropDown *map_drop;
  GtkSpinButton *channel_spin;
  GtkLabel *position_label;
  PhActiveUnits *units;

  /* owned */
  PhPerturbed *picture; /* NULL until one is open */
  char *name;           /* of the picture */
  char *path;           /* where it came from, NULL: pasted */
  PhActivations *activations;
  PhThumbnails *thumbnails;
  PhDirectionPictures *pictures;
  PhFrame *layer_heat, *why_heat; /* what the overlays show */
  PhJob *load_job, *look_job, *why_job, *sanity_job;
  PhJob *find_job, *camera_job;    /* is there a camera; the camera runs */
  PhPerturbed *before_camera;      /* (nullable): the picture from before it ran */
  char *before_name, *before_path; /* (nullable): and what it is called */
  PhAttribution *why;              /* of the picture as it is, NULL while it is not known */
  GArray *layers;                  /* guint: index in the model of each choice of layer_drop */
  char *saved_folder;

  double opacities[PH_OVER_NOTHING + 1]; /* of each that can lie over the picture */
  int answer;                            /* the most probable class, -1: not known */
  gboolean has_unit;
  gboolean unit_is_top; /* the user has chosen none: it follows the most probable class */
  PhUnit unit;
  PhTool tool;
  double last_x, last_y; /* of the stroke */
  gboolean look_again;   /* something changed while the network was looking */
  gboolean visible;
  gboolean has_camera;
  gboolean refreshing; /* the page itself sets its controls */
  guint why_source;    /* waits for the user to leave the picture alone */

  /* how quick it is */
  guint n_looks;
  gint64 first_look;
};

/* image-page.c */
void ph_image_page_set_state (PhImagePage *self, const char *state);
void ph_image_page_update_actions (PhImagePage *self);
/* Puts the picture and what lies over it on the canvas. */
void ph_image_page_update_canvas (PhImagePage *self);
PhOver ph_image_page_get_over (PhImagePage *self);
/* (nullable) (transfer none): what lies over the picture now. */
PhFrame *ph_image_page_get_overlay (PhImagePage *self);

/* image-page-open.c */
void ph_image_page_load (PhImagePage *self, const char *path);
void ph_image_page_choose_file (PhImagePage *self);
void ph_image_page_choose_target (PhImagePage *self);
void ph_image_page_paste (PhImagePage *self);
void ph_image_page_init_drop (PhImagePage *self);
void ph_image_page_drop_load (PhImagePage *self);
/* What the picture is called, and (nullable) where it lies. */
void ph_image_page_name_picture (PhImagePage *self, const char *name, const char *path);
/* Another picture comes: nothing that lies over this one is true of it. */
void ph_image_page_forget_overlays (PhImagePage *self);

/* image-page-camera.c */
void ph_image_page_init_camera (PhImagePage *self);
void ph_image_page_find_camera (PhImagePage *self);
/* Lets it run, or rest again and bring back the picture from before. */
void ph_image_page_toggle_camera (PhImagePage *self);
/* Keeps what it shows now. */
void ph_image_page_take_picture (PhImagePage *self);
/* Brings back the picture from before. */
void ph_image_page_leave_camera (PhImagePage *self);
/* Somebody else needs the device, or the page another picture. */
void ph_image_page_drop_camera (PhImagePage *self);

/* image-page-look.c */
void ph_image_page_init_look (PhImagePage *self);
/* Lists the layers of a new network. */
void ph_image_page_fill_layers (PhImagePage *self);
/* Shows the network the picture as it is now; the newest request wins. */
void ph_image_page_look (PhImagePage *self);
void ph_image_page_drop_look (PhImagePage *self);
gboolean ph_image_page_get_layer (PhImagePage *self, guint *layer);
void ph_image_page_change_unit (PhImagePage *self, const PhUnit *unit);
void ph_image_page_show_unit_name (PhImagePage *self);

/* image-page-pictures.c */
void ph_image_page_init_pictures (PhImagePage *self);
/* Asks for them while they lie over the picture and somebody sees them. */
void ph_image_page_update_pictures (PhImagePage *self);

/* image-page-why.c */
void ph_image_page_init_why (PhImagePage *self);
/* Explains anew, once the user has left the picture alone for a moment. */
void ph_image_page_explain_soon (PhImagePage *self);
void ph_image_page_explain (PhImagePage *self);
void ph_image_page_drop_why (PhImagePage *self);
void ph_image_page_stop_why (PhImagePage *self);
void ph_image_page_check_sanity (PhImagePage *self);

/* image-page-edit.c */
void ph_image_page_init_edit (PhImagePage *self);
void ph_image_page_set_tool (PhImagePage *self, PhTool tool);
/* The picture is another than before: looks again. */
void ph_image_page_picture_changed (PhImagePage *self);
void ph_image_page_undo (PhImagePage *self);
void ph_image_page_reset (PhImagePage *self);
void ph_image_page_turn (PhImagePage *self, double degrees);

G_END_DECLS
