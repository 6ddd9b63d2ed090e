#include "ops/places-private.h"

static gboolean
fail_shapes (const PhPlaces *places, const char *what, const char *problem, GError **error)
{
  g_autofree char *data = ph_shape_dup_string (&places->data);
  g_autofree char *indices = ph_shape_dup_string (&places->indices);

  return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "%s: %s (data %s, indices %s)", what,
                       problem, data, indices);
}

/* Extent of the axis that index number @i goes through. */
static gint64
extent_of (const PhPlaces *places, gsize i)
{
  return places->kind == PH_PLACE_TUPLE ? places->data.dim[places->batch + i % places->depth]
                                        : places->data.dim[places->axis];
}

static gboolean
check_range (const PhPlaces *places, const char *what, const PhTensor *constant, GError **error)
{
  gsize n = ph_shape_count (&places->indices);

  for (gsize i = 0; i < n; i++)
    {
      gint64 extent = extent_of (places, i);

      if (extent == 0)
        return fail_shapes (places, what, "an index into an empty axis", error);
      if (constant == NULL)
        {
          /* All indices go through the same few axes. */
          if (i >= places->depth)
            break;
          continue;
        }
      if (constant->i[i] < -extent || constant->i[i] >= extent)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "%s: index %" G_GINT64_FORMAT " of an axis of %" G_GINT64_FORMAT
                             " elements",
                             what, constant->i[i], extent);
    }
  return TRUE;
}

gboolean
ph_places_init (PhPlaces *places, PhPlaceKind kind, const char *what, const PhShape *data,
                const PhShape *indices, gint64 axis, guint batch, const PhTensor *constant,
                GError **error)
{
  *places = (PhPlaces){ .kind = kind, .data = *data, .indices = *indices, .batch = batch };
  ph_shape_strides (data, places->strides);

  if (kind != PH_PLACE_TUPLE)
    {
      int found = ph_shape_axis (axis, data->rank);

      if (found < 0)
        return fail_shapes (places, what, "the axis is not one of the data's", error);
      places->axis = (guint)found;
    }
  switch (kind)
    {
    case PH_PLACE_AXIS:
      places->block = ph_shape_count_range (data, places->axis + 1, data->rank);
      places->per_batch = ph_shape_count (indices);
      places->n = ph_shape_count_range (data, 0, places->axis) * places->per_batch;
      break;
    case PH_PLACE_ELEMENT:
      if (indices->rank != data->rank)
        return fail_shapes (places, what, "data and indices need as many axes", error);
      for (guint i = 0; i < data->rank; i++)
        if (i != places->axis && indices->dim[i] > data->dim[i])
          return fail_shapes (places, what, "the indices reach beyond the data", error);
      places->block = 1;
      places->n = ph_shape_count (indices);
      break;
    case PH_PLACE_TUPLE:
      if (indices->rank < 1 || batch >= indices->rank || batch >= data->rank)
        return fail_shapes (places, what, "batch_dims exceeds the axes", error);
      places->depth = (guint)indices->dim[indices->rank - 1];
      if (indices->dim[indices->rank - 1] < 1 ||
          indices->dim[indices->rank - 1] + batch > data->rank)
        return fail_shapes (places, what, "the indices have more coordinates than the data axes",
                            error);
      for (guint i = 0; i < batch; i++)
        if (indices->dim[i] != data->dim[i])
          return fail_shapes (places, what, "data and indices differ in a batch axis", error);
      places->block = ph_shape_count_range (data, batch + places->depth, data->rank);
      places->per_batch = ph_shape_count_range (indices, batch, indices->rank - 1);
      places->n = ph_shape_count_range (indices, 0, indices->rank - 1);
      break;
    }
  return check_range (places, what, constant, error);
}

static gint64
resolve (gint64 at, gint64 extent)
{
  return CLAMP (at < 0 ? at + extent : at, 0, extent - 1);
}

gsize
ph_places_locate (const PhPlaces *places, const gint64 *indices, gsize i)
{
  gint64 place = 0;

  switch (places->kind)
    {
    case PH_PLACE_AXIS:
      {
        gint64 extent = places->data.dim[places->axis];
        gint64 outer = (gint64)(i / places->per_batch);

        return (gsize)(outer * extent + resolve (indices[i % places->per_batch], extent)) *
               places->block;
      }
    case PH_PLACE_ELEMENT:
      {
        gsize rest = i;

        for (guint axis = places->indices.rank; axis-- > 0;)
          {
            gint64 at = (gint64)(rest % (gsize)places->indices.dim[axis]);

            rest /= (gsize)places->indices.dim[axis];
            if (axis == places->axis)
              at = resolve (indices[i], places->data.dim[axis]);
            place += at * places->strides[axis];
          }
        return (gsize)place;
      }
    case PH_PLACE_TUPLE:
    default:
      if (places->batch > 0)
        place = (gint64)(i / places->per_batch) * places->strides[places->batch - 1];
      for (guint k = 0; k < places->depth; k++)
        place += resolve (indices[i * places->depth + k], places->data.dim[places->batch + k]) *
                 places->strides[places->batch + k];
      return (gsize)place;
    }
}
