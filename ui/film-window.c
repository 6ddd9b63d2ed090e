#include "ui/film-window.h"

#include <glib/gi18n.h>

#include "ui/composition-job.h"
#include "ui/setting-rows.h"

#define DEFAULT_PICTURES 24
#define STEPS_BETWEEN 24

typedef enum
{
  SHOWS_RUN,
  SHOWS_WAY,
  SHOWS_SWEEP,
} Shows;

struct _PhFilmWindow
{
  AdwWindow parent_instance;

  /* borrowed */
  GtkDropDown *shows;
  GtkWidget *unit_row, *sweep_row, *pictures_row;
  GtkSpinButton *pictures;
  PhSettingRows *rows;
  GtkLabel *problem;

  /* owned */
  PhPage *page;
  char *objective;
  PhAscentSettings settings;
  GPtrArray *frames; /* nullable */
  GtkFileChooserNative *chooser;

  guint frame_steps;
};

G_DEFINE_FINAL_TYPE (PhFilmWindow, ph_film_window, ADW_TYPE_WINDOW)

/* Choices */

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
tell (PhFilmWindow *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

/* Whether what was typed can be used; says why not. */
static gboolean
check (PhFilmWindow *self)
{
  PhModel *model = ph_page_get_model (self->page);
  Shows shows = gtk_drop_down_get_selected (self->shows);
  g_autoptr (PhSweepAxis) axis = NULL;
  g_autoptr (GError) error = NULL;
  PhUnit unit;

  if (shows == SHOWS_WAY && ph_unit_parse (model, self->objective, &unit, &error))
    ph_unit_parse (model, get_text (self->unit_row), &unit, &error);
  else if (shows == SHOWS_SWEEP)
    axis = ph_sweep_axis_parse (get_text (self->sweep_row), &error);
  tell (self, error != NULL ? error->message : NULL);
  return error == NULL;
}

static void
update (PhFilmWindow *self)
{
  Shows shows = gtk_drop_down_get_selected (self->shows);

  gtk_widget_set_visible (self->unit_row, shows == SHOWS_WAY);
  gtk_widget_set_visible (self->pictures_row,
                          shows == SHOWS_WAY || (shows == SHOWS_RUN && self->frames == NULL));
  gtk_widget_set_visible (self->sweep_row, shows == SHOWS_SWEEP);
  check (self);
}

static PhRecipe *
dup_recipe (PhFilmWindow *self)
{
  Shows shows = gtk_drop_down_get_selected (self->shows);
  const char *const to[] = { get_text (self->unit_row), NULL };
  PhFilmPlot plot = { .to = shows == SHOWS_WAY ? to : NULL,
                      .sweep = shows == SHOWS_SWEEP ? get_text (self->sweep_row) : NULL,
                      .frames = (guint)gtk_spin_button_get_value_as_int (self->pictures),
                      .frame_steps = self->frame_steps };
  PhRecipe *recipe = ph_recipe_new_for_film (self->objective, &self->settings, &plot,
                                             ph_setting_rows_get_values (self->rows));

  if (shows == SHOWS_RUN && self->frames != NULL)
    ph_recipe_set_shown (recipe, self->frames);
  return recipe;
}

PhJob *
ph_film_window_save (PhFilmWindow *self, const char *path)
{
  g_return_val_if_fail (PH_IS_FILM_WINDOW (self), NULL);

  if (!check (self))
    return NULL;

  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_strdup_printf (_ ("Film “%s”"), name);
  gboolean is_run = gtk_drop_down_get_selected (self->shows) == SHOWS_RUN;

  return ph_composition_job_start (self->page, title, dup_recipe (self),
                                   is_run ? self->frames : NULL, path);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhFilmWindow *self)
{
  gboolean saved = FALSE;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      if (g_file_peek_path (file) == NULL)
        tell (self, _ ("Films can be saved in local folders only"));
      else
        saved = ph_film_window_save (self, g_file_peek_path (file)) != NULL;
    }
  g_clear_object (&self->chooser);
  if (saved)
    gtk_window_close (GTK_WINDOW (self));
}

