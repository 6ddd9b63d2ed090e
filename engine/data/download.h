#pragma once

#include <gio/gio.h>

#include "base/monitor.h"

G_BEGIN_DECLS

/**
 * PhDownload:
 * @address: "https://…" or "http://…"
 * @path: where the file shall be; its folder is made
 * @bytes: how long it must be; 0: not known
 * @sha256: (nullable): what its digest must be, in hexadecimal
 */
typedef struct
{
  const char *address;
  const char *path;
  guint64 bytes;
  const char *sha256;
} PhDownload;

/**
 * ph_download:
 * @stopped: (out) (nullable): whether the monitor asked to stop before all was there
 *
 * Fetches a file. What arrives is written to "PATH.part"; only when its length and digest are right
 * does it take the name @path, so a file of that name is always whole. Nothing is done when it is
 * there already with that length.
 *
 * A ".part" that exists is continued where it ends (HTTP range requests), whoever left it: a stop,
 * a cancellation, a crash or a broken connection. If the server's file is another one by now (its
 * tag, kept in "PATH.part.tag", differs), or if the server cannot send parts, the file is fetched
 * from the beginning. A connection that breaks is taken up again by itself as long as something
 * arrives between two breaks. Proxies are those of the system or of the variables http_proxy,
 * https_proxy, no_proxy.
 *
 * Stopping and cancelling both keep the part, as does every failure except a wrong digest: bytes
 * that were paid for are not thrown away by closing a window. ph_download_discard() does that.
 *
 * Blocks; reacts to stop and cancellation within 50 ms whatever the server does. Progress tells
 * bytes and speed.
 *
 * Returns: %FALSE with a sentence that names the server or the file: %G_IO_ERROR (server not found
 * or not answering, refusal, %G_IO_ERROR_NOT_FOUND, %G_IO_ERROR_BUSY when another process fetches
 * the same file), %G_FILE_ERROR (folder not writable, %G_FILE_ERROR_NOSPC), %PH_ERROR_DATA_INVALID
 * (length or digest is wrong).
 */
gboolean ph_download (const PhDownload *what, const PhMonitor *monitor, gboolean *stopped,
                      GCancellable *cancellable, GError **error);

/** ph_download_get_part: how many bytes of @path wait to be continued. */
guint64 ph_download_get_part (const char *path);

/** ph_download_discard: removes what was fetched of an unfinished @path. */
void ph_download_discard (const char *path);

G_END_DECLS
