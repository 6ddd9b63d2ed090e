#include "data/split.h"

#include <math.h>

#include "base/rng.h"

static guint
part_of (guint n, double share)
{
  guint part = (guint)round (n * CLAMP (share, 0, 1));

  if (n >= 2 && share > 0 && share < 1)
    part = CLAMP (part, 1, n - 1);
  return part;
}

void
ph_dataset_split (const PhDataset *dataset, double share, guint64 seed, GArray **first,
                  GArray **second)
{
  guint n = ph_dataset_get_n_items (dataset), n_classes = ph_dataset_get_n_classes (dataset);
  g_autofree gboolean *in_second = g_new0 (gboolean, n + 1);
  g_autofree guint *members = g_new (guint, n + 1);
  /* Items sorted by class; those without label come last. */
  g_autofree guint *begin = g_new0 (guint, n_classes + 3);

  for (guint i = 0; i < n; i++)
    {
      int label = ph_dataset_get_label (dataset, i);

      begin[(label < 0 ? n_classes : (guint)label) + 2]++;
    }
  for (guint c = 2; c < n_classes + 3; c++)
    begin[c] += begin[c - 1];
  for (guint i = 0; i < n; i++)
    {
      int label = ph_dataset_get_label (dataset, i);

      members[begin[(label < 0 ? n_classes : (guint)label) + 1]++] = i;
    }
  for (guint c = 0; c <= n_classes; c++)
    {
      guint size = begin[c + 1] - begin[c], part = part_of (size, share);
      guint *of_class = members + begin[c];
      PhRng rng;

      /* A generator for each class: more images in one leave the others as they are. */
      ph_rng_init (&rng, seed, c);
      for (guint i = 0; i < part; i++)
        {
          guint j = i + ph_rng_below (&rng, size - i), chosen = of_class[j];

          of_class[j] = of_class[i];
          of_class[i] = chosen;
          in_second[chosen] = TRUE;
        }
    }
  *first = g_array_new (FALSE, FALSE, sizeof (guint));
  *second = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < n; i++)
    g_array_append_val (in_second[i] ? *second : *first, i);
}
