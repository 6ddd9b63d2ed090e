#include "train/architecture-private.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "data/shipped.h"

#define OPSET 13
#define DEEPEST 16 /* braces within braces */

const char *const ph_architecture_names[] = { "inception",       "small-vgg",       "small-resnet",
                                              "small-inception", "small-mobilenet", NULL };

const char *const ph_autoencoder_names[] = { "linear-autoencoder", "dense-autoencoder",
                                             "conv-autoencoder", NULL };

static gboolean statements (PhArchitecture *b, gboolean braces);

gboolean
ph_architecture_fail (PhArchitecture *b, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (b->error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("line %u: %s"),
               b->lines[b->at > 0 ? b->at - 1 : 0], text);
  return FALSE;
}

const char *
ph_architecture_peek (const PhArchitecture *b)
{
  return b->tokens[b->at] != NULL ? b->tokens[b->at] : "\n";
}

gboolean
ph_architecture_accept (PhArchitecture *b, const char *word)
{
  if (!g_str_equal (ph_architecture_peek (b), word) || b->tokens[b->at] == NULL)
    return FALSE;
  b->at++;
  return TRUE;
}

gboolean
ph_architecture_number (PhArchitecture *b, const char *what, gint64 low, gint64 high, gint64 *value)
{
  const char *text = ph_architecture_peek (b);
  char *end;

  *value = g_ascii_strtoll (text, &end, 10);
  if (end == text || *end != '\0' || *value < low || *value > high)
    {
      b->at += b->tokens[b->at] != NULL && *text != '\n';
      return ph_architecture_fail (
          b, "%s must be a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT ", not “%s”",
          what, low, high, *text == '\n' ? "" : text);
    }
  b->at++;
  return TRUE;
}

static gboolean
expect_brace (PhArchitecture *b, const char *what)
{
  while (ph_architecture_accept (b, "\n"))
    ;
  return ph_architecture_accept (b, "{") ||
         ph_architecture_fail (b, "%s wants statements in { }", what);
}

static gboolean
repeat (PhArchitecture *b)
{
  gint64 times;
  guint begin;

  if (!ph_architecture_number (b, "the number of times", 1, 1000, &times) ||
      !expect_brace (b, "repeat"))
    return FALSE;
  begin = b->at;
  for (gint64 i = 0; i < times; i++)
    {
      b->at = begin;
      /* Repetitions count, so that empty ones within one another end as well. */
      if (++b->n_nodes > PH_ARCHITECTURE_MOST_NODES)
        return ph_architecture_fail (b, "this repeats more than %d times in all",
                                     PH_ARCHITECTURE_MOST_NODES);
      if (!statements (b, TRUE))
        return FALSE;
    }
  return TRUE;
}

/* Statements in braces whose layers have names that begin with PREFIX. */
static gboolean
named (PhArchitecture *b, const char *prefix)
{
  gsize length = b->prefix->len;
  gboolean done;

  g_string_append_printf (b->prefix, "%s/", prefix);
  done = statements (b, TRUE);
  g_string_truncate (b->prefix, length);
  return done;
}

static gboolean
is_name (const char *word)
{
  return g_ascii_isalnum (*word) && strpbrk (word, "/.:") == NULL;
}

static gboolean
block (PhArchitecture *b)
{
  g_autofree char *name = g_strdup (ph_architecture_peek (b));

  if (!is_name (name))
    return ph_architecture_fail (b, "block wants a name of letters and digits");
  b->at++;
  return expect_brace (b, "block") && named (b, name);
}

static gboolean
residual (PhArchitecture *b)
{
  g_autofree char *prefix = NULL, *body = NULL, *sum = NULL;
  PhFlow before = b->flow, after;
  gboolean normalised = b->normalised, done;

  if (!ph_architecture_plane (b, "residual") || !expect_brace (b, "residual"))
    return FALSE;
  prefix = ph_architecture_dup_name (b, "residual");
  before.name = g_strdup (b->flow.name);
  b->normalised = FALSE;
  done = named (b, g_strrstr (prefix, "/") != NULL ? g_strrstr (prefix, "/") + 1 : prefix);
  after = b->flow;
  body = g_strdup (b->flow.name);
  if (done && after.flat)
    done = ph_architecture_fail (b, "what is inside residual must stay a picture");
  if (done && (before.channels != after.channels || before.rows != after.rows ||
               before.columns != after.columns))
    {
      gint64 stride = (before.rows + after.rows - 1) / MAX (after.rows, 1);
      gsize length = b->prefix->len;

      g_free (b->flow.name);
      b->flow = before;
      before.name = NULL;
      g_string_append_printf (
          b->prefix, "%s/", g_strrstr (prefix, "/") != NULL ? g_strrstr (prefix, "/") + 1 : prefix);
      done = ph_architecture_add_convolution (b, "shortcut", after.channels, (gint64[]){ 1, 1 },
                                              stride, 1, 1, TRUE, !b->normalised) &&
             (!b->normalised || ph_architecture_batch_norm (b));
      g_string_truncate (b->prefix, length);
      if (done && (b->flow.rows != after.rows || b->flow.columns != after.columns))
        done = ph_architecture_fail (b,
                                     "what is inside residual makes %" G_GINT64_FORMAT
                                     "x%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                                     "x%" G_GINT64_FORMAT "; no stride does the same",
                                     after.rows, after.columns, before.rows, before.columns);
      before.name = g_strdup (b->flow.name);
    }
  b->normalised |= normalised;
  if (done)
    {
      sum = g_strconcat (prefix, "/add", NULL);
      done = ph_architecture_add_node (b, "Add", sum, NULL,
                                       (const char *const[]){ body, before.name }, 2);
    }
  g_free (before.name);
  return done;
}

