/* Downloads from a server on loopback that has the faults which servers and networks have. */

#include "engine/engine.h"
#include "file-server.h"

#include <glib/gstdio.h>
#ifdef __linux__
#include <sys/mount.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 300007

typedef struct
{
  FileServer *server;
  char *folder, *address, *path, *part, *tag, *sha256;
  guint8 *content;
  PhDownload what;
} Fixture;

static void
fill (guint8 *content, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < SIZE; i++)
    content[i] = (guint8)g_rand_int (rand);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = file_server_new ();
  f->folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  f->address = g_strconcat (file_server_get_address (f->server), "/nets/small.onnx", NULL);
  f->path = g_build_filename (f->folder, "new", "small.onnx", NULL);
  f->part = g_strconcat (f->path, ".part", NULL);
  f->tag = g_strconcat (f->path, ".part.tag", NULL);
  f->content = g_malloc (SIZE);
  fill (f->content, 1);
  f->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, f->content, SIZE);
  file_server_put (f->server, "small.onnx", f->content, SIZE, "\"one\"");
  f->what = (PhDownload){ f->address, f->path, SIZE, f->sha256 };
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *inner = g_path_get_dirname (f->path);

  file_server_free (f->server);
  g_unlink (f->path);
  g_unlink (f->part);
  g_unlink (f->tag);
  g_rmdir (inner);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0); /* nothing else was left behind */
  g_free (f->folder);
  g_free (f->address);
  g_free (f->path);
  g_free (f->part);
  g_free (f->tag);
  g_free (f->content);
  g_free (f->sha256);
}

static void
download (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean stopped = TRUE;
  gboolean done = ph_download (&f->what, NULL, &stopped, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (done);
  g_assert_false (stopped);
}

static void
assert_whole (Fixture *f)
{
  g_autofree char *found = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (f->path, &found, &n, NULL));
  g_assert_cmpmem (found, n, f->content, SIZE);
  g_assert_false (g_file_test (f->part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->tag, G_FILE_TEST_EXISTS));
}

/* Fails with that code, a sentence with @words, and no file. */
static void
assert_refused (Fixture *f, GQuark domain, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ph_download (&f->what, NULL, NULL, NULL, &error));
  g_assert_error (error, domain, code);
  if (g_strstr_len (error->message, -1, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
}

static void
put_part (Fixture *f, gconstpointer data, gsize n, const char *tag)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (g_file_set_contents (f->part, data, (gssize)n, NULL));
  if (tag != NULL)
    g_assert_true (g_file_set_contents (f->tag, tag, -1, NULL));
}

typedef struct
{
  guint n;
  double last;
  guint stop_after; /* calls; 0: never */
  GCancellable *cancel;
} Watch;

static void
on_progress (double fraction, const char *message, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, 0);
  g_assert_cmpfloat (fraction, <=, 1);
  g_assert_nonnull (message);
  watch->n++;
  watch->last = fraction;
  if (watch->cancel != NULL && watch->n == 2)
    g_cancellable_cancel (watch->cancel);
}

static gboolean
should_stop (gpointer data)
{
  Watch *watch = data;

  return watch->stop_after > 0 && watch->n >= watch->stop_after;
}

/* Tests */

static void
test_whole (Fixture *f, gconstpointer data)
{
  Watch watch = { 0 };
  PhMonitor monitor = { .progress = on_progress, .data = &watch };
  g_autoptr (GError) error = NULL;
  g_autofree char *agent = NULL, *encoding = NULL, *range = NULL;

  g_assert_true (ph_download (&f->what, &monitor, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_whole (f);
  g_assert_cmpfloat (watch.last, ==, 1);
  agent = file_server_dup_header (f->server, "User-Agent");
  encoding = file_server_dup_header (f->server, "Accept-Encoding");
  range = file_server_dup_header (f->server, "Range");
  g_assert_true (g_str_has_prefix (agent, "Phosphene/"));
  g_assert_cmpstr (encoding, ==, "identity");
  g_assert_null (range);

  /* It is there: nothing is asked again. */
  download (f);
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 1);
}

/* Where neither length nor digest is known, what the server has is taken. */
static void
test_unknown (Fixture *f, gconstpointer data)
{
  f->what.bytes = 0;
  f->what.sha256 = NULL;
  download (f);
  assert_whole (f);
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  file_server_set_mode (f->server, FILE_SERVER_CUT, 0);
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_requests (f->server), >=, 4);
  /* Every byte came once. */
  g_assert_cmpuint (file_server_count_bytes (f->server), ==, SIZE);
}

