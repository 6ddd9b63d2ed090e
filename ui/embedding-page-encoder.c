#include "ui/embedding-page-private.h"

#include <glib/gi18n.h>

/* What turns images into vectors. */

/* Knows how to draw faces. */
#define FACES "faces-autoencoder"

static gboolean
is_autoencoder (PhModel *model)
{
  PhAutoencoder parts;

  return model != NULL && ph_autoencoder_find (model, &parts);
}

char *
ph_embedding_page_dup_encoder (PhEmbeddingPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const char *chosen = self->encoder;

  if (g_strcmp0 (chosen, "network") == 0 && model == NULL)
    chosen = NULL;
  if (chosen != NULL)
    return g_strdup (chosen);
  if (!is_autoencoder (model) && self->images != NULL &&
      g_str_has_prefix (self->images, "world:faces"))
    {
      g_autofree char *path = ph_shipped_dup_network (FACES);

      if (path != NULL)
        return g_steal_pointer (&path);
    }
  return g_strdup (model != NULL ? "network" : "pca");
}

/* The network that is the encoder, if it is open. */
static PhModel *
get_network (PhEmbeddingPage *self, const char *encoder)
{
  PhModel *present =
      self->embedding != NULL && ph_embedding_get_kind (self->embedding) == PH_EMBEDDING_NETWORK
          ? ph_embedding_get_model (self->embedding)
          : NULL;

  if (g_str_equal (encoder, "network"))
    return ph_page_get_model (PH_PAGE (self));
  return present != NULL && g_strcmp0 (ph_model_get_path (present), encoder) == 0 ? present : NULL;
}

static void
append (GMenu *menu, const char *label, const char *encoder)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "page.use-encoder", "s", encoder);
  g_menu_append_item (menu, item);
}

static void
fill_menu (PhEmbeddingPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) files = g_menu_new ();

  if (model != NULL)
    append (own, ph_model_get_name (model), "network");
  append (own, _ ("Principal components"), "pca");
  append (own, _ ("Pixels"), "pixels");
  g_menu_append (files, _ ("_Another Network…"), "page.choose-network");
  g_menu_remove_all (self->encoders);
  g_menu_append_section (self->encoders, NULL, G_MENU_MODEL (own));
  if (self->networks != NULL)
    g_menu_append_section (self->encoders, NULL, self->networks);
  g_menu_append_section (self->encoders, NULL, G_MENU_MODEL (files));
}

/* The usual layer first, then all. */
static void
fill_layers (PhEmbeddingPage *self, PhModel *model)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  self->refreshing = TRUE;
  gtk_string_list_append (names, is_autoencoder (model) ? _ ("Bottleneck") : _ ("Features"));
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      gtk_string_list_append (names, layer->name);
      if (g_strcmp0 (self->layer, layer->name) == 0)
        selected = i + 1;
    }
  gtk_drop_down_set_model (self->layer_drop, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->layer_drop, selected);
  self->refreshing = FALSE;
}

void
ph_embedding_page_show_encoder (PhEmbeddingPage *self)
{
  g_autofree char *encoder = ph_embedding_page_dup_encoder (self);
  PhModel *network = get_network (self, encoder);
  g_autofree char *base = g_path_get_basename (encoder);
  const char *name = base;

  if (g_str_equal (encoder, "pca"))
    name = _ ("Principal components");
  else if (g_str_equal (encoder, "pixels"))
    name = _ ("Pixels");
  else if (network != NULL)
    name = ph_model_get_name (network);
  gtk_label_set_text (self->encoder_label, name);
  gtk_widget_set_visible (GTK_WIDGET (self->layer_drop), network != NULL);
  if (network != NULL)
    fill_layers (self, network);
  fill_menu (self);
}

void
ph_embedding_page_use_encoder (PhEmbeddingPage *self, const char *encoder)
{
  g_autofree char *shipped = ph_shipped_dup_network (encoder);
  char *copy = g_strdup (shipped != NULL ? shipped : encoder);

  g_free (self->encoder);
  self->encoder = copy;
  g_clear_pointer (&self->layer, g_free);
  if (self->images != NULL)
    ph_embedding_page_make (self);
  else
    ph_embedding_page_show_encoder (self);
}

void
ph_embedding_page_use_layer (PhEmbeddingPage *self, const char *layer)
{
  char *copy = layer != NULL && *layer != '\0' ? g_strdup (layer) : NULL;

  if (g_strcmp0 (copy, self->layer) == 0)
    {
      g_free (copy);
      return;
    }
  g_free (self->layer);
  self->layer = copy;
  if (self->images != NULL)
    ph_embedding_page_make (self);
}

static void
on_layer (PhEmbeddingPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->layer_drop);
  GtkStringObject *item = gtk_drop_down_get_selected_item (self->layer_drop);

  if (!self->refreshing && item != NULL)
    ph_embedding_page_use_layer (self, selected == 0 ? NULL : gtk_string_object_get_string (item));
}

void
ph_embedding_page_init_encoder (PhEmbeddingPage *self)
{
  g_autoptr (GtkExpression) name =
      gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  self->encoders = g_menu_new ();
  gtk_menu_button_set_menu_model (self->encoder_button, G_MENU_MODEL (self->encoders));
  gtk_drop_down_set_expression (self->layer_drop, name);
  g_signal_connect_swapped (self->layer_drop, "notify::selected", G_CALLBACK (on_layer), self);
  ph_embedding_page_show_encoder (self);
}

/* Public */

void
ph_embedding_page_set_menu (PhEmbeddingPage *self, GMenuModel *networks)
{
  g_return_if_fail (PH_IS_EMBEDDING_PAGE (self));

  g_set_object (&self->networks, networks);
  fill_menu (self);
}
