/* What went wrong, in sentences for people: the network's libraries speak of sockets. */

#include "data/download-private.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <glib/gstdio.h>

#include "base/error.h"

void
ph_transfer_fail_to_write (Transfer *self, int code, GError **error)
{
  g_autofree char *shown = g_filename_display_name (self->what->path);
  g_autofree char *missing =
      g_format_size (self->what->bytes > self->have ? self->what->bytes - self->have : 0);
  gboolean is_known = self->what->bytes > self->have;

  if (code == ENOSPC || code == EDQUOT)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                 _ ("There is no room on the disk for “%s”%s%s%s. Make room, then try again: what "
                    "is there already is kept."),
                 shown, is_known ? ": " : "", is_known ? missing : "",
                 is_known ? " more are needed" : "");
  else
    g_set_error (error, G_FILE_ERROR, (int)g_file_error_from_errno (code),
                 _ ("Cannot save “%s”: %s"), shown, g_strerror (code));
}

/* (nullable) */
static char *
dup_sentence (const char *server, const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return g_strdup_printf ("“%s” cannot be found. This computer seems to be offline, or the "
                            "address is wrong.",
                            server);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE))
    return g_strdup_printf ("“%s” cannot be reached. This computer seems to be offline.", server);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_strdup_printf ("“%s” does not take connections.", server);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return g_strdup_printf ("“%s” did not answer in time.", server);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
      g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_EOF))
    return g_strdup_printf ("The connection to “%s” broke.", server);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED))
    return g_strdup_printf ("The proxy between here and “%s” does not let this through: %s", server,
                            error->message);
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_strdup_printf ("“%s” cannot prove who it is (its certificate is not trusted), so "
                            "nothing was fetched.",
                            server);
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_UNAVAILABLE))
    return g_strdup ("Addresses that begin with https:// need the package glib-networking.");
  if (g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_TOO_MANY_REDIRECTS))
    return g_strdup_printf ("“%s” sends from one address to the next in a circle.", server);
  if (g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_REDIRECT_NO_LOCATION) ||
      g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_REDIRECT_BAD_URI))
    return g_strdup_printf ("“%s” says that the file is elsewhere, but not where.", server);
  return NULL;
}

void
ph_transfer_explain (Transfer *self, GError **error)
{
  g_autofree char *sentence = NULL;

  if (error == NULL || *error == NULL || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  sentence = dup_sentence (self->server, *error);
  if (sentence == NULL)
    {
      g_prefix_error (error, _ ("“%s” cannot be read from: "), self->server);
      return;
    }

  /* Codes of the resolver and of TLS are of no use to a caller. */
  int code = (*error)->domain == G_IO_ERROR         ? (*error)->code
             : (*error)->domain == G_RESOLVER_ERROR ? G_IO_ERROR_HOST_NOT_FOUND
                                                    : G_IO_ERROR_FAILED;

  g_clear_error (error);
  g_set_error_literal (error, G_IO_ERROR, code, sentence);
}

void
ph_transfer_explain_status (Transfer *self, guint status, const char *phrase, GError **error)
{
  const char *address = self->what->address;

  if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        _ ("“%s” has no such file (%u): %s. It may have moved; another mirror may have it."),
        self->server, status, address);
  else if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 _ ("“%s” does not give this file to everybody (%u): %s"), self->server, status,
                 address);
  else if (status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH,
                 _ ("The proxy between here and “%s” asks for a password (%u)."), self->server,
                 status);
  else if (status == 429 || status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                 _ ("“%s” has too much to do just now (%u). Try again later."), self->server,
                 status);
  else if (status >= 500)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _ ("“%s” has a fault of its own (%u, %s). Try again later, or another mirror."),
                 self->server, status, phrase != NULL ? phrase : "no reason given");
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _ ("“%s” did not send the file but an answer that means “%s” (%u)."), self->server,
                 phrase != NULL ? phrase : "unknown", status);
}
