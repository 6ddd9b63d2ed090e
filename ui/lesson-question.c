#include "ui/lesson-question.h"

#include <glib/gi18n.h>

struct _PhLessonQuestion
{
  GtkBox parent_instance;

  /* borrowed */
  const PhLessonBlock *block;
  GtkImage *icon;
  GtkLabel *kind;
  GtkWidget *button;
  GtkLabel *feedback;
  GPtrArray *choices; /* owned; of GtkCheckButton, children */

  gboolean done;
};

G_DEFINE_FINAL_TYPE (PhLessonQuestion, ph_lesson_question, GTK_TYPE_BOX)

enum
{
  ANSWERED,
  ACT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GtkLabel *
new_text (const char *markup)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  return GTK_LABEL (label);
}

static void
say (PhLessonQuestion *self, const char *markup, const char *style)
{
  static const char *const styles[] = { "success", "warning", "dim-label" };

  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->feedback), styles[i]);
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->feedback), style);
  gtk_label_set_markup (self->feedback, markup);
  gtk_widget_set_visible (GTK_WIDGET (self->feedback), TRUE);
}

/* The looks of what waits no more. */
static void
show_done (PhLessonQuestion *self)
{
  self->done = TRUE;
  gtk_image_set_from_icon_name (self->icon, "object-select-symbolic");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), "success");
  gtk_widget_set_visible (self->button, FALSE);
  for (guint i = 0; i < self->choices->len; i++)
    gtk_widget_set_sensitive (self->choices->pdata[i], FALSE);
  if (self->block->after != NULL)
    say (self, self->block->after, NULL);
  else
    say (self, _ ("Done."), NULL);
}

/* "0 2": numbers of the chosen answers. */
static char *
dup_chosen (PhLessonQuestion *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->choices->len; i++)
    if (gtk_check_button_get_active (self->choices->pdata[i]))
      g_string_append_printf (text, "%s%u", text->len > 0 ? " " : "", i);
  return g_string_free (text, FALSE);
}

static gboolean
is_right (PhLessonQuestion *self)
{
  for (guint i = 0; i < self->choices->len; i++)
    if (gtk_check_button_get_active (self->choices->pdata[i]) !=
        ((PhLessonOption *)self->block->options->pdata[i])->right)
      return FALSE;
  return TRUE;
}

static void
finish (PhLessonQuestion *self, const char *answer)
{
  show_done (self);
  g_signal_emit (self, signals[ANSWERED], 0, answer);
  for (guint i = 0; i < self->block->actions->len; i++)
    g_signal_emit (self, signals[ACT], 0, self->block->actions->pdata[i]);
}

static void
on_button (PhLessonQuestion *self)
{
  g_autofree char *chosen = dup_chosen (self);

  if (self->block->kind == PH_LESSON_TASK)
    say (self, self->block->hint != NULL ? self->block->hint : "", "dim-label");
  else if (self->block->kind == PH_LESSON_PREDICT || is_right (self))
    finish (self, chosen);
  else
    say (self, _ ("Not quite. Look again, then answer once more."), "warning");
}

/* A wrong answer is forgotten as soon as another is tried. */
static void
on_chosen (PhLessonQuestion *self)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->choices->len; i++)
    any = any || gtk_check_button_get_active (self->choices->pdata[i]);
  gtk_widget_set_sensitive (self->button, any);
  if (!self->done)
    gtk_widget_set_visible (GTK_WIDGET (self->feedback), FALSE);
}

static void
add_choices (PhLessonQuestion *self)
{
  guint n_right = 0;

  for (guint i = 0; i < self->block->options->len; i++)
    n_right += ((PhLessonOption *)self->block->options->pdata[i])->right;
  for (guint i = 0; i < self->block->options->len; i++)
    {
      const PhLessonOption *option = self->block->options->pdata[i];
      GtkWidget *choice = gtk_check_button_new ();
      GtkLabel *text = new_text (option->markup);

      gtk_check_button_set_child (GTK_CHECK_BUTTON (choice), GTK_WIDGET (text));
      gtk_accessible_update_relation (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                      text, NULL, -1);
      if (i > 0 && n_right <= 1)
        gtk_check_button_set_group (GTK_CHECK_BUTTON (choice), self->choices->pdata[0]);
      g_signal_connect_swapped (choice, "toggled", G_CALLBACK (on_chosen), self);
      g_ptr_array_add (self->choices, choice);
      gtk_box_append (GTK_BOX (self), choice);
    }
}

