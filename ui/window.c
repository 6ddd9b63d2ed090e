#include "ui/window-private.h"

#include <glib/gi18n.h>

#include "ui/job-list.h"
#include "ui/lesson-actions.h"
#include "ui/recent.h"
#include "ui/unit-model.h"

G_DEFINE_FINAL_TYPE (PhMainWindow, ph_main_window, ADW_TYPE_APPLICATION_WINDOW)

enum
{
  PROP_MODEL = 1,
  PROP_LESSONS,
  PROP_PRESENTING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Layers passed through faster than this, as with the arrow keys, leave no trace in the history. */
#define PASSING_BY (1200 * G_TIME_SPAN_MILLISECOND)

#define CLASSES_NAME "class:"

/* Pages */

/* The header names the network; what of it is shown, the page says itself. */
static void
update_title (PhMainWindow *self)
{
  const char *title = ph_page_get_title (self->page);
  const char *network = self->model != NULL ? ph_model_get_name (self->model) : "Phosphene";

  adw_window_title_set_title (self->title, network);
  gtk_window_set_title (GTK_WINDOW (self), title != NULL ? title : network);
}

void
_ph_main_window_show_page (PhMainWindow *self, PhPage *page)
{
  if (self->page != page)
    {
      ph_page_leave (self->page);
      self->page = page;
      gtk_stack_set_visible_child (self->pages, GTK_WIDGET (page));
      ph_page_enter (page);
    }
  update_title (self);
  _ph_main_window_actions_update (self);
}

/* Something that shows at a glance what layers are about: units whose meaning is known, or else
 * units that see about a third of the picture. */
static int
choose_first_layer (PhModel *model)
{
  const PhPreprocess *pre = ph_model_get_preprocess (model);
  double wanted = MIN (pre->height, pre->width) / 3.0, best_score = G_MAXDOUBLE;
  int best = ph_model_get_n_classes (model) > 0 ? PH_CLASSES : 0;

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      double score = ABS (layer->field.width - wanted);
      if (layer->obstacle != NULL || strstr (layer->kind, "Pool") != NULL ||
          layer->rows * layer->columns <= 1)
        continue;
      if (layer->channel_labels == NULL)
        score += pre->width + pre->height;
      if (score <= best_score)
        {
          best = i;
          best_score = score;
        }
    }
  return best;
}

/* The place says a layer by name; FALSE when the network has none such. */
static gboolean
find_layer (PhMainWindow *self, const PhPlace *place, int *layer)
{
  if (place->layer == NULL)
    *layer = choose_first_layer (self->model);
  else if (g_str_equal (place->layer, CLASSES_NAME))
    *layer = PH_CLASSES;
  else
    *layer = ph_model_find_layer (self->model, place->layer);
  if (*layer == PH_CLASSES && ph_model_get_n_classes (self->model) > 0 &&
      (place->layer == NULL || g_str_equal (place->layer, CLASSES_NAME)))
    return TRUE;
  return *layer >= 0 && *layer < (int)ph_model_get_n_layers (self->model);
}

static const char *
layer_name (PhModel *model, int layer)
{
  return layer == PH_CLASSES ? CLASSES_NAME : ph_model_get_layer (model, layer)->name;
}

