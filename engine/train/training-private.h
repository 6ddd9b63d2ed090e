#pragma once

#include "train/training.h"

G_BEGIN_DECLS

struct _PhTraining
{
  PhTrainSettings settings;
  PhPreprocess preprocess;
  PhTrainTask task; /* of images: the whole network */

  gboolean reconstructs; /* an autoencoder: no labels are needed */

  /* owned */
  char *network, *images, *digest;
  PhModel *base; /* %NULL: an architecture */
  PhModel *model;
  PhDataset *dataset;
  GArray *items, *validation;
  guint *blocks;
  char *features; /* name of the vector that the head reads; %NULL: the old head is kept */
  char **labels;
  PhTensor *learned, *measured; /* features of the images of both parts, once computed */
  PhWeights *published; /* weights of the whole network that trained heads are copied into */
  PhTrainer *trainer;
};

G_END_DECLS
