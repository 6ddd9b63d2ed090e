#include "ui/recent.h"

#include <glib/gi18n.h>

#include "engine/engine.h"

#define KEY "recent-networks"
#define MOST_RECENT 10

/* Calls @visit for each pair until it returns FALSE. */
static void
visit_all (GSettings *settings,
           gboolean (*visit) (const char *path, const char *digest, gpointer data), gpointer data)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, KEY);
  GVariantIter iter;
  const char *path, *digest;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(&s&s)", &path, &digest))
    if (!visit (path, digest, data))
      break;
}

typedef struct
{
  GVariantBuilder builder;
  const char *path;
  guint n;
} Copy;

static gboolean
copy_other (const char *path, const char *digest, gpointer data)
{
  Copy *copy = data;

  if (!g_str_equal (path, copy->path))
    {
      g_variant_builder_add (&copy->builder, "(ss)", path, digest);
      copy->n++;
    }
  return copy->n < MOST_RECENT;
}

void
ph_recent_add (GSettings *settings, const char *path, const char *digest)
{
  Copy copy = { .path = path, .n = 1 };

  g_variant_builder_init (&copy.builder, G_VARIANT_TYPE ("a(ss)"));
  g_variant_builder_add (&copy.builder, "(ss)", path, digest != NULL ? digest : "");
  visit_all (settings, copy_other, &copy);
  g_settings_set_value (settings, KEY, g_variant_builder_end (&copy.builder));
}

void
ph_recent_remove (GSettings *settings, const char *path)
{
  Copy copy = { .path = path };

  g_variant_builder_init (&copy.builder, G_VARIANT_TYPE ("a(ss)"));
  visit_all (settings, copy_other, &copy);
  g_settings_set_value (settings, KEY, g_variant_builder_end (&copy.builder));
}

typedef struct
{
  const char *digest;
  char *path; /* owned */
} Search;

static gboolean
find_digest (const char *path, const char *digest, gpointer data)
{
  Search *search = data;

  if (!g_str_equal (digest, search->digest) || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  search->path = g_strdup (path);
  return FALSE;
}

char *
ph_recent_find (GSettings *settings, const char *digest)
{
  Search search = { .digest = digest };

  if (digest == NULL || digest[0] == '\0')
    return NULL;
  visit_all (settings, find_digest, &search);
  return search.path;
}

static void
append_path (GMenu *menu, const char *shown, const char *action, const char *path)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (shown, NULL);

  g_menu_item_set_action_and_target (item, action, "s", path);
  g_menu_append_item (menu, item);
}

static gboolean
is_shipped (const char *path)
{
  for (const PhShippedNetwork *network = ph_shipped_networks; network->name != NULL; network++)
    {
      g_autofree char *shipped = ph_shipped_dup_path (network->file);

      if (g_str_equal (shipped, path))
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  GMenu *menu;
  const char *action;
} Filling;

static gboolean
add_to_menu (const char *path, const char *digest, gpointer data)
{
  const Filling *filling = data;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *shown = g_filename_display_name (name);

  if (!is_shipped (path))
    append_path (filling->menu, shown, filling->action, path);
  return TRUE;
}

void
ph_recent_fill_menu (GSettings *settings, GMenu *menu, const char *action)
{
  g_autoptr (GMenu) lately = g_menu_new ();
  g_autoptr (GMenu) shipped = g_menu_new ();
  Filling filling = { lately, action };

  visit_all (settings, add_to_menu, &filling);
  for (const PhShippedNetwork *network = ph_shipped_networks; network->name != NULL; network++)
    {
      g_autofree char *path = ph_shipped_dup_network (network->name);

      if (path != NULL)
        append_path (shipped, _ (network->title), action, path);
    }
  g_menu_remove_all (menu);
  if (g_menu_model_get_n_items (G_MENU_MODEL (lately)) > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (lately));
  if (g_menu_model_get_n_items (G_MENU_MODEL (shipped)) > 0)
    g_menu_append_section (menu, _ ("Come with Phosphene"), G_MENU_MODEL (shipped));
}