static void
test_resume (Fixture *f, gconstpointer data)
{
  g_autofree char *range = NULL, *condition = NULL;

  put_part (f, f->content, 123456, "\"one\"");
  g_assert_cmpuint (ph_download_get_part (f->path), ==, 123456);
  download (f);
  assert_whole (f);
  range = file_server_dup_header (f->server, "Range");
  condition = file_server_dup_header (f->server, "If-Range");
  g_assert_cmpstr (range, ==, "bytes=123456-");
  g_assert_cmpstr (condition, ==, "\"one\"");
  g_assert_cmpuint (file_server_count_bytes (f->server), ==, SIZE - 123456);
}

/* All bytes were there when the program was killed. */
static void
test_resume_unchecked (Fixture *f, gconstpointer data)
{
  put_part (f, f->content, SIZE, NULL);
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 0);
}

static void
test_no_range (Fixture *f, gconstpointer data)
{
  file_server_set_mode (f->server, FILE_SERVER_NO_RANGE, 0);
  put_part (f, f->content, 123456, "\"one\"");
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_bytes (f->server), ==, SIZE);
}

/* The part is of an older version, and the tag tells so. */
static void
test_changed (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *old = g_malloc (SIZE);

  fill (old, 2);
  put_part (f, old, 200000, "\"zero\"");
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 1);
}

/* The same from a server without tags: the digest tells, and it is fetched again. */
static void
test_changed_untagged (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *old = g_malloc (SIZE);

  fill (old, 2);
  file_server_put (f->server, "small.onnx", f->content, SIZE, NULL);
  put_part (f, old, 200000, NULL);
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 2);
}

static void
test_wrong_part (Fixture *f, gconstpointer data)
{
  file_server_set_mode (f->server, FILE_SERVER_WRONG_PART, 0);
  put_part (f, f->content, 1000, NULL);
  download (f);
  assert_whole (f);
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 2);
}

/* The part is longer than the file. */
static void
test_part_too_long (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *old = g_malloc0 (SIZE + 5);

  put_part (f, old, SIZE + 5, NULL);
  f->what.bytes = 0; /* only the server knows */
  download (f);
  assert_whole (f);

  f->what.bytes = SIZE;
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  put_part (f, old, SIZE + 5, NULL);
  download (f);
  assert_whole (f);
}

static void
test_wrong_digest (Fixture *f, gconstpointer data)
{
  g_autofree guint8 *other = g_malloc (SIZE);

  fill (other, 3);
  file_server_put (f->server, "small.onnx", other, SIZE, "\"one\"");
  assert_refused (f, PH_ERROR, PH_ERROR_DATA_INVALID, "checksum");
  g_assert_false (g_file_test (f->part, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 1);

  /* A part of the right file does not make it right, and is not asked for without end. */
  put_part (f, f->content, 100000, "\"one\"");
  assert_refused (f, PH_ERROR, PH_ERROR_DATA_INVALID, "checksum");
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 3);
}

static void
test_wrong_length (Fixture *f, gconstpointer data)
{
  f->what.bytes = SIZE + 1;
  assert_refused (f, PH_ERROR, PH_ERROR_DATA_INVALID, "300007 bytes");
  g_assert_cmpuint (ph_download_get_part (f->path), ==, 0);

  /* The server does not say how much it will send. */
  f->what.bytes = SIZE;
  file_server_set_mode (f->server, FILE_SERVER_TOO_LONG, 0);
  assert_refused (f, PH_ERROR, PH_ERROR_DATA_INVALID, "another mirror");
}

static void
test_redirect (Fixture *f, gconstpointer data)
{
  g_autofree char *range = NULL;

  file_server_set_mode (f->server, FILE_SERVER_REDIRECT, 0);
  put_part (f, f->content, 1000, "\"one\"");
  download (f);
  assert_whole (f);
  /* What was asked for reached the other address too. */
  range = file_server_dup_header (f->server, "Range");
  g_assert_cmpstr (range, ==, "bytes=1000-");

  g_assert_cmpint (g_unlink (f->path), ==, 0);
  file_server_set_mode (f->server, FILE_SERVER_CIRCLE, 0);
  assert_refused (f, G_IO_ERROR, G_IO_ERROR_FAILED, "circle");
}

