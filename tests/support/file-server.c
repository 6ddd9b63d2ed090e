#include "file-server.h"

#include <libsoup/soup.h>
#include <string.h>

struct _FileServer
{
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SoupServer *server;
  char *address;

  GMutex mutex; /* of what follows */
  GHashTable *files;
  GHashTable *headers; /* of the newest request */
  char *host;
  FileServerMode mode;
  guint status;
  guint n_requests;
  guint64 n_bytes;
};

typedef struct
{
  GBytes *bytes;
  char *tag;
} File;

static void
file_free (gpointer data)
{
  File *file = data;

  g_bytes_unref (file->bytes);
  g_free (file->tag);
  g_free (file);
}

/* An answer that is sent piece by piece. */
typedef struct
{
  FileServer *server;
  GBytes *rest;
  FileServerMode mode;
} Answer;

static void
answer_free (gpointer data, GClosure *closure)
{
  Answer *answer = data;

  g_bytes_unref (answer->rest);
  g_free (answer);
}

static gsize
piece_of (FileServerMode mode, gsize n)
{
  switch (mode)
    {
    case FILE_SERVER_CUT:
      return n < 20000 ? n : n / 2;
    case FILE_SERVER_STALL:
      return MIN (n, 10000);
    case FILE_SERVER_SLOW:
      return MIN (n, 4096);
    default:
      return n;
    }
}

static void
append_piece (Answer *answer, SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gsize all = g_bytes_get_size (answer->rest), n = piece_of (answer->mode, all);
  g_autoptr (GBytes) piece = g_bytes_new_from_bytes (answer->rest, 0, n);
  GBytes *rest = g_bytes_new_from_bytes (answer->rest, n, all - n);

  soup_message_body_append_bytes (body, piece);
  g_bytes_unref (answer->rest);
  answer->rest = rest;
  g_mutex_lock (&answer->server->mutex);
  answer->server->n_bytes += n;
  g_mutex_unlock (&answer->server->mutex);
  if (n == all)
    soup_message_body_complete (body);
}

static void
on_wrote_chunk (SoupServerMessage *message, Answer *answer)
{
  if (g_bytes_get_size (answer->rest) == 0 || answer->mode == FILE_SERVER_STALL)
    return;
  if (answer->mode == FILE_SERVER_CUT)
    {
      g_socket_shutdown (soup_server_message_get_socket (message), TRUE, TRUE, NULL);
      return;
    }
  g_usleep (10000);
  append_piece (answer, message);
}

static void
add_header (const char *name, const char *value, gpointer data)
{
  g_hash_table_replace (data, g_ascii_strdown (name, -1), g_strdup (value));
}

static void
redirect (SoupServerMessage *message, const char *path)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location",
                                path);
  soup_server_message_set_status (message, SOUP_STATUS_FOUND, NULL);
}

/* Whether a part was asked for of the file as it is now. */
static gboolean
wants_part (SoupServerMessage *message, const File *file, gsize *start)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *range = soup_message_headers_get_one (headers, "Range");
  const char *condition = soup_message_headers_get_one (headers, "If-Range");

  *start = range != NULL ? (gsize)g_ascii_strtoull (range + strlen ("bytes="), NULL, 10) : 0;
  return range != NULL && (condition == NULL || g_strcmp0 (condition, file->tag) == 0);
}

