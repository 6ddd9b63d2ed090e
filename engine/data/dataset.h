#pragma once

#include <gio/gio.h>

#include "base/image.h"

G_BEGIN_DECLS

/**
 * PhDataset:
 *
 * A set of images, some or all with labels, in one of several formats. What it holds is listed when
 * it is opened and does not change afterwards; images are read and decoded when asked for, from any
 * number of threads at once. Atomic reference count. About 50 bytes of memory for each image.
 */
typedef struct _PhDataset PhDataset;

/**
 * ph_dataset_open:
 * @name: one of
 *   - a folder of images: a class for each folder inside it, at any depth (the class is named by
 *     the folder at the depth of the outermost images), or images alone, which have no labels
 *   - an MNIST-like IDX file of images, also .gz, with its labels beside it, or their folder
 *   - a CIFAR-10 or CIFAR-100 batch in binary format, or their folder (the training batches where
 *     there are any; open the test batch by its own name)
 *   - "world:NAME" with, if wanted, ", images N", ", seed N", ", size PIXELS": pictures that the
 *     program draws itself; ph_worlds() lists the names
 *   - the name of a set in the catalogue that was fetched, "fashion-mnist"
 *   - a .zip (.tar, .tar.gz, .7z …) with any of these, which is unpacked once into the user's cache
 *
 * Lists what is there without decoding it, so an image that cannot be read is found when it is
 * read. Blocks; folders of a million images take seconds.
 *
 * Returns: (transfer full): %NULL with an error that names the file: %G_FILE_ERROR, or
 * %PH_ERROR_DATA_INVALID when it is none of these or holds no image.
 */
PhDataset *ph_dataset_open (const char *name, GCancellable *cancellable, GError **error);

PhDataset *ph_dataset_ref (PhDataset *dataset);
void ph_dataset_unref (PhDataset *dataset);

/** ph_dataset_get_path: absolute, as it was opened. */
const char *ph_dataset_get_path (const PhDataset *dataset);

/** ph_dataset_get_name: for people: the last part of the path. */
const char *ph_dataset_get_name (const PhDataset *dataset);

/** ph_dataset_get_format: "class folders", "CIFAR-10", … */
const char *ph_dataset_get_format (const PhDataset *dataset);

/** ph_dataset_get_identity: hexadecimal, from path and format: the same for the same set, also
 * after images came or went. */
const char *ph_dataset_get_identity (const PhDataset *dataset);

guint ph_dataset_get_n_items (const PhDataset *dataset);

/** ph_dataset_get_n_classes: 0 when nothing has a label. */
guint ph_dataset_get_n_classes (const PhDataset *dataset);
const char *ph_dataset_get_class_name (const PhDataset *dataset, guint label);

/** ph_dataset_get_label: the class of an item or -1. */
int ph_dataset_get_label (const PhDataset *dataset, guint item);

/** ph_dataset_dup_item_name: what tells the item from all others of the set, as long as it is
 * there: "rose/10090824183.jpg", "test_batch.bin#17". Caller frees. */
char *ph_dataset_dup_item_name (const PhDataset *dataset, guint item);

/** ph_dataset_find: the item of that name or -1. Looks at all names. */
int ph_dataset_find (const PhDataset *dataset, const char *name);

/** ph_dataset_dup_item_path: (nullable): the file, where an item is a file. Caller frees. */
char *ph_dataset_dup_item_path (const PhDataset *dataset, guint item);

/** ph_dataset_get_stamp: size and time of the last change, mixed: when it is as before, so is the
 * item. Costs nothing; when it differs, ph_dataset_digest() tells whether the content does. */
guint64 ph_dataset_get_stamp (const PhDataset *dataset, guint item);

/** ph_dataset_read: the item as it is stored. Returns: (transfer full). */
GBytes *ph_dataset_read (PhDataset *dataset, guint item, GError **error);

/** ph_dataset_digest: first 64 bits of the SHA-256 of what ph_dataset_read() gave. */
guint64 ph_dataset_digest (GBytes *bytes);

/**
 * ph_dataset_decode:
 * @bytes: from ph_dataset_read()
 * @least: pixels that the shorter side shall have where there are as many; 0: the whole picture.
 *   Formats that can save work by it come smaller, but not smaller than that
 *
 * Returns: (transfer full): three channels, or one for grey sets; %NULL with
 * %PH_ERROR_DATA_INVALID naming the item.
 */
PhImage *ph_dataset_decode (PhDataset *dataset, guint item, GBytes *bytes, guint least,
                            GError **error);

/** ph_dataset_keep: from now on ph_dataset_load() keeps what it has decoded in memory, up to
 * @limit bytes, and does not read it again: for those who go through the set many times. The first
 * limit stays. */
void ph_dataset_keep (PhDataset *dataset, gsize limit);

/** ph_dataset_load: reads and decodes. */
PhImage *ph_dataset_load (PhDataset *dataset, guint item, guint least, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhDataset, ph_dataset_unref)

G_END_DECLS
