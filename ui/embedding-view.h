#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhLooked:
 * @item: of the set of images; -1: @path
 * @path: (nullable): a picture of the user's
 *
 * The image that somebody looks at.
 */
typedef struct
{
  int item;
  const char *path;
} PhLooked;

#define PH_TYPE_EMBEDDING_VIEW (ph_embedding_view_get_type ())
/**
 * PhEmbeddingView:
 *
 * One way to look at embeddings, abstract; a line in the table of ui/embedding-page.c shows it.
 * What it wants of the page it asks by an action: "page.look-at" (u: an image of the set),
 * "page.open-image" (s: path of a picture), "page.use-encoder" (s), "page.use-images" (s),
 * "win.toast" (s).
 */
G_DECLARE_DERIVABLE_TYPE (PhEmbeddingView, ph_embedding_view, PH, EMBEDDING_VIEW, AdwBin)

/**
 * PhEmbeddingViewClass:
 * @set_source: other images or another encoder; @embedding: %NULL when there are none, and
 *   everything of before is to be let go
 * @look: (nullable): another image is looked at
 * @act: (nullable): does one of the view's own actions, which a line in
 *   ui/embedding-page-actions.c lets through; @action: without "page."
 * @leave: (nullable): the view is hidden: what moves comes to rest
 */
struct _PhEmbeddingViewClass
{
  AdwBinClass parent_class;

  void (*set_source) (PhEmbeddingView *self, PhEmbedding *embedding, PhQueue *queue);
  void (*look) (PhEmbeddingView *self, const PhLooked *looked);
  void (*act) (PhEmbeddingView *self, const char *action, GVariant *parameter);
  void (*leave) (PhEmbeddingView *self);
};

void ph_embedding_view_set_source (PhEmbeddingView *self, PhEmbedding *embedding, PhQueue *queue);
void ph_embedding_view_look (PhEmbeddingView *self, const PhLooked *looked);
void ph_embedding_view_act (PhEmbeddingView *self, const char *action, GVariant *parameter);
void ph_embedding_view_leave (PhEmbeddingView *self);

/** ph_embedding_load_looked: (transfer full): the image, of its own size; for jobs. */
PhImage *ph_embedding_load_looked (PhEmbedding *embedding, const PhLooked *looked, GError **error);

G_END_DECLS
