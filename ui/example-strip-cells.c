#include "ui/example-strip-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/example-open.h"
#include "ui/example-view.h"
#include "ui/plot-axis.h"

/* The cells */

void
_ph_example_strip_set_look (PhExampleStrip *self, GtkWidget *widget)
{
  if (PH_IS_EXAMPLE_VIEW (widget))
    ph_example_view_set_look (PH_EXAMPLE_VIEW (widget), self->whole, self->glow);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    _ph_example_strip_set_look (self, child);
}

void
_ph_example_strip_clear_cells (PhExampleStrip *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->cells))) != NULL)
    gtk_box_remove (self->cells, child);
}

static void
on_enter (GtkEventControllerMotion *motion, double x, double y, PhExampleStrip *self)
{
  GtkWidget *cell = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (motion));
  const PhStripItem *item = g_object_get_data (G_OBJECT (cell), "item");

  self->marker = item->example.value;
  gtk_widget_queue_draw (GTK_WIDGET (self->histogram));
}

static void
on_leave (GtkEventControllerMotion *motion, PhExampleStrip *self)
{
  self->marker = NAN;
  gtk_widget_queue_draw (GTK_WIDGET (self->histogram));
}

static void
on_cell_clicked (GtkWidget *cell, PhExampleStrip *self)
{
  ph_example_open (GTK_WIDGET (self), self->queue, self->dataset,
                   g_object_get_data (G_OBJECT (cell), "item"));
}

static GtkWidget *
make_caption (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 11);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

/* A file's name as a caption: without its ending and the number that ImageNet's files begin with.
 */
static char *
dup_caption (const char *name)
{
  g_autofree char *base = g_path_get_basename (name);
  char *dot = strrchr (base, '.');
  const char *from = base;

  if (dot != NULL && dot != base)
    *dot = '\0';
  if (base[0] == 'n' && strspn (base + 1, "0123456789") == 8 && base[9] == '_')
    from = base + 10;
  return g_strdup (from);
}