/* Shows a place of the network that is open. */
void
_ph_main_window_arrive (PhMainWindow *self, PhPlace *place, gboolean remember)
{
  PhUnit unit;
  int layer;
  gboolean has_unit = FALSE;

  if (place->unit != NULL)
    {
      g_autoptr (GError) error = NULL;
      has_unit = ph_unit_parse (self->model, place->unit, &unit, &error);
      if (!has_unit)
        _ph_main_window_toast (self, error->message);
      else if (place->layer == NULL)
        place->layer = g_strdup (unit.kind == PH_UNIT_CLASS
                                     ? CLASSES_NAME
                                     : ph_model_get_layer (self->model, unit.layer)->name);
      if (!has_unit)
        g_clear_pointer (&place->unit, g_free);
    }
  if (!find_layer (self, place, &layer))
    {
      g_clear_pointer (&place->layer, g_free);
      if (!find_layer (self, place, &layer))
        layer = ph_explore_page_get_layer (self->explore);
    }
  if (place->layer == NULL && layer >= PH_CLASSES)
    place->layer = g_strdup (layer_name (self->model, layer));

  if (layer >= PH_CLASSES)
    ph_explore_page_show_layer (self->explore, layer);

  const PhPlace *present = ph_history_get (self->history, 0);
  gboolean passed_by = present != NULL && present->unit == NULL && present->recipe == NULL &&
                       present->image == NULL && present->page == NULL && present->other == NULL &&
                       place->unit == NULL && place->recipe == NULL && place->image == NULL &&
                       place->page == NULL && place->other == NULL &&
                       g_strcmp0 (present->path, place->path) == 0 &&
                       g_get_monotonic_time () - self->arrived < PASSING_BY;
  g_autoptr (PhPlace) kept = ph_place_copy (place);
  if (remember && passed_by)
    ph_history_replace (self->history, place);
  else if (remember)
    ph_history_push (self->history, place);
  else
    ph_history_replace (self->history, place);
  self->arrived = g_get_monotonic_time ();

  if (kept->recipe != NULL)
    {
      _ph_main_window_show_page (self, PH_PAGE (self->unit));
      ph_unit_page_show_recipe (self->unit, self->model, kept->recipe);
    }
  else if (g_strcmp0 (kept->page, LEARN) == 0)
    {
      ph_page_set_model (PH_PAGE (self->learn), self->model);
      _ph_main_window_show_page (self, PH_PAGE (self->learn));
    }
  else if (g_strcmp0 (kept->page, EMBEDDINGS) == 0)
    {
      ph_page_set_model (PH_PAGE (self->embeddings), self->model);
      _ph_main_window_show_page (self, PH_PAGE (self->embeddings));
    }
  else if (kept->image != NULL)
    {
      _ph_main_window_show_page (self, PH_PAGE (self->image));
      ph_image_page_show (self->image, self->model, *kept->image != '\0' ? kept->image : NULL);
    }
  else if (kept->other != NULL)
    {
      _ph_main_window_show_page (self, PH_PAGE (self->compare));
      ph_compare_page_show (self->compare, self->model, *kept->other != '\0' ? kept->other : NULL);
    }
  else if (has_unit)
    {
      _ph_main_window_show_page (self, PH_PAGE (self->unit));
      ph_unit_page_show (self->unit, self->model, &unit);
    }
  else
    _ph_main_window_show_page (self, PH_PAGE (self->explore));
  update_title (self);
}

/* Notes of the network */

static void
update_notes (PhMainWindow *self)
{
  const char *const *notes = self->model != NULL ? ph_model_get_notes (self->model) : NULL;

  if (notes == NULL || notes[0] == NULL)
    {
      gtk_info_bar_set_revealed (self->note_bar, FALSE);
      return;
    }
  guint more = g_strv_length ((char **)notes) - 1;
  g_autofree char *text = NULL;
  if (more > 0)
    text = g_strdup_printf (ngettext ("%s (%u more remark)", "%s (%u more remarks)", more),
                            notes[0], more);
  else
    text = g_strdup (notes[0]);
  gtk_label_set_label (self->note_label, text);
  gtk_info_bar_set_revealed (self->note_bar, TRUE);
}

static void
on_note_response (GtkInfoBar *bar, int response, PhMainWindow *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

/* What the unit page shows was made with the old numbers. */
static void
on_preprocess_changed (PhMainWindow *self)
{
  const PhPlace *place = ph_history_get (self->history, 0);

  gtk_info_bar_set_revealed (self->note_bar, FALSE);
  if (self->page == PH_PAGE (self->unit) && place != NULL)
    _ph_main_window_arrive (self, ph_place_copy (place), FALSE);
}

void
_ph_main_window_set_model (PhMainWindow *self, PhModel *model)
{
  if (!g_set_object (&self->model, model))
    return;
  _ph_main_window_drop_scan (self);
  g_signal_connect_object (model, "preprocess-changed", G_CALLBACK (on_preprocess_changed), self,
                           G_CONNECT_SWAPPED);
  ph_page_leave (self->page);
  ph_page_set_model (PH_PAGE (self->explore), model);
  ph_page_enter (self->page);
  update_notes (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODEL]);
}

