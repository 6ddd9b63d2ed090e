/* A server of files on loopback, with the faults that servers and networks have. */
#pragma once

#include <gio/gio.h>

typedef enum
{
  FILE_SERVER_GOOD,
  FILE_SERVER_CUT,        /* breaks the connection in the middle of each answer */
  FILE_SERVER_NO_RANGE,   /* always sends everything */
  FILE_SERVER_STALL,      /* sends some bytes, then nothing more */
  FILE_SERVER_SLOW,       /* 4 kB each 10 ms */
  FILE_SERVER_REDIRECT,   /* "/x" is at "/elsewhere/x" */
  FILE_SERVER_CIRCLE,     /* "/x" is at "/x" */
  FILE_SERVER_STATUS,     /* answers with `status` and some words */
  FILE_SERVER_TOO_LONG,   /* says nothing of the length, and sends a byte too many */
  FILE_SERVER_WRONG_PART, /* answers with a part that was not asked for */
} FileServerMode;

typedef struct _FileServer FileServer;

/* Starts on a thread of its own. */
FileServer *file_server_new (void);
void file_server_free (FileServer *server);

/* "http://127.0.0.1:PORT", without a slash at the end. */
const char *file_server_get_address (FileServer *server);

/* What to do from the next request on; @status is for FILE_SERVER_STATUS. */
void file_server_set_mode (FileServer *server, FileServerMode mode, guint status);

/* Puts a file at "/NAME", or at any path that ends so; @tag is its ETag, or NULL. */
void file_server_put (FileServer *server, const char *name, gconstpointer data, gsize n,
                      const char *tag);

guint file_server_count_requests (FileServer *server);

/* Body bytes that were handed to connections. */
guint64 file_server_count_bytes (FileServer *server);

/* Of the newest request. Caller frees. */
char *file_server_dup_header (FileServer *server, const char *name);
char *file_server_dup_host (FileServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FileServer, file_server_free)
