#include "ui/embedding-page-private.h"

#include <string.h>

/* Actions of the page, and those of its views, so that everything can be done from outside too. */

static void
next_view (PhEmbeddingPage *self)
{
  const char *name = adw_view_stack_get_visible_child_name (self->views);

  for (int i = 0; ph_embedding_views[i].name != NULL; i++)
    if (g_strcmp0 (ph_embedding_views[i].name, name) == 0)
      {
        const char *next = ph_embedding_views[i + 1].name;

        ph_embedding_page_show_view (self, next != NULL ? next : ph_embedding_views[0].name);
        gtk_widget_grab_focus (GTK_WIDGET (ph_embedding_page_get_view (self)));
        return;
      }
}

static void
look_at_random (PhEmbeddingPage *self)
{
  guint n = ph_dataset_get_n_items (ph_embedding_get_dataset (self->embedding));

  ph_embedding_page_look (self, g_random_int_range (0, (gint32)n), NULL);
}

/* The encoder is a feature extractor that cost no labels: a head over it learns from few. */
static void
learn (PhEmbeddingPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.learn-with", "(ss)",
                              ph_model_get_path (ph_embedding_get_model (self->embedding)),
                              ph_dataset_get_path (ph_embedding_get_dataset (self->embedding)));
}

static gboolean
can_learn (PhEmbeddingPage *self)
{
  PhModel *model = self->embedding != NULL ? ph_embedding_get_model (self->embedding) : NULL;

  return model != NULL && ph_model_get_path (model) != NULL &&
         ph_dataset_get_n_classes (ph_embedding_get_dataset (self->embedding)) > 1;
}

static const struct
{
  const char *action;
  void (*run) (PhEmbeddingPage *self);
} simple_actions[] = {
  { "page.choose-images", ph_embedding_page_choose_folder },
  { "page.choose-images-file", ph_embedding_page_choose_file },
  { "page.close-images", ph_embedding_page_close_images },
  { "page.stop", ph_embedding_page_go_back },
  { "page.choose-network", ph_embedding_page_choose_encoder },
  { "page.choose-image", ph_embedding_page_choose_image },
  { "page.random-image", look_at_random },
  { "page.next-view", next_view },
  { "page.learn", learn },
};

static void
on_simple (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (simple_actions); i++)
    if (g_str_equal (simple_actions[i].action, action))
      simple_actions[i].run (PH_EMBEDDING_PAGE (widget));
}

static const struct
{
  const char *action;
  void (*run) (PhEmbeddingPage *self, const char *text);
} text_actions[] = {
  { "page.use-images", ph_embedding_page_open_images },
  { "page.use-encoder", ph_embedding_page_use_encoder },
  { "page.use-layer", ph_embedding_page_use_layer },
  { "page.show-view", ph_embedding_page_show_view },
};

