#include "kernels/cpu.h"

/* The level in use; a cache of a fact about the processor, plus one for the level not asked yet. */
static int chosen_level = 0;

static PhCpuLevel
detect_level (void)
{
#if defined(__x86_64__) && defined(__GNUC__)
  /* These ask the operating system too: it must save the wide registers. */
  __builtin_cpu_init ();
  if (!__builtin_cpu_supports ("avx2") || !__builtin_cpu_supports ("fma"))
    return PH_CPU_PORTABLE;
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return PH_CPU_AVX512;
  return PH_CPU_AVX2;
#else
  return PH_CPU_PORTABLE;
#endif
}

static PhCpuLevel
best_level (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      PhCpuLevel level = detect_level ();
      const char *wish = g_getenv ("PHOSPHENE_CPU");

      for (PhCpuLevel lower = PH_CPU_PORTABLE; wish != NULL && lower < level; lower++)
        if (g_ascii_strcasecmp (wish, ph_cpu_level_name (lower)) == 0)
          level = lower;
      g_once_init_leave (&once, (gsize)level + 1);
    }
  return (PhCpuLevel)(once - 1);
}

PhCpuLevel
ph_cpu_level (void)
{
  int level = g_atomic_int_get (&chosen_level);

  return level > 0 ? (PhCpuLevel)(level - 1) : best_level ();
}

const char *
ph_cpu_level_name (PhCpuLevel level)
{
  static const char *const names[] = { "portable", "avx2", "avx512" };

  g_return_val_if_fail ((guint)level < G_N_ELEMENTS (names), NULL);
  return names[level];
}

void
ph_cpu_set_level (PhCpuLevel level)
{
  g_atomic_int_set (&chosen_level, (int)MIN (level, best_level ()) + 1);
}

/* 0: not asked yet; 1: no; 2: yes. */
static int chosen_exact = 0;

gboolean
ph_cpu_is_exact (void)
{
  if (g_atomic_int_get (&chosen_exact) == 0)
    ph_cpu_set_exact (g_strcmp0 (g_getenv ("PHOSPHENE_EXACT"), "1") == 0);
  return g_atomic_int_get (&chosen_exact) == 2;
}

void
ph_cpu_set_exact (gboolean exact)
{
  g_atomic_int_set (&chosen_exact, exact ? 2 : 1);
}