/* GObject */

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhMainWindow *self)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL || g_file_peek_path (files->data) == NULL)
    return FALSE;
  ph_main_window_open (self, g_file_peek_path (files->data));
  return TRUE;
}

static void
on_unit_changed (PhUnitPage *page, const char *name, PhMainWindow *self)
{
  const PhPlace *present = ph_history_get (self->history, 0);

  if (present == NULL)
    return;
  ph_history_push (self->history, ph_place_new (present->path, present->layer, name, NULL));
  update_title (self);
  _ph_main_window_actions_update (self);
}

static void
on_jobs (PhMainWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->jobs_button),
                          g_list_model_get_n_items (G_LIST_MODEL (self->queue)) > 0);
}

static void
on_recent (PhMainWindow *self)
{
  GMenuModel *menu = adw_split_button_get_menu_model (self->open_button);
  g_autoptr (GMenu) others = g_menu_new ();
  g_autoptr (GMenu) encoders = g_menu_new ();

  ph_recent_fill_menu (self->settings, G_MENU (menu), "win.open-path");
  ph_recent_fill_menu (self->settings, others, "win.compare-path");
  ph_compare_page_set_menus (self->compare, G_MENU_MODEL (others), NULL);
  ph_recent_fill_menu (self->settings, encoders, "page.use-encoder");
  ph_embedding_page_set_menu (self->embeddings, G_MENU_MODEL (encoders));
}

static gboolean
ph_main_window_close_request (GtkWindow *window)
{
  PhMainWindow *self = PH_MAIN_WINDOW (window);

  g_settings_set_int (self->settings, "window-width", gtk_widget_get_width (GTK_WIDGET (self)));
  g_settings_set_int (self->settings, "window-height", gtk_widget_get_height (GTK_WIDGET (self)));
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  ph_page_leave (self->page);
  _ph_main_window_lessons_leave (self);
  _ph_main_window_drop_loading (self);
  return GTK_WINDOW_CLASS (ph_main_window_parent_class)->close_request (window);
}

static void
ph_main_window_dispose (GObject *object)
{
  PhMainWindow *self = PH_MAIN_WINDOW (object);

  _ph_main_window_drop_loading (self);
  _ph_main_window_act_drop (self);
  if (self->queue != NULL)
    g_signal_handlers_disconnect_by_data (self->queue, self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->chooser);
  g_clear_weak_pointer (&self->catalogue);
  g_clear_weak_pointer (&self->offer);
  g_clear_object (&self->scan);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_MAIN_WINDOW);
  g_clear_object (&self->model);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ph_main_window_parent_class)->dispose (object);
}

static void
ph_main_window_finalize (GObject *object)
{
  PhMainWindow *self = PH_MAIN_WINDOW (object);

  ph_history_free (self->history);
  g_free (self->failed_path);
  G_OBJECT_CLASS (ph_main_window_parent_class)->finalize (object);
}

static void
ph_main_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhMainWindow *self = PH_MAIN_WINDOW (object);

  switch (id)
    {
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    /* Actions ask for these before there are children, and after. */
    case PROP_LESSONS:
      g_value_set_boolean (value, self->lessons != NULL &&
                                      gtk_widget_get_visible (GTK_WIDGET (self->lessons)));
      break;
    case PROP_PRESENTING:
      g_value_set_boolean (value, self->presenter != NULL &&
                                      ph_presenter_get_presenting (self->presenter));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_main_window_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_LESSONS:
      _ph_main_window_set_lessons (PH_MAIN_WINDOW (object), g_value_get_boolean (value));
      break;
    case PROP_PRESENTING:
      _ph_main_window_set_presenting (PH_MAIN_WINDOW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_main_window_class_init (PhMainWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_main_window_dispose;
  object_class->finalize = ph_main_window_finalize;
  object_class->get_property = ph_main_window_get_property;
  object_class->set_property = ph_main_window_set_property;
  GTK_WINDOW_CLASS (klass)->close_request = ph_main_window_close_request;

  props[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, PH_TYPE_MODEL,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_LESSONS] =
      g_param_spec_boolean ("lessons", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_PRESENTING] =
      g_param_spec_boolean ("presenting", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (PH_TYPE_EXPLORE_PAGE);
  g_type_ensure (PH_TYPE_UNIT_PAGE);
  g_type_ensure (PH_TYPE_IMAGE_PAGE);
  g_type_ensure (PH_TYPE_LEARN_PAGE);
  g_type_ensure (PH_TYPE_COMPARE_PAGE);
  g_type_ensure (PH_TYPE_EMBEDDING_PAGE);
  g_type_ensure (PH_TYPE_JOB_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/phosphene/Phosphene/window.ui");
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, title);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, open_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, jobs_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, jobs_list);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, note_bar);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, note_label);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, explore);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, unit);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, image);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, image_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, learn);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, learn_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, compare);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, compare_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, embeddings);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, embeddings_button);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, header);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, presenter);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, PhMainWindow, lessons);
  gtk_widget_class_bind_template_callback (widget_class, on_note_response);
  gtk_widget_class_bind_template_callback (widget_class, on_drop);
  _ph_main_window_class_actions_init (klass);
  _ph_main_window_class_images_init (klass);
  _ph_main_window_class_gallery_init (klass);
  _ph_main_window_class_lessons_init (klass);
}

