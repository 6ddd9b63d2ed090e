#pragma once

#include <gio/gio.h>

#include "lesson/lesson.h"

G_BEGIN_DECLS

/**
 * ph_lesson_check:
 * @cancellable: (nullable)
 *
 * Looks whether there is what the lesson names: networks that come with the program, their layers,
 * units and classes, settings and their values, images, ways to explain. Adds a mistake to
 * @lesson for each that is not. Opens networks, which takes a fraction of a second for each.
 *
 * Returns: whether the lesson has no mistake at all, also of those that ph_lesson_parse() found.
 */
gboolean ph_lesson_check (PhLesson *lesson, GCancellable *cancellable);

G_END_DECLS
