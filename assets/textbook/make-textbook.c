/* Writes the textbook network to a file.   make-textbook OUTPUT.onnx */

#include "onnx/export.h"

#include "assets/textbook/textbook.h"

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;

  if (argc != 2)
    {
      g_printerr ("Usage: %s OUTPUT.onnx\n", argv[0]);
      return 2;
    }
  g_autoptr (TbTextbook) textbook = tb_textbook_new ();
  if (!ph_onnx_export (textbook->graph, &textbook->preprocess,
                       (const char *const *)textbook->labels, textbook->channel_labels,
                       tb_textbook_doc, argv[1], &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
