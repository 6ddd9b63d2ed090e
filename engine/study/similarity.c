#include "study/similarity.h"

#include <math.h>
#include <string.h>

#include "kernels/gemm.h"

/* Rows of the two matrices of inner products that are in memory at a time. */
#define BLOCK 128

/* Sums over K = X Xᵀ and L = Y Yᵀ, with and without their diagonals. */
typedef struct
{
  double kl, kk, ll;                /* Σ K∘L, Σ K∘K, Σ L∘L */
  double kl_off, kk_off, ll_off;    /* without the diagonals */
  double k_all, l_all;              /* Σ K, Σ L without the diagonals */
  double kl_rows, kk_rows, ll_rows; /* Σ over rows of products of the rows' sums */
} Sums;

static void
add_row (Sums *s, const float *k, const float *l, gsize n, gsize diagonal)
{
  double kl = 0, kk = 0, ll = 0, k_row = 0, l_row = 0;
  double k_own = k[diagonal], l_own = l[diagonal];

  for (gsize j = 0; j < n; j++)
    {
      kl += (double)k[j] * l[j];
      kk += (double)k[j] * k[j];
      ll += (double)l[j] * l[j];
      k_row += k[j];
      l_row += l[j];
    }
  k_row -= k_own;
  l_row -= l_own;
  s->kl += kl;
  s->kk += kk;
  s->ll += ll;
  s->kl_off += kl - k_own * l_own;
  s->kk_off += kk - k_own * k_own;
  s->ll_off += ll - l_own * l_own;
  s->k_all += k_row;
  s->l_all += l_row;
  s->kl_rows += k_row * l_row;
  s->kk_rows += k_row * k_row;
  s->ll_rows += l_row * l_row;
}

/* The unbiased estimator, but for the factor 1 / (n (n - 3)), which an alignment does not need. */
static double
unbiased (double off, double a, double b, double rows, double n)
{
  return off + a * b / ((n - 1) * (n - 2)) - 2 / (n - 2) * rows;
}

static double
align (double kl, double kk, double ll)
{
  return kk > 0 && ll > 0 ? kl / sqrt (kk * ll) : NAN;
}

double
ph_cka (gsize n, const float *x, gsize c_x, const float *y, gsize c_y, double *plain)
{
  g_autofree float *k = g_new (float, BLOCK *n);
  g_autofree float *l = g_new (float, BLOCK *n);
  Sums s = { 0 };

  for (gsize i = 0; i < n; i += BLOCK)
    {
      gsize rows = MIN (BLOCK, n - i);

      ph_gemm (FALSE, TRUE, rows, n, c_x, 1, x + i * c_x, c_x, x, c_x, 0, k, n);
      ph_gemm (FALSE, TRUE, rows, n, c_y, 1, y + i * c_y, c_y, y, c_y, 0, l, n);
      for (gsize row = 0; row < rows; row++)
        add_row (&s, k + row * n, l + row * n, n, i + row);
    }
  if (plain != NULL)
    *plain = align (s.kl, s.kk, s.ll);
  if (n < 4)
    return NAN;
  return align (unbiased (s.kl_off, s.k_all, s.l_all, s.kl_rows, (double)n),
                unbiased (s.kk_off, s.k_all, s.k_all, s.kk_rows, (double)n),
                unbiased (s.ll_off, s.l_all, s.l_all, s.ll_rows, (double)n));
}

gsize
ph_svd_count_directions (const PhSvd *svd, double variance)
{
  double all = 0, sum = 0;
  gsize k = 0;

  for (gsize j = 0; j < svd->rank; j++)
    all += svd->s[j] * svd->s[j];
  while (k < svd->rank && sum < variance * all)
    {
      sum += svd->s[k] * svd->s[k];
      k++;
    }
  return k;
}

