/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/export.h - extension "pos.export/1": hands a document to the owner, outside the plugin's own storage.
 *
 * For what the cloud will not take, or has taken in conflict: nothing of it is ever deleted silently, so the owner must
 * be able to carry it to whoever can mend it. The plugin names the file; the host chooses where (a USB stick, a
 * downloads folder, a share sheet). Without this extension the plugin's screens offer no export.
 *
 * Obtained with pos_host.get_extension(ctx, POS_EXPORT_1). Called inside render_settings() only.
 */
#ifndef POS_EXPORT_H
#define POS_EXPORT_H

#include "abi.h"

#define POS_EXPORT_1 "pos.export/1"

typedef struct pos_export {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* Saves `bytes` under `name` (plain ASCII letters, digits, '-', '_' and '.', no folder; the host makes it unique),
     * of the given media type. `place` receives, zero-terminated and cut to fit, words that tell the owner where it is
     * now ("/media/usb/Z-124.json"); place_capacity_bytes is at least 1.
     * Errors: NO_SPACE, IO, FAILED, UNSUPPORTED (there is nowhere to save to at the moment). */
    int32_t (*save)(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                    char *place, uint32_t place_capacity_bytes);
} pos_export;

POS_PIN(pos_export, ctx, 8, 8);
POS_PIN(pos_export, save, 12, 16);

#endif
