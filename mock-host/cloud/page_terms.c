/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terms of use. Who registers on a till accepts them, and is told there to read them at this address; hence no
 * log-in before them.
 */
#include "page.h"
#include "page_handlers.h"

void page_show_terms(request *self, response *answer)
{
    static const page_text_id parts[][2] = {{PAGE_TERMS_WHAT_TITLE, PAGE_TERMS_WHAT},
                                            {PAGE_TERMS_DATA_TITLE, PAGE_TERMS_DATA},
                                            {PAGE_TERMS_YOU_TITLE, PAGE_TERMS_YOU}};
    page one;
    page_open(&one, self, answer);
    page_head(&one, page_words(one.language, PAGE_TERMS_TITLE));
    page_raw(&one, "<section class=\"card\"><h1>");
    page_say(&one, PAGE_TERMS_TITLE);
    page_raw(&one, "</h1>\n<p>");
    page_say(&one, PAGE_TERMS_INTRO);
    page_raw(&one, "</p>\n");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        page_raw(&one, "<h2>");
        page_say(&one, parts[i][0]);
        page_raw(&one, "</h2>\n<p>");
        page_say(&one, parts[i][1]);
        page_raw(&one, "</p>\n");
    }
    page_raw(&one, "<p class=\"soft small\">");
    page_say(&one, PAGE_TERMS_SAMPLE);
    page_raw(&one, "</p></section>\n");
    page_close(&one, 200);
}
