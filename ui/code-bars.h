#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PH_TYPE_CODE_BARS (ph_code_bars_get_type ())
/**
 * PhCodeBars:
 *
 * A vector as bars up and down from its mean. Each can be dragged; the arrow keys left and right
 * choose one, up and down, Page Up and Page Down change it. Emits "changed" (u: which, d: its new
 * value) when the user has changed one.
 */
G_DECLARE_FINAL_TYPE (PhCodeBars, ph_code_bars, PH, CODE_BARS, GtkWidget)

GtkWidget *ph_code_bars_new (void);

/**
 * ph_code_bars_set_scale:
 * @n: how many bars
 * @mean, @deviation: n each, copied: a bar reaches three deviations up and down, what is further
 *   is cut off
 * @name: of a bar, for people, "number"
 */
void ph_code_bars_set_scale (PhCodeBars *self, guint n, const float *mean, const float *deviation,
                             const char *name);

/** ph_code_bars_set_values: (n), copied. */
void ph_code_bars_set_values (PhCodeBars *self, const float *values);

/** ph_code_bars_set_reference: (nullable): (n), copied: marks where they were at first. */
void ph_code_bars_set_reference (PhCodeBars *self, const float *values);

/** ph_code_bars_set_editable: whether the user can change them. */
void ph_code_bars_set_editable (PhCodeBars *self, gboolean editable);

guint ph_code_bars_get_n (PhCodeBars *self);
float ph_code_bars_get_value (PhCodeBars *self, guint i);

G_END_DECLS
