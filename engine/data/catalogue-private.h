#pragma once

#include "data/catalogue.h"

G_BEGIN_DECLS

/** ph_catalogue_check_input: whether @input (nullable) can become part of a NAME.json. */
gboolean ph_catalogue_check_input (const char *input);

G_END_DECLS
