#include "ui/lesson-list.h"

#include <glib/gi18n.h>

struct _PhLessonListView
{
  AdwBin parent_instance;

  /* template */
  GtkDropDown *language_drop;
  GtkStringList *language_list;
  GtkListBox *course;
  GtkListBox *own;
  GtkWidget *own_box;

  char **languages; /* owned: after the first choice */
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhLessonListView, ph_lesson_list_view, ADW_TYPE_BIN)

enum
{
  CHOSEN,
  LANGUAGE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

#define PATH "phosphene-path"

/* Languages by their own names, which are not translated. */
static const struct
{
  const char *code, *name;
} languages[] = {
  { "en", "English" },
  { "ru", "Русский" },
};

static const char *
language_name (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (g_str_equal (languages[i].code, code))
      return languages[i].name;
  return code;
}

char *
ph_lesson_dup_record_name (const char *path)
{
  g_autofree char *shipped = ph_shipped_dup_path ("lessons");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autofree char *name = g_path_get_basename (path);

  if (g_strcmp0 (shipped, above) != 0)
    return g_strdup (path);
  if (g_str_has_suffix (name, ".md"))
    *strrchr (name, '.') = '\0';
  return g_steal_pointer (&name);
}

static char *
dup_subtitle (const PhLesson *lesson, const PhLessonRecord *record, const char *name)
{
  guint step = ph_lesson_record_get_step (record, name);
  guint n_steps = ph_lesson_record_get_n_steps (record, name);
  g_autofree char *minutes =
      g_strdup_printf (ngettext ("%u minute", "%u minutes", lesson->minutes), lesson->minutes);

  if (lesson->mistakes->len > 0)
    {
      const PhLessonMistake *mistake = lesson->mistakes->pdata[0];

      return g_strdup_printf (_ ("Line %u: %s"), mistake->line, mistake->reason);
    }
  if (ph_lesson_record_is_finished (record, name))
    return g_strdup_printf (_ ("%s · finished"), minutes);
  if (n_steps > 0)
    return g_strdup_printf (_ ("%s · step %u of %u"), minutes, step + 1, n_steps);
  return g_steal_pointer (&minutes);
}

static void
add_row (GtkListBox *list, const char *path, const PhLessonRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhLesson) lesson = ph_lesson_load (path, &error);
  g_autofree char *name = ph_lesson_dup_record_name (path);
  g_autofree char *file = g_filename_display_basename (path);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *number =
      lesson != NULL && lesson->number > 0 ? g_strdup_printf ("%u", lesson->number) : g_strdup ("");
  g_autofree char *subtitle =
      lesson != NULL ? dup_subtitle (lesson, record, name) : g_strdup (error->message);
  gboolean broken = lesson == NULL || lesson->mistakes->len > 0;
  GtkWidget *before = broken ? gtk_image_new_from_icon_name ("dialog-warning-symbolic")
                      : ph_lesson_record_is_finished (record, name)
                          ? gtk_image_new_from_icon_name ("object-select-symbolic")
                          : gtk_label_new (number);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), lesson != NULL ? lesson->title : file);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_size_request (before, 20, -1);
  gtk_widget_add_css_class (before, broken ? "warning" : "dim-label");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), before);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), PATH, g_strdup (path), g_free);
  gtk_list_box_append (list, row);
}

static guint
fill (GtkListBox *list, const char *folder, const PhLessonRecord *record)
{
  g_autoptr (GPtrArray) paths = ph_lesson_list (folder, NULL);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, row);
  for (guint i = 0; paths != NULL && i < paths->len; i++)
    add_row (list, paths->pdata[i], record);
  return paths != NULL ? paths->len : 0;
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, PhLessonListView *self)
{
  /* Whoever listens may remove the row. */
  g_autofree char *path = g_strdup (g_object_get_data (G_OBJECT (row), PATH));

  g_signal_emit (self, signals[CHOSEN], 0, path);
}

static void
on_language (PhLessonListView *self)
{
  guint chosen = gtk_drop_down_get_selected (self->language_drop);

  if (!self->refreshing && chosen != GTK_INVALID_LIST_POSITION)
    g_signal_emit (self, signals[LANGUAGE_CHANGED], 0,
                   chosen == 0 ? "" : self->languages[chosen - 1]);
}

static void
show_language (PhLessonListView *self, const char *language)
{
  guint chosen = 0;

  for (guint i = 0; self->languages[i] != NULL; i++)
    if (g_str_equal (self->languages[i], language))
      chosen = i + 1;
  self->refreshing = TRUE;
  gtk_drop_down_set_selected (self->language_drop, chosen);
  self->refreshing = FALSE;
}

/* GObject */

static void
ph_lesson_list_view_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), PH_TYPE_LESSON_LIST);
  G_OBJECT_CLASS (ph_lesson_list_view_parent_class)->dispose (object);
}

static void
ph_lesson_list_view_finalize (GObject *object)
{
  g_strfreev (PH_LESSON_LIST_VIEW (object)->languages);
  G_OBJECT_CLASS (ph_lesson_list_view_parent_class)->finalize (object);
}

static void
ph_lesson_list_view_class_init (PhLessonListViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_lesson_list_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_lesson_list_view_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", PH_TYPE_LESSON_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LANGUAGE_CHANGED] =
      g_signal_new ("language-changed", PH_TYPE_LESSON_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/lesson-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PhLessonListView, language_drop);
  gtk_widget_class_bind_template_child (widget_class, PhLessonListView, language_list);
  gtk_widget_class_bind_template_child (widget_class, PhLessonListView, course);
  gtk_widget_class_bind_template_child (widget_class, PhLessonListView, own);
  gtk_widget_class_bind_template_child (widget_class, PhLessonListView, own_box);
  gtk_widget_class_bind_template_callback (widget_class, on_row);
}

static void
ph_lesson_list_view_init (PhLessonListView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->languages = ph_lesson_list_languages ();
  gtk_string_list_append (self->language_list, _ ("As the program"));
  for (guint i = 0; self->languages[i] != NULL; i++)
    gtk_string_list_append (self->language_list, language_name (self->languages[i]));
  g_signal_connect_swapped (self->language_drop, "notify::selected", G_CALLBACK (on_language),
                            self);
}

/* Public */

GtkWidget *
ph_lesson_list_view_new (void)
{
  return g_object_new (PH_TYPE_LESSON_LIST, NULL);
}

void
ph_lesson_list_view_show (PhLessonListView *self, const char *language,
                          const PhLessonRecord *record)
{
  g_return_if_fail (PH_IS_LESSON_LIST_VIEW (self));

  const char *const chosen[] = { language, NULL };
  g_autofree char *folder =
      ph_lesson_dup_folder (*language != '\0' ? chosen : g_get_language_names ());
  g_autofree char *own = ph_lesson_dup_own_folder ();

  show_language (self, language);
  fill (self->course, folder, record);
  gtk_widget_set_visible (self->own_box, fill (self->own, own, record) > 0);
}
