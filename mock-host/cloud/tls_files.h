/* SPDX-License-Identifier: Apache-2.0 */
/* tls_files.h - the development CA and the server's certificate, in files. */
#ifndef CLOUD_TLS_FILES_H
#define CLOUD_TLS_FILES_H

#include <stddef.h>

/*
 * Sees to it that `folder` has ca.pem, ca-key.pem, server.pem and server-key.pem (keys mode 0600): a CA of our own, EC
 * P-256, and a certificate by it for localhost, 127.0.0.1, ::1 and `address`. The server's is made anew when it is about to
 * expire or lacks the address; the CA stays, so that clients that trust it go on. 0 or -1 (logged).
 */
int tls_files_prepare(const char *folder, const char *address);

#endif
