#pragma once

#include <adwaita.h>

#include "engine/engine.h"
#include "ui/page.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_MAIN_WINDOW (ph_main_window_get_type ())
/**
 * PhMainWindow:
 *
 * The one window: header, pages, and all "win." actions. It opens networks in the background and
 * keeps the history of places. Properties: "model" (read-only, nullable): the network that is open;
 * "lessons": whether lessons are beside the pages; "presenting": large, on the whole screen, for a
 * class.
 */
G_DECLARE_FINAL_TYPE (PhMainWindow, ph_main_window, PH, MAIN_WINDOW, AdwApplicationWindow)

/** ph_main_window_new: @thumbnails: where small pictures come from */
PhMainWindow *ph_main_window_new (GtkApplication *application, PhQueue *queue,
                                  PhThumbnails *thumbnails, GSettings *settings);

/**
 * ph_main_window_open:
 * @path: an ONNX file, a PNG with a recipe, any picture, which the network that is open is shown,
 * or a lesson
 *
 * Opens it in the background and shows it, or says on the page why it cannot be opened.
 */
void ph_main_window_open (PhMainWindow *window, const char *path);

/** ph_main_window_is_lesson: whether ph_main_window_open() takes the file @path for a lesson. */
gboolean ph_main_window_is_lesson (const char *path);

/** ph_main_window_open_image: opens the network @path and shows it the picture @image. */
void ph_main_window_open_image (PhMainWindow *window, const char *path, const char *image);

/** ph_main_window_offer_lessons: offers the first lesson, once in the life of a user. */
void ph_main_window_offer_lessons (PhMainWindow *window);

/** ph_main_window_get_model: (nullable) (transfer none) */
PhModel *ph_main_window_get_model (PhMainWindow *window);

/** ph_main_window_get_page: (transfer none): the visible page. */
PhPage *ph_main_window_get_page (PhMainWindow *window);

/** ph_main_window_get_settings: (transfer none) */
GSettings *ph_main_window_get_settings (PhMainWindow *window);

G_END_DECLS
