/* Time of each convolution of some well-known networks, forward and gradient to the input, as JSON
 * lines. The machine may be busy with other things, so each figure is the smallest of many, and
 * with one thread it is processor time; with more it is time on the wall.
 *
 *   bench-conv [NETWORK [THREADS]] */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "base/tensor.h"
#include "kernels/conv.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"

typedef struct
{
  const char *network, *layer;
  gsize c, hw, k, filter, stride, pad, groups;
  guint times; /* layers of this shape in the network */
} Layer;

static const Layer layers[] = {
  { "squeezenet", "conv1", 3, 224, 96, 7, 2, 0, 1, 1 },
  { "squeezenet", "fire2/squeeze", 96, 54, 16, 1, 1, 0, 1, 1 },
  { "squeezenet", "fire2/expand1x1", 16, 54, 64, 1, 1, 0, 1, 2 },
  { "squeezenet", "fire2/expand3x3", 16, 54, 64, 3, 1, 1, 1, 2 },
  { "squeezenet", "fire4/squeeze", 128, 54, 32, 1, 1, 0, 1, 1 },
  { "squeezenet", "fire4/expand3x3", 32, 54, 128, 3, 1, 1, 1, 1 },
  { "squeezenet", "fire5/squeeze", 256, 27, 32, 1, 1, 0, 1, 1 },
  { "squeezenet", "fire5/expand3x3", 32, 27, 128, 3, 1, 1, 1, 1 },
  { "squeezenet", "fire6/expand3x3", 48, 27, 192, 3, 1, 1, 1, 2 },
  { "squeezenet", "fire8/expand1x1", 64, 27, 256, 1, 1, 0, 1, 1 },
  { "squeezenet", "fire8/expand3x3", 64, 27, 256, 3, 1, 1, 1, 1 },
  { "squeezenet", "fire9/squeeze", 512, 13, 64, 1, 1, 0, 1, 1 },
  { "squeezenet", "fire9/expand3x3", 64, 13, 256, 3, 1, 1, 1, 1 },
  { "squeezenet", "conv10", 512, 13, 1000, 1, 1, 0, 1, 1 },
  { "resnet18", "conv1", 3, 224, 64, 7, 2, 3, 1, 1 },
  { "resnet18", "layer1", 64, 56, 64, 3, 1, 1, 1, 4 },
  { "resnet18", "layer2.0", 64, 56, 128, 3, 2, 1, 1, 1 },
  { "resnet18", "layer2.0.down", 64, 56, 128, 1, 2, 0, 1, 1 },
  { "resnet18", "layer2", 128, 28, 128, 3, 1, 1, 1, 3 },
  { "resnet18", "layer3.0", 128, 28, 256, 3, 2, 1, 1, 1 },
  { "resnet18", "layer3", 256, 14, 256, 3, 1, 1, 1, 3 },
  { "resnet18", "layer4.0", 256, 14, 512, 3, 2, 1, 1, 1 },
  { "resnet18", "layer4", 512, 7, 512, 3, 1, 1, 1, 3 },
  { "vgg16", "conv1_1", 3, 224, 64, 3, 1, 1, 1, 1 },
  { "vgg16", "conv1_2", 64, 224, 64, 3, 1, 1, 1, 1 },
  { "vgg16", "conv2_2", 128, 112, 128, 3, 1, 1, 1, 1 },
  { "vgg16", "conv3_2", 256, 56, 256, 3, 1, 1, 1, 2 },
  { "vgg16", "conv4_2", 512, 28, 512, 3, 1, 1, 1, 2 },
  { "vgg16", "conv5", 512, 14, 512, 3, 1, 1, 1, 3 },
  { "mobilenet_v2", "conv1", 3, 224, 32, 3, 2, 1, 1, 1 },
  { "mobilenet_v2", "1.dw", 32, 112, 32, 3, 1, 1, 32, 1 },
  { "mobilenet_v2", "1.project", 32, 112, 16, 1, 1, 0, 1, 1 },
  { "mobilenet_v2", "2.expand", 16, 112, 96, 1, 1, 0, 1, 1 },
  { "mobilenet_v2", "2.dw", 96, 112, 96, 3, 2, 1, 96, 1 },
  { "mobilenet_v2", "2.project", 96, 56, 24, 1, 1, 0, 1, 1 },
  { "mobilenet_v2", "3.expand", 24, 56, 144, 1, 1, 0, 1, 2 },
  { "mobilenet_v2", "3.dw", 144, 56, 144, 3, 1, 1, 144, 1 },
  { "mobilenet_v2", "5.dw", 192, 28, 192, 3, 1, 1, 192, 2 },
  { "mobilenet_v2", "8.expand", 64, 14, 384, 1, 1, 0, 1, 4 },
  { "mobilenet_v2", "8.dw", 384, 14, 384, 3, 1, 1, 384, 4 },
  { "mobilenet_v2", "8.project", 384, 14, 64, 1, 1, 0, 1, 3 },
  { "mobilenet_v2", "14.dw", 576, 14, 576, 3, 2, 1, 576, 1 },
  { "mobilenet_v2", "15.project", 960, 7, 160, 1, 1, 0, 1, 2 },
  { "mobilenet_v2", "15.dw", 960, 7, 960, 3, 1, 1, 960, 3 },
  { "mobilenet_v2", "18", 320, 7, 1280, 1, 1, 0, 1, 1 },
};

