#include "ui/compare-page-private.h"

#include <glib/gi18n.h>

/* The epochs of a training that kept them: the right picture can be of any of them, and all of them
 * make a film. */

const char *
ph_compare_page_get_epoch (PhComparePage *self)
{
  guint chosen = (guint)gtk_range_get_value (self->epoch_scale);

  return self->epochs != NULL && chosen < self->epochs->len ? self->epochs->pdata[chosen] : NULL;
}

char *
ph_compare_page_dup_epoch_title (PhComparePage *self)
{
  const char *path = ph_compare_page_get_epoch (self);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
  guint64 epoch = name != NULL ? g_ascii_strtoull (name, NULL, 10) : 0;

  if (path == NULL)
    return g_strdup (_ ("as it came out"));
  if (epoch == 0)
    return g_strdup (_ ("before learning"));
  /* Translators: number of an epoch. */
  return g_strdup_printf (_ ("epoch %u"), (guint)epoch);
}

static void
show_epoch (PhComparePage *self)
{
  g_autofree char *title = ph_compare_page_dup_epoch_title (self);

  gtk_label_set_text (self->epoch_label, title);
}

static void
on_epoch (PhComparePage *self)
{
  if (self->refreshing)
    return;
  show_epoch (self);
  ph_compare_page_draw_soon (self);
}

void
ph_compare_page_find_epochs (PhComparePage *self)
{
  g_clear_pointer (&self->epochs, g_ptr_array_unref);
  if (self->path != NULL)
    self->epochs = ph_training_list_epochs (self->path);
  self->has_epochs = self->epochs != NULL && self->epochs->len > 1;
  gtk_widget_set_visible (self->epoch_box, self->has_epochs);
  self->refreshing = TRUE;
  gtk_range_set_range (self->epoch_scale, 0, self->has_epochs ? self->epochs->len : 1);
  gtk_range_set_value (self->epoch_scale, self->has_epochs ? self->epochs->len : 1);
  self->refreshing = FALSE;
  show_epoch (self);
}

/* The film */

typedef struct
{
  /* owned */
  GPtrArray *paths;
  char *unit, *target;
  PhAscentSettings ascent;
} FilmSpec;

static void
film_spec_free (gpointer data)
{
  FilmSpec *spec = data;

  g_ptr_array_unref (spec->paths);
  g_free (spec->unit);
  g_free (spec->target);
  ph_settings_clear (ph_ascent_settings, &spec->ascent);
  g_free (spec);
}

static gpointer
film (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const FilmSpec *spec = data;
  g_autoptr (GPtrArray) pictures =
      ph_epoch_film_make (spec->paths, spec->unit, &spec->ascent, monitor, cancellable, error);
  g_autoptr (GPtrArray) frames = NULL;
  PhFilmSettings settings;
  gboolean good;

  if (pictures == NULL)
    return NULL;
  if (pictures->len == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
      return NULL;
    }
  frames = ph_epoch_film_get_frames (pictures);
  ph_settings_init (ph_film_settings, &settings);
  if (g_str_has_suffix (spec->target, ".gif"))
    settings.format = PH_FILM_GIF;
  settings.rate = 2; /* an epoch is to be looked at */
  good = ph_film_save (spec->target, frames, &settings, NULL, error);
  ph_settings_clear (ph_film_settings, &settings);
  return good ? g_strdup (spec->target) : NULL;
}

void
ph_compare_page_save_epochs (PhComparePage *self, const char *path)
{
  FilmSpec *spec;
  PhUnit unit;

  g_return_if_fail (PH_IS_COMPARE_PAGE (self));
  g_return_if_fail (self->has_epochs && self->has_unit);

  spec = g_new0 (FilmSpec, 1);
  unit = ph_layer_change_get_unit (self->layer, 1, self->unit);
  spec->paths = g_ptr_array_copy (self->epochs, (GCopyFunc)(void (*) (void))g_strdup, NULL);
  g_ptr_array_set_free_func (spec->paths, g_free);
  spec->unit = ph_unit_dup_name (self->other, &unit);
  spec->target = g_strdup (path);
  ph_settings_copy (ph_ascent_settings, &spec->ascent, ph_setting_rows_get_values (self->recipe));
  ph_compare_page_start_saving (self, _ ("Film of the epochs"), film, spec, film_spec_free);
}

static void
save_film (PhComparePage *self, const char *path)
{
  if (self->has_epochs && self->has_unit)
    ph_compare_page_save_epochs (self, path);
}

void
ph_compare_page_choose_film (PhComparePage *self)
{
  PhUnit unit = ph_layer_change_get_unit (self->layer, 1, self->unit);
  g_autofree char *unit_name = ph_unit_dup_name (self->other, &unit);
  g_autofree char *name = g_strdup_printf ("%s-epochs.gif", unit_name);

  ph_compare_page_choose_target (self, _ ("Save a film of the epochs"),
                                 GTK_FILE_CHOOSER_ACTION_SAVE, name, save_film);
}

void
ph_compare_page_init_epochs (PhComparePage *self)
{
  g_signal_connect_swapped (self->epoch_scale, "value-changed", G_CALLBACK (on_epoch), self);
}