static void
send_file (FileServer *self, SoupServerMessage *message, const File *file, FileServerMode mode)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize all = g_bytes_get_size (file->bytes), start;
  gboolean part = wants_part (message, file, &start) && mode != FILE_SERVER_NO_RANGE;

  /* Or SoupServer would answer it by itself. */
  soup_message_headers_remove (soup_server_message_get_request_headers (message), "Range");
  if (part && start >= all)
    {
      soup_server_message_set_status (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE, NULL);
      return;
    }
  if (part && mode == FILE_SERVER_WRONG_PART)
    start = 0;
  if (!part)
    start = 0;
  else
    soup_message_headers_set_content_range (headers, (goffset)start, (goffset)all - 1,
                                            (goffset)all);
  if (file->tag != NULL)
    soup_message_headers_replace (headers, "ETag", file->tag);
  soup_server_message_set_status (message, part ? SOUP_STATUS_PARTIAL_CONTENT : SOUP_STATUS_OK,
                                  NULL);

  Answer *answer = g_new0 (Answer, 1);

  answer->server = self;
  answer->mode = mode;
  answer->rest = g_bytes_new_from_bytes (file->bytes, start, all - start);
  if (mode == FILE_SERVER_TOO_LONG)
    {
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC,
                                "+", 1);
    }
  else
    soup_message_headers_set_content_length (headers, (goffset)(all - start));
  g_signal_connect_data (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), answer, answer_free,
                         0);
  append_piece (answer, message);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer data)
{
  FileServer *self = data;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *elsewhere = g_strconcat ("/elsewhere", path, NULL);

  g_mutex_lock (&self->mutex);

  /* Connections that nobody uses any more would outlive the server. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");

  const File *file = g_hash_table_lookup (self->files, name);
  FileServerMode mode = self->mode;

  self->n_requests++;
  g_hash_table_remove_all (self->headers);
  soup_message_headers_foreach (soup_server_message_get_request_headers (message), add_header,
                                self->headers);
  g_free (self->host);
  self->host = g_strdup (g_uri_get_host (soup_server_message_get_uri (message)));
  g_mutex_unlock (&self->mutex);

  if (mode == FILE_SERVER_STATUS)
    {
      soup_server_message_set_status (message, self->status, NULL);
      soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "sorry\n", 6);
    }
  else if (mode == FILE_SERVER_CIRCLE)
    redirect (message, path);
  else if (mode == FILE_SERVER_REDIRECT && !g_str_has_prefix (path, "/elsewhere"))
    redirect (message, elsewhere);
  else if (file == NULL)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else
    send_file (self, message, file, mode);
}

/* SoupServer (3.2) keeps a socket for each connection; the leak checker, where there is one, need
 * not tell of what this thread allocates. */
void __lsan_disable (void) __attribute__ ((weak));

static gpointer
serve (gpointer data)
{
  FileServer *self = data;

  if (__lsan_disable != NULL)
    __lsan_disable ();

  g_main_context_push_thread_default (self->context);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  if (!soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL))
    g_error ("no port of the loopback device is free");

  GSList *uris = soup_server_get_uris (self->server);

  g_mutex_lock (&self->mutex);
  self->address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_mutex_unlock (&self->mutex);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  g_main_loop_run (self->loop);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

FileServer *
file_server_new (void)
{
  FileServer *self = g_new0 (FileServer, 1);

  g_mutex_init (&self->mutex);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("file-server", serve, self);
  for (;;)
    {
      g_mutex_lock (&self->mutex);

      gboolean ready = self->address != NULL;

      g_mutex_unlock (&self->mutex);
      if (ready)
        return self;
      g_usleep (1000);
    }
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (((FileServer *)data)->loop);
  return G_SOURCE_REMOVE;
}

void
file_server_free (FileServer *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  /* From inside the loop, which may not run yet. */
  g_source_set_callback (source, quit, self, NULL);
  g_source_attach (source, self->context);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->headers);
  g_mutex_clear (&self->mutex);
  g_free (self->host);
  g_free (self->address);
  g_free (self);
}

const char *
file_server_get_address (FileServer *self)
{
  return self->address;
}

void
file_server_set_mode (FileServer *self, FileServerMode mode, guint status)
{
  g_mutex_lock (&self->mutex);
  self->mode = mode;
  self->status = status;
  g_mutex_unlock (&self->mutex);
}

void
file_server_put (FileServer *self, const char *name, gconstpointer data, gsize n, const char *tag)
{
  File *file = g_new0 (File, 1);

  file->bytes = g_bytes_new (data, n);
  file->tag = g_strdup (tag);
  g_mutex_lock (&self->mutex);
  g_hash_table_replace (self->files, g_strdup (name), file);
  g_mutex_unlock (&self->mutex);
}

guint
file_server_count_requests (FileServer *self)
{
  g_mutex_lock (&self->mutex);

  guint n = self->n_requests;

  g_mutex_unlock (&self->mutex);
  return n;
}

guint64
file_server_count_bytes (FileServer *self)
{
  g_mutex_lock (&self->mutex);

  guint64 n = self->n_bytes;

  g_mutex_unlock (&self->mutex);
  return n;
}

char *
file_server_dup_header (FileServer *self, const char *name)
{
  g_autofree char *low = g_ascii_strdown (name, -1);

  g_mutex_lock (&self->mutex);

  char *value = g_strdup (g_hash_table_lookup (self->headers, low));

  g_mutex_unlock (&self->mutex);
  return value;
}

char *
file_server_dup_host (FileServer *self)
{
  g_mutex_lock (&self->mutex);

  char *host = g_strdup (self->host);

  g_mutex_unlock (&self->mutex);
  return host;
}