/* Ticks what was chosen before. */
static void
recall (PhLessonQuestion *self, const char *answer)
{
  g_auto (GStrv) numbers = g_strsplit (answer, " ", -1);

  for (guint i = 0; numbers[i] != NULL; i++)
    {
      guint64 number;

      if (g_ascii_string_to_unsigned (numbers[i], 10, 0, G_MAXUINT, &number, NULL) &&
          number < self->choices->len)
        gtk_check_button_set_active (self->choices->pdata[number], TRUE);
    }
  show_done (self);
}

/* GObject */

static void
ph_lesson_question_finalize (GObject *object)
{
  g_ptr_array_unref (PH_LESSON_QUESTION (object)->choices);
  G_OBJECT_CLASS (ph_lesson_question_parent_class)->finalize (object);
}

static void
ph_lesson_question_class_init (PhLessonQuestionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_lesson_question_finalize;
  signals[ANSWERED] = g_signal_new ("answered", PH_TYPE_LESSON_QUESTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[ACT] = g_signal_new ("act", PH_TYPE_LESSON_QUESTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ph_lesson_question_init (PhLessonQuestion *self)
{
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->choices = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self), "ph-question");
  self->icon = GTK_IMAGE (gtk_image_new ());
  self->kind = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->kind), "caption-heading");
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->icon));
  gtk_box_append (GTK_BOX (heading), GTK_WIDGET (self->kind));
  gtk_box_append (GTK_BOX (self), heading);
}

/* Public */

GtkWidget *
ph_lesson_question_new (const PhLessonBlock *block, const char *answer)
{
  g_return_val_if_fail (block != NULL && ph_lesson_block_waits (block), NULL);

  PhLessonQuestion *self = g_object_new (PH_TYPE_LESSON_QUESTION, NULL);
  const char *kinds[] = { _ ("Question"), _ ("Think first"), _ ("Try it") };
  const char *icons[] = { "view-list-bullet-symbolic", "weather-few-clouds-symbolic",
                          "find-location-symbolic" };
  const char *labels[] = { _ ("_Answer"), _ ("_Look"), _ ("_Hint") };
  guint kind = (guint)block->kind - PH_LESSON_QUIZ;

  self->block = block;
  gtk_image_set_from_icon_name (self->icon, icons[kind]);
  gtk_label_set_text (self->kind, kinds[kind]);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (new_text (block->markup)));
  add_choices (self);
  self->feedback = new_text ("");
  gtk_widget_set_visible (GTK_WIDGET (self->feedback), FALSE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->feedback));
  self->button = gtk_button_new_with_mnemonic (labels[kind]);
  gtk_widget_set_halign (self->button, GTK_ALIGN_START);
  gtk_widget_set_sensitive (self->button, block->kind == PH_LESSON_TASK);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (on_button), self);
  gtk_box_append (GTK_BOX (self), self->button);
  if (answer != NULL)
    recall (self, answer);
  return GTK_WIDGET (self);
}

const PhLessonBlock *
ph_lesson_question_get_block (PhLessonQuestion *self)
{
  g_return_val_if_fail (PH_IS_LESSON_QUESTION (self), NULL);

  return self->block;
}

gboolean
ph_lesson_question_is_done (PhLessonQuestion *self)
{
  g_return_val_if_fail (PH_IS_LESSON_QUESTION (self), FALSE);

  return self->done;
}

void
ph_lesson_question_set_done (PhLessonQuestion *self)
{
  g_return_if_fail (PH_IS_LESSON_QUESTION (self));

  if (!self->done)
    finish (self, "done");
}
