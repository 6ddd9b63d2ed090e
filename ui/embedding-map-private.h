#pragma once

#include "ui/embedding-map.h"
#include "ui/map-canvas.h"
#include "ui/map-legend.h"
#include "ui/picture-buttons.h"

G_BEGIN_DECLS

#define PH_MAP_N_LAYOUTS 3

struct _PhEmbeddingMap
{
  PhEmbeddingView parent_instance;

  /* borrowed: children of the template */
  GtkDropDown *layout_drop;
  GtkDropDown *colour_drop;
  GtkRange *size_scale;
  GtkToggleButton *lasso_button;
  GtkWidget *progress_box;
  GtkProgressBar *progress;
  GtkStack *states;
  GtkSpinner *spinner;
  AdwStatusPage *failed;
  PhMapCanvas *canvas;
  PhMapLegend *legend;
  GtkBox *side;
  GtkLabel *selection_label;
  GtkLabel *hint_label;
  PhPictureButtons *selected; /* in side */

  /* owned */
  PhEmbedding *embedding; /* nullable */
  PhQueue *queue;
  PhItemPictures *pictures;           /* of what is selected */
  PhTensor *places[PH_MAP_N_LAYOUTS]; /* nullable: maps that are finished, by PhProjectionMethod */
  PhJob *job;                         /* nullable */
  GPtrArray *colours; /* char *: what the choices of colour_drop are called in actions */

  gboolean refreshing; /* the view itself sets its controls */
};

/* embedding-map-colours.c */
/* Which colours there are for the images. */
void ph_embedding_map_init_colours (PhEmbeddingMap *self);
void ph_embedding_map_list_colours (PhEmbeddingMap *self);
/* Colours and legend as they are chosen. */
void ph_embedding_map_show_colours (PhEmbeddingMap *self);
void ph_embedding_map_use_colour (PhEmbeddingMap *self, const char *name);
/* What is selected: in the legend, in words and in pictures. */
void ph_embedding_map_show_selection (PhEmbeddingMap *self);
void ph_embedding_map_select_class (PhEmbeddingMap *self, const char *name);
/* For the pointer. Caller frees. */
char *ph_embedding_map_describe (guint item, gpointer self);

G_END_DECLS
