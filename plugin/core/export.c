/* SPDX-License-Identifier: Apache-2.0 */
/* core/export.c - hands a report's document to the owner, through the host (pos/export.h). Nothing is removed by it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/internal.h"

#define NAME_MAX_BYTES 96

bool core_can_export(const core *c)
{
    return c->env.exporter != NULL;
}

/* What is to be saved, and whether it is the document as the POS made it, or what is left of a damaged record. */
typedef struct content {
    uint8_t *bytes; /* to be freed */
    uint32_t size_bytes;
    bool is_whole;
} content;

/* A record that is not in order any more still has its bytes, which somebody may be able to read. */
static int32_t read_remains(core *c, uint32_t collection, uint64_t id, content *out)
{
    const pos_storage *storage = c->vault.storage;
    uint32_t total = 0, again = 0;
    if (storage->get(c->vault.ctx, collection, id, 0, NULL, 0, &total) != POS_OK || total == 0 ||
        total > POS_RECORD_MAX_BYTES)
        return POS_E_CORRUPT;
    out->bytes = malloc(total);
    if (!out->bytes)
        return POS_E_NO_MEMORY;
    out->size_bytes = total;
    int32_t result = storage->get(c->vault.ctx, collection, id, 0, out->bytes, total, &again);
    return result == POS_OK && again == total ? POS_OK : POS_E_CORRUPT;
}

static int32_t read_content(core *c, uint32_t collection, uint64_t id, content *out)
{
    record_header header;
    switch (vault_read(&c->vault, collection, id, &header, &out->bytes)) {
    case VAULT_OK:
        out->size_bytes = header.payload_bytes;
        out->is_whole = collection != COLLECTION_DAMAGED;
        return out->size_bytes > 0 ? POS_OK : POS_E_CORRUPT; /* nothing came, or nothing is left of it */
    case VAULT_BAD:
        return read_remains(c, collection, id, out);
    case VAULT_ABSENT:
        return POS_E_NOT_FOUND;
    case VAULT_NEWER:
        return POS_E_UNSUPPORTED;
    case VAULT_ERROR:
        break;
    }
    return POS_E_IO;
}

static void write_name(char name[NAME_MAX_BYTES], const core_row *row, bool is_whole)
{
    const char *ending = is_whole ? "json" : "bin";
    if (row->epoch == 0)
        snprintf(name, NAME_MAX_BYTES, "Z-%" PRId64 ".%s", row->z_number, ending);
    else
        snprintf(name, NAME_MAX_BYTES, "Z-%" PRId64 "-numbering-%" PRIu64 ".%s", row->z_number,
                 (uint64_t)row->epoch + 1, ending);
}

int32_t core_export_item(core *c, core_time now, uint64_t id, bool kept, char *place, uint32_t place_capacity_bytes)
{
    core_row row;
    content saved = {0};
    char name[NAME_MAX_BYTES];
    place[0] = '\0';
    if (!c->env.exporter)
        return POS_E_UNSUPPORTED;
    if (!core_get_item(c, now, id, kept, &row) || row.kind != POS_REPORT_Z)
        return POS_E_NOT_FOUND;
    /* As core_get_item() has found it. */
    uint32_t collection = !kept                            ? COLLECTION_OUTBOX
                          : idset_has(&c->outbox.kept, id) ? COLLECTION_KEPT
                                                           : COLLECTION_DAMAGED;
    int32_t result = read_content(c, collection, id, &saved);
    if (result == POS_OK) {
        write_name(name, &row, saved.is_whole);
        result = c->env.exporter->save(c->env.exporter->ctx, name,
                                       saved.is_whole ? "application/json" : "application/octet-stream", saved.bytes,
                                       saved.size_bytes, place, place_capacity_bytes);
        place[place_capacity_bytes - 1] = '\0';
    }
    free(saved.bytes);
    return result;
}
