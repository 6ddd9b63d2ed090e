#include "ui/explore-page.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/layer-list.h"
#include "ui/unit-grid.h"
#include "ui/unit-order.h"

struct _PhExplorePage
{
  PhPage parent_instance;

  /* template */
  GtkStack *states;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  AdwStatusPage *failed;
  AdwFlap *flap;
  PhLayerList *layers;
  GtkLabel *layer_title;
  GtkLabel *layer_facts;
  GtkStack *units;
  PhUnitGrid *grid;
  PhUnitOrder *order;
  AdwStatusPage *obstacle;

  int layer;
};

G_DEFINE_FINAL_TYPE (PhExplorePage, ph_explore_page, PH_TYPE_PAGE)

#define NO_LAYER (-2)

enum
{
  PROP_STATE = 1,
  PROP_FOLDED,
  PROP_SIDEBAR,
  PROP_UNIT_SIZE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
set_state (PhExplorePage *self, const char *state)
{
  gboolean loading = g_str_equal (state, "loading");

  if (loading != gtk_spinner_get_spinning (self->spinner))
    gtk_spinner_set_spinning (self->spinner, loading);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->states), state) == 0)
    return;
  gtk_stack_set_visible_child_name (self->states, state);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* "sees 95 px": how much of the picture one position looks at. */
static char *
describe_field (PhModel *model, const PhReceptiveField *field)
{
  const PhPreprocess *pre = ph_model_get_preprocess (model);

  if (!isfinite (field->height) || !isfinite (field->width) ||
      (field->height >= pre->height && field->width >= pre->width))
    return g_strdup (_ ("sees the whole picture"));
  if (field->height != field->width)
    /* Translators: height and width of what a unit looks at, in pixels. */
    return g_strdup_printf (_ ("sees %.0f×%.0f px"), field->height, field->width);
  /* Translators: side of the square that a unit looks at, in pixels. */
  return g_strdup_printf (_ ("sees %.0f px"), field->width);
}

static char *
describe_layer (PhModel *model, const PhLayer *layer)
{
  g_autoptr (GPtrArray) facts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (facts, g_strdup (layer->kind));
  g_ptr_array_add (facts,
                   g_strdup_printf (ngettext ("%u channel", "%u channels", layer->n_channels),
                                    layer->n_channels));
  if (layer->rows * layer->columns > 1)
    /* Translators: rows and columns of a layer's output. */
    g_ptr_array_add (facts, g_strdup_printf (_ ("%u×%u positions"), layer->rows, layer->columns));
  if (layer->obstacle == NULL)
    g_ptr_array_add (facts, describe_field (model, &layer->field));
  if (layer->n_parameters > 0)
    g_ptr_array_add (facts, g_strdup_printf (ngettext ("%'lu parameter", "%'lu parameters",
                                                       (gulong)layer->n_parameters),
                                             (gulong)layer->n_parameters));
  g_ptr_array_add (facts, NULL);
  return g_strjoinv (" · ", (char **)facts->pdata);
}

static void
on_ordered (PhExplorePage *self)
{
  GListModel *units = ph_unit_grid_get_units (self->grid);

  if (units != NULL)
    ph_unit_model_set_order (PH_UNIT_MODEL (units), ph_unit_order_get (self->order));
}

static void
show_units (PhExplorePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const PhLayer *layer = self->layer >= 0 ? ph_model_get_layer (model, self->layer) : NULL;
  g_autofree char *facts = NULL;

  if (layer != NULL)
    facts = describe_layer (model, layer);
  else
    facts = g_strdup_printf (ngettext ("%u class that the network can name",
                                       "%u classes that the network can name",
                                       ph_model_get_n_classes (model)),
                             ph_model_get_n_classes (model));
  gtk_label_set_label (self->layer_title, layer != NULL ? layer->name : _ ("Classes"));
  gtk_label_set_label (self->layer_facts, facts);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->layer_facts), facts);

  if (layer != NULL && layer->obstacle != NULL)
    {
      g_autofree char *sentence = g_markup_escape_text (layer->obstacle, -1);
      ph_unit_grid_set_units (self->grid, NULL);
      adw_status_page_set_description (self->obstacle, sentence);
      gtk_stack_set_visible_child_name (self->units, "obstacle");
      return;
    }

  g_autoptr (PhUnitModel) units = ph_unit_model_new (model, self->layer);
  ph_unit_grid_set_units (self->grid, units);
  ph_unit_order_show (self->order, ph_page_get_queue (PH_PAGE (self)), model, self->layer);
  on_ordered (self);
  gtk_stack_set_visible_child_name (self->units, "grid");
}

static void
on_labels_changed (PhExplorePage *self)
{
  if (self->layer != NO_LAYER)
    show_units (self);
}

static void
on_model (PhExplorePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  self->layer = NO_LAYER;
  ph_unit_grid_set_units (self->grid, NULL);
  ph_layer_list_set_model (self->layers, model);
  ph_page_set_title (PH_PAGE (self), model != NULL ? ph_model_get_name (model) : NULL);
  if (model == NULL)
    {
      set_state (self, "empty");
      return;
    }
  g_signal_connect_object (model, "labels-changed", G_CALLBACK (on_labels_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "preprocess-changed", G_CALLBACK (on_labels_changed), self,
                           G_CONNECT_SWAPPED);
  set_state (self, "ready");
}

static void
on_folded (PhExplorePage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOLDED]);
}

