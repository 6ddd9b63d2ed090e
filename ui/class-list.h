#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_CLASS_LIST (ph_class_list_get_type ())
/**
 * PhClassList:
 *
 * The classes of a set of images with the number of their images and the first few of them, which
 * are read when their row comes into view.
 */
G_DECLARE_FINAL_TYPE (PhClassList, ph_class_list, PH, CLASS_LIST, AdwBin)

GtkWidget *ph_class_list_new (void);

/** ph_class_list_show: @dataset: (nullable): %NULL: nothing. @queue: reads the pictures. */
void ph_class_list_show (PhClassList *self, PhDataset *dataset, PhQueue *queue);

/** ph_class_list_get_count: images of a class. */
guint ph_class_list_get_count (PhClassList *self, guint label);

G_END_DECLS
