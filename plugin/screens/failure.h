/* SPDX-License-Identifier: Apache-2.0 */
/* screens/failure.h - a verdict in an owner's words: what happened, and what to do about it. */
#ifndef SCREENS_FAILURE_H
#define SCREENS_FAILURE_H

#include "screens/draw.h"

/* Says on the open page why its request failed: beside the fields where the cloud named them, else in a notice. */
void failure_show(screens *s, const core_person *person);

/* Why an upload failed; TEXT_NONE: it did not. Without places. */
text_id failure_find_text(const protocol_verdict *verdict);

/* Did the cloud itself answer, whatever it said? Then it was reached. */
bool failure_was_answered(const protocol_verdict *verdict);

/* Why an item was rejected, in plain words, by its code; TEXT_REJECT_OTHER for a code of a newer cloud. */
text_id failure_find_rejection(const char *code);

#endif
