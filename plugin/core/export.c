/* SPDX-License-Identifier: Apache-2.0 */
/* core/export.c - hands a report's document to the owner, through the host (pos/export.h). Nothing is removed by it. */
#include <stdio.h>
#include <stdlib.h>

#include "core/internal.h"

bool core_can_export(const core *c)
{
    return c->env.exporter != NULL;
}

/* Raw bytes of a damaged record are no JSON any more. */
static const char *media_type_of(const core_row *row)
{
    return row->state == STATE_DAMAGED ? "application/octet-stream" : "application/json";
}

int32_t core_export_item(core *c, core_time now, uint64_t id, bool kept, char *place, uint32_t place_capacity_bytes)
{
    core_row row;
    record_header header;
    uint8_t *document = NULL;
    place[0] = '\0';
    if (!c->env.exporter)
        return POS_E_UNSUPPORTED;
    if (!core_get_item(c, now, id, kept, &row) || row.kind != POS_REPORT_Z)
        return POS_E_NOT_FOUND;
    uint32_t collection = !kept ? COLLECTION_OUTBOX : row.state == STATE_DAMAGED ? COLLECTION_DAMAGED : COLLECTION_KEPT;
    vault_result result = vault_read(&c->vault, collection, id, &header, &document);
    if (result != VAULT_OK)
        return result == VAULT_ABSENT ? POS_E_NOT_FOUND : result == VAULT_BAD ? POS_E_CORRUPT : POS_E_IO;
    char name[64];
    snprintf(name, sizeof name, "Z-%lld-epoch-%u.%s", (long long)row.z_number, row.epoch,
             row.state == STATE_DAMAGED ? "bin" : "json");
    int32_t saved = c->env.exporter->save(c->env.host_ctx, name, media_type_of(&row), document, header.payload_bytes,
                                          place, place_capacity_bytes);
    free(document);
    place[place_capacity_bytes - 1] = '\0';
    return saved;
}
