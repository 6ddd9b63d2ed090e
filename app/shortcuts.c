#include "app/shortcuts.h"

#include <glib/gi18n.h>

#define GENERAL N_ ("General")
#define EXPLORE N_ ("Layers and units")
#define UNIT N_ ("A unit")
#define IMAGE N_ ("A picture of yours")
#define LEARN N_ ("Learning")
#define COMPARE N_ ("Two networks")
#define EMBED N_ ("Images as vectors")
#define LESSONS N_ ("Lessons")

const PhShortcut ph_shortcuts[] = {
  { GENERAL, N_ ("Open a network or a picture"), "win.open", "<Primary>o" },
  { GENERAL, N_ ("Choose a folder of images to scan"), "win.choose-images", "<Primary><Shift>o" },
  { GENERAL, N_ ("Choose a file of images to scan"), "win.choose-images-file", "<Primary><Alt>o" },
  { GENERAL, N_ ("Get networks and images"), "win.get-networks", "<Primary>d" },
  { GENERAL, N_ ("Go back"), "win.back", "<Alt>Left" },
  { GENERAL, N_ ("Go forward"), "win.forward", "<Alt>Right" },
  { GENERAL, N_ ("Details of the network"), "win.network", "<Primary>i" },
  { GENERAL, N_ ("Gallery of the layer"), "win.gallery-layer", "<Primary>g" },
  { GENERAL, N_ ("Gallery of the whole network"), "win.gallery-all", "<Primary><Shift>g" },
  { GENERAL, N_ ("Contact sheet"), "win.sheet", "<Primary><Shift>s" },
  { GENERAL, N_ ("What the network sees in a picture"), "win.image", "<Primary>e" },
  { GENERAL, N_ ("Let a network learn"), "win.learn", "<Primary>l" },
  { GENERAL, N_ ("Compare with another network"), "win.compare", "<Primary>k" },
  { GENERAL, N_ ("Images as vectors"), "win.embeddings", "<Primary>j" },
  { GENERAL, N_ ("Lessons"), "win.lessons", "<Primary><Shift>l" },
  { GENERAL, N_ ("Large, for a class"), "win.present", "F11" },
  { GENERAL, N_ ("Main menu"), NULL, "F10" },
  { GENERAL, N_ ("Preferences"), "app.preferences", "<Primary>comma" },
  { GENERAL, N_ ("These keys"), "win.show-help-overlay", "<Primary>question F1" },
  { GENERAL, N_ ("Close the window"), "window.close", "<Primary>w" },
  { GENERAL, N_ ("Quit"), "app.quit", "<Primary>q" },

  { EXPLORE, N_ ("Find a layer or class"), "win.search", "<Primary>f" },
  { EXPLORE, N_ ("Show or hide the layers"), "win.toggle-sidebar", "F9" },
  { EXPLORE, N_ ("Open or close a block of layers"), NULL, "<Shift>Right <Shift>Left" },
  { EXPLORE, N_ ("Go to the marked unit"), NULL, "Return" },

  { UNIT, N_ ("Pause or continue"), "page.pause", "space" },
  { UNIT, N_ ("Stop and keep the picture"), "page.stop", "Escape" },
  { UNIT, N_ ("Start again"), "page.restart", "r" },
  { UNIT, N_ ("Previous unit"), "page.previous-unit", "bracketleft" },
  { UNIT, N_ ("Next unit"), "page.next-unit", "bracketright" },
  { UNIT, N_ ("Save the picture"), "page.save", "s" },
  { UNIT, N_ ("Save a film"), "page.save-film", "f" },
  { UNIT, N_ ("See it in a photo"), "page.in-photo", "p" },
  { UNIT, N_ ("Compare settings"), "page.compare-settings", "g" },
  { UNIT, N_ ("Save the settings as a preset"), "page.save-preset", "<Primary>p" },
  { UNIT, N_ ("Delete this preset"), "page.delete-preset", "<Primary>Delete" },
  { UNIT, N_ ("Larger"), "page.zoom-in", "plus equal KP_Add" },
  { UNIT, N_ ("Smaller"), "page.zoom-out", "minus KP_Subtract" },
  { UNIT, N_ ("Fit to the window"), "page.zoom-fit", "0 KP_0" },
  { UNIT, N_ ("First step"), "page.first-step", "Home" },
  { UNIT, N_ ("Newest step"), "page.last-step", "End" },
  { UNIT, N_ ("Compare with step 0"), "page.compare", "d" },
  { UNIT, N_ ("See step 0 alone, as long as the key is held"), NULL, "c" },
  { UNIT, N_ ("Copy the unit’s name"), "page.copy-name", "<Primary>c" },
  { UNIT, N_ ("Copy the picture"), "page.copy-picture", "<Primary><Shift>c" },
  { UNIT, N_ ("Show or hide the examples"), "page.toggle-examples", "e" },
  { UNIT, N_ ("Show or hide the circuit"), "page.toggle-circuit", "w" },
  { UNIT, N_ ("Save the strip of examples"), "page.save-strip", "<Shift>s" },
  { UNIT, N_ ("Show or hide curve and settings"), "page.toggle-panel", "<Shift>F9" },

  { IMAGE, N_ ("Open a picture"), "page.choose-image", "i" },
  { IMAGE, N_ ("Paste a picture"), "page.paste", "<Primary>v" },
  { IMAGE, N_ ("Look through the camera (Space takes the picture, Escape goes back)"),
    "page.camera", "<Shift>i" },
  { IMAGE, N_ ("Explanation, layer or nothing over the picture"), "page.next-overlay", "o" },
  { IMAGE, N_ ("Explain again"), "page.explain", "x" },
  { IMAGE, N_ ("Sanity check"), "page.check-sanity", "y" },
  { IMAGE, N_ ("Look at a place (arrow keys move it)"), "page.tool-look", "1" },
  { IMAGE, N_ ("Paint (arrow keys move the brush, Space draws)"), "page.tool-paint", "2" },
  { IMAGE, N_ ("Blur"), "page.tool-blur", "3" },
  { IMAGE, N_ ("Hide behind a grey square"), "page.tool-hide", "4" },
  { IMAGE, N_ ("Bring back what was there"), "page.tool-restore", "5" },
  { IMAGE, N_ ("Turn the picture left"), "page.turn-left", "comma" },
  { IMAGE, N_ ("Turn the picture right"), "page.turn-right", "period" },
  { IMAGE, N_ ("Take the last stroke back"), "page.undo", "<Primary>z" },
  { IMAGE, N_ ("The picture as it came"), "page.reset-picture", "BackSpace" },

  { LEARN, N_ ("Choose a folder of images"), "page.choose-images", "m" },
  { LEARN, N_ ("Choose an archive or a file of images"), "page.choose-images-file", "<Shift>m" },
  { LEARN, N_ ("Measure what to advise"), "page.advise", "a" },
  { LEARN, N_ ("Use the advised settings"), "page.use-advice", "u" },
  { LEARN, N_ ("Start the training (Space pauses, Escape stops and keeps the best)"), "page.train",
    "t" },
  { LEARN, N_ ("Cancel the training and throw it away"), "page.discard", "<Shift>Delete" },
  { LEARN, N_ ("Images, training, runs: the next"), "page.next-view", "v" },
  { LEARN, N_ ("Open the trained network"), "page.open-network", "n" },
  { LEARN, N_ ("Save the trained network as a file"), "page.export-network", "<Primary>s" },
  { LEARN, N_ ("Measure the ticked trainings together"), "page.measure-together", "<Primary>m" },

  { COMPARE, N_ ("Choose the other network"), "page.choose-network", "k" },
  { COMPARE, N_ ("Flip between the two"), "page.flip", "j" },
  { COMPARE, N_ ("Both side by side"), "page.look-both", "b" },
  { COMPARE, N_ ("The original alone"), "page.look-first", "<Alt>1" },
  { COMPARE, N_ ("The other network alone"), "page.look-second", "<Alt>2" },
  { COMPARE, N_ ("Compare on the chosen images"), "page.compare-images", "<Primary>Return" },
  { COMPARE, N_ ("Measure the networks between the two"), "page.measure-way", "<Shift>k" },

  { EMBED, N_ ("Any image of the set"), "page.random-image", "h" },
  { EMBED, N_ ("Let this encoder learn the classes of these images"), "page.learn", "l" },
  { EMBED, N_ ("Dragging on the map selects, or moves again"), "page.map-lasso", "z" },
  { EMBED, N_ ("Walk over the images in view of the map"), NULL, "Tab" },
  { EMBED, N_ ("Select all images in view (Space: the current one)"), NULL, "<Primary>a" },
  { EMBED, N_ ("Measure how fast neighbours are found"), "page.measure-speed", "q" },

  { LESSONS, N_ ("Next step"), "win.lesson-next", "<Alt>Page_Down" },
  { LESSONS, N_ ("Previous step"), "win.lesson-previous", "<Alt>Page_Up" },
  { LESSONS, N_ ("All lessons"), "win.lesson-list", "<Alt>Home" },
  { LESSONS, N_ ("Open a lesson"), "win.open-lesson", "<Primary><Alt>l" },
  { NULL },
};

