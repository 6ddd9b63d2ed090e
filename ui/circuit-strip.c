#include "ui/circuit-strip.h"

#include <glib/gi18n.h>

#include "ui/kernel-map.h"
#include "ui/plot-axis.h"
#include "ui/unit-cell.h"

#define CELL 72
#define KERNEL 24

struct _PhCircuitStrip
{
  GtkWidget parent_instance;

  /* template */
  GtkLabel *status_label;
  GtkWidget *content;
  GtkBox *fed_by, *feeds;

  /* owned */
  PhQueue *queue;
  PhThumbnails *thumbnails;
  PhModel *model;
  PhJob *job;
  PhCircuit *circuit;  /* nullable */
  GPtrArray *pictures; /* borrowed PhUnitCell, the strongest first */
  char *problem;

  PhUnit unit;
  gboolean has_unit, shown, active;
};

G_DEFINE_FINAL_TYPE (PhCircuitStrip, ph_circuit_strip, GTK_TYPE_WIDGET)

enum
{
  PROP_SHOWN = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* The job */

typedef struct
{
  PhModel *model; /* owned */
  PhUnit unit;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  g_object_unref (spec->model);
  g_free (spec);
}

static gpointer
read_circuit (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;

  return ph_circuit_new (spec->model, &spec->unit, error);
}

/* The cells */

/* The last asked for is the first made. */
static void
update_wants (PhCircuitStrip *self)
{
  for (guint i = self->pictures->len; i-- > 0;)
    ph_unit_cell_want (self->pictures->pdata[i],
                       self->active && self->shown ? self->thumbnails : NULL);
}

static void
empty (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
clear_cells (PhCircuitStrip *self)
{
  for (guint i = 0; i < self->pictures->len; i++)
    ph_unit_cell_want (self->pictures->pdata[i], NULL);
  g_ptr_array_set_size (self->pictures, 0);
  empty (self->fed_by);
  empty (self->feeds);
}

static const char *
describe_sign (const PhSynapse *synapse)
{
  int sign = ph_synapse_sign (synapse);

  /* Translators: of a unit that feeds another, or is fed by one: whether the weights between them
   * raise it, lower it, or do both in different places. */
  return sign > 0 ? _ ("excites") : sign < 0 ? _ ("inhibits") : _ ("both");
}

static void
on_clicked (GtkButton *button, PhCircuitStrip *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s",
                              g_object_get_data (G_OBJECT (button), "unit"));
}

static GtkWidget *
make_caption (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (dim)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
make_cell (PhCircuitStrip *self, const PhSynapse *synapse)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *cell = ph_unit_cell_new (CELL);
  g_autoptr (PhUnitItem) item = ph_unit_item_new (self->model, &synapse->unit);
  g_autofree char *value = ph_plot_format_value (synapse->weight, 0);
  g_autofree char *weight = g_strdup_printf (synapse->weight > 0 ? "+%s" : "%s", value);
  /* Translators: "unit 37 of conv4", whether it excites or inhibits, and the sum of its weights. */
  g_autofree char *spoken =
      g_strdup_printf (_ ("%s, %s, weight %s"), ph_unit_item_get_description (item),
                       describe_sign (synapse), weight);

  ph_unit_cell_set_item (PH_UNIT_CELL (cell), item);
  g_ptr_array_add (self->pictures, cell);
  gtk_box_append (GTK_BOX (words), make_caption (weight, FALSE));
  gtk_box_append (GTK_BOX (words), make_caption (describe_sign (synapse), TRUE));
  if (synapse->rows * synapse->columns > 1)
    gtk_box_append (GTK_BOX (line), ph_kernel_map_new (synapse, KERNEL));
  gtk_widget_set_halign (line, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (line), words);
  gtk_box_append (GTK_BOX (box), cell);
  gtk_box_append (GTK_BOX (box), line);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "ph-active");
  g_object_set_data_full (G_OBJECT (button), "unit", ph_unit_dup_name (self->model, &synapse->unit),
                          g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                  -1);
  return button;
}

