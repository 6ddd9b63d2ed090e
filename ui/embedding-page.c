#include "ui/embedding-page-private.h"

#include <glib/gi18n.h>

#include "ui/directions-view.h"
#include "ui/embedding-map.h"
#include "ui/interpolate-view.h"
#include "ui/recall-view.h"
#include "ui/reconstruct-view.h"
#include "ui/similar-view.h"

G_DEFINE_FINAL_TYPE (PhEmbeddingPage, ph_embedding_page, PH_TYPE_PAGE)

/* A view is a class of its own and a line here. */
const PhEmbeddingViewEntry ph_embedding_views[] = {
  { "reconstruct", N_ ("Reconstruct"), "object-flip-horizontal-symbolic",
    ph_reconstruct_view_get_type, TRUE },
  { "interpolate", N_ ("Interpolate"), "media-playlist-consecutive-symbolic",
    ph_interpolate_view_get_type, TRUE },
  { "directions", N_ ("Directions"), "face-smile-symbolic", ph_directions_view_get_type, TRUE },
  { "similar", N_ ("Similar"), "view-grid-symbolic", ph_similar_view_get_type, TRUE },
  { "map", N_ ("Map"), "mark-location-symbolic", ph_embedding_map_get_type, FALSE },
  { "speed", N_ ("Speed"), "power-profile-performance-symbolic", ph_recall_view_get_type, FALSE },
  { NULL },
};

G_STATIC_ASSERT (G_N_ELEMENTS (ph_embedding_views) <= PH_EMBEDDING_N_VIEWS + 1);

void
ph_embedding_page_set_state (PhEmbeddingPage *self, const char *state)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_stack_set_visible_child_name (self->states, state);
  ph_embedding_page_update_actions (self);
}

/* The views */

static int
find_view (const char *name)
{
  for (int i = 0; ph_embedding_views[i].name != NULL; i++)
    if (g_strcmp0 (ph_embedding_views[i].name, name) == 0)
      return i;
  return -1;
}

PhEmbeddingView *
ph_embedding_page_find_view (PhEmbeddingPage *self, const char *name)
{
  int i = find_view (name);

  return i >= 0 ? self->view[i] : NULL;
}

PhEmbeddingView *
ph_embedding_page_get_view (PhEmbeddingPage *self)
{
  return ph_embedding_page_find_view (self, adw_view_stack_get_visible_child_name (self->views));
}

void
ph_embedding_page_show_view (PhEmbeddingPage *self, const char *name)
{
  if (find_view (name) >= 0)
    adw_view_stack_set_visible_child_name (self->views, name);
}

/* Only the view that is seen works; the others are told when they come into view. */
static void
tell_view (PhEmbeddingPage *self)
{
  int i = find_view (adw_view_stack_get_visible_child_name (self->views));

  if (i < 0)
    return;
  if (self->stale[i])
    ph_embedding_view_set_source (self->view[i], self->embedding,
                                  ph_page_get_queue (PH_PAGE (self)));
  if (self->embedding != NULL && (self->stale[i] || self->behind[i]))
    ph_embedding_view_look (self->view[i], &(PhLooked){ self->looked, self->looked_path });
  self->stale[i] = self->behind[i] = FALSE;
}

static void
on_view (PhEmbeddingPage *self)
{
  int i = find_view (adw_view_stack_get_visible_child_name (self->views));

  for (int other = 0; ph_embedding_views[other].name != NULL; other++)
    if (other != i && self->view[other] != NULL)
      ph_embedding_view_leave (self->view[other]);
  if (i < 0)
    return;
  gtk_revealer_set_reveal_child (self->strip_revealer, ph_embedding_views[i].wants_image);
  tell_view (self);
  ph_embedding_page_update_actions (self);
}

void
ph_embedding_page_look (PhEmbeddingPage *self, int item, const char *path)
{
  char *copy = g_strdup (path);

  g_return_if_fail (self->embedding != NULL);

  g_free (self->looked_path);
  self->looked_path = copy;
  self->looked = item;
  ph_dataset_strip_select (self->strip, item);
  for (int i = 0; ph_embedding_views[i].name != NULL; i++)
    self->behind[i] = TRUE;
  tell_view (self);
}

static void
on_picked (PhDatasetStrip *strip, guint item, PhEmbeddingPage *self)
{
  if (self->embedding != NULL)
    ph_embedding_page_look (self, (int)item, NULL);
}

/* The embedding */

static void
show_images (PhEmbeddingPage *self)
{
  PhDataset *dataset = ph_embedding_get_dataset (self->embedding);
  guint n = ph_dataset_get_n_items (dataset),
        n_failed = ph_embedding_get_n_failed (self->embedding);
  g_autofree char *name = g_utf8_make_valid (ph_dataset_get_name (dataset), -1);
  g_autofree char *images = g_strdup_printf (ngettext ("%u image", "%u images", n), n);
  g_autofree char *numbers =
      g_strdup_printf (ngettext ("%u number each", "%u numbers each",
                                 (gulong)ph_embedding_get_size (self->embedding)),
                       (guint)ph_embedding_get_size (self->embedding));
  g_autoptr (GString) facts = g_string_new (images);

  g_string_append_printf (facts, " · %s", numbers);
  if (n_failed > 0)
    {
      g_string_append (facts, " · ");
      g_string_append_printf (facts, ngettext ("%u cannot be read", "%u cannot be read", n_failed),
                              n_failed);
    }
  gtk_label_set_text (self->images_label, name);
  gtk_label_set_text (self->facts_label, facts->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts_label), facts->str);
}