/* Where names begin that belong to branches: those that stand alone in a block need no name of
 * their own. */
static char *
dup_branches_prefix (PhArchitecture *b)
{
  g_autofree char *name = ph_architecture_dup_name (b, "branches");
  gboolean alone = g_str_equal (name + b->prefix->len, "branches1");

  return alone ? g_strdup (b->prefix->str) : g_strconcat (name, "/", NULL);
}

static gboolean
branches (PhArchitecture *b)
{
  g_autofree char *prefix = NULL, *joined = NULL;
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func (g_free);
  PhFlow before = b->flow, first = { 0 };
  gint64 channels = 0;
  PhAttrs *attrs;

  if (!ph_architecture_plane (b, "branches") || !expect_brace (b, "branches"))
    return FALSE;
  prefix = dup_branches_prefix (b);
  before.name = g_strdup (b->flow.name);
  while (b->tokens[b->at] != NULL && !ph_architecture_accept (b, "}"))
    {
      g_autofree char *path = NULL;
      gsize length = b->prefix->len;
      gboolean done;

      if (ph_architecture_accept (b, "\n"))
        continue;
      g_free (b->flow.name);
      b->flow = before;
      b->flow.name = g_strdup (before.name);
      if (!ph_architecture_accept (b, "path"))
        {
          g_free (before.name);
          return ph_architecture_fail (b, "inside branches stand only path { … }");
        }
      path = is_name (ph_architecture_peek (b)) ? g_strdup (b->tokens[b->at++])
                                                : g_strdup_printf ("path%u", ends->len + 1);
      if (!expect_brace (b, "path"))
        {
          g_free (before.name);
          return FALSE;
        }
      g_string_assign (b->prefix, prefix);
      done = named (b, path);
      g_string_truncate (b->prefix, length);
      if (done && (b->flow.flat || (ends->len > 0 && (b->flow.rows != first.rows ||
                                                      b->flow.columns != first.columns))))
        done = ph_architecture_fail (b, "this path ends with another size than the first");
      if (!done)
        {
          g_free (before.name);
          return FALSE;
        }
      first = b->flow;
      channels += b->flow.channels;
      g_ptr_array_add (ends, g_strdup (b->flow.name));
    }
  g_free (before.name);
  if (ends->len == 0)
    return ph_architecture_fail (b, "branches has no path { … }");
  attrs = ph_attrs_new ();
  ph_attrs_set_int (attrs, "axis", 1);
  joined = g_strconcat (prefix, "concat", NULL);
  if (!ph_architecture_add_node (b, "Concat", joined, attrs, (const char *const *)ends->pdata,
                                 ends->len))
    return FALSE;
  b->flow.channels = channels;
  return TRUE;
}

static gboolean
statement (PhArchitecture *b)
{
  const char *word = b->tokens[b->at++];
  gboolean known, done;

  if (b->closed)
    return ph_architecture_fail (b, "nothing can follow “%s”",
                                 b->reconstructs ? "reconstruction" : "classes");
  done = ph_architecture_layer (b, word, &known);
  if (!known)
    done = ph_architecture_decoder (b, word, &known);
  if (known)
    return done;
  if (g_str_equal (word, "repeat"))
    return repeat (b);
  if (g_str_equal (word, "block"))
    return block (b);
  if (g_str_equal (word, "residual"))
    return residual (b);
  if (g_str_equal (word, "branches"))
    return branches (b);
  return ph_architecture_fail (b, "“%s” is no layer that is known here", word);
}

/* Statements up to the end, or up to the brace that closes them. */
static gboolean
statements (PhArchitecture *b, gboolean braces)
{
  if (braces && ++b->depth > DEEPEST)
    return ph_architecture_fail (b, "these braces are nested too deeply");
  for (;;)
    {
      if (b->tokens[b->at] == NULL)
        return !braces || ph_architecture_fail (b, "a } is missing");
      if (ph_architecture_accept (b, "\n"))
        continue;
      if (braces && ph_architecture_accept (b, "}"))
        break;
      if (!statement (b))
        return FALSE;
      if (!g_str_equal (ph_architecture_peek (b), "\n") &&
          !g_str_equal (ph_architecture_peek (b), "}"))
        {
          b->at++;
          return ph_architecture_fail (
              b,
              "“%s” is not understood here; a new statement begins after a comma or on a "
              "new line",
              b->tokens[b->at - 1]);
        }
    }
  b->depth--;
  return TRUE;
}