gboolean
ph_shortcuts_check (const PhShortcut *table, char **problem)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const PhShortcut *row = table; row->section != NULL; row++)
    {
      g_auto (GStrv) keys = g_strsplit (row->keys, " ", -1);
      for (guint i = 0; keys[i] != NULL; i++)
        {
          guint key;
          GdkModifierType modifiers;
          if (!gtk_accelerator_parse (keys[i], &key, &modifiers) || key == 0)
            {
              *problem = g_strdup_printf ("“%s” (%s) is no key", keys[i], row->title);
              return FALSE;
            }
          char *name = gtk_accelerator_name (key, modifiers);
          const char *other = g_hash_table_lookup (seen, name);
          if (other != NULL)
            {
              *problem = g_strdup_printf ("%s is both “%s” and “%s”", name, other, row->title);
              g_free (name);
              return FALSE;
            }
          g_hash_table_insert (seen, name, (gpointer)row->title);
        }
    }
  return TRUE;
}

void
ph_shortcuts_install (GtkApplication *application)
{
  for (const PhShortcut *row = ph_shortcuts; row->section != NULL; row++)
    {
      g_auto (GStrv) keys = g_strsplit (row->keys, " ", -1);
      if (row->action != NULL && !g_str_has_prefix (row->action, "page."))
        gtk_application_set_accels_for_action (application, row->action, (const char *const *)keys);
    }
}

