#pragma once

#include <libsoup/soup.h>

#include "data/download.h"

G_BEGIN_DECLS

/* A download under way, on the thread that does it. */
typedef struct
{
  const PhDownload *what;
  const PhMonitor *monitor;
  GCancellable *cancellable;

  /* owned */
  GMainContext *context; /* of this thread, for the session */
  SoupSession *session;
  char *part, *tag_path;
  char *server; /* for sentences */
  int fd;       /* of the part, locked */

  guint64 have;         /* bytes in the part */
  gboolean pieced;      /* they came by more than one answer */
  guint64 arrived;      /* bytes that came in during this call */
  gboolean stopped;     /* the monitor asked */
  gint64 last_progress; /* when the monitor was told, microseconds */
  guint64 last_have;
  double speed; /* bytes a second, smoothed; 0: not known yet */
} Transfer;

/**
 * PhTransferEnd:
 * @PH_TRANSFER_WHOLE: all that the server has is in the part
 * @PH_TRANSFER_STOPPED: the monitor asked
 * @PH_TRANSFER_BROKEN: the connection broke or the part was of no use; it is worth to ask again
 * @PH_TRANSFER_FAILED: asking again would not help
 */
typedef enum
{
  PH_TRANSFER_WHOLE,
  PH_TRANSFER_STOPPED,
  PH_TRANSFER_BROKEN,
  PH_TRANSFER_FAILED,
} PhTransferEnd;

/** ph_transfer_request: asks once for what is missing and writes what comes. The error is set for
 * BROKEN and FAILED. */
PhTransferEnd ph_transfer_request (Transfer *self, GError **error);

/** ph_transfer_wait: @milliseconds, or less when stopped or cancelled. */
void ph_transfer_wait (Transfer *self, guint milliseconds);

/** ph_transfer_progress: tells the monitor, ten times a second at most unless @now. */
void ph_transfer_progress (Transfer *self, gboolean now);

/** ph_transfer_truncate: throws the part's bytes away. */
gboolean ph_transfer_truncate (Transfer *self, GError **error);

/** ph_transfer_fail_to_write: the sentence for @code of errno; the disk being full is explained. */
void ph_transfer_fail_to_write (Transfer *self, int code, GError **error);

/** ph_transfer_explain: replaces an error of the network's libraries by a sentence for people. */
void ph_transfer_explain (Transfer *self, GError **error);

/** ph_transfer_explain_status: the sentence for an answer of the server that is no file. */
void ph_transfer_explain_status (Transfer *self, guint status, const char *phrase, GError **error);

G_END_DECLS