static void
test_status (Fixture *f, gconstpointer data)
{
  static const struct
  {
    guint status;
    int code;
    const char *words;
  } cases[] = {
    { 404, G_IO_ERROR_NOT_FOUND, "no such file" },
    { 410, G_IO_ERROR_NOT_FOUND, "no such file" },
    { 403, G_IO_ERROR_PERMISSION_DENIED, "to everybody" },
    { 429, G_IO_ERROR_BUSY, "too much to do" },
    { 500, G_IO_ERROR_FAILED, "fault of its own" },
    { 503, G_IO_ERROR_BUSY, "too much to do" },
    { 418, G_IO_ERROR_FAILED, "418" },
    { 204, G_IO_ERROR_FAILED, "204" },
  };

  put_part (f, f->content, 1000, "\"one\"");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      file_server_set_mode (f->server, FILE_SERVER_STATUS, cases[i].status);
      assert_refused (f, G_IO_ERROR, cases[i].code, cases[i].words);
      /* What was there is kept. */
      g_assert_cmpuint (ph_download_get_part (f->path), ==, 1000);
    }
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  Watch watch = { .stop_after = 2 };
  PhMonitor monitor = { .progress = on_progress, .should_stop = should_stop, .data = &watch };
  g_autoptr (GError) error = NULL;
  gboolean stopped = FALSE;

  file_server_set_mode (f->server, FILE_SERVER_SLOW, 0);
  g_assert_true (ph_download (&f->what, &monitor, &stopped, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (stopped);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (ph_download_get_part (f->path), >, 0);
  g_assert_cmpuint (ph_download_get_part (f->path), <, SIZE);

  file_server_set_mode (f->server, FILE_SERVER_GOOD, 0);
  download (f);
  assert_whole (f);

  /* Thrown away on request. */
  g_assert_cmpint (g_unlink (f->path), ==, 0);
  put_part (f, f->content, 1000, "\"one\"");
  ph_download_discard (f->path);
  g_assert_false (g_file_test (f->part, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (f->tag, G_FILE_TEST_EXISTS));
}

typedef struct
{
  Fixture *f;
  GCancellable *cancellable;
} Stalled;

/* Once all has arrived that will. */
static gpointer
cancel_soon (gpointer data)
{
  Stalled *stalled = data;

  while (ph_download_get_part (stalled->f->path) < 10000)
    g_usleep (1000);
  g_cancellable_cancel (stalled->cancellable);
  return NULL;
}

/* A server that is silent does not hold a cancellation up; how long it took is not asserted, but
 * the test would last for half a minute otherwise. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Stalled stalled = { f, cancellable };
  GThread *thread;

  file_server_set_mode (f->server, FILE_SERVER_STALL, 0);
  thread = g_thread_new ("cancel", cancel_soon, &stalled);
  g_assert_false (ph_download (&f->what, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpuint (ph_download_get_part (f->path), ==, 10000);

  /* Cancelled before it began. */
  g_clear_error (&error);
  g_assert_false (ph_download (&f->what, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* In the middle of a slow answer. */
static void
test_cancel_slow (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Watch watch = { .cancel = cancellable };
  PhMonitor monitor = { .progress = on_progress, .data = &watch };
  g_autoptr (GError) error = NULL;

  file_server_set_mode (f->server, FILE_SERVER_SLOW, 0);
  g_assert_false (ph_download (&f->what, &monitor, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (ph_download_get_part (f->path), >, 0);
  file_server_set_mode (f->server, FILE_SERVER_GOOD, 0);
  download (f);
  assert_whole (f);
}

static void
test_offline (Fixture *f, gconstpointer data)
{
  /* A port where nobody listens: that of a socket which is bound only. */
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *address = NULL;

  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  address = g_strdup_printf ("http://127.0.0.1:%u/small.onnx",
                             g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  put_part (f, f->content, 1000, "\"one\"");
  f->what.address = address;
  assert_refused (f, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "127.0.0.1");
  g_assert_cmpuint (ph_download_get_part (f->path), ==, 1000);

  /* Names below "invalid" never exist (RFC 6761). */
  f->what.address = "http://models.invalid/small.onnx";
  assert_refused (f, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "offline");
}

static void
test_bad_address (Fixture *f, gconstpointer data)
{
  const char *const addresses[] = { "small.onnx", "ftp://127.0.0.1/small.onnx", "http://", "",
                                    "file:///etc/passwd" };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      f->what.address = addresses[i];
      assert_refused (f, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "http://");
    }
}

static void
test_disk_full (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  /* A device that is always full stands for the disk. */
  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no /dev/full here");
      return;
    }
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (symlink ("/dev/full", f->part), ==, 0);
  assert_refused (f, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no room");
}

/* A real disk that is full, where the test may make one. */
static void
test_small_disk (Fixture *f, gconstpointer data)
{
#ifdef __linux__
  g_autofree char *folder = g_path_get_dirname (f->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  if (mount ("tmpfs", folder, "tmpfs", 0, "size=128k") != 0)
    {
      g_test_skip ("a small disk can only be made by root");
      return;
    }
  assert_refused (f, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no room");
  g_assert_cmpuint (file_server_count_requests (f->server), ==, 0);

  /* The length is known too late. */
  f->what.bytes = 0;
  assert_refused (f, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "Make room");
  g_assert_cmpuint (ph_download_get_part (f->path), >, 0);
  g_assert_cmpint (umount2 (folder, MNT_DETACH), ==, 0);
#else
  g_test_skip ("a small disk is only made on Linux");
#endif
}

static void
test_folder_not_writable (Fixture *f, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (f->path);

  /* A file where the folder should be: also root cannot write there. */
  g_assert_true (g_file_set_contents (folder, "", 0, NULL));
  assert_refused (f, G_FILE_ERROR, G_FILE_ERROR_NOTDIR, "new");
  g_assert_cmpint (g_unlink (folder), ==, 0);
}

typedef struct
{
  Fixture *f;
  GError *error;
} Second;

/* Called while the first download runs. */
static void
try_second (double fraction, const char *message, gpointer data)
{
  Second *second = data;

  if (second->error == NULL && fraction < 1)
    ph_download (&second->f->what, NULL, NULL, NULL, &second->error);
}

static void
test_two_at_once (Fixture *f, gconstpointer data)
{
  Second second = { f, NULL };
  PhMonitor monitor = { .progress = try_second, .data = &second };
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_download (&f->what, &monitor, NULL, NULL, &error));
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_error_free (second.error);
  assert_whole (f);
}

static char *program; /* this one */

/* The variables are read when a process first asks for a proxy, so another one does. It tries an
 * address that exists only behind the proxy. */
static void
test_proxy (Fixture *f, gconstpointer data)
{
  g_auto (GStrv) envp =
      g_environ_setenv (g_get_environ (), "http_proxy", file_server_get_address (f->server), TRUE);
  char *argv[] = { program, "--behind-proxy", f->path, f->sha256, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  int status;

  g_spawn_sync (NULL, argv, envp, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 77)
    {
      g_test_skip ("no module of GIO looks at http_proxy here");
      return;
    }
  g_assert_cmpint (status, ==, 0);
  host = file_server_dup_host (f->server);
  g_assert_cmpstr (host, ==, "models.invalid");
  assert_whole (f);
}

static int
run_behind_proxy (const char *path, const char *sha256)
{
  PhDownload what = { "http://models.invalid/small.onnx", path, SIZE, sha256 };
  g_auto (GStrv) found =
      g_proxy_resolver_lookup (g_proxy_resolver_get_default (), what.address, NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (found == NULL || g_str_has_prefix (found[0], "direct"))
    return 77;
  if (ph_download (&what, NULL, NULL, NULL, &error))
    return 0;
  g_printerr ("%s\n", error->message);
  return 1;
}

int
main (int argc, char *argv[])
{
  /* Those of the user are not for the loopback device. */
  const char *const variables[] = { "http_proxy",  "https_proxy", "all_proxy", "HTTP_PROXY",
                                    "HTTPS_PROXY", "ALL_PROXY",   "no_proxy",  "NO_PROXY" };

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    if (argc < 2 || !g_str_equal (argv[1], "--behind-proxy"))
      g_unsetenv (variables[i]);
  if (argc == 4 && g_str_equal (argv[1], "--behind-proxy"))
    return run_behind_proxy (argv[2], argv[3]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
#define TEST(name, function)                                                                       \
  g_test_add ("/download/" name, Fixture, NULL, set_up, function, tear_down)
  TEST ("whole", test_whole);
  TEST ("unknown", test_unknown);
  TEST ("cut", test_cut);
  TEST ("resume", test_resume);
  TEST ("resume-unchecked", test_resume_unchecked);
  TEST ("no-range", test_no_range);
  TEST ("changed", test_changed);
  TEST ("changed-untagged", test_changed_untagged);
  TEST ("wrong-part", test_wrong_part);
  TEST ("part-too-long", test_part_too_long);
  TEST ("wrong-digest", test_wrong_digest);
  TEST ("wrong-length", test_wrong_length);
  TEST ("redirect", test_redirect);
  TEST ("status", test_status);
  TEST ("stop", test_stop);
  TEST ("cancel", test_cancel);
  TEST ("cancel-slow", test_cancel_slow);
  TEST ("offline", test_offline);
  TEST ("bad-address", test_bad_address);
  TEST ("disk-full", test_disk_full);
  TEST ("small-disk", test_small_disk);
  TEST ("folder-not-writable", test_folder_not_writable);
  TEST ("two-at-once", test_two_at_once);
  TEST ("proxy", test_proxy);
  return g_test_run ();
}
