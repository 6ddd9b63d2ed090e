#include "engine/base/setting.h"

#include <locale.h>

typedef struct
{
  int steps;
  double rate;
  gboolean mirror;
  int image;
  char *transforms;
} Values;

static gboolean
check_transforms (const char *text, GError **error)
{
  if (!g_str_equal (text, "bad"))
    return TRUE;
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "bad is bad");
  return FALSE;
}

static const char *const images[] = { "pixel", "fourier", NULL };

static const PhSetting table[] = {
  { .name = "steps",
    .type = PH_SETTING_INT,
    .offset = offsetof (Values, steps),
    .minimum = 1,
    .maximum = 5000,
    .value = 512 },
  { .name = "rate",
    .type = PH_SETTING_REAL,
    .offset = offsetof (Values, rate),
    .minimum = 0,
    .maximum = 10,
    .value = 0.05 },
  { .name = "mirror", .type = PH_SETTING_BOOL, .offset = offsetof (Values, mirror) },
  { .name = "image",
    .type = PH_SETTING_CHOICE,
    .offset = offsetof (Values, image),
    .value = 1,
    .choices = images },
  { .name = "transforms",
    .type = PH_SETTING_TEXT,
    .offset = offsetof (Values, transforms),
    .text = "pad 12",
    .check = check_transforms },
  { .name = NULL },
};

static void
set_ok (Values *values, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_setting_set (ph_settings_find (table, name), values, text, &error));
  g_assert_no_error (error);
}

static void
set_wrong (Values *values, const char *name, const char *text, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = ph_settings_to_text (table, values);
  g_autofree char *after = NULL;

  g_assert_false (ph_setting_set (ph_settings_find (table, name), values, text, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_cmpstr (error->message, ==, message);
  after = ph_settings_to_text (table, values);
  g_assert_cmpstr (before, ==, after);
}

static void
test_defaults (void)
{
  Values values;
  g_autofree char *text = NULL;

  ph_settings_init (table, &values);
  text = ph_settings_to_text (table, &values);
  g_assert_cmpstr (text, ==,
                   "steps = 512\nrate = 0.05\nmirror = no\nimage = fourier\n"
                   "transforms = pad 12\n");
  for (const PhSetting *s = table; s->name != NULL; s++)
    g_assert_true (ph_setting_is_default (s, &values));
  set_ok (&values, "steps", "513");
  g_assert_false (ph_setting_is_default (&table[0], &values));
  ph_settings_clear (table, &values);
}

static void
test_values (void)
{
  Values values, copy;

  ph_settings_init (table, &values);
  set_ok (&values, "steps", "5000");
  set_ok (&values, "rate", "1e-3");
  set_ok (&values, "mirror", "yes");
  set_ok (&values, "image", "PIXEL");
  set_ok (&values, "transforms", "none");
  g_assert_cmpint (values.steps, ==, 5000);
  g_assert_cmpfloat (values.rate, ==, 1e-3);
  g_assert_true (values.mirror);
  g_assert_cmpint (values.image, ==, 0);
  g_assert_cmpstr (values.transforms, ==, "none");

  ph_settings_copy (table, &copy, &values);
  g_assert_true (ph_settings_equal (table, &copy, &values));
  set_ok (&copy, "transforms", "jitter 4");
  g_assert_false (ph_settings_equal (table, &copy, &values));
  g_assert_cmpstr (values.transforms, ==, "none");
  ph_settings_clear (table, &copy);
  ph_settings_clear (table, &values);
}

static void
test_wrong (void)
{
  Values values;

  ph_settings_init (table, &values);
  set_wrong (&values, "steps", "12.5", "steps: “12.5” is not a whole number");
  set_wrong (&values, "steps", "", "steps: “” is not a whole number");
  set_wrong (&values, "steps", "0", "steps: 0 is outside 1 to 5000");
  set_wrong (&values, "rate", "fast", "rate: “fast” is not a number");
  set_wrong (&values, "rate", "nan", "rate: “nan” is not a number");
  set_wrong (&values, "mirror", "perhaps", "mirror: “perhaps” is neither yes nor no");
  set_wrong (&values, "image", "wavelet", "image: “wavelet” is not one of: pixel, fourier");
  set_wrong (&values, "transforms", "bad", "transforms: bad is bad");
  ph_settings_clear (table, &values);
}

static void
test_locale (void)
{
  Values values;
  g_autofree char *text = NULL;

  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("the locale de_DE.UTF-8 is not installed");
      return;
    }
  ph_settings_init (table, &values);
  set_ok (&values, "rate", "0.25");
  text = ph_setting_get (ph_settings_find (table, "rate"), &values);
  g_assert_cmpstr (text, ==, "0.25");
  ph_settings_clear (table, &values);
  setlocale (LC_ALL, "C");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/setting/defaults", test_defaults);
  g_test_add_func ("/setting/values", test_values);
  g_test_add_func ("/setting/wrong", test_wrong);
  g_test_add_func ("/setting/locale", test_locale);
  return g_test_run ();
}