static void
on_save (PhFilmWindow *self)
{
  g_autoptr (PhRecipe) recipe = NULL;
  g_autofree char *name = NULL;

  if (!check (self) || self->chooser != NULL)
    return;
  recipe = dup_recipe (self);
  name = ph_composition_suggest_name (ph_page_get_model (self->page), recipe);
  self->chooser =
      gtk_file_chooser_native_new (_ ("Save the film"), GTK_WINDOW (self),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect (self->chooser, "response", G_CALLBACK (on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* The window */

static GtkWidget *
add_row (GtkWidget *group, const char *title, GtkWidget *suffix)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), suffix);
  gtk_accessible_update_property (GTK_ACCESSIBLE (suffix), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static GtkWidget *
add_entry (PhFilmWindow *self, GtkWidget *group, const char *title, const char *text)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_signal_connect_swapped (row, "changed", G_CALLBACK (check), self);
  return row;
}

static GtkWidget *
create_header (PhFilmWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  GtkWidget *save = gtk_button_new_with_mnemonic (_ ("_Save…"));

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  g_signal_connect_swapped (cancel, "clicked", G_CALLBACK (gtk_window_close), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  gtk_widget_add_css_class (save, "suggested-action");
  g_signal_connect_swapped (save, "clicked", G_CALLBACK (on_save), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), save);
  return header;
}

static void
build (PhFilmWindow *self, const char *next)
{
  const char *const kinds[] = { _ ("How this picture formed"), _ ("The way to another unit"),
                                _ ("What a setting does"), NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *what = adw_preferences_group_new ();
  GtkWidget *how = adw_preferences_group_new ();

  gtk_window_set_title (GTK_WINDOW (self), _ ("Save a Film"));
  gtk_window_set_default_size (GTK_WINDOW (self), 480, 580);
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_box_append (GTK_BOX (box), create_header (self));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), page);

  self->shows = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (kinds));
  add_row (what, _ ("Shows"), GTK_WIDGET (self->shows));
  self->unit_row = add_entry (self, what, _ ("Other unit"), next != NULL ? next : self->objective);
  self->sweep_row =
      add_entry (self, what, _ ("Setting and values"), "learning-rate = 0.01 .. 0.2 / 9");
  self->pictures = GTK_SPIN_BUTTON (gtk_spin_button_new_with_range (2, 1000, 1));
  gtk_spin_button_set_value (self->pictures, DEFAULT_PICTURES);
  self->pictures_row = add_row (what, _ ("Pictures"), GTK_WIDGET (self->pictures));
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->problem, TRUE);
  gtk_label_set_xalign (self->problem, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (self->problem), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->problem), "error");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (what), GTK_WIDGET (self->problem));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (what));

  self->rows = PH_SETTING_ROWS (ph_setting_rows_new (ph_film_settings, sizeof (PhFilmSettings)));
  ph_setting_rows_add_group (self->rows, _ ("File"), NULL);
  ph_setting_rows_unfold (self->rows);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (how), GTK_WIDGET (self->rows));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (how));
  g_signal_connect_swapped (self->shows, "notify::selected", G_CALLBACK (update), self);
  update (self);
}

static void
ph_film_window_dispose (GObject *object)
{
  PhFilmWindow *self = PH_FILM_WINDOW (object);

  if (self->chooser != NULL)
    g_signal_handlers_disconnect_by_data (self->chooser, self);
  g_clear_object (&self->chooser);
  g_clear_object (&self->page);
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  G_OBJECT_CLASS (ph_film_window_parent_class)->dispose (object);
}

static void
ph_film_window_finalize (GObject *object)
{
  PhFilmWindow *self = PH_FILM_WINDOW (object);

  g_free (self->objective);
  ph_settings_clear (ph_ascent_settings, &self->settings);
  G_OBJECT_CLASS (ph_film_window_parent_class)->finalize (object);
}

static void
ph_film_window_class_init (PhFilmWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_film_window_dispose;
  object_class->finalize = ph_film_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
ph_film_window_init (PhFilmWindow *self)
{
  self->frame_steps = STEPS_BETWEEN;
}

/* Public */

GtkWidget *
ph_film_window_new (PhPage *page, const char *objective, const PhAscentSettings *settings,
                    GPtrArray *frames, const char *next)
{
  g_return_val_if_fail (PH_IS_PAGE (page) && (frames == NULL || frames->len > 0), NULL);

  PhFilmWindow *self = g_object_new (PH_TYPE_FILM_WINDOW, NULL);

  self->page = g_object_ref (page);
  self->objective = g_strdup (objective);
  ph_settings_copy (ph_ascent_settings, &self->settings, settings);
  self->frames = frames != NULL ? g_ptr_array_ref (frames) : NULL;
  build (self, next);
  return GTK_WIDGET (self);
}

void
ph_film_window_take_recipe (PhFilmWindow *self, const PhRecipe *recipe)
{
  g_auto (GStrv) to = NULL;

  g_return_if_fail (PH_IS_FILM_WINDOW (self));
  g_return_if_fail (recipe->kind == PH_RECIPE_FILM);

  ph_setting_rows_set_values (self->rows, &recipe->film);
  gtk_spin_button_set_value (self->pictures, MAX (recipe->frames, 2));
  self->frame_steps = (guint)recipe->frame_steps;
  if (recipe->sweep[0] != '\0')
    gtk_editable_set_text (GTK_EDITABLE (self->sweep_row), recipe->sweep);
  if (g_shell_parse_argv (recipe->to, NULL, &to, NULL))
    gtk_editable_set_text (GTK_EDITABLE (self->unit_row), to[0]);
  gtk_drop_down_set_selected (self->shows, recipe->to[0] != '\0'      ? SHOWS_WAY
                                           : recipe->sweep[0] != '\0' ? SHOWS_SWEEP
                                                                      : SHOWS_RUN);
}
