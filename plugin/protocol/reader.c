/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/reader.c - the frame around every reader: nothing half read is ever left in a caller's struct. */
#include "protocol/reader.h"

#include <sodium.h>
#include <string.h>

cJSON *reader_open(const net_answer *answer, protocol_verdict *verdict)
{
    cJSON *tree;

    protocol_judge(answer, "application/json", verdict);
    if (verdict->outcome != PROTOCOL_DONE)
        return NULL;
    tree = json_parse(answer->body, answer->body_bytes);
    if (tree == NULL)
        protocol_doubt(verdict, "the answer's body is not JSON of the contract");
    return tree;
}

void reader_doubt(protocol_verdict *verdict, void *read, size_t size)
{
    sodium_memzero(read, size);
    protocol_doubt(verdict, "the answer lacks a member that the contract requires, or it is not as it has to be");
}

void reader_object(const net_answer *answer, protocol_verdict *verdict, const json_member *members, size_t count,
                   void *to, size_t to_bytes)
{
    cJSON *tree = reader_open(answer, verdict);

    memset(to, 0, to_bytes);
    if (tree != NULL && !json_read(tree, members, count, to))
        reader_doubt(verdict, to, to_bytes);
    json_free(tree);
}
