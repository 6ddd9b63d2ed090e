#pragma once

#include "ui/example-strip.h"
#include "ui/page.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_PAGE (ph_unit_page_get_type ())
/**
 * PhUnitPage:
 *
 * One unit of a network and the picture that excites it most, made while one watches. Emits
 * "unit-changed" with the unit's name (string) when the user went to another unit on the page
 * itself, so that the window can keep a history; not for ph_unit_page_show().
 */
G_DECLARE_FINAL_TYPE (PhUnitPage, ph_unit_page, PH, UNIT_PAGE, PhPage)

GtkWidget *ph_unit_page_new (void);

/**
 * ph_unit_page_show:
 *
 * Shows @unit of @model and starts to make its picture on the page's queue; replaces whatever ran
 * before. Sets the page's "model".
 */
void ph_unit_page_show (PhUnitPage *self, PhModel *model, const PhUnit *unit);

/**
 * ph_unit_page_show_recipe:
 * @model: the network that is open
 * @path: a PNG with a recipe inside
 *
 * Shows the stored picture with its settings, and can make it again. A file that cannot be read or
 * holds no recipe, or a unit that @model does not have, is told on the page; a picture of another
 * network than @model is shown with a remark.
 */
void ph_unit_page_show_recipe (PhUnitPage *self, PhModel *model, const char *path);

/** ph_unit_page_save: writes the picture as it is shown, with its recipe inside, to the PNG file
 * @path, in the background; the outcome is told in a toast. There must be a picture. */
void ph_unit_page_save (PhUnitPage *self, const char *path);

/** ph_unit_page_set_thumbnails: where the pictures of other units come from. */
void ph_unit_page_set_thumbnails (PhUnitPage *self, PhThumbnails *thumbnails);

/** ph_unit_page_set_images: (nullable): path of the set of images whose examples are shown. */
void ph_unit_page_set_images (PhUnitPage *self, const char *path);

/** ph_unit_page_set_images_menu: where others can be chosen. */
void ph_unit_page_set_images_menu (PhUnitPage *self, GMenuModel *menu);

/** ph_unit_page_set_scan: (nullable): the scan of these images that runs. */
void ph_unit_page_set_scan (PhUnitPage *self, PhJob *job);
/** ph_unit_page_save_preset: keeps the settings of the page under @name among the user's presets; a
 * failure is told in a toast. */
void ph_unit_page_save_preset (PhUnitPage *self, const char *name);

/**
 * ph_unit_page_draw:
 * @objective: a unit or a formula that ph_objective_parse() understands
 *
 * Shows it and begins its picture with @settings, which the page takes over.
 */
void ph_unit_page_draw (PhUnitPage *self, PhModel *model, const char *objective,
                        const PhAscentSettings *settings);

/** ph_unit_page_get_settings: (transfer none) */
const PhAscentSettings *ph_unit_page_get_settings (PhUnitPage *self);

/** ph_unit_page_get_n_steps: steps made of the picture so far. */
guint ph_unit_page_get_n_steps (PhUnitPage *self);

/** ph_unit_page_dup_objective: (nullable): what is drawn, as ph_objective_parse() reads it. Caller
 * frees. */
char *ph_unit_page_dup_objective (PhUnitPage *self);

/** ph_unit_page_get_strip: (transfer none): the examples. */
PhExampleStrip *ph_unit_page_get_strip (PhUnitPage *self);

/** ph_unit_page_unfold_circuit: what feeds the unit and what it feeds. */
void ph_unit_page_unfold_circuit (PhUnitPage *self);

/** ph_unit_page_dup_unit_name: (nullable): of the unit shown, as ph_unit_parse() reads it. Caller
 * frees. */
char *ph_unit_page_dup_unit_name (PhUnitPage *self);

/** ph_unit_page_make_again: makes what the opened file holds, when that is a sheet, a grid of
 * settings or a film, and writes it to @path. Returns: (transfer none) (nullable): the job, in the
 * queue. */
PhJob *ph_unit_page_make_again (PhUnitPage *self, const char *path);

G_END_DECLS
