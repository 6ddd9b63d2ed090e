/* One request over HTTP (RFC 9110): ask for what is missing, write what comes. */

#include "data/download-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/save.h"

#define CHUNK (256 * 1024)

/* How often stop and cancellation are looked at, in milliseconds. */
#define LOOK 50

#define TELL (100 * G_TIME_SPAN_MILLISECOND)

void
ph_transfer_progress (Transfer *self, gboolean now)
{
  gint64 time = g_get_monotonic_time ();
  g_autofree char *have = NULL, *all = NULL, *speed = NULL, *message = NULL;

  if (!now && time - self->last_progress < TELL)
    return;
  if (self->last_progress > 0 && time > self->last_progress && self->have >= self->last_have)
    {
      double recent = (self->have - self->last_have) * 1e6 / (time - self->last_progress);

      self->speed = self->speed > 0 ? 0.9 * self->speed + 0.1 * recent : recent;
    }
  self->last_progress = time;
  self->last_have = self->have;
  have = g_format_size (self->have);
  speed = g_format_size ((guint64)self->speed);
  if (self->what->bytes > 0)
    {
      all = g_format_size (self->what->bytes);
      message = self->speed > 0 ? g_strdup_printf (_ ("%s of %s, %s/s"), have, all, speed)
                                : g_strdup_printf (_ ("%s of %s"), have, all);
      ph_monitor_progress (self->monitor, (double)self->have / self->what->bytes, message);
      return;
    }
  message = g_strdup_printf (_ ("%s, %s/s"), have, speed);
  ph_monitor_progress (self->monitor, -1, message);
}

/* Waiting with an eye on stop and cancellation */

typedef struct
{
  Transfer *transfer;
  GCancellable *inner; /* ends the operation under way */
  GAsyncResult *result;
} Wait;

static gboolean
on_look (gpointer data)
{
  Wait *wait = data;

  if (ph_monitor_should_stop (wait->transfer->monitor))
    wait->transfer->stopped = TRUE;
  if (wait->transfer->stopped || g_cancellable_is_cancelled (wait->transfer->cancellable))
    g_cancellable_cancel (wait->inner);
  return G_SOURCE_CONTINUE;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Wait *)data)->result = g_object_ref (result);
}

/* Runs the operation that was begun with on_done() until it ends. */
static void
wait_run (Wait *wait)
{
  g_autoptr (GSource) look = g_timeout_source_new (LOOK);

  on_look (wait);
  g_source_set_callback (look, on_look, wait, NULL);
  g_source_attach (look, wait->transfer->context);
  while (wait->result == NULL)
    g_main_context_iteration (wait->transfer->context, TRUE);
  g_source_destroy (look);
}

static void
wait_clear (Wait *wait)
{
  g_clear_object (&wait->result);
  g_clear_object (&wait->inner);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wait, wait_clear)

void
ph_transfer_wait (Transfer *self, guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  for (;;)
    {
      gint64 left = (end - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;

      self->stopped = self->stopped || ph_monitor_should_stop (self->monitor);
      if (left <= 0 || self->stopped || g_cancellable_is_cancelled (self->cancellable))
        return;
      g_usleep ((gulong)MIN (left, LOOK) * G_TIME_SPAN_MILLISECOND);
    }
}

/* Returns: (transfer full): the body, or %NULL. */
static GInputStream *
send_message (Transfer *self, SoupMessage *message, GError **error)
{
  g_auto (Wait) wait = { .transfer = self, .inner = g_cancellable_new () };

  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, wait.inner, on_done, &wait);
  wait_run (&wait);
  return soup_session_send_finish (self->session, wait.result, error);
}

static gssize
read_some (Transfer *self, GInputStream *stream, guint8 *buffer, GError **error)
{
  g_auto (Wait) wait = { .transfer = self, .inner = g_cancellable_new () };

  g_input_stream_read_async (stream, buffer, CHUNK, G_PRIORITY_DEFAULT, wait.inner, on_done, &wait);
  wait_run (&wait);
  return g_input_stream_read_finish (stream, wait.result, error);
}

/* The part */

gboolean
ph_transfer_truncate (Transfer *self, GError **error)
{
  g_unlink (self->tag_path);
  self->have = 0;
  self->pieced = FALSE;
  self->speed = 0;
  if (ftruncate (self->fd, 0) == 0 || errno == EINVAL) /* a device has no length */
    return TRUE;
  ph_transfer_fail_to_write (self, errno, error);
  return FALSE;
}

static gboolean
write_some (Transfer *self, const guint8 *data, gsize n, GError **error)
{
  while (n > 0)
    {
      gssize written = write (self->fd, data, n);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          ph_transfer_fail_to_write (self, errno, error);
          return FALSE;
        }
      data += written;
      n -= (gsize)written;
      self->have += (guint64)written;
      self->arrived += (guint64)written;
    }
  return TRUE;
}

/* Requests and answers */

/* Parts of two versions do not fit together: the server is asked to send the rest only if the file
 * is still the one with this tag. Weak tags promise too little for that (RFC 9110, 13.1.5). */
static void
add_range (Transfer *self, SoupMessageHeaders *headers)
{
  g_autofree char *tag = NULL;

  if (self->have == 0)
    return;
  soup_message_headers_set_range (headers, (goffset)self->have, -1);
  if (g_file_get_contents (self->tag_path, &tag, NULL, NULL) && *g_strstrip (tag) != '\0')
    soup_message_headers_replace (headers, "If-Range", tag);
}

