#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_PAGE (ph_page_get_type ())
/**
 * PhPage:
 *
 * One task of the window, abstract. Properties: "title" and "subtitle" (what the page shows now,
 * for the window's header), "icon-name", "model" (the network, nullable) and "queue" (where its
 * jobs go); the window sets the last two. A page asks for everything outside of it by an action of
 * the window: "win.show-unit" (s: name of a unit), "win.show-layer" (s: name of a layer),
 * "win.open-path" (s), "win.open-image" (s: path of a picture to show to the network), "win.toast"
 * (s: a sentence).
 *
 * Accelerators of "page." actions are in app/shortcuts.c. The window activates them on the visible
 * page when no focused widget wanted the key.
 */
G_DECLARE_DERIVABLE_TYPE (PhPage, ph_page, PH, PAGE, AdwBin)

/**
 * PhPageClass:
 * @enter: (nullable): the page has become the visible one
 * @leave: (nullable): the page is about to be hidden, or its network to be replaced, or the window
 * to close: ends its jobs at once and without waiting
 */
struct _PhPageClass
{
  AdwBinClass parent_class;

  void (*enter) (PhPage *page);
  void (*leave) (PhPage *page);
};

const char *ph_page_get_title (PhPage *page);
void ph_page_set_title (PhPage *page, const char *title);
const char *ph_page_get_subtitle (PhPage *page);
void ph_page_set_subtitle (PhPage *page, const char *subtitle);
const char *ph_page_get_icon_name (PhPage *page);
void ph_page_set_icon_name (PhPage *page, const char *icon_name);

/** ph_page_get_model: (nullable) (transfer none) */
PhModel *ph_page_get_model (PhPage *page);
void ph_page_set_model (PhPage *page, PhModel *model);

/** ph_page_get_queue: (nullable) (transfer none) */
PhQueue *ph_page_get_queue (PhPage *page);
void ph_page_set_queue (PhPage *page, PhQueue *queue);

void ph_page_enter (PhPage *page);
void ph_page_leave (PhPage *page);

/** ph_page_toast: shows @sentence for a few seconds over the window. */
void ph_page_toast (PhPage *page, const char *sentence);

G_END_DECLS
