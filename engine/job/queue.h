#pragma once

#include "job/job.h"

G_BEGIN_DECLS

/**
 * PhLane:
 * @PH_LANE_COMPUTE: one thread, first come, first served: what somebody is looking at
 * @PH_LANE_BACKGROUND: one thread, highest rank first; its job pauses (at its next
 * ph_monitor_wait()) while a job of the compute lane works, so that the arithmetic libraries serve
 * one of them
 * @PH_LANE_LONG: one thread, first come, first served: what takes minutes or hours and nobody waits
 * for; its job pauses like those of the background, and also while there are any of those
 * @PH_LANE_IO: a small pool, highest rank first: files, decoding
 * @PH_LANE_NET: a small pool, first come, first served: what waits for other computers, or for a
 * camera, most of the time, and must not keep files from being opened
 */
typedef enum
{
  PH_LANE_COMPUTE,
  PH_LANE_BACKGROUND,
  PH_LANE_LONG,
  PH_LANE_IO,
  PH_LANE_NET,
  PH_N_LANES,
} PhLane;

#define PH_TYPE_QUEUE (ph_queue_get_type ())
/**
 * PhQueue:
 *
 * Owns jobs while they wait and run. As a #GListModel it holds the jobs that are not quiet:
 * waiting, running, and failed ones until they are dismissed or tried again. "idle" tells that no
 * job, quiet or not, is waiting or running. All functions belong to the thread that made the queue.
 */
G_DECLARE_FINAL_TYPE (PhQueue, ph_queue, PH, QUEUE, GObject)

PhQueue *ph_queue_new (void);

/** ph_queue_add: takes a reference of @job, which must be new or finished, and starts it when its
 * turn comes. */
void ph_queue_add (PhQueue *queue, PhJob *job, PhLane lane);

/** ph_queue_set_frame_interval: least milliseconds between two frames of a job in the compute lane,
 * those that run included. */
void ph_queue_set_frame_interval (PhQueue *queue, guint milliseconds);

/** ph_queue_next_rank: a rank above all that were given so far. */
guint64 ph_queue_next_rank (PhQueue *queue);

/** ph_queue_set_rank: of a job that was added: which of those that wait is next in a lane that goes
 * by rank. A job gets the next rank when it is added: newest first. */
void ph_queue_set_rank (PhQueue *queue, PhJob *job, guint64 rank);

/** ph_queue_retry: runs a failed job of the list again, in its lane. */
void ph_queue_retry (PhQueue *queue, PhJob *job);

/** ph_queue_dismiss: takes a failed job off the list. */
void ph_queue_dismiss (PhQueue *queue, PhJob *job);

/** ph_queue_cancel_all: cancels everything; "idle" follows. */
void ph_queue_cancel_all (PhQueue *queue);

gboolean ph_queue_is_idle (PhQueue *queue);

G_END_DECLS
