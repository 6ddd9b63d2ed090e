#pragma once

#include "assets/textbook/bank.h"

G_BEGIN_DECLS

/** TB_SIZE: width and height of the pictures that the network was made for. */
#define TB_SIZE 96

/**
 * TbTextbook:
 * @graph: finished
 * @preprocess: what it wants for a picture
 * @labels: of the classes
 * @channel_labels: (element-type utf8 GStrv): value name → labels of its channels
 * @edges, …, @classes: the banks, in the order they were designed
 *
 * The textbook network: all its neurons are designed, none is learned.
 */
typedef struct
{
  PhGraph *graph;
  PhPreprocess preprocess;
  char **labels;
  GHashTable *channel_labels;
  TbBank *edges, *colours, *gratings, *contours, *shapes, *things, *classes;
} TbTextbook;

TbTextbook *tb_textbook_new (void);
void tb_textbook_free (TbTextbook *textbook);

/** tb_textbook_doc: what the network is, for people who open its file. */
extern const char tb_textbook_doc[];

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TbTextbook, tb_textbook_free)

G_END_DECLS
