#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_LEARN_WAY (ph_learn_way_get_type ())
/**
 * PhLearnWay:
 *
 * How a network learns: which one, what of it, the advice and all settings. Emits "changed" after
 * each change by the user. Its buttons activate "page.advise" and "page.use-advice".
 */
G_DECLARE_FINAL_TYPE (PhLearnWay, ph_learn_way, PH, LEARN_WAY, AdwBin)

GtkWidget *ph_learn_way_new (void);

/** ph_learn_way_set_model: (nullable): the network that is open. */
void ph_learn_way_set_model (PhLearnWay *self, PhModel *model);

/** ph_learn_way_get_model: (nullable) (transfer none): the network that is to learn; %NULL when it
 * is made from a description. */
PhModel *ph_learn_way_get_model (PhLearnWay *self);

/** ph_learn_way_set_network: chooses the network that is open, by its path, or a description, by
 * its name; any other leaves the choice as it is. */
void ph_learn_way_set_network (PhLearnWay *self, const char *network);

/** ph_learn_way_dup_network: path of the network, or name of the description. Caller frees. */
char *ph_learn_way_dup_network (PhLearnWay *self);

/** ph_learn_way_get_settings: (transfer none): always valid. */
const PhTrainSettings *ph_learn_way_get_settings (PhLearnWay *self);

/** ph_learn_way_set_settings: shows a copy, without "changed". */
void ph_learn_way_set_settings (PhLearnWay *self, const PhTrainSettings *settings);

/** ph_learn_way_dup_units: (nullable): names of the units to watch; %NULL: to be chosen; empty:
 * none. Free with g_strfreev(). */
char **ph_learn_way_dup_units (PhLearnWay *self);

/** ph_learn_way_set_units: as it is typed. */
void ph_learn_way_set_units (PhLearnWay *self, const char *text);

/** ph_learn_way_show_advice: (nullable): marks it in the table and says why. */
void ph_learn_way_show_advice (PhLearnWay *self, const PhAdvice *advice);

/** ph_learn_way_use_advice: sets what was advised. */
void ph_learn_way_use_advice (PhLearnWay *self);

/** ph_learn_way_show_advising: @fraction: of the measurement, negative: unknown; @message:
 * (nullable): what is being done, or why there is no advice. */
void ph_learn_way_show_advising (PhLearnWay *self, gboolean running, double fraction,
                                 const char *message);

G_END_DECLS
