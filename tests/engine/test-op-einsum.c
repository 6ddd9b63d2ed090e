/* Einsum: against a plain sum over all labels, and gradients by differences. */

#include "gradcheck.h"

#include <string.h>

static PhAttrs *
attrs_equation (const char *equation)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_text (attrs, "equation", equation);
  return attrs;
}

/* Equations whose ellipsis is written out in @plain, for the reference below. */
static const struct
{
  const char *equation, *plain;
  PhShape in[3];
  guint n;
} equations[] = {
  { "ij,jk->ik", "ij,jk->ik", { PH_SHAPE_OF (2, 3), PH_SHAPE_OF (3, 4) }, 2 },
  { "ij,jk", "ij,jk->ik", { PH_SHAPE_OF (2, 3), PH_SHAPE_OF (3, 4) }, 2 },
  { "bij, bjk -> bik", "bij,bjk->bik", { PH_SHAPE_OF (5, 2, 3), PH_SHAPE_OF (5, 3, 4) }, 2 },
  { "bqhd,bkhd->bhqk",
    "bqhd,bkhd->bhqk",
    { PH_SHAPE_OF (2, 3, 2, 5), PH_SHAPE_OF (2, 4, 2, 5) },
    2 },
  { "bhqk,bkhd->bqhd",
    "bhqk,bkhd->bqhd",
    { PH_SHAPE_OF (2, 2, 3, 4), PH_SHAPE_OF (2, 4, 2, 5) },
    2 },
  { "ki,jk->ji", "ki,jk->ji", { PH_SHAPE_OF (3, 2), PH_SHAPE_OF (4, 3) }, 2 },
  { "i,j->ij", "i,j->ij", { PH_SHAPE_OF (3), PH_SHAPE_OF (4) }, 2 },
  { "i,i", "i,i->", { PH_SHAPE_OF (5), PH_SHAPE_OF (5) }, 2 },
  { "i,i->i", "i,i->i", { PH_SHAPE_OF (5), PH_SHAPE_OF (5) }, 2 },
  { "ij->ji", "ij->ji", { PH_SHAPE_OF (2, 3) }, 1 },
  { "ji", "ji->ij", { PH_SHAPE_OF (2, 3) }, 1 },
  { "ij->i", "ij->i", { PH_SHAPE_OF (2, 3) }, 1 },
  { "ii", "ii->", { PH_SHAPE_OF (4, 4) }, 1 },
  { "iij->ij", "iij->ij", { PH_SHAPE_OF (3, 3, 2) }, 1 },
  { "iij,jk->ik", "iij,jk->ik", { PH_SHAPE_OF (3, 3, 2), PH_SHAPE_OF (2, 4) }, 2 },
  { "ij,kl->i", "ij,kl->i", { PH_SHAPE_OF (2, 3), PH_SHAPE_OF (2, 2) }, 2 },
  { "ij,jk,kl->il",
    "ij,jk,kl->il",
    { PH_SHAPE_OF (2, 3), PH_SHAPE_OF (3, 4), PH_SHAPE_OF (4, 2) },
    3 },
  { "...ij,...jk->...ik",
    "xyij,yjk->xyik",
    { PH_SHAPE_OF (2, 3, 2, 4), PH_SHAPE_OF (3, 4, 2) },
    2 },
  { "...ij,jk", "xij,jk->xik", { PH_SHAPE_OF (3, 2, 4), PH_SHAPE_OF (4, 2) }, 2 },
  { "i...->...", "ixy->xy", { PH_SHAPE_OF (2, 3, 4) }, 1 },
};

typedef struct
{
  gsize extent[128], index[128];
} Labels;

static gsize
find_offset (const Labels *l, const char *labels, gsize n)
{
  gsize at = 0;

  for (gsize i = 0; i < n; i++)
    at = at * l->extent[(guchar)labels[i]] + l->index[(guchar)labels[i]];
  return at;
}