static void
on_reveal (PhExplorePage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIDEBAR]);
}

/* PhPage */

static void
ph_explore_page_enter (PhPage *page)
{
  ph_unit_grid_set_active (PH_EXPLORE_PAGE (page)->grid, TRUE);
}

static void
ph_explore_page_leave (PhPage *page)
{
  ph_unit_grid_set_active (PH_EXPLORE_PAGE (page)->grid, FALSE);
}

/* GObject */

static void
ph_explore_page_dispose (GObject *object)
{
  /* Before the template goes: the bin would unparent its child once more. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), PH_TYPE_EXPLORE_PAGE);
  G_OBJECT_CLASS (ph_explore_page_parent_class)->dispose (object);
}

static void
ph_explore_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhExplorePage *self = PH_EXPLORE_PAGE (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_string (value, gtk_stack_get_visible_child_name (self->states));
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, adw_flap_get_folded (self->flap));
      break;
    case PROP_SIDEBAR:
      g_value_set_boolean (value, adw_flap_get_reveal_flap (self->flap));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_explore_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhExplorePage *self = PH_EXPLORE_PAGE (object);

  switch (id)
    {
    case PROP_SIDEBAR:
      adw_flap_set_reveal_flap (self->flap, g_value_get_boolean (value));
      break;
    case PROP_UNIT_SIZE:
      ph_unit_grid_set_size (self->grid, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_explore_page_class_init (PhExplorePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhPageClass *page_class = PH_PAGE_CLASS (klass);
  const GParamFlags flags = G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ph_explore_page_dispose;
  object_class->get_property = ph_explore_page_get_property;
  object_class->set_property = ph_explore_page_set_property;
  page_class->enter = ph_explore_page_enter;
  page_class->leave = ph_explore_page_leave;

  props[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  props[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  props[PROP_SIDEBAR] =
      g_param_spec_boolean ("sidebar", NULL, NULL, TRUE, flags | G_PARAM_READWRITE);
  props[PROP_UNIT_SIZE] =
      g_param_spec_int ("unit-size", NULL, NULL, 32, 512, 96, flags | G_PARAM_WRITABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (PH_TYPE_LAYER_LIST);
  g_type_ensure (PH_TYPE_UNIT_GRID);
  g_type_ensure (PH_TYPE_UNIT_ORDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/explore-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, states);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, loading_label);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, failed);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, flap);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, layers);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, layer_title);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, layer_facts);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, units);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, grid);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, order);
  gtk_widget_class_bind_template_child (widget_class, PhExplorePage, obstacle);
}

static void
ph_explore_page_init (PhExplorePage *self)
{
  self->layer = NO_LAYER;
  gtk_widget_init_template (GTK_WIDGET (self));
  ph_page_set_icon_name (PH_PAGE (self), "view-grid-symbolic");
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
  g_signal_connect_swapped (self->order, "ordered", G_CALLBACK (on_ordered), self);
  g_signal_connect_swapped (self->flap, "notify::folded", G_CALLBACK (on_folded), self);
  g_signal_connect_swapped (self->flap, "notify::reveal-flap", G_CALLBACK (on_reveal), self);
}

/* Public */

GtkWidget *
ph_explore_page_new (void)
{
  return g_object_new (PH_TYPE_EXPLORE_PAGE, NULL);
}

void
ph_explore_page_set_thumbnails (PhExplorePage *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  ph_unit_grid_set_thumbnails (self->grid, thumbnails);
}

void
ph_explore_page_show_empty (PhExplorePage *self)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  ph_page_set_model (PH_PAGE (self), NULL);
  set_state (self, "empty");
}

gboolean
ph_explore_page_is_ready (PhExplorePage *self)
{
  g_return_val_if_fail (PH_IS_EXPLORE_PAGE (self), FALSE);

  return g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "ready") == 0;
}

void
ph_explore_page_show_loading (PhExplorePage *self, const char *name)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  /* Translators: name of a file. */
  g_autofree char *sentence = g_strdup_printf (_ ("Opening %s…"), name);
  gtk_label_set_label (self->loading_label, sentence);
  set_state (self, "loading");
}

void
ph_explore_page_show_failed (PhExplorePage *self, const char *name, const GError *error)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  /* Translators: name of a file. */
  g_autofree char *title = g_strdup_printf (_ ("%s cannot be opened"), name);
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *sentence = g_markup_escape_text (error->message, -1);
  adw_status_page_set_title (self->failed, title_markup);
  adw_status_page_set_description (self->failed, sentence);
  set_state (self, "failed");
}

void
ph_explore_page_show_layer (PhExplorePage *self, int layer)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));
  g_return_if_fail (ph_page_get_model (PH_PAGE (self)) != NULL);

  set_state (self, "ready");
  ph_layer_list_select (self->layers, layer);
  if (self->layer == layer)
    return;
  self->layer = layer;
  show_units (self);
}

int
ph_explore_page_get_layer (PhExplorePage *self)
{
  g_return_val_if_fail (PH_IS_EXPLORE_PAGE (self), NO_LAYER);

  return self->layer;
}

void
ph_explore_page_focus_search (PhExplorePage *self)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  adw_flap_set_reveal_flap (self->flap, TRUE);
  ph_layer_list_focus_search (self->layers);
}

void
ph_explore_page_set_images (PhExplorePage *self, const char *path)
{
  g_return_if_fail (PH_IS_EXPLORE_PAGE (self));

  ph_unit_order_set_images (self->order, path);
}
