/* SPDX-License-Identifier: Apache-2.0 */
/* net/compress.h - makes a request's body smaller before it travels. */
#ifndef NET_COMPRESS_H
#define NET_COMPRESS_H

#include "net/net.h"

/*
 * Compresses the body in the best of the encodings that the request allows, when that pays. Returns the name for
 * Content-Encoding, or NULL: the body stays as it was (nothing allowed, too small, no gain, out of memory).
 */
const char *compress_body(net_request *request);

#endif
