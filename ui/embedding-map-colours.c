#include "ui/embedding-map-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/map-colours.h"
#include "ui/plot-axis.h"

/* What the colours tell, and what of it is selected. */

#define MOST_PICTURES 48

#define NOTHING "none"
#define CLASS "class"

static PhDataset *
get_dataset (PhEmbeddingMap *self)
{
  return ph_embedding_get_dataset (self->embedding);
}

static guint
get_n (PhEmbeddingMap *self)
{
  return ph_dataset_get_n_items (get_dataset (self));
}

/* Of drawn pictures. Its attributes are the first traits of the embedding. */
static const PhWorld *
get_world (PhEmbeddingMap *self)
{
  guint64 seed;

  return ph_world_of_dataset (get_dataset (self), &seed);
}

static const char *
get_colour (PhEmbeddingMap *self)
{
  const guint i = gtk_drop_down_get_selected (self->colour_drop);

  return i < self->colours->len ? self->colours->pdata[i] : NOTHING;
}

/* The attribute that is chosen, or -1. */
static int
get_attribute (PhEmbeddingMap *self)
{
  const PhWorld *world = get_world (self);

  for (guint i = 0; world != NULL && i < ph_world_get_n_attributes (world); i++)
    if (g_str_equal (world->attributes[i].name, get_colour (self)))
      return (int)i;
  return -1;
}

void
ph_embedding_map_list_colours (PhEmbeddingMap *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const PhWorld *world = self->embedding != NULL ? get_world (self) : NULL;
  const gboolean classes =
      self->embedding != NULL && ph_dataset_get_n_classes (get_dataset (self)) > 0;

  g_ptr_array_set_size (self->colours, 0);
  g_ptr_array_add (self->colours, g_strdup (NOTHING));
  gtk_string_list_append (titles, _ ("One colour"));
  if (classes)
    {
      g_ptr_array_add (self->colours, g_strdup (CLASS));
      gtk_string_list_append (titles, _ ("Coloured by class"));
    }
  for (guint i = 0; world != NULL && i < ph_world_get_n_attributes (world); i++)
    {
      g_ptr_array_add (self->colours, g_strdup (world->attributes[i].name));
      gtk_string_list_append (titles, world->attributes[i].name);
    }
  self->refreshing = TRUE;
  gtk_drop_down_set_model (self->colour_drop, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->colour_drop, classes ? 1 : 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->colour_drop), self->colours->len > 1);
  self->refreshing = FALSE;
}

/* Mean of an attribute over some images. */
static double
find_mean (PhEmbeddingMap *self, guint attribute, const guint *items, guint n)
{
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += ph_embedding_get_trait_value (self->embedding, items != NULL ? items[i] : i, attribute);
  return n > 0 ? sum / n : NAN;
}

/* Images of each class among some. Caller frees. */
static guint *
count_classes (PhEmbeddingMap *self, const guint *items, guint n)
{
  PhDataset *dataset = get_dataset (self);
  guint *counts = g_new0 (guint, ph_dataset_get_n_classes (dataset) + 1);

  for (guint i = 0; i < n; i++)
    {
      int label = ph_dataset_get_label (dataset, items != NULL ? items[i] : i);

      if (label >= 0)
        counts[label]++;
    }
  return counts;
}

static void
show_legend (PhEmbeddingMap *self, int attribute)
{
  if (attribute >= 0)
    {
      const PhWorldAttribute *a = &get_world (self)->attributes[attribute];

      ph_map_legend_show_scale (self->legend, a->summary, a->low, a->high,
                                find_mean (self, (guint)attribute, NULL, get_n (self)));
    }
  else if (g_str_equal (get_colour (self), CLASS))
    {
      g_autofree guint *counts = count_classes (self, NULL, get_n (self));

      ph_map_legend_show_classes (self->legend, get_dataset (self), counts);
    }
  else
    ph_map_legend_show_nothing (self->legend);
}

void
ph_embedding_map_show_colours (PhEmbeddingMap *self)
{
  const guint n = self->embedding != NULL ? get_n (self) : 0;
  g_autofree guint32 *colours = g_new (guint32, n + 1);
  const int attribute = n > 0 ? get_attribute (self) : -1;
  const PhWorldAttribute *a = attribute >= 0 ? &get_world (self)->attributes[attribute] : NULL;
  const gboolean classes = n > 0 && g_str_equal (get_colour (self), CLASS);

  if (n == 0)
    {
      ph_map_legend_show_nothing (self->legend);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      int label = classes ? ph_dataset_get_label (get_dataset (self), i) : -1;

      if (a != NULL)
        colours[i] = ph_map_share_colour (
            (ph_embedding_get_trait_value (self->embedding, i, (guint)attribute) - a->low) /
            (a->high - a->low));
      else if (classes)
        colours[i] = label >= 0 ? ph_map_class_colour ((guint)label) : PH_MAP_GREY;
      else
        colours[i] = ph_map_class_colour (0);
    }
  ph_map_canvas_set_colours (self->canvas, colours, n);
  show_legend (self, attribute);
  ph_embedding_map_show_selection (self);
}

