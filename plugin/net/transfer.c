/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/transfer.c - the life of one transfer on the worker: callbacks that take the answer in within its cap, and the
 * end that turns it into a net_answer. How the handle is set up stands in options.c.
 *
 * Secrets: the request, the header lines and every outgrown answer buffer are wiped. What libcurl and the TLS library
 * copy for themselves is out of reach; it lives in their buffers until those are used again.
 */
#include "net/transfer.h"
#include "net/answer.h"
#include "net/mailbox.h"
#include "net/options.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_CAP_BYTES  (64u * 1024u)
#define ANSWER_ROOM_BYTES 1024u
#define HEADERS_CAP_BYTES (64u * 1024u) /* of all header lines together: they cost memory, too */
#define US_PER_MS         1000

transfer *transfer_new(struct mailbox *box, net_request *request, settings *under)
{
    transfer *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->box = box;
    made->request = request;
    made->under = under;
    made->answer.retry_after_ms = -1;
    if (request->answer_cap_bytes == 0)
        request->answer_cap_bytes = ANSWER_CAP_BYTES;
    return made;
}

static void wipe_headers(struct curl_slist *headers)
{
    struct curl_slist *line;

    for (line = headers; line != NULL; line = line->next)
        sodium_memzero(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}

/* The outgoing half: as soon as the outcome is known, nothing of it is kept. */
static void drop_outgoing(transfer *ended)
{
    curl_easy_cleanup(ended->easy); /* before the headers and the body that it points to */
    ended->easy = NULL;
    wipe_headers(ended->headers);
    ended->headers = NULL;
    free(ended->url);
    ended->url = NULL;
    net_request_free(ended->request);
    ended->request = NULL;
    settings_release(ended->under);
    ended->under = NULL;
}

void transfer_free(transfer *freed)
{
    drop_outgoing(freed);
    net_answer_clear(&freed->answer);
    free(freed);
}

/* Room for `more` bytes and a zero. Not realloc: it would leave a copy of a token behind. */
static bool make_room(transfer *receiving, size_t more)
{
    net_answer *answer = &receiving->answer;
    size_t need = answer->body_bytes + more + 1;
    size_t room = receiving->room_bytes == 0 ? ANSWER_ROOM_BYTES : receiving->room_bytes;
    uint8_t *grown;

    if (need <= receiving->room_bytes)
        return true;
    while (room < need)
        room *= 2;
    grown = malloc(room);
    if (grown == NULL)
        return false;
    if (answer->body != NULL) {
        memcpy(grown, answer->body, answer->body_bytes);
        sodium_memzero(answer->body, answer->body_bytes);
        free(answer->body);
    }
    answer->body = grown;
    receiving->room_bytes = room;
    return true;
}

/* Any return but `size` makes libcurl give the transfer up. */
size_t transfer_on_body(char *bytes, size_t unit, size_t size, void *context)
{
    transfer *receiving = context;
    net_answer *answer = &receiving->answer;

    (void)unit; /* 1, says libcurl's documentation */
    if (size > receiving->request->answer_cap_bytes - answer->body_bytes) {
        receiving->too_large = true;
        return 0;
    }
    if (size == 0)
        return 0;
    if (!make_room(receiving, size)) {
        receiving->out_of_memory = true;
        return 0;
    }
    memcpy(answer->body + answer->body_bytes, bytes, size);
    answer->body_bytes += size;
    answer->body[answer->body_bytes] = 0;
    return size;
}

size_t transfer_on_header(char *bytes, size_t unit, size_t size, void *context)
{
    transfer *receiving = context;

    (void)unit;
    if (size >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        receiving->headers_ended = false; /* what came before was an interim answer */
    else if (size <= 2)
        receiving->headers_ended = true;
    receiving->header_bytes += size;
    if (receiving->header_bytes > HEADERS_CAP_BYTES) {
        receiving->too_large = true;
        return 0;
    }
    return size;
}

int transfer_on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    transfer *moving = context;

    (void)down_total;
    (void)down;
    mailbox_report_progress(moving->box, moving, (uint64_t)up, (uint64_t)up_total);
    return 0;
}

bool transfer_prepare(transfer *prepared, CURLSH *share, bool fresh)
{
    const char *problem = NULL;
    CURLcode rc;

    prepared->easy = curl_easy_init();
    if (prepared->easy == NULL) {
        transfer_give_up(prepared, NET_FAILED_MEMORY, "out of memory");
        return false;
    }
    (void)curl_easy_setopt(prepared->easy, CURLOPT_NOSIGNAL,
                           1L); /* signals are the host's; first, for cleaning up heeds it */
    rc = options_apply(prepared, share, fresh, &problem);
    if (rc == CURLE_OK)
        return true;
    if (rc == CURLE_OUT_OF_MEMORY)
        transfer_give_up(prepared, NET_FAILED_MEMORY, "out of memory");
    else
        transfer_give_up(prepared, NET_FAILED_CONFIG, problem != NULL ? problem : curl_easy_strerror(rc));
    return false;
}

static void set_detail(net_answer *answer, const char *words)
{
    size_t length = strlen(words);
    size_t i;

    if (length >= sizeof answer->detail)
        length = sizeof answer->detail - 1;
    for (i = 0; i < length; i++) {
        unsigned char c = (unsigned char)words[i];
        answer->detail[i] = c >= 0x20 && c < 0x7f ? words[i] : '?'; /* a stranger's text may be in it */
    }
    answer->detail[length] = '\0';
}

/* What came with a transfer that failed is no answer. */
static void forget_answer(net_answer *answer)
{
    uint32_t sent_bytes = answer->sent_bytes;
    uint32_t took_ms = answer->took_ms;

    net_answer_clear(answer);
    *answer = (net_answer){.sent_bytes = sent_bytes, .took_ms = took_ms, .retry_after_ms = -1};
}

static void measure(net_answer *answer, CURL *easy)
{
    curl_off_t took_us = 0, sent_bytes = 0;

    (void)curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
    (void)curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &sent_bytes);
    answer->took_ms = (uint32_t)(took_us / US_PER_MS);
    answer->sent_bytes = (uint32_t)sent_bytes;
}

void transfer_conclude(transfer *ended, CURLcode code)
{
    net_answer *answer = &ended->answer;
    const char *words = ended->error[0] != '\0' ? ended->error : curl_easy_strerror(code);

    measure(answer, ended->easy);
    if (code == CURLE_OK && !ended->headers_ended) {
        code = CURLE_PARTIAL_FILE; /* cut within the headers: libcurl takes that for an answer without a body */
        words = curl_easy_strerror(code);
    }
    if (code == CURLE_OK) {
        answer->outcome = NET_ANSWERED;
        answer_read_headers(answer, ended->easy);
        answer->reader = ended->request->reader;
        if (answer->reader != NULL)
            answer->read = answer->reader->read(answer);
    } else {
        net_outcome outcome = answer_outcome(ended->easy, code, words);

        forget_answer(answer);
        answer->outcome = outcome;
        if (ended->too_large) {
            answer->outcome = NET_FAILED_TOO_LARGE;
            words = "the answer is longer than it may be";
        } else if (ended->out_of_memory) {
            answer->outcome = NET_FAILED_MEMORY;
            words = "out of memory";
        }
        set_detail(answer, words);
    }
    drop_outgoing(ended);
}

void transfer_give_up(transfer *ended, net_outcome outcome, const char *detail)
{
    if (ended->easy != NULL)
        measure(&ended->answer, ended->easy);
    forget_answer(&ended->answer);
    ended->answer.outcome = outcome;
    set_detail(&ended->answer, detail);
    drop_outgoing(ended);
}
