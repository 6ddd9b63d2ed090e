#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/** PhBrush: what a dab does to the picture. */
typedef enum
{
  PH_BRUSH_PAINT,   /* a colour */
  PH_BRUSH_BLUR,    /* the picture without its detail */
  PH_BRUSH_HIDE,    /* a grey square */
  PH_BRUSH_RESTORE, /* the picture as it was */
} PhBrush;

/**
 * PhPerturbed:
 *
 * A picture that somebody changes by hand to see what a network makes of it: turned first, then
 * painted on in strokes of dabs, which can be undone. Positions and radii are pixels.
 */
typedef struct _PhPerturbed PhPerturbed;

/** ph_perturbed_new: Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhPerturbed *ph_perturbed_new (const PhImage *picture, GError **error);
void ph_perturbed_free (PhPerturbed *perturbed);

/** ph_perturbed_begin_stroke: the dabs from now on are undone together. */
void ph_perturbed_begin_stroke (PhPerturbed *perturbed);

/** ph_perturbed_dab: @colour: red, green, blue, 0..1, for %PH_BRUSH_PAINT */
void ph_perturbed_dab (PhPerturbed *perturbed, PhBrush brush, const float colour[3], double x,
                       double y, double radius);

/** ph_perturbed_undo: takes the last stroke back. */
void ph_perturbed_undo (PhPerturbed *perturbed);

/** ph_perturbed_reset: the picture as it came. */
void ph_perturbed_reset (PhPerturbed *perturbed);

/** ph_perturbed_set_angle: turns the picture below the strokes, degrees, clockwise; what comes into
 * view is the picture mirrored at its border. */
void ph_perturbed_set_angle (PhPerturbed *perturbed, double degrees);
double ph_perturbed_get_angle (const PhPerturbed *perturbed);

gboolean ph_perturbed_can_undo (const PhPerturbed *perturbed);

/** ph_perturbed_is_changed: whether it differs from the picture as it came. */
gboolean ph_perturbed_is_changed (const PhPerturbed *perturbed);

/** ph_perturbed_get_picture: (transfer none): as it is now. */
const PhImage *ph_perturbed_get_picture (const PhPerturbed *perturbed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPerturbed, ph_perturbed_free)

G_END_DECLS
