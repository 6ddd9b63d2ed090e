#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PH_TYPE_APPLICATION (ph_application_get_type ())
/**
 * PhApplication:
 *
 * The program: its settings, its queue of jobs, its windows, "app." actions. Opens the files of the
 * command line, or the network that comes with the program. Quits when the last window is closed
 * and no job runs any more.
 */
G_DECLARE_FINAL_TYPE (PhApplication, ph_application, PH, APPLICATION, AdwApplication)

PhApplication *ph_application_new (void);

G_END_DECLS
