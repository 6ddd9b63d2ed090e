#pragma once

#include "engine/engine.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * BenchProfile:
 *
 * How long each step of a run takes, over many passes.
 */
typedef struct _BenchProfile BenchProfile;

/** bench_profile_new: of the next @passes passes of @run, which must outlive it. */
BenchProfile *bench_profile_new (PhRun *run, guint passes);
void bench_profile_free (BenchProfile *profile);

/** bench_profile_add: takes the times of the pass that has just ended. */
void bench_profile_add (BenchProfile *profile);

/** bench_profile_print: a table of medians, one line a step, in running order. */
void bench_profile_print (const BenchProfile *profile);

/** bench_profile_build: the same as an array of objects. */
void bench_profile_build (const BenchProfile *profile, JsonBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchProfile, bench_profile_free)

G_END_DECLS