void
ph_embedding_page_take (PhEmbeddingPage *self, PhEmbedding *embedding)
{
  gboolean same_images =
      self->embedding != NULL && embedding != NULL &&
      ph_embedding_get_dataset (self->embedding) == ph_embedding_get_dataset (embedding);

  g_clear_pointer (&self->embedding, ph_embedding_unref);
  self->embedding = embedding;
  if (!same_images)
    {
      self->looked = 0;
      g_clear_pointer (&self->looked_path, g_free);
    }
  ph_dataset_strip_show (self->strip,
                         embedding != NULL ? ph_embedding_get_dataset (embedding) : NULL,
                         ph_page_get_queue (PH_PAGE (self)));
  for (int i = 0; ph_embedding_views[i].name != NULL; i++)
    {
      self->stale[i] = TRUE;
      /* What was is let go at once, also by those that are not seen. */
      if (embedding == NULL)
        ph_embedding_view_set_source (self->view[i], NULL, NULL);
    }
  if (embedding != NULL)
    {
      show_images (self);
      ph_dataset_strip_select (self->strip, self->looked);
      tell_view (self);
    }
  ph_embedding_page_show_encoder (self);
}

/* PhPage */

static void
ph_embedding_page_leave (PhPage *page)
{
  PhEmbeddingPage *self = PH_EMBEDDING_PAGE (page);
  PhEmbeddingView *view = ph_embedding_page_get_view (self);

  if (view != NULL)
    ph_embedding_view_leave (view);
}

/* Another network is open: it is the encoder where none was chosen. */
static void
on_model (PhEmbeddingPage *self)
{
  ph_embedding_page_show_encoder (self);
  if (self->images != NULL && (self->encoder == NULL || g_str_equal (self->encoder, "network")))
    {
      g_clear_pointer (&self->layer, g_free);
      ph_embedding_page_make (self);
    }
}

/* GObject */

static void
ph_embedding_page_dispose (GObject *object)
{
  PhEmbeddingPage *self = PH_EMBEDDING_PAGE (object);

  if (self->states != NULL)
    {
      ph_embedding_page_drop_job (self);
      g_signal_handlers_disconnect_by_data (self->views, self);
      for (int i = 0; ph_embedding_views[i].name != NULL; i++)
        ph_embedding_view_set_source (self->view[i], NULL, NULL);
      ph_dataset_strip_show (self->strip, NULL, NULL);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_EMBEDDING_PAGE);
    }
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_clear_pointer (&self->images, g_free);
  g_clear_pointer (&self->encoder, g_free);
  g_clear_pointer (&self->layer, g_free);
  g_clear_pointer (&self->looked_path, g_free);
  g_clear_pointer (&self->made_encoder, g_free);
  g_clear_pointer (&self->made_layer, g_free);
  g_clear_object (&self->encoders);
  g_clear_object (&self->networks);
  G_OBJECT_CLASS (ph_embedding_page_parent_class)->dispose (object);
}

static void
ph_embedding_page_class_init (PhEmbeddingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_embedding_page_dispose;
  PH_PAGE_CLASS (klass)->leave = ph_embedding_page_leave;
  g_type_ensure (PH_TYPE_DATASET_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/embedding-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhEmbeddingPage, name)
  BIND (states);
  BIND (failed);
  BIND (failed_back);
  BIND (spinner);
  BIND (loading_label);
  BIND (loading_progress);
  BIND (images_label);
  BIND (encoder_label);
  BIND (images_button);
  BIND (encoder_button);
  BIND (layer_drop);
  BIND (facts_label);
  BIND (views);
  BIND (strip);
  BIND (strip_revealer);
#undef BIND
  ph_embedding_page_class_actions_init (widget_class);
}

static void
ph_embedding_page_init (PhEmbeddingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_DATASET_STRIP (self->strip));
  for (int i = 0; ph_embedding_views[i].name != NULL; i++)
    {
      const PhEmbeddingViewEntry *entry = &ph_embedding_views[i];

      self->view[i] = g_object_new (entry->get_type (), NULL);
      self->stale[i] = TRUE;
      adw_view_stack_add_titled_with_icon (self->views, GTK_WIDGET (self->view[i]), entry->name,
                                           _ (entry->title), entry->icon_name);
    }
  g_signal_connect_swapped (self->views, "notify::visible-child", G_CALLBACK (on_view), self);
  g_signal_connect (self->strip, "picked", G_CALLBACK (on_picked), self);
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
  g_signal_connect (self, "notify::queue", G_CALLBACK (ph_embedding_page_update_actions), NULL);
  ph_embedding_page_init_encoder (self);
  ph_embedding_page_init_drop (self);
  ph_page_set_title (PH_PAGE (self), _ ("Embeddings"));
  on_view (self);
}

/* Public */

GtkWidget *
ph_embedding_page_new (void)
{
  return g_object_new (PH_TYPE_EMBEDDING_PAGE, NULL);
}

void
ph_embedding_page_open_images (PhEmbeddingPage *self, const char *path)
{
  g_return_if_fail (PH_IS_EMBEDDING_PAGE (self));
  g_return_if_fail (ph_page_get_queue (PH_PAGE (self)) != NULL);

  char *full =
      g_str_has_prefix (path, "world:") ? g_strdup (path) : g_canonicalize_filename (path, NULL);

  g_free (self->images);
  self->images = full;
  ph_embedding_page_make (self);
}
