#pragma once

#include "ui/compare-page.h"
#include "ui/embedding-page.h"
#include "ui/explore-page.h"
#include "ui/history.h"
#include "ui/image-page.h"
#include "ui/learn-page.h"
#include "ui/lesson-panel.h"
#include "ui/presenter.h"
#include "ui/unit-page.h"
#include "ui/window.h"

G_BEGIN_DECLS

/* Names of pages in places of the history. */
#define LEARN "learn"
#define EMBEDDINGS "embeddings"

struct _PhMainWindow
{
  AdwApplicationWindow parent_instance;

  /* template */
  AdwWindowTitle *title;
  GtkWidget *sidebar_button;
  AdwSplitButton *open_button;
  GtkMenuButton *jobs_button;
  GtkWidget *jobs_list;
  GtkInfoBar *note_bar;
  GtkLabel *note_label;
  AdwToastOverlay *toasts;
  GtkStack *pages;
  PhExplorePage *explore;
  PhUnitPage *unit;
  PhImagePage *image;
  PhComparePage *compare;
  GtkWidget *image_button;
  PhLearnPage *learn;
  GtkWidget *learn_button;
  GtkWidget *compare_button;
  PhEmbeddingPage *embeddings;
  GtkWidget *embeddings_button;
  GtkWidget *header;
  PhPresenter *presenter;
  GtkPaned *paned;
  PhLessonPanel *lessons;

  /* owned */
  PhQueue *queue;
  PhThumbnails *thumbnails;
  GSettings *settings;
  PhModel *model;
  PhHistory *history;
  PhJob *scan;       /* nullable: of the chosen images */
  PhJob *loading;    /* the file that is being opened */
  PhPlace *wanted;   /* where to go once it is open */
  char *failed_path; /* what "Try again" tries */
  GtkFileChooserNative *chooser;
  PhLessonAction *act_later; /* nullable: of a lesson, once its network is open */

  /* borrowed */
  PhPage *page;         /* the one that was entered */
  AdwToast *offer;      /* weak: of the first lesson, while it is there */
  GtkWidget *catalogue; /* weak: the window of downloads, while it is there */

  gboolean wanted_is_new; /* whether `wanted` becomes a new place of the history */
  gboolean width_later;   /* the lessons get theirs once the window has one */
  guint act_source;
  gint64 arrived; /* when the present place was reached */
};

/* ui/window.c */

/** _ph_main_window_show_page: makes @page the one in view. */
void _ph_main_window_show_page (PhMainWindow *self, PhPage *page);

/** _ph_main_window_set_model: takes another network. */
void _ph_main_window_set_model (PhMainWindow *self, PhModel *model);

/** _ph_main_window_arrive: shows a place (transfer full) of the network that is open. @remember:
 * whether it becomes a new place of the history */
void _ph_main_window_arrive (PhMainWindow *self, PhPlace *place, gboolean remember);

/** _ph_main_window_toast: shows a sentence for some seconds. */
void _ph_main_window_toast (PhMainWindow *self, const char *sentence);

/* ui/window-open.c */

/** _ph_main_window_drop_loading: forgets the file that is being opened. */
void _ph_main_window_drop_loading (PhMainWindow *self);

/** _ph_main_window_go: shows @place (transfer full), opening its network first when it is another
 * one.
 * @remember: whether it becomes a new place of the history */
void _ph_main_window_go (PhMainWindow *self, PhPlace *place, gboolean remember);

/** _ph_main_window_open_image: shows a picture of the user's to the network that is open. */
void _ph_main_window_open_image (PhMainWindow *self, const char *path);

/** _ph_main_window_move: goes through the history. @offset: -1 (back) or 1 (forward) */
void _ph_main_window_move (PhMainWindow *self, int offset);

/** _ph_main_window_cancel_open: stops opening, and goes back to what was there. */
void _ph_main_window_cancel_open (PhMainWindow *self);

/* ui/window-images.c */

void _ph_main_window_class_images_init (PhMainWindowClass *klass);

/** _ph_main_window_images_init: takes up the images that were chosen last. */
void _ph_main_window_images_init (PhMainWindow *self);

/** _ph_main_window_drop_scan: stops the scan that runs; what it found is kept. */
void _ph_main_window_drop_scan (PhMainWindow *self);

/* ui/window-actions.c */

void _ph_main_window_class_actions_init (PhMainWindowClass *klass);

/** _ph_main_window_actions_update: decides which actions are possible now. */
void _ph_main_window_actions_update (PhMainWindow *self);

/* ui/lesson-actions.c */

void _ph_main_window_act_init (PhMainWindow *self);

/* ui/window-lessons.c */

void _ph_main_window_class_lessons_init (PhMainWindowClass *klass);
void _ph_main_window_lessons_init (PhMainWindow *self);

/** _ph_main_window_lessons_update: decides which actions of lessons are possible now. */
void _ph_main_window_lessons_update (PhMainWindow *self);

/** _ph_main_window_lessons_leave: before the window closes. */
void _ph_main_window_lessons_leave (PhMainWindow *self);
void _ph_main_window_set_lessons (PhMainWindow *self, gboolean shown);
void _ph_main_window_set_presenting (PhMainWindow *self, gboolean presenting);

/** _ph_main_window_open_lesson: a file of one, or one by which it was handed out. */
void _ph_main_window_open_lesson (PhMainWindow *self, const char *path);

/* ui/window-gallery.c */

void _ph_main_window_class_gallery_init (PhMainWindowClass *klass);

/** _ph_main_window_draw_gallery: in the background, into @folder, and opens it when finished.
 * @layer: (nullable): %NULL for the whole network */
void _ph_main_window_draw_gallery (PhMainWindow *self, const char *layer, const char *folder);

/** _ph_main_window_draw_sheet: the same for a contact sheet, the PNG file @path. */
void _ph_main_window_draw_sheet (PhMainWindow *self, const char *path);

G_END_DECLS
