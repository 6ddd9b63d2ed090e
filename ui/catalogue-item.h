#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhCatalogueState:
 * @PH_CATALOGUE_ABSENT: nothing of it is here
 * @PH_CATALOGUE_WAITING: its turn has not come
 * @PH_CATALOGUE_FETCHING: bytes arrive
 * @PH_CATALOGUE_PAUSED: part of it is here, and nothing happens
 * @PH_CATALOGUE_FAILED: the last try failed; what arrived is kept
 * @PH_CATALOGUE_HERE: it can be opened
 */
typedef enum
{
  PH_CATALOGUE_ABSENT,
  PH_CATALOGUE_WAITING,
  PH_CATALOGUE_FETCHING,
  PH_CATALOGUE_PAUSED,
  PH_CATALOGUE_FAILED,
  PH_CATALOGUE_HERE,
} PhCatalogueState;

#define PH_TYPE_CATALOGUE_ITEM (ph_catalogue_item_get_type ())
/**
 * PhCatalogueItem:
 *
 * An entry of the catalogue and what is being done about it. "changed" is emitted whenever state,
 * message or progress are others. All windows that share a queue share its items, so that a
 * download goes on, and is shown, whichever of them began it.
 */
G_DECLARE_FINAL_TYPE (PhCatalogueItem, ph_catalogue_item, PH, CATALOGUE_ITEM, GObject)

/**
 * ph_catalogue_items_load:
 *
 * Returns: (transfer full): a job, not yet in a queue, whose result ph_catalogue_items_take()
 * takes.
 */
PhJob *ph_catalogue_items_load (void);

/**
 * ph_catalogue_items_take:
 * @job: that has loaded the catalogue
 * @kind: which items
 *
 * Returns: (transfer full): a list of #PhCatalogueItem, for the downloads of @queue. May be called
 * several times.
 */
GListModel *ph_catalogue_items_take (PhJob *job, PhQueue *queue, PhCatalogueKind kind);

/** ph_catalogue_item_get_entry: (transfer none) */
const PhCatalogueEntry *ph_catalogue_item_get_entry (PhCatalogueItem *item);
PhCatalogueState ph_catalogue_item_get_state (PhCatalogueItem *item);

/** ph_catalogue_item_get_message: (nullable): bytes and speed; why it failed. */
const char *ph_catalogue_item_get_message (PhCatalogueItem *item);

/** ph_catalogue_item_get_progress: 0 to 1. */
double ph_catalogue_item_get_progress (PhCatalogueItem *item);

/** ph_catalogue_item_fetch: begins, or goes on with what is there. @mirror: (nullable) */
void ph_catalogue_item_fetch (PhCatalogueItem *item, const char *mirror);

/** ph_catalogue_item_pause: stops and keeps what has arrived. */
void ph_catalogue_item_pause (PhCatalogueItem *item);

/** ph_catalogue_item_cancel: stops and throws away what has arrived. */
void ph_catalogue_item_cancel (PhCatalogueItem *item);

/** ph_catalogue_item_remove: removes what is here. Returns: %FALSE with an error */
gboolean ph_catalogue_item_remove (PhCatalogueItem *item, GError **error);

G_END_DECLS
