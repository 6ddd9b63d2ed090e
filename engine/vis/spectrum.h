#pragma once

#include "base/tensor.h"
#include "vis/param.h"

G_BEGIN_DECLS

/**
 * ph_spectrum_measure:
 * @folder: pictures
 * @spec: its size, channels and colours; what lies outside its proportions is cut off
 *
 * The mean strength of every wave over the pictures, in the planes that @spec optimises in.
 *
 * Returns: (transfer full): (channels, rows, half) of ph_waves_get_size(); %NULL with the errors of
 * ph_folder_list_images() and ph_image_load().
 */
PhTensor *ph_spectrum_measure (const char *folder, const PhParamSpec *spec, GError **error);

/**
 * ph_spectrum_load:
 * @spec: its spectrum is a folder of pictures, a .npy file as ph_spectrum_measure() makes it for
 *   decorrelated colours, or "": the one that is shipped
 *
 * A stored spectrum is read at another size by the number of crests across the picture; beyond its
 * last wave strengths fall with 1 over the frequency. Planes that it lacks (of an opacity, say) are
 * given those of brightness.
 *
 * Returns: (transfer full): (channels, rows, half) numbers.
 */
float *ph_spectrum_load (const PhParamSpec *spec, GError **error);

G_END_DECLS