void
ph_embedding_map_use_colour (PhEmbeddingMap *self, const char *name)
{
  for (guint i = 0; i < self->colours->len; i++)
    if (g_str_equal (self->colours->pdata[i], name))
      gtk_drop_down_set_selected (self->colour_drop, i);
}

void
ph_embedding_map_show_selection (PhEmbeddingMap *self)
{
  const GArray *selection = ph_map_canvas_get_selection (self->canvas);
  const guint *items = (const guint *)(gconstpointer)selection->data;
  const guint n = selection->len, shown = MIN (n, MOST_PICTURES);
  g_autofree char *text = NULL;

  if (self->embedding == NULL)
    {
      gtk_label_set_text (self->selection_label, "");
      return;
    }
  if (n == 0)
    text = g_strdup (_ ("Nothing is selected"));
  else if (n > shown)
    /* Translators: how many images are selected, and how many of them are shown. */
    text = g_strdup_printf (_ ("%u images selected, the first %u of them"), n, shown);
  else
    text = g_strdup_printf (ngettext ("%u image selected", "%u images selected", n), n);
  gtk_label_set_text (self->selection_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), n == 0);
  if (get_attribute (self) >= 0)
    ph_map_legend_mark_scale (self->legend,
                              find_mean (self, (guint)get_attribute (self), items, n));
  else if (g_str_equal (get_colour (self), CLASS))
    {
      g_autofree guint *counts = n > 0 ? count_classes (self, items, n) : NULL;

      ph_map_legend_mark_classes (self->legend, counts);
    }
  ph_item_pictures_want (self->pictures, items, shown);
  ph_picture_buttons_show (self->selected, self->pictures, items, shown, NULL);
}

static void
select_label (PhEmbeddingMap *self, guint label)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < get_n (self); i++)
    if (ph_dataset_get_label (get_dataset (self), i) == (int)label)
      g_array_append_val (items, i);
  ph_map_canvas_select (self->canvas, (const guint *)(gpointer)items->data, items->len);
}

void
ph_embedding_map_select_class (PhEmbeddingMap *self, const char *name)
{
  PhDataset *dataset = get_dataset (self);

  if (*name == '\0')
    ph_map_canvas_select (self->canvas, NULL, 0);
  for (guint i = 0; i < ph_dataset_get_n_classes (dataset); i++)
    if (g_str_equal (ph_dataset_get_class_name (dataset, i), name))
      select_label (self, i);
}

static void
on_class_picked (PhMapLegend *legend, guint label, PhEmbeddingMap *self)
{
  select_label (self, label);
}

static void
on_colour (PhEmbeddingMap *self)
{
  if (!self->refreshing && self->embedding != NULL)
    ph_embedding_map_show_colours (self);
}

char *
ph_embedding_map_describe (guint item, gpointer data)
{
  PhEmbeddingMap *self = data;
  PhDataset *dataset = get_dataset (self);
  const int label = ph_dataset_get_label (dataset, item), attribute = get_attribute (self);
  g_autofree char *name = ph_dataset_dup_item_name (dataset, item);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *text = g_string_new (NULL);

  if (label >= 0)
    g_string_append_printf (text, "%s\n", ph_dataset_get_class_name (dataset, (guint)label));
  if (attribute >= 0)
    {
      const PhWorldAttribute *a = &get_world (self)->attributes[attribute];
      g_autofree char *value = ph_plot_format_value (
          ph_embedding_get_trait_value (self->embedding, item, (guint)attribute), a->high - a->low);

      g_string_append_printf (text, "%s %s\n", a->name, value);
    }
  g_string_append (text, valid);
  return g_string_free (text, FALSE);
}

void
ph_embedding_map_init_colours (PhEmbeddingMap *self)
{
  self->colours = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect_swapped (self->colour_drop, "notify::selected", G_CALLBACK (on_colour), self);
  g_signal_connect (self->legend, "class-picked", G_CALLBACK (on_class_picked), self);
  g_signal_connect_swapped (self->canvas, "selection-changed",
                            G_CALLBACK (ph_embedding_map_show_selection), self);
}