static GtkWidget *
append_group (GtkBox *side, const char *title)
{
  GtkWidget *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_margin_start (label, 6);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_box_append (GTK_BOX (group), label);
  gtk_box_append (GTK_BOX (group), box);
  if (gtk_widget_get_first_child (GTK_WIDGET (side)) != NULL)
    gtk_box_append (side, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (side, group);
  return box;
}

static gboolean
is_of (const PhSynapse *synapse, gboolean is_class, guint layer)
{
  return is_class ? synapse->unit.kind == PH_UNIT_CLASS
                  : synapse->unit.kind != PH_UNIT_CLASS && synapse->unit.layer == layer;
}

/* The strongest, a group for each layer that they are of. @format: of its title. */
static void
append_side (PhCircuitStrip *self, GtkBox *side, const GPtrArray *synapses, const char *format)
{
  guint n = MIN (synapses->len, PH_N_SYNAPSES);

  gtk_widget_set_visible (gtk_widget_get_ancestor (GTK_WIDGET (side), GTK_TYPE_SCROLLED_WINDOW),
                          n > 0);
  for (guint i = 0; i < n; i++)
    {
      const PhSynapse *first = synapses->pdata[i];
      gboolean is_class = first->unit.kind == PH_UNIT_CLASS, known = FALSE;

      for (guint j = 0; j < i; j++)
        known |= is_of (synapses->pdata[j], is_class, first->unit.layer);
      if (known)
        continue;

      g_autofree char *title = g_strdup_printf (
          format,
          is_class ? _ ("classes") : ph_model_get_layer (self->model, first->unit.layer)->name);
      GtkWidget *box = append_group (side, title);

      for (guint j = i; j < n; j++)
        if (is_of (synapses->pdata[j], is_class, first->unit.layer))
          gtk_box_append (GTK_BOX (box), make_cell (self, synapses->pdata[j]));
    }
}

static char *
dup_status (PhCircuitStrip *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->problem != NULL)
    return g_strdup (self->problem);
  if (self->circuit == NULL)
    return g_strdup (self->shown ? "" : _ ("Which units it is made of, and which it serves"));
  g_string_append_printf (
      text, ngettext ("fed by %u unit", "fed by %u units", self->circuit->fed_by->len),
      self->circuit->fed_by->len);
  g_string_append_printf (
      text, ngettext (" · feeds %u unit", " · feeds %u units", self->circuit->feeds->len),
      self->circuit->feeds->len);
  g_string_append (text, _ (" · by the weights alone, the strongest first"));
  if (self->circuit->obstacle != NULL)
    g_string_append_printf (text, " · %s", self->circuit->obstacle);
  return g_strdup (text->str);
}

static void
update (PhCircuitStrip *self)
{
  g_autofree char *status = dup_status (self);

  gtk_label_set_text (self->status_label, status);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_label), status);
  gtk_widget_set_visible (self->content, self->pictures->len > 0);
}

/* Reading */

static void
drop_job (PhCircuitStrip *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
forget (PhCircuitStrip *self)
{
  drop_job (self);
  clear_cells (self);
  g_clear_pointer (&self->circuit, ph_circuit_free);
  g_clear_pointer (&self->problem, g_free);
}

static void
on_read (PhJob *job, PhCircuitStrip *self)
{
  g_autoptr (PhJob) done = g_steal_pointer (&self->job);

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      self->circuit = ph_job_steal_result (job);
      append_side (self, self->fed_by, self->circuit->fed_by, _ ("Fed by %s"));
      append_side (self, self->feeds, self->circuit->feeds, _ ("Feeds %s"));
      update_wants (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    self->problem = g_strdup (ph_job_get_error (job)->message);
  update (self);
}

static void
start_reading (PhCircuitStrip *self)
{
  if (self->shown && self->has_unit && self->circuit == NULL && self->job == NULL &&
      self->queue != NULL)
    {
      Spec *spec = g_new0 (Spec, 1);

      spec->model = g_object_ref (self->model);
      spec->unit = self->unit;
      self->job =
          ph_job_new ("circuit", read_circuit, spec, spec_free, (GDestroyNotify)ph_circuit_free);
      ph_job_set_quiet (self->job, TRUE);
      g_signal_connect (self->job, "finished", G_CALLBACK (on_read), self);
      ph_queue_add (self->queue, self->job, PH_LANE_IO);
    }
  update_wants (self);
  update (self);
}

/* GObject */

static void
ph_circuit_strip_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, PH_CIRCUIT_STRIP (object)->shown);
}

