#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_architecture_build:
 * @text: the description
 * @name: of the network, also used in messages
 * @n_classes: what `classes` stands for
 * @seed: of the random weights
 * @input: (out): channels, rows, columns of the input, as (1, C, H, W)
 *
 * A network from a readable description, with random weights (He; Xavier for the last layer).
 * Statements are separated by line ends or commas, `#` begins a comment:
 *
 * |[
 * input 3 64 64              # channels, rows, columns; first of all
 * conv 32 3x3 stride 2       # filters; also: groups N, dilation N, valid (no padding), no-bias
 * depthwise 3x3 stride 2     # a filter for each channel
 * batchnorm, relu            # also: relu6, leaky, sigmoid, tanh
 * maxpool 2                  # also avgpool; stride N (as the window, when not given)
 * globalpool                 # mean of each channel
 * dropout 0.5
 * dense 128
 * classes                    # dense, one output for each class; last of all
 * repeat 3 { … }
 * block NAME { … }           # names of the layers inside begin with NAME/
 * residual { … }             # what is inside, plus its input; projected where shapes differ
 * branches { path { … } path NAME { … } } # side by side, joined along the channels
 * ]|
 *
 * Returns: (transfer full): a finished graph whose only input is "image" and whose only output is
 * "logits"; %NULL with %PH_ERROR_DATA_INVALID naming the line.
 */
PhGraph *ph_architecture_build (const char *text, const char *name, guint n_classes, guint64 seed,
                                PhShape *input, GError **error);

/**
 * ph_architecture_load:
 * @name: a text file, or the name of a description that comes with the program, as "small-resnet"
 *
 * Returns: (transfer full): the description.
 */
char *ph_architecture_load (const char *name, GError **error);

/** ph_architecture_names: %NULL-terminated names of the descriptions that come with the program. */
extern const char *const ph_architecture_names[];

G_END_DECLS
