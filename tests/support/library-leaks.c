/*
 * What libraries allocate when they are loaded is theirs for good. GLib drops its first table of
 * quarks when that is full, after two thousand, without freeing it, and the leak checker cannot
 * name the place: only these two frames of the stack are known there.
 */

#include <glib.h>

void __lsan_disable (void) __attribute__ ((weak));
void __lsan_enable (void) __attribute__ ((weak));

static void
before_libraries (void)
{
  if (__lsan_disable != NULL)
    __lsan_disable ();
}

/* Runs before the constructors of the libraries, which run before our own. */
__attribute__ ((section (".preinit_array"),
                used)) static void (*const first) (void) = before_libraries;

__attribute__ ((constructor)) static void
after_libraries (void)
{
  if (__lsan_enable != NULL)
    __lsan_enable ();
}
