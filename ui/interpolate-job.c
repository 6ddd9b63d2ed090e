#include "ui/interpolate-job.h"

#include <string.h>

/* Specs and results */

void
ph_interpolate_spec_free (gpointer data)
{
  PhInterpolateSpec *spec = data;

  ph_embedding_unref (spec->embedding);
  for (guint i = 0; i < 4; i++)
    g_free (spec->paths[i]);
  g_free (spec);
}

static void
interpolated_clear (gpointer data)
{
  PhInterpolated *self = data;

  ph_walk_clear (&self->walk);
  for (guint i = 0; i < 4; i++)
    {
      g_clear_pointer (&self->corners[i], ph_image_free);
      g_clear_pointer (&self->corner_frames[i], ph_frame_unref);
      g_free (self->codes[i]);
    }
  g_clear_pointer (&self->sheet, ph_frame_unref);
  g_clear_pointer (&self->faded_sheet, ph_frame_unref);
  g_free (self->traits);
  g_free (self->r2);
}

PhInterpolated *
ph_interpolated_ref (PhInterpolated *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
ph_interpolated_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, interpolated_clear);
}

/* The path */

static gboolean
encode_corners (const PhInterpolateSpec *spec, PhInterpolated *self, GCancellable *cancellable,
                GError **error)
{
  for (guint i = 0; i < spec->n_corners; i++)
    {
      const PhLooked looked = { spec->items[i], spec->paths[i] };
      g_autoptr (PhImage) image = ph_embedding_load_looked (spec->embedding, &looked, error);

      self->corners[i] = image != NULL ? ph_embedding_fit (spec->embedding, image, error) : NULL;
      self->codes[i] = g_new (float, ph_embedding_get_size (spec->embedding));
      if (self->corners[i] == NULL || !ph_embedding_encode (spec->embedding, self->corners[i],
                                                            self->codes[i], cancellable, error))
        return FALSE;
      self->corner_frames[i] = ph_image_to_frame (self->corners[i], 0, 0);
    }
  return TRUE;
}

/* Rows of images that can be read, without a copy where all can. */
static PhVectors
collect_rows (PhEmbedding *embedding, float **copy, guint **items)
{
  PhTensor *all = ph_embedding_get_vectors (embedding);
  PhVectors rows = { all->f, (gsize)all->shape.dim[0], (gsize)all->shape.dim[1] };

  *items = g_new (guint, rows.n);
  for (gsize i = 0; i < rows.n; i++)
    (*items)[i] = (guint)i;
  if (ph_embedding_get_n_failed (embedding) == 0)
    return rows;
  *copy = g_new (float, rows.n *rows.size);
  rows.n = 0;
  for (gint64 i = 0; i < all->shape.dim[0]; i++)
    {
      const float *row = ph_embedding_get_vector (embedding, (guint)i);

      if (row == NULL)
        continue;
      memcpy (*copy + rows.n * rows.size, row, rows.size * sizeof *row);
      (*items)[rows.n++] = (guint)i;
    }
  rows.data = *copy;
  return rows;
}

static gboolean
find_nearest (PhEmbedding *embedding, PhInterpolated *self, const float *points,
              const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autofree float *copy = NULL;
  g_autofree guint *items = NULL;
  const PhVectors rows = collect_rows (embedding, &copy, &items);
  const PhVectors queries = { points, (gsize)self->walk.rows * self->walk.columns, rows.size };
  g_autoptr (PhNeighbours) nearest =
      ph_neighbours_find (&rows, &queries, PH_METRIC_EUCLIDEAN, 1, monitor, cancellable, error);

  self->nearest = TRUE;
  self->walk.drawn = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  for (gsize i = 0; nearest != NULL && i < nearest->n; i++)
    {
      const PhLooked looked = { (int)items[nearest->indices[i]], NULL };
      g_autoptr (PhImage) image = ph_embedding_load_looked (embedding, &looked, error);
      PhImage *fitted = image != NULL ? ph_embedding_fit (embedding, image, error) : NULL;

      if (fitted == NULL)
        return FALSE;
      g_ptr_array_add (self->walk.drawn, fitted);
    }
  return nearest != NULL;
}

static gboolean
draw_points (const PhInterpolateSpec *spec, PhInterpolated *self, const PhMonitor *monitor,
             GCancellable *cancellable, GError **error)
{
  const gsize size = ph_embedding_get_size (spec->embedding);
  const guint n = self->walk.rows * self->walk.columns;
  const float *const corners[4] = { self->codes[0], self->codes[1],
                                    self->codes[self->n_corners == 4 ? 2 : 0],
                                    self->codes[self->n_corners == 4 ? 3 : 1] };
  g_autofree float *points = g_new (float, n *size);

  ph_path_grid (spec->kind, size, corners, self->walk.rows, self->walk.columns, points);
  if (!ph_embedding_can_decode (spec->embedding, NULL))
    return find_nearest (spec->embedding, self, points, monitor, cancellable, error);
  self->walk.drawn = ph_embedding_decode (spec->embedding, n, points, cancellable, error);
  return self->walk.drawn != NULL;
}

