#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * ph_example_open:
 * @widget: in the window
 *
 * Shows an example on the image page, by "win.open-image" (s: path). What is no file of its own, an
 * item of an IDX or CIFAR file, is written to the user's cache first; a failure is told by
 * "win.toast". A window without a page for images leaves files to the desktop's viewer.
 */
void ph_example_open (GtkWidget *widget, PhQueue *queue, PhDataset *dataset,
                      const PhStripItem *item);

G_END_DECLS
