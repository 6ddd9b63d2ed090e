#include "study/tally.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "kernels/summary.h"

/* Class sums: fixed point, and what keeps a million images from overflowing. */
#define CLASS_SCALE 0x1p24
#define CLASS_LIMIT 0x1p19

static const PhTarget *
target_at (const PhTally *tally, guint i)
{
  return tally->targets->targets->pdata[i];
}

static guint
n_targets (const PhTally *tally)
{
  return tally->targets->targets->len;
}

PhTally *
ph_tally_new (const PhTargets *targets, guint n_classes, GError **error)
{
  g_autoptr (PhTally) tally = g_new0 (PhTally, 1);
  guint n = targets->targets->len;

  tally->targets = targets;
  tally->n_classes = n_classes;
  tally->units = g_new0 (PhUnitTally *, n);
  tally->class_sums = g_new0 (gint64 *, n);
  tally->class_count = g_new0 (guint64, n_classes + 1);
  tally->class_written = g_new0 (guint64, n_classes + 1);
  tally->locks = g_new0 (GMutex, n + 1);
  for (guint i = 0; i < n; i++)
    {
      gsize n_channels = target_at (tally, i)->n_channels;

      tally->units[i] = g_try_new0 (PhUnitTally, n_channels);
      tally->class_sums[i] = g_try_new0 (gint64, n_channels * n_classes + 1);
      if (tally->units[i] == NULL || tally->class_sums[i] == NULL)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                       _ ("There is no memory for the examples of %u units and %u classes; choose "
                          "fewer layers"),
                       ph_targets_get_n_units (targets), n_classes);
          return NULL;
        }
    }
  return g_steal_pointer (&tally);
}

void
ph_tally_free (PhTally *tally)
{
  for (guint i = 0; i < n_targets (tally); i++)
    {
      g_free (tally->units[i]);
      g_free (tally->class_sums[i]);
    }
  g_free (tally->units);
  g_free (tally->class_sums);
  g_free (tally->class_count);
  g_free (tally->class_written);
  g_free (tally->locks);
  g_free (tally);
}

void
ph_tally_clear (PhTally *tally)
{
  for (guint i = 0; i < n_targets (tally); i++)
    {
      gsize n = target_at (tally, i)->n_channels;

      memset (tally->units[i], 0, n * sizeof (PhUnitTally));
      memset (tally->class_sums[i], 0, n * tally->n_classes * sizeof (gint64));
    }
  memset (tally->class_count, 0, tally->n_classes * sizeof (guint64));
  tally->sample.n = 0;
}

static void
summarise (const PhTarget *target, const float *x, PhSummary *s)
{
  if (target->stride == 1)
    {
      ph_summarise (target->count, x, s);
      return;
    }
  *s = (PhSummary){ -INFINITY, INFINITY, 0, 0, 0 };
  for (gsize i = 0; i < target->count; i++)
    {
      float v = x[i * target->stride];

      s->max = MAX (s->max, v);
      s->min = MIN (s->min, v);
      s->sum += v;
      s->squares += (double)v * v;
      s->zeros += v == 0.0f;
    }
}

static guint32
find (const PhTarget *target, const float *x, float value)
{
  for (gsize i = 0; i < target->count; i++)
    if (x[i * target->stride] == value)
      return (guint32)i;
  return 0;
}

int
ph_tally_sample (PhTally *tally, guint64 digest, guint32 image)
{
  return ph_sample_offer (&tally->sample, digest, image);
}

static void
add_to_unit (PhUnitTally *unit, const PhTarget *target, const float *x, const PhSummary *s,
             guint32 image, guint64 digest, int place, guint32 at_position)
{
  gboolean high = ph_examples_wants_highest (&unit->examples, s->max);
  gboolean low = ph_examples_wants_lowest (&unit->examples, s->min);
  PhExample example = { .value = s->max, .tie = s->max, .image = image, .digest = digest };

  if (high || place >= 0)
    example.position = target->count > 1 ? find (target, x, s->max) : at_position;
  if (high)
    ph_examples_add_highest (&unit->examples, &example);
  if (place >= 0)
    {
      unit->sample_value[place] = s->max;
      unit->sample_position[place] = example.position;
    }
  if (low)
    {
      example.value = s->min;
      example.position = target->count > 1 ? find (target, x, s->min) : at_position;
      ph_examples_add_lowest (&unit->examples, &example);
    }
  ph_histogram_add (&unit->histogram, s->max);
  unit->sum += ph_exact (s->sum / (double)target->count);
  unit->squares += ph_exact (s->squares / (double)target->count);
  unit->zeros += s->zeros;
  unit->n++;
}

