#pragma once

#include "ui/example-strip.h"
#include "ui/strip-job.h"

G_BEGIN_DECLS

/* Side of a cell in pixels. */
#define PH_EXAMPLE_CELL 88

struct _PhExampleStrip
{
  GtkWidget parent_instance;

  /* template */
  GtkLabel *status_label;
  GtkWidget *tools;
  GtkWidget *scan_button;
  GtkMenuButton *images_button;
  GtkWidget *content;
  GtkScrolledWindow *scroller;
  GtkBox *cells;
  GtkDrawingArea *histogram;
  GtkLabel *facts_label;

  /* owned */
  PhQueue *queue;
  PhModel *model;
  char *path;
  PhDataset *dataset; /* of path, once opened */
  PhStrip *strip;     /* nullable */
  PhJob *loading, *making, *scan;
  GPtrArray *ends; /* of PhFrame (nullable): lowest and highest picture */
  char *problem;

  PhUnit unit;
  gboolean has_unit, whole, glow, shown;
  gboolean fresh; /* not scrolled to its place yet */
  double marker;
  guint timer;
  guint tick; /* scrolls after the next layout */
};

/* ui/example-strip-cells.c */

/** _ph_example_strip_set_look: at @widget and all below it. */
void _ph_example_strip_set_look (PhExampleStrip *self, GtkWidget *widget);
void _ph_example_strip_clear_cells (PhExampleStrip *self);
void _ph_example_strip_fill_cells (PhExampleStrip *self);

/** _ph_example_strip_update_facts: the sentence beside the histogram; there must be a strip. */
void _ph_example_strip_update_facts (PhExampleStrip *self);

/** _ph_example_strip_update: status and what can be done. */
void _ph_example_strip_update (PhExampleStrip *self);
void _ph_example_strip_draw_histogram (GtkDrawingArea *area, cairo_t *cr, int width, int height,
                                       gpointer data);

G_END_DECLS
