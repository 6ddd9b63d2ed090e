#include "base/digest.h"

#include <string.h>

#define CHUNK (4 << 20) /* bytes between two looks whether to go on */
#define BLOCK 64

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>

static const guint32 constants[64] __attribute__ ((aligned (16))) = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

static gboolean
have_instructions (void)
{
  guint a, b, c, d;

  if (!__get_cpuid (1, &a, &b, &c, &d) || (c & bit_SSE4_1) == 0 || (c & bit_SSSE3) == 0)
    return FALSE;
  return __get_cpuid_count (7, 0, &a, &b, &c, &d) && (b & bit_SHA) != 0;
}

/* The state as the instructions want it: @abef and @cdgh. */
__attribute__ ((target ("sha,sse4.1,ssse3"))) static void
add_blocks (__m128i *abef, __m128i *cdgh, const guint8 *data, gsize n_blocks)
{
  const __m128i swap = _mm_set_epi64x (0x0c0d0e0f08090a0b, 0x0405060700010203);

  for (gsize block = 0; block < n_blocks; block++, data += BLOCK)
    {
      __m128i a = *abef, c = *cdgh, w[4];

#pragma GCC unroll 4
      for (guint i = 0; i < 4; i++)
        w[i] = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i_u *)(data + 16 * i)), swap);
#pragma GCC unroll 16
      for (guint i = 0; i < 16; i++)
        {
          __m128i k = _mm_load_si128 ((const __m128i *)(gconstpointer)(constants + 4 * i));
          __m128i m = _mm_add_epi32 (w[i % 4], k);

          c = _mm_sha256rnds2_epu32 (c, a, m);
          a = _mm_sha256rnds2_epu32 (a, c, _mm_shuffle_epi32 (m, 0x0e));
          if (i < 12)
            {
              /* Words 4i + 16 … 4i + 19 of the schedule take the place of 4i … 4i + 3. */
              __m128i next = _mm_sha256msg1_epu32 (w[i % 4], w[(i + 1) % 4]);
              __m128i middle = _mm_alignr_epi8 (w[(i + 3) % 4], w[(i + 2) % 4], 4);

              w[i % 4] = _mm_sha256msg2_epu32 (_mm_add_epi32 (next, middle), w[(i + 3) % 4]);
            }
        }
      *abef = _mm_add_epi32 (*abef, a);
      *cdgh = _mm_add_epi32 (*cdgh, c);
    }
}

static char *
digest_by_instructions (const guint8 *data, gsize n, GCancellable *cancellable, GError **error)
{
  /* The initial values a … h in that order from the lowest lane: f e b a, h g d c. */
  __m128i abef = _mm_set_epi32 (0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
  __m128i cdgh = _mm_set_epi32 (0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
  guint8 last[2 * BLOCK] = { 0 };
  gsize whole = n / BLOCK * BLOCK, rest = n - whole;
  guint32 lanes[8], state[8];
  GString *text = g_string_new (NULL);

  for (gsize at = 0; at < whole; at += CHUNK)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          g_string_free (text, TRUE);
          return NULL;
        }
      add_blocks (&abef, &cdgh, data + at, MIN (whole - at, CHUNK) / BLOCK);
    }

  /* A one, zeros, and how many bits there were. */
  gsize end = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
  guint64 bits = GUINT64_TO_BE ((guint64)n * 8);

  if (rest > 0)
    memcpy (last, data + whole, rest);
  last[rest] = 0x80;
  memcpy (last + end - 8, &bits, 8);
  add_blocks (&abef, &cdgh, last, end / BLOCK);

  _mm_storeu_si128 ((__m128i_u *)lanes, abef);
  _mm_storeu_si128 ((__m128i_u *)(lanes + 4), cdgh);
  memcpy (
      state,
      (guint32[]){ lanes[3], lanes[2], lanes[7], lanes[6], lanes[1], lanes[0], lanes[5], lanes[4] },
      sizeof state);
  for (guint i = 0; i < 8; i++)
    g_string_append_printf (text, "%08x", state[i]);
  return g_string_free (text, FALSE);
}
#endif

char *
ph_digest (gconstpointer data, gsize n, GCancellable *cancellable, GError **error)
{
#ifdef __x86_64__
  if (have_instructions ())
    return digest_by_instructions (data, n, cancellable, error);
#endif
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize at = 0; at < n; at += CHUNK)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_checksum_update (checksum, (const guchar *)data + at, (gssize)MIN (n - at, CHUNK));
    }
  return g_strdup (g_checksum_get_string (checksum));
}