static void
ph_main_window_init (PhMainWindow *self)
{
  self->history = ph_history_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->page = PH_PAGE (self->explore);
  g_object_bind_property (self->explore, "sidebar", self->sidebar_button, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->explore, "notify::title", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->explore, "notify::folded",
                           G_CALLBACK (_ph_main_window_actions_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unit, "notify::title", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->image, "notify::title", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->compare, "notify::title", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->unit, "unit-changed", G_CALLBACK (on_unit_changed), self, 0);
}

/* For the window's other files */

void
_ph_main_window_toast (PhMainWindow *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (markup));
}

/* Public */

PhMainWindow *
ph_main_window_new (GtkApplication *application, PhQueue *queue, PhThumbnails *thumbnails,
                    GSettings *settings)
{
  g_return_val_if_fail (PH_IS_QUEUE (queue), NULL);
  g_return_val_if_fail (PH_IS_THUMBNAILS (thumbnails), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  PhMainWindow *self = g_object_new (PH_TYPE_MAIN_WINDOW, "application", application, NULL);

  self->queue = g_object_ref (queue);
  self->thumbnails = g_object_ref (thumbnails);
  self->settings = g_object_ref (settings);
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  ph_page_set_queue (PH_PAGE (self->explore), queue);
  ph_page_set_queue (PH_PAGE (self->unit), queue);
  ph_page_set_queue (PH_PAGE (self->image), queue);
  ph_page_set_queue (PH_PAGE (self->learn), queue);
  ph_page_set_queue (PH_PAGE (self->compare), queue);
  ph_page_set_queue (PH_PAGE (self->embeddings), queue);
  ph_explore_page_set_thumbnails (self->explore, thumbnails);
  ph_image_page_set_thumbnails (self->image, thumbnails);
  ph_unit_page_set_thumbnails (self->unit, thumbnails);
  g_settings_bind (settings, "thumbnail-size", self->explore, "unit-size", G_SETTINGS_BIND_GET);
  ph_job_list_set_queue (PH_JOB_LIST (self->jobs_list), queue);
  g_signal_connect_swapped (queue, "notify::n-items", G_CALLBACK (on_jobs), self);
  g_signal_connect_swapped (settings, "changed::recent-networks", G_CALLBACK (on_recent), self);
  on_recent (self);
  _ph_main_window_images_init (self);
  _ph_main_window_lessons_init (self);
  _ph_main_window_actions_update (self);
  update_title (self);
  return self;
}

PhModel *
ph_main_window_get_model (PhMainWindow *self)
{
  g_return_val_if_fail (PH_IS_MAIN_WINDOW (self), NULL);

  return self->model;
}

PhPage *
ph_main_window_get_page (PhMainWindow *self)
{
  g_return_val_if_fail (PH_IS_MAIN_WINDOW (self), NULL);

  return self->page;
}

GSettings *
ph_main_window_get_settings (PhMainWindow *self)
{
  g_return_val_if_fail (PH_IS_MAIN_WINDOW (self), NULL);

  return self->settings;
}
