#include "app/cli.h"

/* Roff takes a leading dot or quote as a request and a hyphen as a typographic one. */
static char *
dup_escaped (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      if ((*c == '.' || *c == '\'') && (c == text || c[-1] == '\n'))
        g_string_append (out, "\\&");
      if (*c == '\\')
        g_string_append (out, "\\e");
      else if (*c == '-')
        g_string_append (out, "\\-");
      else if (*c == '\n' && c[1] == '\n')
        g_string_append (out, "\n.PP");
      else
        g_string_append_c (out, *c);
    }
  return g_string_free (out, FALSE);
}

static void
print_option (const char *name, char short_name, const char *argument, const char *description)
{
  g_autofree char *escaped = dup_escaped (description);
  g_autofree char *option = dup_escaped (name);

  g_print (".TP\n");
  if (short_name != 0)
    g_print ("\\fB\\-%c\\fR, ", short_name);
  g_print ("\\fB\\-\\-%s\\fR", option);
  if (argument != NULL)
    g_print ("=\\fI%s\\fR", argument);
  g_print ("\n%s\n", escaped);
}

static void
print_entries (const GOptionEntry *entries)
{
  for (guint i = 0; entries != NULL && entries[i].long_name != NULL; i++)
    print_option (entries[i].long_name, entries[i].short_name, entries[i].arg_description,
                  entries[i].description);
}

static void
print_verb (const PhVerb *verb)
{
  g_autofree char *description = dup_escaped (verb->description);
  g_autofree char *arguments = dup_escaped (verb->arguments);

  g_print (".TH PHOSPHENE\\-CLI\\-%s 1 \"\" \"Phosphene %s\"\n", verb->name, PH_VERSION);
  g_print (".SH NAME\nphosphene\\-cli\\-%s \\- %s\n", verb->name, verb->summary);
  g_print (".SH SYNOPSIS\n\\fBphosphene\\-cli %s\\fR %s\n", verb->name, arguments);
  g_print (".SH DESCRIPTION\n%s\n.SH OPTIONS\n", description);
  print_entries (verb->options);
  print_entries (ph_common_options);
  if (verb->table != NULL)
    g_print (".SH SETTINGS\n");
  for (const PhSetting *s = verb->table; s != NULL && s->name != NULL; s++)
    print_option (s->name, 0, s->type == PH_SETTING_BOOL ? "yes|no" : "VALUE", s->summary);
  if (verb->film)
    g_print (".SH FILM\n");
  for (const PhSetting *s = ph_film_settings; verb->film && s->name != NULL; s++)
    print_option (s->name, 0, s->type == PH_SETTING_BOOL ? "yes|no" : "VALUE", s->summary);
  g_print (".SH EXAMPLES\n");
  for (guint i = 0; verb->examples != NULL && verb->examples[i] != NULL; i += 2)
    {
      g_autofree char *what = dup_escaped (verb->examples[i]);
      g_autofree char *command = dup_escaped (verb->examples[i + 1]);

      g_print (".PP\n%s:\n.PP\n.nf\n.RS\n%s\n.RE\n.fi\n", what, command);
    }
  g_print (".SH EXIT STATUS\n0 done, 1 failed, 2 wrong usage, 130 cancelled. The first Ctrl\\-C "
           "stops and keeps what exists, the second cancels.\n");
  g_print (".SH SEE ALSO\n.BR phosphene\\-cli (1),\n.BR phosphene (1)\n");
}

static void
print_command (void)
{
  g_print (".TH PHOSPHENE\\-CLI 1 \"\" \"Phosphene %s\"\n", PH_VERSION);
  g_print (".SH NAME\nphosphene\\-cli \\- show what the neurons of an image network respond to\n");
  g_print (".SH SYNOPSIS\n\\fBphosphene\\-cli\\fR \\fIVERB\\fR …\n.SH VERBS\n");
  for (guint i = 0; ph_verbs[i] != NULL; i++)
    g_print (".TP\n\\fB%s\\fR\n%s; see\n.BR phosphene\\-cli\\-%s (1).\n", ph_verbs[i]->name,
             ph_verbs[i]->summary, ph_verbs[i]->name);
  g_print (".SH UNITS\nA unit is written the same everywhere: \\fILAYER\\fR, "
           "\\fILAYER:CHANNEL\\fR, \\fILAYER:CHANNEL:ROW,COLUMN\\fR (or "
           "\\fILAYER:CHANNEL:middle\\fR), \\fIclass:NUMBER\\fR or \\fIclass:LABEL\\fR.\n");
  g_print (".SH ENVIRONMENT\n.TP\nPHOSPHENE_CPU\n\\fBportable\\fR, \\fBavx2\\fR or "
           "\\fBavx512\\fR: use no newer instructions than these.\n");
}

void
ph_cli_print_manpage (const PhVerb *verb)
{
  if (verb != NULL)
    print_verb (verb);
  else
    print_command ();
}