/* One image at one target. */
static void
add_to_target (PhTally *tally, guint t, guint32 image, guint64 digest, int label, int place,
               const float *values)
{
  const PhTarget *target = target_at (tally, t);
  gint64 *sums = label >= 0 && (guint)label < tally->n_classes
                     ? tally->class_sums[t] + (gsize)label * target->n_channels
                     : NULL;
  guint32 position = tally->targets->at_position
                         ? tally->targets->row * target->columns + tally->targets->column
                         : 0;

  g_autofree PhSummary *summaries = g_new (PhSummary, target->n_channels);

  for (guint c = 0; c < target->n_channels; c++)
    summarise (target, values + target->offset + c * target->step, &summaries[c]);
  g_mutex_lock (&tally->locks[t]);
  for (guint c = 0; c < target->n_channels; c++)
    {
      const float *x = values + target->offset + c * target->step;
      const PhSummary *s = &summaries[c];
      PhUnitTally *unit = &tally->units[t][c];

      if (!isfinite (s->squares) || !isfinite (s->sum))
        {
          if (place >= 0)
            unit->sample_value[place] = NAN;
          continue;
        }
      add_to_unit (unit, target, x, s, image, digest, place, position);
      if (sums != NULL)
        sums[c] += (gint64)(CLAMP ((double)s->max, -CLASS_LIMIT, CLASS_LIMIT) * CLASS_SCALE);
    }
  g_mutex_unlock (&tally->locks[t]);
}

void
ph_tally_add (PhTally *tally, guint32 image, guint64 digest, int label, int place,
              const float *const *values)
{
  for (guint t = 0; t < n_targets (tally); t++)
    add_to_target (tally, t, image, digest, label, place, values[t]);
  g_mutex_lock (&tally->locks[n_targets (tally)]);
  if (label >= 0 && (guint)label < tally->n_classes)
    tally->class_count[label]++;
  g_mutex_unlock (&tally->locks[n_targets (tally)]);
}

static void
join_unit (PhUnitTally *unit, const PhUnitTally *other)
{
  ph_examples_join (&unit->examples, &other->examples);
  ph_histogram_join (&unit->histogram, &other->histogram);
  unit->sum += other->sum;
  unit->squares += other->squares;
  unit->zeros += other->zeros;
  unit->n += other->n;
}

void
ph_tally_join (PhTally *tally, const PhTally *other)
{
  int places[PH_N_SAMPLE];

  for (guint i = 0; i < other->sample.n; i++)
    places[i] = ph_sample_offer (&tally->sample, other->sample.digest[i], other->sample.image[i]);
  for (guint t = 0; t < n_targets (tally); t++)
    {
      guint n = target_at (tally, t)->n_channels;

      for (guint c = 0; c < n; c++)
        {
          PhUnitTally *unit = &tally->units[t][c];
          const PhUnitTally *from = &other->units[t][c];

          join_unit (unit, from);
          for (guint i = 0; i < other->sample.n; i++)
            if (places[i] >= 0)
              {
                unit->sample_value[places[i]] = from->sample_value[i];
                unit->sample_position[places[i]] = from->sample_position[i];
              }
        }
      for (gsize i = 0; i < (gsize)n * tally->n_classes; i++)
        tally->class_sums[t][i] += other->class_sums[t][i];
    }
  for (guint i = 0; i < tally->n_classes; i++)
    tally->class_count[i] += other->class_count[i];
}

/* The pieces of memory that a tally consists of, in a fixed order. */
static void
for_each_piece (const PhTally *tally, void (*visit) (gpointer piece, gsize size, gpointer data),
                gpointer data)
{
  visit ((gpointer)&tally->sample, sizeof tally->sample, data);
  visit (tally->class_count, tally->n_classes * sizeof (guint64), data);
  for (guint t = 0; t < n_targets (tally); t++)
    {
      gsize n = target_at (tally, t)->n_channels;

      visit (tally->units[t], n * sizeof (PhUnitTally), data);
      visit (tally->class_sums[t], n * tally->n_classes * sizeof (gint64), data);
    }
}

static void
append_piece (gpointer piece, gsize size, gpointer data)
{
  g_byte_array_append (data, piece, (guint)size);
}

GBytes *
ph_tally_pack (const PhTally *tally)
{
  GByteArray *bytes = g_byte_array_new ();

  for_each_piece (tally, append_piece, bytes);
  return g_byte_array_free_to_bytes (bytes);
}

typedef struct
{
  const guint8 *at;
  gsize left;
  gboolean fits;
} Unpacking;

static void
fill_piece (gpointer piece, gsize size, gpointer data)
{
  Unpacking *unpacking = data;

  unpacking->fits = unpacking->fits && size <= unpacking->left;
  if (!unpacking->fits || size == 0)
    return;
  memcpy (piece, unpacking->at, size);
  unpacking->at += size;
  unpacking->left -= size;
}

gboolean
ph_tally_unpack (PhTally *tally, GBytes *bytes)
{
  Unpacking unpacking = { .fits = TRUE };

  unpacking.at = g_bytes_get_data (bytes, &unpacking.left);
  for_each_piece (tally, fill_piece, &unpacking);
  return unpacking.fits && unpacking.left == 0;
}

double
ph_class_sum_to_double (gint64 sum)
{
  return (double)sum / CLASS_SCALE;
}