double
ph_svcca (const PhSvd *x, const PhSvd *y, double variance)
{
  gsize m = ph_svd_count_directions (x, variance), k = ph_svd_count_directions (y, variance);
  g_autofree float *product = NULL;
  g_autoptr (PhSvd) correlations = NULL;
  double sum = 0;

  if (m == 0 || k == 0)
    return NAN;
  product = ph_svd_product (x, m, y, k, NULL);
  correlations = product != NULL ? ph_svd_new (product, m, k, NULL) : NULL;
  if (correlations == NULL)
    return NAN;
  for (gsize j = 0; j < correlations->rank; j++)
    sum += MIN (correlations->s[j], 1);
  return sum / (double)MIN (m, k);
}

/* What a ridge learned: from the classes' shares, which every image starts from, along each
 * direction of the layer. */
typedef struct
{
  const PhSvd *svd;
  const int *labels;
  guint n_classes;
  double *share;  /* (n_classes) */
  double *slopes; /* (rank, n_classes): Uᵀ Y */
} Probe;

static void
learn (Probe *probe)
{
  const PhSvd *svd = probe->svd;
  guint n_classes = probe->n_classes;

  for (gsize i = 0; i < svd->n; i++)
    {
      probe->share[probe->labels[i]] += 1 / (double)svd->n;
      for (gsize j = 0; j < svd->rank; j++)
        probe->slopes[j * n_classes + (guint)probe->labels[i]] += svd->u[i * svd->rank + j];
    }
}

/* Judges each image by the others. @answers: scratch, (n_classes). Returns: the squared error. */
static double
judge (const Probe *probe, double strength, double *answers, double *accuracy)
{
  const PhSvd *svd = probe->svd;
  guint n_classes = probe->n_classes, n_right = 0;
  double error = 0;

  for (gsize i = 0; i < svd->n; i++)
    {
      double own = 1 / (double)svd->n; /* how much an image counts in its own answer */
      int best = 0;

      memcpy (answers, probe->share, n_classes * sizeof *answers);
      for (gsize j = 0; j < svd->rank; j++)
        {
          double u = svd->u[i * svd->rank + j], s = svd->s[j] * svd->s[j];
          double kept = s / (s + strength);

          own += kept * u * u;
          for (guint c = 0; c < n_classes; c++)
            answers[c] += kept * u * probe->slopes[j * n_classes + c];
        }
      for (guint c = 0; c < n_classes; c++)
        {
          double right = probe->labels[i] == (int)c;

          answers[c] = (answers[c] - own * right) / MAX (1 - own, 1e-9);
          error += (answers[c] - right) * (answers[c] - right);
          if (answers[c] > answers[best])
            best = (int)c;
        }
      n_right += best == probe->labels[i];
    }
  *accuracy = n_right / (double)svd->n;
  return error;
}

double
ph_linear_probe (const PhSvd *svd, const int *labels, guint n_classes)
{
  static const double strengths[] = { 1e-4, 1e-3, 1e-2, 1e-1, 1 }; /* of the mean variance */
  Probe probe = { svd, labels, n_classes };
  double variance = 0, best = NAN, least = INFINITY;

  if (n_classes < 2 || svd->n < 3 || svd->rank == 0)
    return NAN;
  for (gsize j = 0; j < svd->rank; j++)
    variance += svd->s[j] * svd->s[j] / (double)svd->rank;
  probe.share = g_new0 (double, n_classes);
  probe.slopes = g_new0 (double, svd->rank *n_classes);
  learn (&probe);

  g_autofree double *answers = g_new (double, n_classes);

  for (guint i = 0; i < G_N_ELEMENTS (strengths); i++)
    {
      double accuracy, error = judge (&probe, strengths[i] * variance, answers, &accuracy);

      if (error < least)
        {
          least = error;
          best = accuracy;
        }
    }
  g_free (probe.share);
  g_free (probe.slopes);
  return best;
}

double
ph_correlation (gsize n, const float *x, gsize c_x, gsize i, const float *y, gsize c_y, gsize j)
{
  double xy = 0, xx = 0, yy = 0;

  for (gsize row = 0; row < n; row++)
    {
      double a = x[row * c_x + i], b = y[row * c_y + j];

      xy += a * b;
      xx += a * a;
      yy += b * b;
    }
  return align (xy, xx, yy);
}
