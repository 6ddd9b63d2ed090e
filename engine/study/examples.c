#include "study/examples.h"

#include <string.h>

static gboolean
is_higher (const PhExample *a, const PhExample *b)
{
  return a->value != b->value ? a->value > b->value : a->image < b->image;
}

static gboolean
is_lower (const PhExample *a, const PhExample *b)
{
  if (a->value != b->value)
    return a->value < b->value;
  return a->tie != b->tie ? a->tie < b->tie : a->image < b->image;
}

typedef gboolean (*Before) (const PhExample *a, const PhExample *b);

/* Puts @example where it belongs, unless the same content is there with an earlier image. */
static void
insert (PhExample *list, guint32 *n, guint capacity, Before before, const PhExample *example)
{
  guint at = *n;

  if (*n == capacity && !before (example, &list[capacity - 1]))
    return;
  for (guint i = 0; i < *n; i++)
    if (list[i].digest == example->digest)
      {
        if (list[i].image <= example->image)
          return;
        memmove (&list[i], &list[i + 1], (*n - i - 1) * sizeof *list);
        --*n;
        at = *n;
        break;
      }
  while (at > 0 && before (example, &list[at - 1]))
    at--;
  if (*n < capacity)
    ++*n;
  memmove (&list[at + 1], &list[at], (*n - at - 1) * sizeof *list);
  list[at] = *example;
}

gboolean
ph_examples_wants_highest (const PhExamples *examples, float value)
{
  return examples->n_highest < PH_N_HIGHEST || value >= examples->highest[PH_N_HIGHEST - 1].value;
}

gboolean
ph_examples_wants_lowest (const PhExamples *examples, float value)
{
  return examples->n_lowest < PH_N_LOWEST || value <= examples->lowest[PH_N_LOWEST - 1].value;
}

void
ph_examples_add_highest (PhExamples *examples, const PhExample *example)
{
  insert (examples->highest, &examples->n_highest, PH_N_HIGHEST, is_higher, example);
}

void
ph_examples_add_lowest (PhExamples *examples, const PhExample *example)
{
  insert (examples->lowest, &examples->n_lowest, PH_N_LOWEST, is_lower, example);
}

void
ph_examples_join (PhExamples *examples, const PhExamples *other)
{
  for (guint i = 0; i < other->n_highest; i++)
    ph_examples_add_highest (examples, &other->highest[i]);
  for (guint i = 0; i < other->n_lowest; i++)
    ph_examples_add_lowest (examples, &other->lowest[i]);
}

/* splitmix64's finish. */
guint64
ph_sample_key (guint64 x)
{
  x = (x ^ x >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ x >> 31;
}

int
ph_sample_offer (PhSample *sample, guint64 digest, guint32 image)
{
  guint worst = 0;

  for (guint i = 0; i < sample->n; i++)
    {
      if (sample->digest[i] == digest)
        {
          if (image >= sample->image[i])
            return -1;
          sample->image[i] = image;
          return (int)i;
        }
      if (ph_sample_key (sample->digest[i]) > ph_sample_key (sample->digest[worst]))
        worst = i;
    }
  if (sample->n < PH_N_SAMPLE)
    worst = sample->n++;
  else if (ph_sample_key (digest) > ph_sample_key (sample->digest[worst]))
    return -1;
  sample->image[worst] = image;
  sample->digest[worst] = digest;
  return (int)worst;
}
