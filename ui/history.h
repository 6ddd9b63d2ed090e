#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhPlace:
 * @path: of the network's file
 * @layer: (nullable): name of a layer or "class:"; %NULL: where the network opens
 * @unit: (nullable): name of a unit; %NULL: the grid of units
 * @recipe: (nullable): a picture whose recipe is shown on the unit page
 * @image: (nullable): a picture on the image page; "": that page with what it shows already
 * @page: (nullable): name of a page that keeps by itself what it shows: "learn",
 *   "embeddings"
 * @other: (nullable): a network to compare with; "": that page with what it shows already
 *
 * A place in the window to go back to.
 */
typedef struct
{
  char *path;
  char *layer;
  char *unit;
  char *recipe;
  char *image;
  char *page;
  char *other;
} PhPlace;

PhPlace *ph_place_new (const char *path, const char *layer, const char *unit, const char *recipe);
/** ph_place_new_image: @image: as #PhPlace has it */
PhPlace *ph_place_new_image (const char *path, const char *image);
/** ph_place_new_page: @page: as #PhPlace has it */
PhPlace *ph_place_new_page (const char *path, const char *page);
/** ph_place_new_compare: @other: as #PhPlace has it */
PhPlace *ph_place_new_compare (const char *path, const char *other);
PhPlace *ph_place_copy (const PhPlace *place);
void ph_place_free (PhPlace *place);
gboolean ph_place_equal (const PhPlace *a, const PhPlace *b);

/** PhHistory: places in the order they were visited, and which of them is the present one. */
typedef struct _PhHistory PhHistory;

PhHistory *ph_history_new (void);
void ph_history_free (PhHistory *history);

/** ph_history_push: goes to @place (transfer full) and forgets what lay ahead. Going where one is
 * changes nothing. */
void ph_history_push (PhHistory *history, PhPlace *place);

/** ph_history_replace: puts @place (transfer full) in the stead of the present one. */
void ph_history_replace (PhHistory *history, PhPlace *place);

/** ph_history_get: (nullable): the place @offset steps away: 0 is the present one, -1 the one
 * before. */
const PhPlace *ph_history_get (PhHistory *history, int offset);

/** ph_history_move: goes @offset steps, which must be possible. */
void ph_history_move (PhHistory *history, int offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPlace, ph_place_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhHistory, ph_history_free)

G_END_DECLS