static PhTensor *
reference (const char *plain, PhTensor *const *in)
{
  const char *arrow = strstr (plain, "->") + 2;
  char used[16];
  guint n_used = 0;
  Labels l = { 0 };
  PhShape shape = { 0 };
  const char *p = plain;

  for (guint t = 0; *p != '-'; t++, p += *p == ',')
    for (guint i = 0; *p != ',' && *p != '-'; i++, p++)
      {
        if (memchr (used, *p, n_used) == NULL)
          used[n_used++] = *p;
        l.extent[(guchar)*p] = (gsize)in[t]->shape.dim[i];
      }
  for (const char *c = arrow; *c != '\0'; c++)
    shape.dim[shape.rank++] = (gint64)l.extent[(guchar)*c];
  PhTensor *y = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  for (gboolean more = TRUE; more;)
    {
      double product = 1;

      p = plain;
      for (guint t = 0; *p != '-'; t++)
        {
          gsize n = strcspn (p, ",-");
          product *= in[t]->f[find_offset (&l, p, n)];
          p += n + (p[n] == ',');
        }
      y->f[find_offset (&l, arrow, strlen (arrow))] += (float)product;
      more = FALSE;
      for (guint i = 0; i < n_used && !more; i++)
        {
          gsize *at = &l.index[(guchar)used[i]];
          more = ++*at < l.extent[(guchar)used[i]];
          if (!more)
            *at = 0;
        }
    }
  return y;
}

static void
test_equations (void)
{
  for (guint k = 0; k < G_N_ELEMENTS (equations); k++)
    {
      PhTensor *x[3] = { NULL };
      PhGradInput inputs[3], second[3];
      g_autoptr (PhTensor) out = NULL;
      g_autoptr (GError) error = NULL;
      const guint n = equations[k].n;

      for (guint t = 0; t < n; t++)
        {
          x[t] = ph_gradcheck_random (&equations[k].in[t], -1, 1);
          inputs[t] = (PhGradInput){ x[t], FALSE };
          second[t] = (PhGradInput){ x[t], t == 0 && n > 1 };
        }
      g_autoptr (PhTensor) want = reference (equations[k].plain, x);
      ph_opcheck_run ("Einsum", 12, attrs_equation (equations[k].equation), inputs, n, &out, 1,
                      &error);
      g_assert_no_error (error);
      ph_opcheck_close (equations[k].equation, out, want, 1e-4);
      ph_gradcheck ("Einsum", 12, attrs_equation (equations[k].equation), inputs, n, 1);
      ph_gradcheck ("Einsum", 12, attrs_equation (equations[k].equation), second, n, 1);
      for (guint t = 0; t < n; t++)
        ph_tensor_unref (x[t]);
    }
}

/* An axis of extent 1 stretches, in the way of a product and of a plain sum. */
static void
test_stretching (void)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (1, 2, 3), -1, 1);
  g_autoptr (PhTensor) b = ph_gradcheck_random (&PH_SHAPE_OF (4, 3, 2), -1, 1);
  const PhGradInput inputs[] = { { a, FALSE }, { b, FALSE } };

  ph_gradcheck ("Einsum", 12, attrs_equation ("...ij,...jk->...ik"), inputs, 2, 1);
  ph_gradcheck ("Einsum", 12, attrs_equation ("...ij,...jk->ik"), inputs, 2, 1);
}

static void
check_refused (const char *equation, guint n, PhError code)
{
  g_autoptr (PhTensor) a = ph_gradcheck_random (&PH_SHAPE_OF (2, 3), -1, 1);
  const PhGradInput inputs[] = { { a, FALSE }, { a, FALSE } };
  PhTensor *out = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (
      ph_opcheck_run ("Einsum", 12, attrs_equation (equation), inputs, n, &out, 1, &error));
  g_assert_error (error, PH_ERROR, (gint)code);
}

static void
test_refusals (void)
{
  check_refused ("ij,jk->ik", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("i1->i", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("ij-", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("ij->k", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("ij->ii", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("......ij->ij", 1, PH_ERROR_MODEL_INVALID);
  check_refused ("ijk->i", 1, PH_ERROR_SHAPE_MISMATCH);
  check_refused ("ij,jk->ik", 2, PH_ERROR_SHAPE_MISMATCH);
  check_refused ("", 1, PH_ERROR_SHAPE_MISMATCH);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/op/einsum/equations", test_equations);
  g_test_add_func ("/op/einsum/stretching", test_stretching);
  g_test_add_func ("/op/einsum/refusals", test_refusals);
  return g_test_run ();
}