/* Splits @text into words, braces and ends of statements; a comma ends a statement as well. */
static char **
split (const char *text, guint **lines)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint));
  guint line = 1;

  while (*text != '\0')
    {
      gsize n = strcspn (text, " \t\r\n,{}#");

      if (*text == '#')
        {
          text += strcspn (text, "\n");
          continue;
        }
      if (n == 0 && (*text == ' ' || *text == '\t' || *text == '\r'))
        {
          text++;
          continue;
        }
      g_array_append_val (numbers, line);
      if (n > 0)
        g_ptr_array_add (tokens, g_strndup (text, n));
      else
        g_ptr_array_add (tokens, g_strdup (*text == '{' ? "{" : *text == '}' ? "}" : "\n"));
      line += *text == '\n';
      text += MAX (n, 1);
    }
  g_array_append_val (numbers, line);
  g_ptr_array_add (tokens, NULL);
  *lines = (guint *)(gpointer)g_array_free (g_steal_pointer (&numbers), FALSE);
  return (char **)g_ptr_array_free (g_steal_pointer (&tokens), FALSE);
}

static gboolean
has_token (char **tokens, const char *word)
{
  return g_strv_contains ((const char *const *)tokens, word);
}

gboolean
ph_architecture_is_autoencoder (const char *text)
{
  g_autofree guint *lines = NULL;
  g_auto (GStrv) tokens = split (text, &lines);

  return has_token (tokens, "reconstruction");
}

static gboolean
build (PhArchitecture *b, PhShape *input)
{
  gint64 size[3];

  while (ph_architecture_accept (b, "\n"))
    ;
  if (!ph_architecture_accept (b, "input"))
    return ph_architecture_fail (b, "the description begins with “input CHANNELS ROWS COLUMNS”");
  if (!ph_architecture_number (b, "the number of channels", 1, 4, &size[0]) ||
      !ph_architecture_number (b, "the number of rows", 1, 4096, &size[1]) ||
      !ph_architecture_number (b, "the number of columns", 1, 4096, &size[2]))
    return FALSE;
  b->input = b->flow = (PhFlow){ NULL, size[0], size[1], size[2], FALSE };
  b->flow.name = g_strdup ("image");
  *input = PH_SHAPE (-1, size[0], size[1], size[2]);
  if (ph_graph_add_input (b->graph, "image", PH_TYPE_FLOAT, input, b->error) < 0 ||
      !statements (b, FALSE))
    return FALSE;
  input->dim[0] = 1;
  if (!b->closed)
    return ph_architecture_fail (b, "“classes” or “reconstruction” is missing at the end");
  ph_graph_add_output (b->graph, b->reconstructs ? "reconstruction" : "logits");
  return ph_graph_finish (b->graph, b->error);
}

PhGraph *
ph_architecture_build (const char *text, const char *name, const PhArchitectureSizes *sizes,
                       PhShape *input, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree guint *lines = NULL;
  g_auto (GStrv) tokens = split (text, &lines);
  g_autoptr (PhGraph) graph = ph_graph_new (name, OPSET);
  PhArchitecture b = { .graph = graph,
                       .tokens = tokens,
                       .lines = lines,
                       .sizes = *sizes,
                       .prefix = g_string_new (NULL),
                       .counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                       .pooled = g_array_new (FALSE, FALSE, sizeof (PhPooled)),
                       .error = &failure };
  gboolean done;

  b.remembers =
      has_token (tokens, "unpool") && (sizes->unpool == PH_UNPOOL_MAX || has_token (tokens, "max"));
  done = build (&b, input);
  for (guint i = 0; i < b.pooled->len; i++)
    g_free (g_array_index (b.pooled, PhPooled, i).places);
  g_array_unref (b.pooled);
  g_free (b.flow.name);
  g_string_free (b.prefix, TRUE);
  g_hash_table_unref (b.counts);
  if (done)
    return g_steal_pointer (&graph);
  g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", name);
  return NULL;
}

static gboolean
is_ours (const char *name)
{
  return g_strv_contains (ph_architecture_names, name) ||
         g_strv_contains (ph_autoencoder_names, name);
}

gboolean
ph_architecture_is_name (const char *network)
{
  return is_ours (network) || g_str_has_suffix (network, ".txt");
}

char *
ph_architecture_load (const char *name, GError **error)
{
  g_autofree char *file = g_strconcat ("architectures", G_DIR_SEPARATOR_S, name, ".txt", NULL);
  g_autofree char *shipped = ph_shipped_dup_path (file);
  char *text;

  return g_file_get_contents (is_ours (name) ? shipped : name, &text, NULL, error) ? text : NULL;
}
