/* The order of the floors: reads the #include lines of the sources and fails on one that looks
 * upward, so that the rule of which folder may know which cannot erode. */

#include <gio/gio.h>

/* May include: itself and what is named here, nothing else of ours. */
static const struct
{
  const char *folder;
  const char *below;
} floors[] = {
  { "engine/base", "" },
  { "engine/kernels", "base" },
  { "engine/network", "kernels base" },
  { "engine/ops", "network kernels base" },
  { "engine/onnx", "network kernels base" },
  { "engine/data", "base" },
  { "engine/job", "base" },
  { "engine/vis", "data network kernels base" },
  { "engine/study", "data network kernels base" },
  { "engine/train", "data onnx network kernels base" },
  { "engine/embed", "data network kernels base" },
  { "engine/report", "vis study onnx data network kernels base" },
  { "engine/lesson", "train vis onnx data network base" },
};

typedef struct
{
  char *path; /* owned: of the file that includes, below the source folder */
  char *name; /* owned: as written between the quotes */
} Include;

static void
include_free (gpointer data)
{
  Include *include = data;
  g_free (include->path);
  g_free (include->name);
  g_free (include);
}

/* Whether @name, as written in a file of @folder, is a file there or a path from the engine. */
static gboolean
is_ours (const char *source, const char *folder, const char *name)
{
  g_autofree char *here = g_build_filename (source, folder, name, NULL);
  g_autofree char *engine = g_build_filename (source, "engine", name, NULL);
  g_autofree char *root = g_build_filename (source, name, NULL);
  return g_file_test (here, G_FILE_TEST_EXISTS) || g_file_test (engine, G_FILE_TEST_EXISTS) ||
         g_file_test (root, G_FILE_TEST_EXISTS);
}

static void
collect_file (const char *source, const char *path, GPtrArray *includes)
{
  static GRegex *regex; /* compiled once, for the life of the program */
  if (regex == NULL)
    regex = g_regex_new ("^[ \\t]*#[ \\t]*include[ \\t]*\"([^\"]+)\"",
                         G_REGEX_MULTILINE | G_REGEX_OPTIMIZE, 0, NULL);

  g_autofree char *full = g_build_filename (source, path, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (full, &text, NULL, &error);
  g_assert_no_error (error);

  g_autoptr (GMatchInfo) match = NULL;
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      Include *include = g_new0 (Include, 1);
      include->path = g_strdup (path);
      include->name = g_match_info_fetch (match, 1);
      g_ptr_array_add (includes, include);
    }
}

static void
collect_folder (const char *source, const char *folder, GPtrArray *includes)
{
  g_autofree char *full = g_build_filename (source, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (full, 0, NULL);
  if (dir == NULL)
    return;

  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *child = g_build_filename (source, path, NULL);
      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        collect_folder (source, path, includes);
      else if (g_str_has_suffix (name, ".c") || g_str_has_suffix (name, ".h") ||
               g_str_has_suffix (name, ".cc"))
        collect_file (source, path, includes);
    }
}

/* The reason why a file of @folder may not include @name, or NULL. */
static const char *
reason (const char *source, const char *folder, const char *name)
{
  g_autofree char *target = g_path_get_dirname (name);
  if (g_strcmp0 (target, ".") == 0)
    {
      g_autofree char *here = g_build_filename (source, folder, name, NULL);
      return g_file_test (here, G_FILE_TEST_EXISTS) || !is_ours (source, folder, name)
                 ? NULL
                 : "files of other folders are included by path";
    }
  if (!is_ours (source, folder, name))
    return NULL; /* a library's header */
  if (g_str_has_prefix (name, "../") || strstr (name, "/../") != NULL)
    return "paths start at engine/, not at the file";

  if (g_str_has_prefix (folder, "ui") || g_str_has_prefix (folder, "app"))
    {
      if (g_strcmp0 (name, "engine/engine.h") == 0)
        return NULL;
      if (g_str_has_prefix (name, "ui/") || g_str_has_prefix (name, "app/"))
        return g_str_has_prefix (folder, "ui") && g_str_has_prefix (name, "app/")
                   ? "the window does not know the program around it"
                   : NULL;
      return "window and programs see the engine through engine/engine.h only";
    }

  for (guint i = 0; i < G_N_ELEMENTS (floors); i++)
    {
      const char *own = floors[i].folder + strlen ("engine/");
      if (g_strcmp0 (folder, floors[i].folder) != 0)
        continue;
      if (g_strcmp0 (target, own) == 0)
        return NULL;
      if (g_str_has_suffix (name, "-private.h"))
        return "a private header is for its own folder";
      g_auto (GStrv) below = g_strsplit (floors[i].below, " ", -1);
      return g_strv_contains ((const char *const *)below, target) ? NULL
                                                                  : "this looks upward, or aside";
    }
  return "this folder has no floor; give it one in test-layers.c";
}

static void
test_includes (void)
{
  const char *source = g_getenv ("PHOSPHENE_SOURCE");
  g_assert_nonnull (source);

  g_autoptr (GPtrArray) includes = g_ptr_array_new_with_free_func (include_free);
  collect_folder (source, "engine", includes);
  collect_folder (source, "ui", includes);
  collect_folder (source, "app", includes);
  g_assert_cmpuint (includes->len, >, 30);

  guint n_broken = 0;
  for (guint i = 0; i < includes->len; i++)
    {
      const Include *include = g_ptr_array_index (includes, i);
      g_autofree char *folder = g_path_get_dirname (include->path);
      if (g_strcmp0 (include->path, "engine/engine.h") == 0)
        continue;
      const char *why = reason (source, folder, include->name);
      if (why == NULL)
        continue;
      g_test_message ("%s includes \"%s\": %s", include->path, include->name, why);
      n_broken++;
    }
  g_assert_cmpuint (n_broken, ==, 0);
}

/* The rule itself, on lines that would break it. */
static void
test_rule (void)
{
  const char *source = g_getenv ("PHOSPHENE_SOURCE");
  g_assert_null (reason (source, "engine/network", "base/tensor.h"));
  g_assert_null (reason (source, "engine/network", "network/graph.h"));
  g_assert_null (reason (source, "engine/onnx", "network/graph.h"));
  g_assert_nonnull (reason (source, "engine/base", "network/graph.h"));
  g_assert_nonnull (reason (source, "engine/network", "ops/op-list.h"));
  g_assert_nonnull (reason (source, "engine/ops", "../network/graph.h"));
  g_assert_nonnull (reason (source, "ui", "network/graph.h"));
  g_assert_nonnull (reason (source, "app", "base/tensor.h"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/layers/rule", test_rule);
  g_test_add_func ("/layers/includes", test_includes);
  return g_test_run ();
}
