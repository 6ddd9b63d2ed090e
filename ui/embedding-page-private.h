#pragma once

#include "ui/dataset-strip.h"
#include "ui/embedding-page.h"
#include "ui/embedding-view.h"

G_BEGIN_DECLS

/**
 * PhEmbeddingViewEntry:
 * @name: as "page.show-view" takes it
 * @title: to be translated
 * @wants_image: whether it shows the image that is looked at, so that a row of images helps
 *
 * A view of the page.
 */
typedef struct
{
  const char *name, *title, *icon_name;
  GType (*get_type) (void);
  gboolean wants_image;
} PhEmbeddingViewEntry;

/** ph_embedding_views: in the order of the switcher; ends with a %NULL name. */
extern const PhEmbeddingViewEntry ph_embedding_views[];

#define PH_EMBEDDING_N_VIEWS 8 /* at most */

struct _PhEmbeddingPage
{
  PhPage parent_instance;

  /* borrowed: children of the template */
  GtkStack *states;
  AdwStatusPage *failed;
  GtkWidget *failed_back;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  GtkProgressBar *loading_progress;
  GtkLabel *images_label;
  GtkLabel *encoder_label;
  GtkMenuButton *images_button;
  GtkMenuButton *encoder_button;
  GtkDropDown *layer_drop;
  GtkLabel *facts_label;
  AdwViewStack *views;
  PhDatasetStrip *strip;
  GtkRevealer *strip_revealer;

  /* owned */
  PhEmbedding *embedding; /* nullable */
  char *images;           /* nullable: what was asked for last */
  char *encoder;          /* "network", "pca", "pixels" or a path; NULL: what suits the images */
  char *layer;            /* nullable */
  char *made_encoder, *made_layer; /* of the embedding that is there, to go back to */
  char *looked_path;               /* nullable: the picture of the user's that is looked at */
  GMenu *encoders;
  GMenuModel *networks; /* nullable: of the window */
  PhJob *job;           /* nullable: makes the embedding */

  PhEmbeddingView *view[PH_EMBEDDING_N_VIEWS]; /* borrowed: children of views */
  gboolean stale[PH_EMBEDDING_N_VIEWS];        /* it has not been told of the newest embedding */
  gboolean behind[PH_EMBEDDING_N_VIEWS];       /* nor of the image that is looked at */
  int looked;                                  /* image of the set; -1: looked_path */
  gboolean refreshing;                         /* the page itself sets its controls */
};

/* embedding-page.c */
void ph_embedding_page_set_state (PhEmbeddingPage *self, const char *state);
/* Takes an embedding (transfer full), NULL: none any more, and tells the views. */
void ph_embedding_page_take (PhEmbeddingPage *self, PhEmbedding *embedding);
/* An image of the set, or with a negative number the picture @path. */
void ph_embedding_page_look (PhEmbeddingPage *self, int item, const char *path);
PhEmbeddingView *ph_embedding_page_find_view (PhEmbeddingPage *self, const char *name);
PhEmbeddingView *ph_embedding_page_get_view (PhEmbeddingPage *self);
void ph_embedding_page_show_view (PhEmbeddingPage *self, const char *name);

/* embedding-page-actions.c */
void ph_embedding_page_class_actions_init (GtkWidgetClass *widget_class);
void ph_embedding_page_update_actions (PhEmbeddingPage *self);

/* embedding-page-open.c */
void ph_embedding_page_init_drop (PhEmbeddingPage *self);
/* Makes the embedding of the images by the encoder that are chosen. */
void ph_embedding_page_make (PhEmbeddingPage *self);
void ph_embedding_page_drop_job (PhEmbeddingPage *self);
/* Goes back to what was there before, if anything was. */
void ph_embedding_page_go_back (PhEmbeddingPage *self);
void ph_embedding_page_close_images (PhEmbeddingPage *self);
void ph_embedding_page_choose_folder (PhEmbeddingPage *self);
void ph_embedding_page_choose_file (PhEmbeddingPage *self);
void ph_embedding_page_choose_image (PhEmbeddingPage *self);
void ph_embedding_page_choose_encoder (PhEmbeddingPage *self);

/* embedding-page-encoder.c */
void ph_embedding_page_init_encoder (PhEmbeddingPage *self);
/* Which encoder and layers can be chosen, and which is. */
void ph_embedding_page_show_encoder (PhEmbeddingPage *self);
void ph_embedding_page_use_encoder (PhEmbeddingPage *self, const char *encoder);
void ph_embedding_page_use_layer (PhEmbeddingPage *self, const char *layer);
/* What is used when nothing was chosen: as "page.use-encoder" takes it. Caller frees. */
char *ph_embedding_page_dup_encoder (PhEmbeddingPage *self);

G_END_DECLS
