#include <glib/gi18n.h>
#include <locale.h>

#include "app/application.h"

/* Starts the window. */
int
main (int argc, char *argv[])
{
  const char *locale_dir = g_getenv ("PHOSPHENE_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : PH_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Phosphene");

  g_autoptr (PhApplication) application = ph_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
