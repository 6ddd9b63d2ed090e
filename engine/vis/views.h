#pragma once

#include "vis/transform.h"

G_BEGIN_DECLS

/**
 * PhViews:
 *
 * The views that a network gets of one or several pictures in a step: each by its own random
 * changes, which the pictures share; and the view of a picture as it is.
 */
typedef struct _PhViews PhViews;

/**
 * ph_views_new:
 * @transforms: as ph_transforms_check() reads them
 * @n_pictures, @n_views: so many views of each picture
 * @channels, @height, @width: of a picture
 * @out_height, @out_width: of a view
 *
 * Returns: %NULL with the errors of ph_transforms_new().
 */
PhViews *ph_views_new (const char *transforms, guint n_pictures, guint n_views, guint channels,
                       guint height, guint width, guint out_height, guint out_width,
                       GError **error);
void ph_views_free (PhViews *views);

/** ph_views_get: (transfer none): (n_pictures, n_views, channels, out_height, out_width): what the
 * functions below leave there, and where the gradient goes before ph_views_adjoint(). */
float *ph_views_get (PhViews *views);

/** ph_views_look: every view of every picture, by changes drawn anew, @strength times as strong as
 * they are written. @pictures: (n_pictures, channels, height, width). */
void ph_views_look (PhViews *views, const float *pictures, double strength, PhRng *rng);

/** ph_views_look_straight: every view is the picture as it is. */
void ph_views_look_straight (PhViews *views, const float *pictures);

/** ph_views_adjoint: adds to @d_pictures what the gradient at the views is there, by the changes of
 * the last ph_views_look(). */
void ph_views_adjoint (PhViews *views, float *d_pictures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhViews, ph_views_free)

G_END_DECLS
