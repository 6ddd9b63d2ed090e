#include "vis/vector.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/npy.h"
#include "vis/photo.h"

static gboolean
is_typed (const char *text)
{
  return text[0] == '[' || text[0] == '{';
}

static gboolean
invalid (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (PH_ERROR, PH_ERROR_DATA_INVALID, format, args);
  va_end (args);
  return FALSE;
}

static const char *
skip (const char *text, const char *what)
{
  return text + strspn (text, what);
}

static gboolean
read_number (const char **text, double *number)
{
  char *end = NULL;

  *number = g_ascii_strtod (*text, &end);
  if (end == *text || !isfinite (*number))
    return FALSE;
  *text = end;
  return TRUE;
}

/* Writes the numbers into @values if it is given, of which there are then @n. */
static gboolean
read_typed (const char *text, float *values, gsize n, GError **error)
{
  gboolean sparse = text[0] == '{';
  const char *at = skip (text + 1, " ,");
  gsize count = 0;

  for (; *at != '\0' && *at != (sparse ? '}' : ']'); at = skip (at, " ,"), count++)
    {
      double number, channel = (double)count;

      if (sparse)
        {
          if (!read_number (&at, &channel) || channel < 0 || channel != floor (channel) ||
              *(at = skip (at, " ")) != ':')
            return invalid (error, "“%.20s” should be CHANNEL: NUMBER", at);
          at = skip (at + 1, " ");
        }
      if (!read_number (&at, &number))
        return invalid (error, "“%.20s” is not a number", at);
      if (values != NULL && channel >= (double)n)
        return invalid (error, "the layer has %" G_GSIZE_FORMAT " channels, not %.0f", n,
                        channel + 1);
      if (values != NULL)
        values[(gsize)channel] = (float)number;
    }
  if (*at == '\0' || at[1] != '\0')
    return invalid (error, "“%c” is missing at the end of the list", sparse ? '}' : ']');
  if (!sparse && values != NULL && count != n)
    return invalid (error,
                    "there are %" G_GSIZE_FORMAT " numbers, but the layer has %" G_GSIZE_FORMAT
                    " channels",
                    count, n);
  return TRUE;
}

static gboolean
check_source (const char *text, PhTermArgs *args, GError **error)
{
  if (is_typed (text))
    return read_typed (text, NULL, 0, error);
  if (!g_file_test (text, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   _ ("there is no file or folder “%s”; numbers are written [0.5, 0, -1]"), text);
      return FALSE;
    }
  ph_objective_add_file (ph_term_args_get_objective (args), text);
  return TRUE;
}

gboolean
ph_vector_take (PhVector *vector, PhTermArgs *args, GError **error)
{
  char *minus;

  vector->text = ph_term_take_text (args, "a vector", error);
  if (vector->text == NULL)
    return FALSE;
  minus = strstr (vector->text, " - ");
  if (minus != NULL)
    {
      *minus = '\0';
      vector->minus = minus + strlen (" - ");
      if (!check_source (vector->minus, args, error))
        return FALSE;
    }
  return check_source (vector->text, args, error);
}

void
ph_vector_clear (PhVector *vector)
{
  g_clear_pointer (&vector->text, g_free);
}

static float *
load_npy (const char *path, gsize n, GError **error)
{
  g_autoptr (PhTensor) tensor = ph_npy_load (path, error);
  float *values;

  if (tensor == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  if (tensor->n != n)
    {
      invalid (error,
               "%s holds %" G_GSIZE_FORMAT " numbers, but the layer has %" G_GSIZE_FORMAT
               " channels",
               path, tensor->n, n);
      return NULL;
    }
  values = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    values[i] = (float)ph_tensor_get_real (tensor, i);
  return values;
}

static float *
load_source (const char *text, PhModel *model, guint layer, gsize n, GError **error)
{
  const PhPreprocess *usual = ph_model_get_preprocess (model);
  g_autoptr (PhPhotos) photos = NULL;
  g_autofree float *values = NULL;

  if (is_typed (text))
    {
      values = g_new0 (float, n);
      return read_typed (text, values, n, error) ? g_steal_pointer (&values) : NULL;
    }
  if (g_str_has_suffix (text, ".npy"))
    return load_npy (text, n, error);
  photos = ph_photos_new (model, layer, usual->height, usual->width, error);
  return photos != NULL ? ph_photos_dup_mean (photos, text, error) : NULL;
}

float *
ph_vector_load (const PhVector *vector, PhModel *model, guint layer, gsize n, GError **error)
{
  g_autofree float *values = load_source (vector->text, model, layer, n, error);
  double size = 0;

  if (values == NULL)
    return NULL;
  if (vector->minus != NULL)
    {
      g_autofree float *minus = load_source (vector->minus, model, layer, n, error);

      if (minus == NULL)
        return NULL;
      for (gsize i = 0; i < n; i++)
        values[i] -= minus[i];
    }
  for (gsize i = 0; i < n; i++)
    size += (double)values[i] * values[i];
  if (!(size > 0) || !isfinite (size))
    {
      invalid (error, "this vector has no direction: %s",
               size > 0 ? "it is infinite" : "all its numbers are 0");
      return NULL;
    }
  return g_steal_pointer (&values);
}

double
ph_vector_product (gsize n, const float *v, gsize v_skip, const float *a, gsize a_skip,
                   double power, double weight, float *gradient)
{
  double product = 0, v_length = 0, a_length = 0;
  double factor = 1, slope_p = 1, slope_a = 0;

  for (gsize i = 0; i < n; i++)
    {
      double x = v[i * v_skip], y = a[i * a_skip];

      product += x * y;
      v_length += x * x;
      a_length += y * y;
    }
  if (power > 0 && v_length > 0 && a_length > 0)
    {
      double cosine = product / sqrt (v_length * a_length);

      /* d (p c^k) = c^k dp + k p c^(k-1) dc; along v dc is c dp / p, along a it is -c a·da / |a|².
       */
      factor = pow (MAX (cosine, 0.1), power);
      slope_p = cosine < 0.1 ? factor : factor * (1 + power);
      slope_a = cosine < 0.1 ? 0 : -power * factor * product / a_length;
    }
  for (gsize i = 0; gradient != NULL && i < n; i++)
    gradient[i * a_skip] += (float)(weight * (slope_p * v[i * v_skip] + slope_a * a[i * a_skip]));
  return product * factor;
}