static GtkWidget *
make_cell (PhExampleStrip *self, const PhStripItem *item)
{
  GtkWidget *cell = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_autofree char *value = ph_plot_format_value (item->example.value, 0);
  g_autofree char *base = dup_caption (item->name);
  const char *what = item->class_name != NULL ? item->class_name : base;
  g_autofree char *tooltip = item->class_name != NULL
                                 ? g_strdup_printf ("%s\n%s", item->class_name, item->name)
                                 : g_strdup (item->name);
  /* Translators: a class or file, and how strongly the unit answers to it. */
  g_autofree char *label = g_strdup_printf (_ ("%s, value %s"), what, value);

  gtk_box_append (GTK_BOX (box), ph_example_view_new (item, PH_EXAMPLE_CELL));
  gtk_box_append (GTK_BOX (box), make_caption (value, FALSE));
  gtk_box_append (GTK_BOX (box), make_caption (what, TRUE));
  gtk_button_set_child (GTK_BUTTON (cell), box);
  gtk_widget_add_css_class (cell, "flat");
  gtk_widget_add_css_class (cell, "ph-example");
  gtk_widget_set_tooltip_text (cell, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data (G_OBJECT (cell), "item", (gpointer)item);
  g_signal_connect (cell, "clicked", G_CALLBACK (on_cell_clicked), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (cell, motion);
  return cell;
}

static void
append_group (PhExampleStrip *self, const char *title, GtkWidget *content)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_start (label, 6);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_box_append (GTK_BOX (group), label);
  gtk_box_append (GTK_BOX (group), content);
  if (gtk_widget_get_first_child (GTK_WIDGET (self->cells)) != NULL)
    gtk_box_append (self->cells, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (self->cells, group);
}

static void
append_part (PhExampleStrip *self, PhStripPart part, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  for (guint i = 0; i < self->strip->items->len; i++)
    {
      const PhStripItem *item = self->strip->items->pdata[i];

      if (item->part == part)
        gtk_box_append (GTK_BOX (box), make_cell (self, item));
    }
  append_group (self, title, box);
}

static void
append_end (PhExampleStrip *self, guint i, const char *title, const char *tooltip)
{
  GtkWidget *view = ph_example_view_new (NULL, PH_EXAMPLE_CELL);

  gtk_widget_set_tooltip_text (view, tooltip);
  gtk_widget_set_valign (view, GTK_ALIGN_START);
  gtk_widget_set_margin_top (view, 3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  if (self->ends != NULL && self->ends->pdata[i] != NULL)
    ph_example_view_set_frame (PH_EXAMPLE_VIEW (view), self->ends->pdata[i]);
  append_group (self, title, view);
}

void
_ph_example_strip_fill_cells (PhExampleStrip *self)
{
  _ph_example_strip_clear_cells (self);
  if (self->strip == NULL)
    return;
  append_end (self, 0, _ ("− made"), _ ("Picture made to lower the unit"));
  append_part (self, PH_STRIP_LOWEST, _ ("Lowest"));
  append_part (self, PH_STRIP_MIDDLE, _ ("Across the range"));
  append_part (self, PH_STRIP_HIGHEST, _ ("Highest"));
  append_end (self, 1, _ ("+ made"), _ ("Picture made to raise the unit"));
  _ph_example_strip_set_look (self, GTK_WIDGET (self->cells));
}

/* What is said in words */

void
_ph_example_strip_update_facts (PhExampleStrip *self)
{
  const PhUnitStudy *study = self->strip->study;
  g_autofree char *mean = ph_plot_format_value (study->mean, 0);
  g_autofree char *spread = ph_plot_format_value (study->spread, 0);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, _ ("mean %s · spread %s · %.1f %% zeros"), mean, spread,
                          100 * study->zeros);
  for (guint i = 0; i < self->strip->class_names->len; i++)
    {
      g_autofree char *value = ph_plot_format_value (study->classes[i].mean, 0);

      /* Translators: what comes before the list of classes with the highest means. */
      g_string_append (text, i == 0 ? _ (" · driven by ") : ", ");
      g_string_append_printf (text, "%s %s", (char *)self->strip->class_names->pdata[i], value);
    }
  gtk_label_set_text (self->facts_label, text->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->histogram), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Histogram of the unit’s values"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  g_string_free (text, TRUE);
}

static char *
dup_status (PhExampleStrip *self)
{
  g_autofree char *name = self->path != NULL ? g_filename_display_basename (self->path) : NULL;

  if (name == NULL)
    return g_strdup (_ ("Choose images to see which of them excite this unit most."));
  if (self->scan != NULL && ph_job_get_message (self->scan) != NULL)
    return g_strdup_printf ("%s · %s", name, ph_job_get_message (self->scan));
  if (self->scan != NULL)
    return g_strdup_printf (_ ("%s · the scan begins"), name);
  if (self->problem != NULL)
    return g_strdup_printf ("%s · %s", name, self->problem);
  if (self->strip == NULL && self->loading == NULL && self->unit.kind == PH_UNIT_NEURON)
    return g_strdup_printf (_ ("%s · the neurons at row %u, column %u are not scanned yet"), name,
                            self->unit.row, self->unit.column);
  if (self->strip == NULL)
    return self->loading != NULL
               ? g_strdup (name)
               : g_strdup_printf (_ ("%s · not scanned with this network yet"), name);

  const PhProgress *p = &self->strip->progress;
  g_autoptr (GString) text = g_string_new (name);

  if (p->done < p->n)
    g_string_append_printf (text, _ (" · %u of %u images"), p->done, p->n);
  else
    g_string_append_printf (text, ngettext (" · %u image", " · %u images", p->n), p->n);
  if (p->failed > 0)
    g_string_append_printf (text, _ (" · %u could not be read"), p->failed);
  if (self->strip->stand_in != NULL)
    /* Translators: name of a layer. */
    g_string_append_printf (text, _ (" · after its activation function, %s"),
                            self->strip->stand_in);
  return g_strdup (text->str);
}

void
_ph_example_strip_update (PhExampleStrip *self)
{
  g_autofree char *status = dup_status (self);
  gboolean ready = self->strip != NULL;
  gboolean complete = ready && self->strip->progress.done >= self->strip->progress.n;

  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), status);
  gtk_widget_set_visible (self->content, ready);
  gtk_widget_set_visible (self->tools, ready && self->shown);
  gtk_widget_set_visible (self->scan_button, self->path != NULL && self->scan == NULL &&
                                                 self->loading == NULL && !complete);
  gtk_widget_queue_draw (GTK_WIDGET (self->histogram));
}

void
_ph_example_strip_draw_histogram (GtkDrawingArea *area, cairo_t *cr, int width, int height,
                                  gpointer data)
{
  PhExampleStrip *self = data;
  const PhHistogram *h = self->strip != NULL ? &self->strip->study->histogram : NULL;
  guint first = 0, end = PH_N_BINS, most = 0;
  GdkRGBA colour;

  if (h == NULL || h->n == 0)
    return;
  while (h->count[first] == 0)
    first++;
  while (h->count[end - 1] == 0)
    end--;
  for (guint i = first; i < end; i++)
    most = MAX (most, h->count[i]);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &colour);
  colour.alpha = 0.45f;
  gdk_cairo_set_source_rgba (cr, &colour);
  for (guint i = first; i < end; i++)
    {
      double wide = (double)width / (end - first), tall = (height - 2.0) * h->count[i] / most;

      if (h->count[i] > 0)
        cairo_rectangle (cr, (i - first) * wide, height - MAX (tall, 1), MAX (wide - 0.5, 0.5),
                         MAX (tall, 1));
    }
  cairo_fill (cr);
  if (!isfinite (self->marker))
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (area)), "accent_color",
                                  &colour);
  gdk_cairo_set_source_rgba (cr, &colour);

  double low = ph_histogram_edge (h, first), high = ph_histogram_edge (h, end);

  cairo_rectangle (cr, CLAMP ((self->marker - low) / (high - low), 0, 1) * (width - 2), 0, 2,
                   height);
  cairo_fill (cr);
}