static void
keep_tag (Transfer *self, SoupMessageHeaders *headers)
{
  const char *tag = soup_message_headers_get_one (headers, "ETag");

  if (tag == NULL || g_str_has_prefix (tag, "W/"))
    tag = soup_message_headers_get_one (headers, "Last-Modified");
  /* Without a tag the digest alone tells; the file is then fetched again from the beginning. */
  if (tag == NULL || !ph_save_bytes (self->tag_path, tag, strlen (tag), NULL))
    g_unlink (self->tag_path);
}

static PhTransferEnd
refuse_length (Transfer *self, guint64 found, GError **error)
{
  g_autofree char *name = g_filename_display_basename (self->what->path);

  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "“%s” has %" G_GUINT64_FORMAT " bytes as “%s” has it, but should have "
               "%" G_GUINT64_FORMAT ". The server may hold another version; try another mirror.",
               name, found, self->server, self->what->bytes);
  return PH_TRANSFER_FAILED;
}

/* Looks at what the server says about what it is going to send. WHOLE: it may come. */
static PhTransferEnd
check_answer (Transfer *self, SoupMessage *message, GError **error)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  goffset first = 0, last = 0, all = -1;

  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && self->have > 0)
    {
      /* The server's file is shorter than the part: another one. */
      ph_transfer_explain_status (self, status, soup_message_get_reason_phrase (message), error);
      return ph_transfer_truncate (self, NULL) ? PH_TRANSFER_BROKEN : PH_TRANSFER_FAILED;
    }
  if (status == SOUP_STATUS_PARTIAL_CONTENT)
    {
      if (!soup_message_headers_get_content_range (headers, &first, &last, &all) ||
          first != (goffset)self->have)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "“%s” sent another part of the file than was asked for", self->server);
          return ph_transfer_truncate (self, NULL) ? PH_TRANSFER_BROKEN : PH_TRANSFER_FAILED;
        }
      self->pieced = TRUE;
    }
  else if (status == SOUP_STATUS_OK)
    {
      if (self->have > 0 && !ph_transfer_truncate (self, error))
        return PH_TRANSFER_FAILED;
      if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
        all = soup_message_headers_get_content_length (headers);
      keep_tag (self, headers);
    }
  else
    {
      ph_transfer_explain_status (self, status, soup_message_get_reason_phrase (message), error);
      return PH_TRANSFER_FAILED;
    }
  if (self->what->bytes > 0 && all >= 0 && (guint64)all != self->what->bytes)
    return refuse_length (self, (guint64)all, error);
  return PH_TRANSFER_WHOLE;
}

/* Whether the same request may go better a moment later. */
static gboolean
is_break (const GError *error)
{
  static const int codes[] = { G_IO_ERROR_PARTIAL_INPUT,     G_IO_ERROR_CONNECTION_CLOSED,
                               G_IO_ERROR_BROKEN_PIPE,       G_IO_ERROR_TIMED_OUT,
                               G_IO_ERROR_HOST_UNREACHABLE,  G_IO_ERROR_NETWORK_UNREACHABLE,
                               G_IO_ERROR_CONNECTION_REFUSED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_IO_ERROR, codes[i]))
      return TRUE;
  return error->domain == G_RESOLVER_ERROR || g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF);
}

static PhTransferEnd
end_of (Transfer *self, GError **error)
{
  PhTransferEnd end = is_break (*error) ? PH_TRANSFER_BROKEN : PH_TRANSFER_FAILED;

  if (self->stopped)
    {
      g_clear_error (error);
      return PH_TRANSFER_STOPPED;
    }
  ph_transfer_explain (self, error);
  return end;
}

static PhTransferEnd
receive (Transfer *self, GInputStream *stream, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  gssize n;

  while ((n = read_some (self, stream, buffer, error)) > 0)
    {
      if (self->what->bytes > 0 && self->have + (guint64)n > self->what->bytes)
        {
          guint64 found = self->have + (guint64)n;

          ph_transfer_truncate (self, NULL);
          return refuse_length (self, found, error);
        }
      if (!write_some (self, buffer, (gsize)n, error))
        return PH_TRANSFER_FAILED;
      ph_transfer_progress (self, FALSE);
    }
  if (n < 0)
    return end_of (self, error);
  if (self->have < self->what->bytes)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                   "The connection to “%s” ended before the file did", self->server);
      return PH_TRANSFER_BROKEN;
    }
  ph_transfer_progress (self, TRUE);
  return PH_TRANSFER_WHOLE;
}

PhTransferEnd
ph_transfer_request (Transfer *self, GError **error)
{
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, self->what->address);
  g_autoptr (GInputStream) stream = NULL;
  GError *failure = NULL;
  PhTransferEnd end;

  /* ph_download() looked at the address before. */
  g_return_val_if_fail (message != NULL, PH_TRANSFER_FAILED);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept-Encoding",
                                "identity");
  add_range (self, soup_message_get_request_headers (message));
  ph_transfer_progress (self, TRUE);
  stream = send_message (self, message, &failure);
  if (stream == NULL)
    {
      end = end_of (self, &failure);
      if (failure != NULL)
        g_propagate_error (error, failure);
      return end;
    }
  end = check_answer (self, message, error);
  return end == PH_TRANSFER_WHOLE ? receive (self, stream, error) : end;
}
