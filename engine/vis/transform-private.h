#pragma once

#include "vis/transform.h"

G_BEGIN_DECLS

/* transform-geometry.c */
extern const PhTransformClass ph_transform_pad;
extern const PhTransformClass ph_transform_jitter;
extern const PhTransformClass ph_transform_scale;
extern const PhTransformClass ph_transform_rotate;
extern const PhTransformClass ph_transform_shear;
extern const PhTransformClass ph_transform_mirror;
extern const PhTransformClass ph_transform_crop;

/* transform-values.c */
extern const PhTransformClass ph_transform_noise;
extern const PhTransformClass ph_transform_brightness;
extern const PhTransformClass ph_transform_contrast;

/* transform-colour.c */
extern const PhTransformClass ph_transform_hue;
extern const PhTransformClass ph_transform_saturation;

G_END_DECLS
