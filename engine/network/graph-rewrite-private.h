#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhRewrite:
 *
 * A graph that is being copied node by node, with changes.
 */
typedef struct
{
  PhGraph *from; /* borrowed */
  PhGraph *to;   /* owned */
  char **names;  /* owned: per value of @from: what its readers read instead, or %NULL */
  GError **error;
} PhRewrite;

/** ph_rewrite_begin: inputs, and the constants that @keep (per value) has. Go on to
 * ph_rewrite_end() also when it fails. */
gboolean ph_rewrite_begin (PhRewrite *r, PhGraph *graph, const gboolean *keep, GError **error);

/** ph_rewrite_name: what a value is called for those who read it; %NULL for -1. */
const char *ph_rewrite_name (const PhRewrite *r, int value);

/** ph_rewrite_copy: adds @node as it is. */
gboolean ph_rewrite_copy (PhRewrite *r, const PhNode *node);

/** ph_rewrite_add: adds a copy of @node that reads @inputs. */
gboolean ph_rewrite_add (PhRewrite *r, const PhNode *node, const char *const *inputs,
                         guint n_inputs);

/** ph_rewrite_end: Returns: (transfer full): the finished graph; %NULL when not @done, or with an
 * error. */
PhGraph *ph_rewrite_end (PhRewrite *r, gboolean done);

G_END_DECLS
