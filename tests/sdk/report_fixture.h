/* SPDX-License-Identifier: Apache-2.0 */
/* The report that the tests of the report builder begin with. */
#ifndef TESTS_SDK_REPORT_FIXTURE_H
#define TESTS_SDK_REPORT_FIXTURE_H

#include <poshost/report.h>

#define REPORT_FIXTURE_CLOSED_MS INT64_C(1777935600123) /* 2026-05-04T23:00:00.123Z */

extern const poshost_report_head report_fixture_z_head;
extern const poshost_report_totals report_fixture_totals;

/* All that is required, and no more. */
poshost_report *report_fixture_begin(const poshost_report_head *head);
/* A document as text, to be freed: it has no terminating zero of its own. */
char *report_fixture_text(const pos_report *report);

#endif
