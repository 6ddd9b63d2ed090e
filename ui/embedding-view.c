#include "ui/embedding-view.h"

G_DEFINE_ABSTRACT_TYPE (PhEmbeddingView, ph_embedding_view, ADW_TYPE_BIN)

static void
ph_embedding_view_class_init (PhEmbeddingViewClass *klass)
{
}

static void
ph_embedding_view_init (PhEmbeddingView *self)
{
}

/* Public */

void
ph_embedding_view_set_source (PhEmbeddingView *self, PhEmbedding *embedding, PhQueue *queue)
{
  g_return_if_fail (PH_IS_EMBEDDING_VIEW (self));

  PH_EMBEDDING_VIEW_GET_CLASS (self)->set_source (self, embedding, queue);
}

void
ph_embedding_view_look (PhEmbeddingView *self, const PhLooked *looked)
{
  g_return_if_fail (PH_IS_EMBEDDING_VIEW (self));

  if (PH_EMBEDDING_VIEW_GET_CLASS (self)->look != NULL)
    PH_EMBEDDING_VIEW_GET_CLASS (self)->look (self, looked);
}

void
ph_embedding_view_act (PhEmbeddingView *self, const char *action, GVariant *parameter)
{
  g_return_if_fail (PH_IS_EMBEDDING_VIEW (self));

  if (PH_EMBEDDING_VIEW_GET_CLASS (self)->act != NULL)
    PH_EMBEDDING_VIEW_GET_CLASS (self)->act (self, action, parameter);
}

void
ph_embedding_view_leave (PhEmbeddingView *self)
{
  g_return_if_fail (PH_IS_EMBEDDING_VIEW (self));

  if (PH_EMBEDDING_VIEW_GET_CLASS (self)->leave != NULL)
    PH_EMBEDDING_VIEW_GET_CLASS (self)->leave (self);
}

PhImage *
ph_embedding_load_looked (PhEmbedding *embedding, const PhLooked *looked, GError **error)
{
  if (looked->item < 0)
    return ph_image_load (looked->path, error);
  return ph_embedding_load (embedding, (guint)looked->item, error);
}
