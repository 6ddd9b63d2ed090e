#include "train/train-settings.h"

#include <glib/gi18n.h>

static const char *const mode_names[] = { NC_ ("choice", "head"), NC_ ("choice", "fine-tune"),
                                          NC_ ("choice", "scratch"), NULL };
static const char *const head_names[] = { NC_ ("choice", "linear"), NC_ ("choice", "mlp"),
                                          NC_ ("choice", "keep"), NULL };
static const char *const optimiser_names[] = { NC_ ("choice", "sgd"), NC_ ("choice", "adam"),
                                               NC_ ("choice", "adamw"), NULL };

#define FIELD(name) G_STRUCT_OFFSET (PhTrainSettings, name)

const PhSetting ph_train_settings[] = {
  { "mode", N_ ("Mode"),
    N_ ("What learns: a new head alone (head), also the later layers (fine-tune), or everything "
        "from random weights (scratch)."),
    PH_SETTING_CHOICE, FIELD (mode), .value = PH_TRAIN_HEAD, .choices = mode_names },
  { "head", N_ ("Head"),
    N_ ("What takes the place of the classifier: one layer (linear), one with a hidden layer "
        "before it (mlp), or nothing (keep), where the classes are the same."),
    PH_SETTING_CHOICE, FIELD (head), .value = PH_TRAIN_HEAD_LINEAR, .choices = head_names },
  { "hidden", N_ ("Hidden units"), N_ ("Units of the hidden layer of an mlp head."), PH_SETTING_INT,
    FIELD (hidden), 1, 65536, 256 },
  { "dropout", N_ ("Dropout"),
    N_ ("Share of the features that the head has to do without in each step."), PH_SETTING_REAL,
    FIELD (dropout), 0, 0.95, 0.2 },
  { "layer", N_ ("Layer"),
    N_ ("Layer whose features the head reads, averaged over all positions; \"auto\": what the "
        "network's own classifier reads."),
    PH_SETTING_TEXT, FIELD (layer), .text = "auto" },
  { "frozen", N_ ("Last frozen layer"),
    N_ ("When fine-tuning, this layer and all before it stay as they are; \"auto\": about the "
        "first half of the layers; \"none\": everything learns."),
    PH_SETTING_TEXT, FIELD (frozen), .text = "auto" },
  { "block-rate", N_ ("Rate of earlier blocks"),
    N_ ("When fine-tuning, each block learns this much more slowly than the block after it."),
    PH_SETTING_REAL, FIELD (block_rate), 0.01, 1, 0.8 },
  { "unfreeze", N_ ("Unfreeze"),
    N_ ("When fine-tuning, the head begins alone and one more block joins after so many epochs; 0: "
        "all at once."),
    PH_SETTING_INT, FIELD (unfreeze), 0, 1000, 0, .unit = N_ ("epochs") },
  { "freeze-statistics", N_ ("Freeze statistics"),
    N_ ("When fine-tuning, batch normalisation keeps the means and variances it knows."),
    PH_SETTING_BOOL, FIELD (freeze_statistics), .value = TRUE },
  { "normalise", N_ ("Normalise"),
    N_ ("From random weights, a batch normalisation follows each convolution of a network that has "
        "none: they are folded away when networks are published, and deep ones hardly learn "
        "without."),
    PH_SETTING_BOOL, FIELD (normalise), .value = TRUE },
  { "epochs", N_ ("Epochs"),
    N_ ("How often every image is seen; 0: as suits the mode (head 40, fine-tune 8, scratch 40)."),
    PH_SETTING_INT, FIELD (epochs), 0, 100000, 0, .unit = N_ ("epochs") },
  { "batch", N_ ("Batch"), N_ ("Images that each step learns from."), PH_SETTING_INT, FIELD (batch),
    1, 4096, 32, .unit = N_ ("images") },
  { "optimiser", N_ ("Optimiser"),
    N_ ("How a gradient becomes a step: sgd with momentum, adam, or adamw, whose weight decay "
        "stands by itself."),
    PH_SETTING_CHOICE, FIELD (optimiser), .value = PH_TRAIN_ADAMW, .choices = optimiser_names },
  { "learning-rate", N_ ("Learning rate"),
    N_ ("How far each step goes at most; 0: as suits mode and optimiser (adam: head and scratch "
        "0.002, fine-tune 0.0001; sgd: ten times as much)."),
    PH_SETTING_REAL, FIELD (learning_rate), 0, 100, 0 },
  { "momentum", N_ ("Momentum"), N_ ("Share of the last step that sgd keeps."), PH_SETTING_REAL,
    FIELD (momentum), 0, 0.999, 0.9 },
  { "weight-decay", N_ ("Weight decay"),
    N_ ("Pull of the weights towards zero (not of biases and scales)."), PH_SETTING_REAL,
    FIELD (weight_decay), 0, 10, 1e-4 },
  { "clip", N_ ("Clip gradient"), N_ ("Largest length of the gradient of a step; 0: any."),
    PH_SETTING_REAL, FIELD (clip), 0, 1e6, 0 },
  { "schedule", N_ ("Schedule"),
    N_ ("How the learning rate changes: not at all (constant), by a factor now and then (step), "
        "evenly down to nothing (cosine)."),
    PH_SETTING_CHOICE, FIELD (schedule), .value = PH_SCHEDULE_COSINE,
    .choices = ph_schedule_names },
  { "warm-up", N_ ("Warm-up"), N_ ("Epochs in which the learning rate first climbs."),
    PH_SETTING_REAL, FIELD (warm_up), 0, 1000, 0.5, .unit = N_ ("epochs") },
  { "step-epochs", N_ ("Step after"), N_ ("Epochs after which the step schedule lowers the rate."),
    PH_SETTING_INT, FIELD (step_epochs), 1, 100000, 10, .unit = N_ ("epochs") },
  { "step-factor", N_ ("Step factor"), N_ ("What the step schedule multiplies the rate with."),
    PH_SETTING_REAL, FIELD (step_factor), 1e-4, 1, 0.1 },
  { "loss", N_ ("Loss"),
    N_ ("What becomes small: cross-entropy between the classes, the squared error (mse), or binary "
        "cross-entropy of each class by itself (bce)."),
    PH_SETTING_CHOICE, FIELD (loss), .value = PH_LOSS_CROSS_ENTROPY, .choices = ph_loss_names },
  { "smoothing", N_ ("Label smoothing"),
    N_ ("Share of each label that is spread over all classes, so that the network does not get too "
        "sure."),
    PH_SETTING_REAL, FIELD (smoothing), 0, 0.9, 0 },
  { "balance", N_ ("Balance classes"), N_ ("Lets images of rare classes count more."),
    PH_SETTING_BOOL, FIELD (balance), .value = FALSE },
  { "patience", N_ ("Patience"),
    N_ ("Epochs without a better validation after which training stops early; 0: never."),
    PH_SETTING_INT, FIELD (patience), 0, 100000, 0, .unit = N_ ("epochs") },
  { "validation", N_ ("Validation"),
    N_ ("Share of the images of each class that is kept for measuring and not learned from."),
    PH_SETTING_REAL, FIELD (validation), 0.01, 0.9, 0.2 },
  { "per-class", N_ ("Images per class"),
    N_ ("How many images of each class are learned from at most; 0: all."), PH_SETTING_INT,
    FIELD (per_class), 0, 10000000, 0, .unit = N_ ("images") },
  { "size", N_ ("Picture size"),
    N_ ("Side of the pictures that are learned from; 0: what the network was made for."),
    PH_SETTING_INT, FIELD (size), 0, 1024, 0, .unit = N_ ("px") },
  { "seed", N_ ("Seed"),
    N_ ("Of everything random: split, order, new weights, changes of the pictures."),
    PH_SETTING_INT, FIELD (seed), 0, G_MAXINT32, 0 },
  { "flip", N_ ("Mirror"), N_ ("Shows half of the pictures mirrored."), PH_SETTING_BOOL,
    FIELD (augment.flip), .value = TRUE },
  { "shift", N_ ("Shift"), N_ ("Moves pictures by up to this share of their side."),
    PH_SETTING_REAL, FIELD (augment.shift), 0, 0.5, 0.05 },
  { "rotate", N_ ("Rotate"), N_ ("Turns pictures by up to this angle."), PH_SETTING_REAL,
    FIELD (augment.rotate), 0, 180, 10, .unit = "°" },
  { "scale", N_ ("Scale"), N_ ("Shows pictures up to this share larger or smaller."),
    PH_SETTING_REAL, FIELD (augment.scale), 0, 1, 0.1 },
  { "crop", N_ ("Crop"), N_ ("Cuts away up to this share of the area."), PH_SETTING_REAL,
    FIELD (augment.crop), 0, 0.9, 0.2 },
  { "colour-change", N_ ("Colours"),
    N_ ("Changes brightness, contrast and saturation by up to this share."), PH_SETTING_REAL,
    FIELD (augment.colour), 0, 1, 0.2 },
  { "noise", N_ ("Noise"), N_ ("Standard deviation of noise that is added."), PH_SETTING_REAL,
    FIELD (augment.noise), 0, 1, 0 },
  { "cutout", N_ ("Cutout"), N_ ("Covers a square of this share of the side."), PH_SETTING_REAL,
    FIELD (augment.cutout), 0, 1, 0 },
  { "adversarial-radius", N_ ("Adversarial radius"),
    N_ ("Changes each picture, before it is learned from, by up to this length (of all pixels, 0 "
        "to 1) so that the network gets it wrong: it becomes more robust and its units' pictures "
        "clearer; costs about two thirds more time for each step. The last epoch is kept. 0: no "
        "change."),
    PH_SETTING_REAL, FIELD (adversarial_radius), 0, 100, 0 },
  { "adversarial-steps", N_ ("Adversarial steps"),
    N_ ("Gradient steps in which such a change is found."), PH_SETTING_INT,
    FIELD (adversarial_steps), 1, 100, 1, .unit = N_ ("steps") },
  { "bottleneck", N_ ("Bottleneck"),
    N_ ("Numbers of the embedding that an autoencoder makes of each picture."), PH_SETTING_INT,
    FIELD (bottleneck), 1, 65536, 64 },
  { "unpool", N_ ("Un-pooling"),
    N_ ("How an autoencoder's decoder enlarges its maps: every number becomes a square (nearest), "
        "goes where the encoder's max-pooling found its own (max), or by filters that are learned "
        "(transposed)."),
    PH_SETTING_CHOICE, FIELD (unpool), .value = PH_UNPOOL_NEAREST, .choices = ph_unpool_names },
  { "corrupt", N_ ("Corruption"),
    N_ ("What spoils the pictures that an autoencoder learns to mend: gaussian noise, black and "
        "white pixels (salt-and-pepper), or black ones (masking)."),
    PH_SETTING_CHOICE, FIELD (corruption.kind), .value = PH_CORRUPTION_NONE,
    .choices = ph_corruption_names },
  { "corrupt-level", N_ ("Level of corruption"),
    N_ ("Deviation of the gaussian noise, or share of the pixels that are replaced."),
    PH_SETTING_REAL, FIELD (corruption.level), 0, 1, 0.2 },
  { "vary-level", N_ ("Vary the level"),
    N_ ("Each picture is spoiled by a level of its own, up to that one."), PH_SETTING_BOOL,
    FIELD (corruption.vary), .value = FALSE },
  { "checkpoint", N_ ("Checkpoint"),
    N_ ("Seconds after which the state is saved, to go on from when the program ends; does not "
        "change the result."),
    PH_SETTING_INT, FIELD (checkpoint), 0, 86400, 60, .unit = N_ ("s") },
  { "keep-epochs", N_ ("Keep each epoch"),
    N_ ("Writes the network after each epoch, to look later at how its units changed; does not "
        "change the result."),
    PH_SETTING_BOOL, FIELD (keep_epochs), .value = FALSE },
  { NULL },
};

void
ph_train_settings_resolve (PhTrainSettings *settings)
{
  if (settings->epochs == 0)
    settings->epochs = settings->mode == PH_TRAIN_FINE_TUNE ? 8 : 40;
  if (settings->learning_rate == 0)
    settings->learning_rate = (settings->mode == PH_TRAIN_FINE_TUNE ? 1e-4 : 2e-3) *
                              (settings->optimiser == PH_TRAIN_SGD ? 10 : 1);
}