static void
ph_circuit_strip_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhCircuitStrip *self = PH_CIRCUIT_STRIP (object);

  if (self->shown == g_value_get_boolean (value))
    return;
  self->shown = g_value_get_boolean (value);
  start_reading (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
ph_circuit_strip_dispose (GObject *object)
{
  PhCircuitStrip *self = PH_CIRCUIT_STRIP (object);
  GtkWidget *child;

  if (self->feeds != NULL)
    {
      forget (self);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_CIRCUIT_STRIP);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->model);
  g_clear_pointer (&self->pictures, g_ptr_array_unref);
  G_OBJECT_CLASS (ph_circuit_strip_parent_class)->dispose (object);
}

static void
ph_circuit_strip_class_init (PhCircuitStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_circuit_strip_dispose;
  object_class->get_property = ph_circuit_strip_get_property;
  object_class->set_property = ph_circuit_strip_set_property;
  props[PROP_SHOWN] =
      g_param_spec_boolean ("shown", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/circuit-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, PhCircuitStrip, status_label);
  gtk_widget_class_bind_template_child (widget_class, PhCircuitStrip, content);
  gtk_widget_class_bind_template_child (widget_class, PhCircuitStrip, fed_by);
  gtk_widget_class_bind_template_child (widget_class, PhCircuitStrip, feeds);
}

static void
ph_circuit_strip_init (PhCircuitStrip *self)
{
  self->pictures = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (GTK_IS_BOX (self->feeds));
  update (self);
}

/* Public */

void
ph_circuit_strip_set_queue (PhCircuitStrip *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_CIRCUIT_STRIP (self));

  g_set_object (&self->queue, queue);
}

void
ph_circuit_strip_set_thumbnails (PhCircuitStrip *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_CIRCUIT_STRIP (self));

  g_set_object (&self->thumbnails, thumbnails);
  update_wants (self);
}

void
ph_circuit_strip_set_active (PhCircuitStrip *self, gboolean active)
{
  g_return_if_fail (PH_IS_CIRCUIT_STRIP (self));

  self->active = active;
  update_wants (self);
}

void
ph_circuit_strip_show (PhCircuitStrip *self, PhModel *model, const PhUnit *unit)
{
  g_return_if_fail (PH_IS_CIRCUIT_STRIP (self));

  PhUnit wanted = unit != NULL ? *unit : (PhUnit){ .kind = PH_UNIT_LAYER };

  /* All neurons of a channel share its weights. */
  if (wanted.kind == PH_UNIT_NEURON)
    wanted.kind = PH_UNIT_CHANNEL;
  wanted.row = wanted.column = 0;
  if (self->has_unit && self->model == model && ph_unit_equal (&self->unit, &wanted))
    return;
  forget (self);
  g_set_object (&self->model, model);
  self->has_unit = wanted.kind != PH_UNIT_LAYER;
  self->unit = wanted;
  gtk_widget_set_visible (GTK_WIDGET (self), self->has_unit);
  start_reading (self);
}

const PhCircuit *
ph_circuit_strip_get_circuit (PhCircuitStrip *self)
{
  g_return_val_if_fail (PH_IS_CIRCUIT_STRIP (self), NULL);

  return self->circuit;
}
