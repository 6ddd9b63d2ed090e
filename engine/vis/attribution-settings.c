#include <glib/gi18n.h>

#include "vis/attribution.h"

/* In the order of ph_attribution_methods(); a test compares them. */
static const char *const method_names[] = {
  NC_ ("choice", "gradient"),
  NC_ ("choice", "gradient-input"),
  NC_ ("choice", "guided-backprop"),
  NC_ ("choice", "smoothgrad"),
  NC_ ("choice", "integrated-gradients"),
  NC_ ("choice", "grad-cam"),
  NC_ ("choice", "occlusion"),
  NULL,
};

static const char *const baseline_names[] = { NC_ ("choice", "black"), NC_ ("choice", "mean"),
                                              NC_ ("choice", "white"), NC_ ("choice", "blur"),
                                              NULL };

#define FIELD(name) G_STRUCT_OFFSET (PhAttributionSettings, name)

const PhSetting ph_attribution_settings[] = {
  { "method", N_ ("Method"), N_ ("How the picture is explained."), PH_SETTING_CHOICE,
    FIELD (method), .value = 5, .choices = method_names },
  { "baseline", N_ ("Baseline"),
    N_ ("The picture that stands for nothing to see: black, the colour that the network takes for "
        "0, "
        "white, or the picture itself blurred."),
    PH_SETTING_CHOICE, FIELD (baseline), .value = PH_BASELINE_BLACK, .choices = baseline_names },
  { "path-steps", N_ ("Parts of the path"),
    N_ ("Into how many equal parts the way from the baseline to the picture is cut at first."),
    PH_SETTING_INT, FIELD (steps), 1, 10000, 32 },
  { "tolerance", N_ ("Incompleteness"),
    N_ ("By what share the contributions may miss their sum: parts of the path whose gradient does "
        "not explain how the unit changes there are halved, as long as that takes no more than 64 "
        "times the work. 1 takes the parts as they are."),
    PH_SETTING_REAL, FIELD (tolerance), 0.0001, 1, 0.01 },
  { "samples", N_ ("Noisy copies"),
    N_ ("How many noisy copies of the picture SmoothGrad averages over."), PH_SETTING_INT,
    FIELD (samples), 1, 10000, 48 },
  { "noise", N_ ("Noise"),
    N_ ("Standard deviation of the noise, as a share of the picture's range from darkest to "
        "lightest."),
    PH_SETTING_REAL, FIELD (noise), 0, 2, 0.15 },
  { "layer", N_ ("Layer"),
    N_ ("The layer whose map Grad-CAM weighs; auto: the last one with a map before the unit."),
    PH_SETTING_TEXT, FIELD (layer), .text = "auto" },
  { "patch", N_ ("Patch"),
    N_ ("Side of the square that hides a part, as a share of the shorter side."), PH_SETTING_REAL,
    FIELD (patch), 0.01, 1, 0.15 },
  { "stride", N_ ("Stride"), N_ ("How far the square moves, as a share of its side."),
    PH_SETTING_REAL, FIELD (stride), 0.05, 1, 0.34 },
  { "seed", N_ ("Seed"), N_ ("Other numbers make other noise."), PH_SETTING_INT, FIELD (seed), 0,
    G_MAXINT, 0 },
  { NULL },
};
