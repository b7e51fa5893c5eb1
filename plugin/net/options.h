/* SPDX-License-Identifier: Apache-2.0 */
/* net/options.h - all that libcurl is told about one transfer, in one place: this is where the safety of it stands. */
#ifndef NET_OPTIONS_H
#define NET_OPTIONS_H

#include "net/transfer.h"

/* Compresses the body and sets the handle's options. Not CURLE_OK: *problem (static text) may say more. */
CURLcode options_apply(transfer *prepared, CURLSH *share, bool fresh, const char **problem);

#endif