/* What the probe reads off the pictures themselves: off the path it would read a straight line. */
static gboolean
measure_traits (PhEmbedding *embedding, PhInterpolated *self, GCancellable *cancellable,
                GError **error)
{
  g_autoptr (PhLinearProbe) probe = NULL;
  g_autofree float *vector = g_new (float, ph_embedding_get_size (embedding));

  if (self->n_corners != 2 || ph_embedding_get_n_traits (embedding) == 0)
    return TRUE;
  probe = ph_embedding_dup_probe (embedding, cancellable, NULL);
  if (probe == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  self->n_traits = ph_embedding_get_n_traits (embedding);
  self->traits = g_new (double, 2 * self->walk.columns * self->n_traits);
  self->r2 = g_new (double, self->n_traits);
  for (guint i = 0; i < self->n_traits; i++)
    self->r2[i] = ph_linear_probe_get_r2 (probe, i);
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < self->walk.columns; i++)
      {
        const PhImage *image = (side == 0 ? self->walk.drawn : self->walk.faded)->pdata[i];

        if (!ph_embedding_encode (embedding, image, vector, cancellable, error))
          return FALSE;
        ph_linear_probe_read (probe, vector,
                              self->traits + (side * self->walk.columns + i) * self->n_traits);
      }
  return TRUE;
}

static PhFrame *
draw_grid (GPtrArray *pictures, guint side, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (PhImage) sheet = NULL;

  for (guint i = 0; i < side; i++)
    {
      GPtrArray *line = g_ptr_array_new ();

      for (guint j = 0; j < side; j++)
        g_ptr_array_add (line, pictures->pdata[i * side + j]);
      g_ptr_array_add (lines, line);
    }
  sheet = ph_image_rows ((GPtrArray *const *)lines->pdata, side, 0, error);
  return sheet != NULL ? ph_image_to_frame (sheet, 0, 0) : NULL;
}

static gboolean
draw_sheets (PhInterpolated *self, GError **error)
{
  g_autoptr (PhImage) sheet = NULL;

  if (self->n_corners == 4)
    {
      self->sheet = draw_grid (self->walk.drawn, self->walk.rows, error);
      self->faded_sheet =
          self->sheet != NULL ? draw_grid (self->walk.faded, self->walk.rows, error) : NULL;
      return self->faded_sheet != NULL;
    }
  sheet = ph_walk_draw (&self->walk, error);
  self->sheet = sheet != NULL ? ph_image_to_frame (sheet, 0, 0) : NULL;
  return self->sheet != NULL;
}

gpointer
ph_interpolate_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data,
                    GError **error)
{
  const PhInterpolateSpec *spec = data;
  PhInterpolated *self = g_atomic_rc_box_new0 (PhInterpolated);

  self->n_corners = spec->n_corners;
  self->kind = spec->kind;
  self->walk.columns =
      spec->n_corners == 4 ? MIN (spec->steps, PH_INTERPOLATE_MAX_GRID) : spec->steps;
  self->walk.rows = spec->n_corners == 4 ? self->walk.columns : 1;
  if (encode_corners (spec, self, cancellable, error) &&
      ph_walk_fade (&self->walk, (const PhImage *const *)self->corners, error) &&
      draw_points (spec, self, monitor, cancellable, error) &&
      measure_traits (spec->embedding, self, cancellable, error) && draw_sheets (self, error))
    return self;
  ph_interpolated_unref (self);
  return NULL;
}

/* One place */

void
ph_interpolate_at_free (gpointer data)
{
  PhInterpolateAt *at = data;

  ph_embedding_unref (at->embedding);
  ph_interpolated_unref (at->interpolated);
  g_free (at);
}

void
ph_interpolated_at_free (gpointer data)
{
  PhInterpolatedAt *at = data;

  g_clear_pointer (&at->drawn, ph_frame_unref);
  g_clear_pointer (&at->faded, ph_frame_unref);
  g_free (at);
}

static PhFrame *
draw_at (const PhInterpolateAt *at, GCancellable *cancellable, GError **error)
{
  const PhInterpolated *path = at->interpolated;
  const gsize size = ph_embedding_get_size (at->embedding);
  g_autoptr (GPtrArray) pictures = NULL;
  g_autofree float *code = NULL;

  if (path->nearest)
    {
      guint i = (guint)(at->position * (path->walk.columns - 1) + 0.5);

      return ph_image_to_frame (path->walk.drawn->pdata[i], 0, at->position);
    }
  code = g_new (float, size);
  ph_path_point (path->kind, size, path->codes[0], path->codes[1], at->position, code);
  pictures = ph_embedding_decode (at->embedding, 1, code, cancellable, error);
  return pictures != NULL ? ph_image_to_frame (pictures->pdata[0], 0, at->position) : NULL;
}

gpointer
ph_interpolate_at_run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data,
                       GError **error)
{
  const PhInterpolateAt *at = data;
  g_autoptr (PhImage) faded =
      ph_walk_blend ((const PhImage *const *)at->interpolated->corners, at->position, 0, error);
  PhFrame *drawn = faded != NULL ? draw_at (at, cancellable, error) : NULL;
  PhInterpolatedAt *result;

  if (drawn == NULL)
    return NULL;
  result = g_new0 (PhInterpolatedAt, 1);
  result->drawn = drawn;
  result->faded = ph_image_to_frame (faded, 0, at->position);
  return result;
}