/* In milliseconds. */
static double
now (guint threads)
{
  struct timespec t;

  clock_gettime (threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static float *
random_floats (gsize n, PhRng *rng)
{
  float *values = ph_aligned_alloc (n * sizeof (float));

  for (gsize i = 0; i < n; i++)
    values[i] = (float)ph_rng_uniform (rng, -1.0, 1.0);
  return values;
}

/* Times all layers of @network (NULL: all) and prints the sums over it. */
static void
bench (const char *network, guint threads)
{
  PhRng rng;
  double sums[2] = { 0 };

  ph_parallel_set_threads (threads);
  ph_rng_init (&rng, 1, 1);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      const Layer *l = &layers[i];
      PhConvShape p = { 1,
                        l->c,
                        l->hw,
                        l->hw,
                        l->k,
                        l->filter,
                        l->filter,
                        l->groups,
                        l->stride,
                        l->stride,
                        1,
                        1,
                        (gssize)l->pad,
                        (gssize)l->pad,
                        (gssize)l->pad,
                        (gssize)l->pad,
                        0,
                        0 };
      PhEpilogue relu = { PH_ACTIVATION_CLAMP, 0.0f, 1e30f };

      if (strcmp (l->network, network) != 0)
        continue;
      p.out_h = p.out_w =
          ph_conv_output_size (l->hw, (gssize)l->pad, (gssize)l->pad, l->filter, 1, l->stride);
      float *x = random_floats (l->c * l->hw * l->hw, &rng);
      float *y = random_floats (l->k * p.out_h * p.out_w, &rng);
      float *dy = random_floats (l->k * p.out_h * p.out_w, &rng);
      float *dx = random_floats (l->c * l->hw * l->hw, &rng);
      float *bias = random_floats (l->k, &rng);
      float *w = random_floats (l->k * l->c / l->groups * l->filter * l->filter, &rng);
      PhConv *conv = ph_conv_new (&p, w, bias, &relu, PH_CONV_FORWARD | PH_CONV_BACKWARD_DATA);
      gpointer scratch = ph_aligned_alloc (ph_conv_scratch (conv));
      double flops = 2.0 * l->k * p.out_h * p.out_w * l->c / l->groups * l->filter * l->filter;

      for (guint direction = 0; direction < 2; direction++)
        {
          double best = 1e9;
          gint64 end = g_get_monotonic_time () + 100000;

          for (guint run = 0; run < 5 || g_get_monotonic_time () < end; run++)
            {
              double start = now (threads);
              guint repeats = flops < 5e7 ? 10 : 1;

              for (guint j = 0; j < repeats; j++)
                if (direction == 0)
                  ph_conv_forward (conv, x, NULL, y, scratch);
                else
                  ph_conv_backward_data (conv, dy, y, FALSE, NULL, dx, scratch);
              best = MIN (best, (now (threads) - start) / repeats);
            }
          sums[direction] += best * l->times;
          printf (
              "{\"network\": \"%s\", \"layer\": \"%s\", \"direction\": \"%s\", \"threads\": %u, "
              "\"shape\": \"%zu,%zu,%zu->%zu %zux%zu s%zu g%zu\", \"algorithm\": \"%s\", "
              "\"ms\": %.4f, \"gflops\": %.1f}\n",
              network, l->layer, direction == 0 ? "forward" : "backward_data", threads, l->c, l->hw,
              l->hw, l->k, l->filter, l->filter, l->stride, l->groups, ph_conv_algorithm (conv),
              best, flops / best / 1e6);
        }
      float *buffers[] = { x, y, dy, dx, bias, w, scratch };
      for (guint j = 0; j < G_N_ELEMENTS (buffers); j++)
        ph_aligned_free (buffers[j]);
      ph_conv_free (conv);
    }
  printf ("{\"network\": \"%s\", \"layer\": \"sum\", \"threads\": %u, \"forward_ms\": %.3f, "
          "\"backward_data_ms\": %.3f}\n",
          network, threads, sums[0], sums[1]);
}

int
main (int argc, char **argv)
{
  const char *networks[] = { "squeezenet", "resnet18", "vgg16", "mobilenet_v2" };

  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    for (guint threads = 1; threads <= 2; threads++)
      if ((argc < 2 || strcmp (argv[1], networks[i]) == 0) &&
          (argc < 3 || (guint)atoi (argv[2]) == threads))
        bench (networks[i], threads);
  return 0;
}