static void
on_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (text_actions); i++)
    if (g_str_equal (text_actions[i].action, action))
      text_actions[i].run (PH_EMBEDDING_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static void
on_look_at (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhEmbeddingPage *self = PH_EMBEDDING_PAGE (widget);
  guint item = g_variant_get_uint32 (parameter);

  if (self->embedding != NULL &&
      item < ph_dataset_get_n_items (ph_embedding_get_dataset (self->embedding)))
    ph_embedding_page_look (self, (int)item, NULL);
}

static void
on_open_image (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhEmbeddingPage *self = PH_EMBEDDING_PAGE (widget);

  if (self->embedding != NULL)
    ph_embedding_page_look (self, -1, g_variant_get_string (parameter, NULL));
}

/* What a view does itself: in the view of that name, or without one in the view that is seen.
 * @action without "page." is what ph_embedding_view_act() is given. */
static const struct
{
  const char *action, *type, *view;
} view_actions[] = {
  { "page.reset-picture", NULL, NULL },
  { "page.renew-noise", NULL, "reconstruct" },
  { "page.set-noise", "(sd)", "reconstruct" },
  { "page.set-bar", "(ud)", "reconstruct" },
  { "page.show-bars", "s", "reconstruct" },
  { "page.pause", NULL, NULL },
  { "page.set-corner", "(uu)", "interpolate" },
  { "page.set-corners", "u", "interpolate" },
  { "page.set-path", "s", "interpolate" },
  { "page.set-steps", "u", "interpolate" },
  { "page.set-position", "d", "interpolate" },
  { "page.show-trait", "u", "interpolate" },
  { "page.export-path", "s", "interpolate" },
  { "page.save-path", "(ss)", "interpolate" },
  { "page.set-direction", "(sd)", "directions" },
  { "page.similar-metric", "s", "similar" },
  { "page.similar-back", NULL, "similar" },
  { "page.map-layout", "s", "map" },
  { "page.map-colour", "s", "map" },
  { "page.map-size", "u", "map" },
  { "page.map-lasso", NULL, "map" },
  { "page.map-select", "s", "map" },
  { "page.map-stop", NULL, "map" },
  { "page.zoom-in", NULL, NULL },
  { "page.zoom-out", NULL, NULL },
  { "page.zoom-fit", NULL, NULL },
  { "page.measure-speed", NULL, "speed" },
  { "page.stop-measuring", NULL, "speed" },
  { "page.speed-metric", "s", "speed" },
  { "page.speed-k", "u", "speed" },
  { "page.want-recall", "d", "speed" },
};

static void
on_view_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhEmbeddingPage *self = PH_EMBEDDING_PAGE (widget);
  PhEmbeddingView *view = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (view_actions); i++)
    if (g_str_equal (view_actions[i].action, action))
      {
        if (view_actions[i].view != NULL)
          ph_embedding_page_show_view (self, view_actions[i].view);
        view = ph_embedding_page_get_view (self);
      }
  if (view != NULL && self->embedding != NULL)
    ph_embedding_view_act (view, action + strlen ("page."), parameter);
}

/* For ui/embedding-page.c */

void
ph_embedding_page_class_actions_init (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (simple_actions); i++)
    gtk_widget_class_install_action (widget_class, simple_actions[i].action, NULL, on_simple);
  for (guint i = 0; i < G_N_ELEMENTS (text_actions); i++)
    gtk_widget_class_install_action (widget_class, text_actions[i].action, "s", on_text);
  for (guint i = 0; i < G_N_ELEMENTS (view_actions); i++)
    gtk_widget_class_install_action (widget_class, view_actions[i].action, view_actions[i].type,
                                     on_view_action);
  gtk_widget_class_install_action (widget_class, "page.look-at", "u", on_look_at);
  gtk_widget_class_install_action (widget_class, "page.open-image", "s", on_open_image);
}

void
ph_embedding_page_update_actions (PhEmbeddingPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const char *state = gtk_stack_get_visible_child_name (self->states);
  gboolean ready = g_strcmp0 (state, "ready") == 0;
  gboolean queue = ph_page_get_queue (PH_PAGE (self)) != NULL;
  const char *const with_images[] = { "page.look-at", "page.open-image", "page.choose-image",
                                      "page.random-image", "page.next-view" };

  for (guint i = 0; i < G_N_ELEMENTS (with_images); i++)
    gtk_widget_action_set_enabled (widget, with_images[i], ready);
  for (guint i = 0; i < G_N_ELEMENTS (view_actions); i++)
    gtk_widget_action_set_enabled (widget, view_actions[i].action, ready);
  gtk_widget_action_set_enabled (widget, "page.learn", ready && can_learn (self));
  gtk_widget_action_set_enabled (widget, "page.choose-images", queue);
  gtk_widget_action_set_enabled (widget, "page.choose-images-file", queue);
  gtk_widget_action_set_enabled (widget, "page.use-images", queue);
  gtk_widget_action_set_enabled (widget, "page.close-images", self->images != NULL);
  gtk_widget_action_set_enabled (widget, "page.stop",
                                 self->job != NULL || g_strcmp0 (state, "failed") == 0);
}
