#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PhFrame:
 * @pixels: (owned) RGB8, rows top to bottom without gaps, 3 * width * height bytes
 * @alpha: (owned) (nullable): opacities, width * height bytes; without them all is opaque
 * @step: which step of the job this picture belongs to
 * @objective: value of the objective at that step
 * @map: (nullable) (owned): activations of a channel for this picture, map_rows × map_columns
 * floats
 *
 * An immutable preview picture with atomic reference count, safe to hand between threads.
 */
typedef struct
{
  GBytes *pixels, *alpha;
  guint width, height;
  guint step;
  double objective;
  GBytes *map;
  guint map_rows, map_columns;

  /*< private >*/
  gatomicrefcount refs;
} PhFrame;

#define PH_TYPE_FRAME (ph_frame_get_type ())
GType ph_frame_get_type (void);

/** ph_frame_new: takes a reference of @pixels, whose size must be 3 * width * height. */
PhFrame *ph_frame_new (GBytes *pixels, guint width, guint height, guint step, double objective);

/** ph_frame_take_map: gives a frame that nobody else has seen yet its map; @map is freed with it.
 */
void ph_frame_take_map (PhFrame *frame, float *map, guint rows, guint columns);

/** ph_frame_set_alpha: takes a reference of @alpha; before the frame is shared. */
void ph_frame_set_alpha (PhFrame *frame, GBytes *alpha);

PhFrame *ph_frame_ref (PhFrame *frame);
void ph_frame_unref (PhFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhFrame, ph_frame_unref)

G_END_DECLS
