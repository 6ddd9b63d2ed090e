#include "ui/lesson-step.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/lesson-question.h"

struct _PhLessonStepView
{
  GtkBox parent_instance;

  GPtrArray *questions; /* owned; of PhLessonQuestion, children; NULL for a block that is none */
};

G_DEFINE_FINAL_TYPE (PhLessonStepView, ph_lesson_step, GTK_TYPE_BOX)

enum
{
  ACT,
  ANSWERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

#define ACTION "phosphene-action"

static gboolean
on_link (GtkLabel *label, const char *uri, PhLessonStepView *self)
{
  const PhLessonBlock *block = g_object_get_data (G_OBJECT (label), ACTION);
  guint64 number;

  if (!g_str_has_prefix (uri, "do:"))
    return FALSE;
  if (g_ascii_string_to_unsigned (uri + strlen ("do:"), 10, 0, block->actions->len - 1, &number,
                                  NULL))
    g_signal_emit (self, signals[ACT], 0, block->actions->pdata[number]);
  return TRUE;
}

/* The address of a link is no help for anybody. */
static gboolean
on_tooltip (GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  const char *uri = gtk_label_get_current_uri (GTK_LABEL (label));

  return uri != NULL && g_str_has_prefix (uri, "do:");
}

static GtkWidget *
new_label (PhLessonStepView *self, const PhLessonBlock *block)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), block->markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  g_object_set_data (G_OBJECT (label), ACTION, (gpointer)block);
  g_signal_connect (label, "activate-link", G_CALLBACK (on_link), self);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  return label;
}

static void
add_text (PhLessonStepView *self, const PhLessonBlock *block)
{
  GtkWidget *label = new_label (self, block);

  if (block->kind == PH_LESSON_HEADING)
    gtk_widget_add_css_class (label, "heading");
  if (block->kind == PH_LESSON_CODE)
    gtk_widget_add_css_class (label, "ph-code");
  if (block->kind == PH_LESSON_ITEM)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
      GtkWidget *bullet = gtk_label_new (block->bullet);

      gtk_widget_set_valign (bullet, GTK_ALIGN_START);
      gtk_widget_add_css_class (bullet, "dim-label");
      gtk_box_append (GTK_BOX (row), bullet);
      gtk_box_append (GTK_BOX (row), label);
      label = row;
    }
  gtk_box_append (GTK_BOX (self), label);
}

static void
on_button (GtkWidget *button, PhLessonStepView *self)
{
  g_signal_emit (self, signals[ACT], 0, g_object_get_data (G_OBJECT (button), ACTION));
}

static void
add_buttons (PhLessonStepView *self, const PhLessonBlock *block)
{
  for (guint i = 0; i < block->actions->len; i++)
    {
      PhLessonAction *action = block->actions->pdata[i];
      GtkWidget *button = gtk_button_new ();
      GtkWidget *label = gtk_label_new (action->label);

      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      action->label, -1);
      g_object_set_data (G_OBJECT (button), ACTION, action);
      g_signal_connect (button, "clicked", G_CALLBACK (on_button), self);
      gtk_box_append (GTK_BOX (self), button);
    }
}

static void
on_answered (PhLessonQuestion *question, const char *answer, PhLessonStepView *self)
{
  guint block;

  if (g_ptr_array_find (self->questions, question, &block))
    g_signal_emit (self, signals[ANSWERED], 0, block, answer);
}

static void
on_act (PhLessonQuestion *question, gpointer action, PhLessonStepView *self)
{
  g_signal_emit (self, signals[ACT], 0, action);
}

static GtkWidget *
add_question (PhLessonStepView *self, const PhLessonBlock *block, const char *answer)
{
  GtkWidget *question = ph_lesson_question_new (block, answer);

  g_signal_connect (question, "answered", G_CALLBACK (on_answered), self);
  g_signal_connect (question, "act", G_CALLBACK (on_act), self);
  gtk_box_append (GTK_BOX (self), question);
  return question;
}

/* GObject */

static void
ph_lesson_step_finalize (GObject *object)
{
  g_ptr_array_unref (PH_LESSON_STEP (object)->questions);
  G_OBJECT_CLASS (ph_lesson_step_parent_class)->finalize (object);
}

static void
ph_lesson_step_class_init (PhLessonStepViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_lesson_step_finalize;
  signals[ACT] = g_signal_new ("act", PH_TYPE_LESSON_STEP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[ANSWERED] = g_signal_new ("answered", PH_TYPE_LESSON_STEP, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
}

static void
ph_lesson_step_init (PhLessonStepView *self)
{
  self->questions = g_ptr_array_new ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "ph-lesson");
}

/* Public */

GtkWidget *
ph_lesson_step_new (const PhLesson *lesson, guint step, const PhLessonRecord *record,
                    const char *name)
{
  g_return_val_if_fail (lesson != NULL && step < lesson->steps->len, NULL);

  PhLessonStepView *self = g_object_new (PH_TYPE_LESSON_STEP, NULL);
  const PhLessonStep *shown = lesson->steps->pdata[step];
  GtkWidget *title = gtk_label_new (shown->title);

  gtk_widget_add_css_class (title, "title-3");
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (title), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_box_append (GTK_BOX (self), title);
  for (guint i = 0; i < shown->blocks->len; i++)
    {
      const PhLessonBlock *block = shown->blocks->pdata[i];
      g_autofree char *answer = ph_lesson_record_dup_answer (record, name, step, i);
      GtkWidget *question = NULL;

      if (ph_lesson_block_waits (block))
        question = add_question (self, block, answer);
      else if (block->kind == PH_LESSON_BUTTONS)
        add_buttons (self, block);
      else
        add_text (self, block);
      g_ptr_array_add (self->questions, question);
    }
  return GTK_WIDGET (self);
}

void
ph_lesson_step_ask (PhLessonStepView *self, PhLessonAsk ask, gpointer data)
{
  g_return_if_fail (PH_IS_LESSON_STEP (self));

  for (guint i = 0; i < self->questions->len; i++)
    {
      PhLessonQuestion *question = self->questions->pdata[i];
      const PhLessonBlock *block =
          question != NULL ? ph_lesson_question_get_block (question) : NULL;
      gboolean holds = TRUE;

      if (block == NULL || block->kind != PH_LESSON_TASK || ph_lesson_question_is_done (question))
        continue;
      for (guint j = 0; j < block->checks->len; j++)
        holds = holds && ask (block->checks->pdata[j], data);
      if (holds && block->checks->len > 0)
        ph_lesson_question_set_done (question);
    }
}

gboolean
ph_lesson_step_is_done (PhLessonStepView *self)
{
  g_return_val_if_fail (PH_IS_LESSON_STEP (self), FALSE);

  for (guint i = 0; i < self->questions->len; i++)
    if (self->questions->pdata[i] != NULL &&
        !ph_lesson_question_is_done (self->questions->pdata[i]))
      return FALSE;
  return TRUE;
}
