#pragma once

#include "ui/learn-way.h"
#include "ui/learning.h"
#include "ui/page.h"

G_BEGIN_DECLS

#define PH_TYPE_LEARN_PAGE (ph_learn_page_get_type ())
/**
 * PhLearnPage:
 *
 * Lets a network learn: the images, how, the training while it goes on, what came out, and other
 * trainings on the same images. Besides the actions of every page it needs
 * "win.open-image-with" ((ss): path of a network, path of a picture to show to it).
 */
G_DECLARE_FINAL_TYPE (PhLearnPage, ph_learn_page, PH, LEARN_PAGE, PhPage)

GtkWidget *ph_learn_page_new (void);

/** ph_learn_page_set_folder: where the folders of trainings are; at first in the user's data. */
void ph_learn_page_set_folder (PhLearnPage *self, const char *folder);

/** ph_learn_page_open_images: looks through the images at @path, as ph_dataset_open() understands
 * it, and shows them, or says why they cannot be used. */
void ph_learn_page_open_images (PhLearnPage *self, const char *path);

/** ph_learn_page_use: the same, and lets the network that is open learn in the way @mode. */
void ph_learn_page_use (PhLearnPage *self, const char *images, PhTrainMode mode);

/** ph_learn_page_get_images: (nullable): as they were asked for. */
const char *ph_learn_page_get_images (PhLearnPage *self);

/** ph_learn_page_get_way: (transfer none): how a network learns. */
PhLearnWay *ph_learn_page_get_way (PhLearnPage *self);

/** ph_learn_page_start_soon: starts a training as soon as the images are open. */
void ph_learn_page_start_soon (PhLearnPage *self);

/** ph_learn_page_measure_all: lets all trainings on these images that are done answer together. */
void ph_learn_page_measure_all (PhLearnPage *self);

/** ph_learn_page_get_learning: (nullable) (transfer none): the newest training. */
PhLearning *ph_learn_page_get_learning (PhLearnPage *self);

/** ph_learn_page_count_done: trainings on these images that are done. */
guint ph_learn_page_count_done (PhLearnPage *self);

/** ph_learn_page_export: writes the trained network to the file @path, in the background; the
 * outcome is told in a toast. */
void ph_learn_page_export (PhLearnPage *self, const char *path);

G_END_DECLS
