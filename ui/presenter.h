#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PH_TYPE_PRESENTER (ph_presenter_get_type ())
/**
 * PhPresenter:
 *
 * Shows its "content" (property), and while "presenting" (property) a ring around the pointer, so
 * that everybody in a room sees where it is.
 */
G_DECLARE_FINAL_TYPE (PhPresenter, ph_presenter, PH, PRESENTER, AdwBin)

GtkWidget *ph_presenter_new (void);

void ph_presenter_set_presenting (PhPresenter *self, gboolean presenting);
gboolean ph_presenter_get_presenting (PhPresenter *self);

G_END_DECLS