typedef struct
{
  GtkWidget *(*get_page) (GtkWidget *window);
  const char *action;
} PageKey;

static gboolean
activate_on_page (GtkWidget *window, GVariant *arguments, gpointer data)
{
  const PageKey *key = data;
  GtkWidget *page = key->get_page (window);

  return page != NULL && gtk_widget_activate_action (page, key->action, NULL);
}

/* Keys without modifier must reach an entry or a list first, so they are tried when the event comes
 * back up, which accelerators of the application are not. */
static GtkEventController *
make_page_controller (GtkWidget *(*get_page) (GtkWidget *))
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_BUBBLE);
  for (const PhShortcut *row = ph_shortcuts; row->section != NULL; row++)
    {
      if (row->action == NULL || !g_str_has_prefix (row->action, "page."))
        continue;
      g_auto (GStrv) keys = g_strsplit (row->keys, " ", -1);
      for (guint i = 0; keys[i] != NULL; i++)
        {
          PageKey *key = g_new (PageKey, 1);
          key->get_page = get_page;
          key->action = row->action;
          GtkShortcut *shortcut =
              gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[i]),
                                gtk_callback_action_new (activate_on_page, key, g_free));
          gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller), shortcut);
        }
    }
  return controller;
}

static GtkWidget *
make_help (void)
{
  g_autoptr (GString) xml = g_string_new ("<interface><object class='GtkShortcutsWindow' id='help'>"
                                          "<property name='modal'>1</property><child>"
                                          "<object class='GtkShortcutsSection'>");
  const char *section = NULL;

  for (const PhShortcut *row = ph_shortcuts; row->section != NULL; row++)
    {
      if (g_strcmp0 (section, row->section) != 0)
        {
          g_autofree char *title = g_markup_escape_text (_ (row->section), -1);
          if (section != NULL)
            g_string_append (xml, "</object></child>");
          g_string_append_printf (xml,
                                  "<child><object class='GtkShortcutsGroup'>"
                                  "<property name='title'>%s</property>",
                                  title);
          section = row->section;
        }
      g_autofree char *title = g_markup_escape_text (_ (row->title), -1);
      g_autofree char *keys = g_markup_escape_text (row->keys, -1);
      g_string_append_printf (xml,
                              "<child><object class='GtkShortcutsShortcut'>"
                              "<property name='title'>%s</property>"
                              "<property name='accelerator'>%s</property></object></child>",
                              title, keys);
    }
  g_string_append (xml, "</object></child></object></child></object></interface>");

  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_string (xml->str, xml->len);
  return g_object_ref (GTK_WIDGET (gtk_builder_get_object (builder, "help")));
}

void
ph_shortcuts_install_window (GtkApplicationWindow *window, GtkWidget *(*get_page) (GtkWidget *))
{
  GtkWidget *help = make_help ();

  gtk_application_window_set_help_overlay (window, GTK_SHORTCUTS_WINDOW (help));
  g_object_unref (help);
  gtk_widget_add_controller (GTK_WIDGET (window), make_page_controller (get_page));
}
