#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

struct _PhGraph
{
  /* owned */
  char *name;
  GArray *values;           /* PhValue */
  GPtrArray *nodes;         /* PhNode */
  GHashTable *by_name;      /* name → index + 1 */
  GHashTable *node_names;   /* set */
  GArray *inputs, *outputs; /* int */

  int opset;
  gboolean finished;
  gatomicrefcount refs;
};

/** ph_graph_value: the value for writing, while the graph is built. */
PhValue *ph_graph_value (PhGraph *graph, int i);

/** ph_node_free: with everything it owns. */
void ph_node_free (PhNode *node);

/** ph_graph_count_consumers: recounts readers of every value. */
void ph_graph_count_consumers (PhGraph *graph);

G_END_DECLS
