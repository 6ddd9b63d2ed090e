#pragma once

#include "data/dataset.h"
#include "data/kept.h"

G_BEGIN_DECLS

/**
 * PhDatasetReader:
 * @format: "CIFAR-10" …
 * @recognise: whether this reader is for @path; @head is the beginning of the file, n bytes, empty
 *   for a folder
 * @open: lists the items into a new set made by ph_dataset_new()
 * @read: the item as stored
 * @decode: from what @read gave
 * @finalize: (nullable): frees the reader's own fields
 *
 * One format. Adding one: its file, declared and listed in dataset.c.
 */
typedef struct
{
  const char *format;
  gboolean (*recognise) (const char *path, gboolean is_folder, const guint8 *head, gsize n);
  PhDataset *(*open) (const char *path, GCancellable *cancellable, GError **error);
  GBytes *(*read) (PhDataset *dataset, guint item, GError **error);
  PhImage *(*decode) (PhDataset *dataset, guint item, GBytes *bytes, guint least, GError **error);
  void (*finalize) (PhDataset *dataset);
} PhDatasetReader;

extern const PhDatasetReader ph_dataset_archive, ph_dataset_cifar10, ph_dataset_cifar100,
    ph_dataset_folder, ph_dataset_idx, ph_dataset_world;

struct _PhDataset
{
  const PhDatasetReader *reader;
  gatomicrefcount refs;

  /* owned */
  char *path, *name, *identity;
  char *root;         /* where the items are: path, or where an archive was unpacked */
  GPtrArray *classes; /* of char * */
  GArray *labels;     /* of gint32, one an item */
  GArray *stamps;     /* of guint64: one an item */
  GArray *names;      /* of guint64: where each item's name begins in name_pool */
  GByteArray *name_pool;
  gpointer own; /* the reader's */
  PhKept *kept; /* nullable: decoded pictures */
};

/** ph_dataset_new: an empty set. */
PhDataset *ph_dataset_new (const PhDatasetReader *reader, const char *path);

/** ph_dataset_is_drawn: whether @path names a set that is no file but drawn: "world:…". */
gboolean ph_dataset_is_drawn (const char *path);

/** ph_dataset_add: one more item. */
void ph_dataset_add (PhDataset *dataset, const char *name, int label, guint64 stamp);

/** ph_dataset_item_name: (transfer none). */
const char *ph_dataset_item_name (const PhDataset *dataset, guint item);

/** ph_dataset_stamp: of a file. */
guint64 ph_dataset_stamp (guint64 size, gint64 seconds, gint64 nanoseconds);

/** ph_dataset_stamp_file: %FALSE with %G_FILE_ERROR when it is not there. */
gboolean ph_dataset_stamp_file (const char *path, guint64 *size, guint64 *stamp, GError **error);

/** ph_dataset_read_class_names: one class a line from the first of @files (%NULL-terminated) that
 * lies in @folder; without one, classes are called by their numbers. */
void ph_dataset_read_class_names (PhDataset *dataset, const char *folder, const char *const *files,
                                  guint n_classes);

/** ph_dataset_list_folder: (element-type utf8): sorted names in a folder that end in one of @ends
 * (%NULL-terminated, lower case). */
GPtrArray *ph_dataset_list_folder (const char *folder, const char *const *ends);

/** ph_dataset_read_part: @n bytes of a file from @offset; an error when it has become shorter. */
GBytes *ph_dataset_read_part (const char *path, guint64 offset, gsize n, GError **error);

/** ph_dataset_image_from_planes: @channels planes of bytes as a picture. */
PhImage *ph_dataset_image_from_planes (const guint8 *planes, guint channels, guint height,
                                       guint width, GError **error);

G_END_DECLS
