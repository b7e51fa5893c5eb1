#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the figures of bench.json into the README's table, between its two markers."""
import json
import sys

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
# The figure, and what the README calls it.
ROWS = [
    ("close 4 KB, healthy, p50", "close of a 4 KB day: till's thread, median"),
    ("close 4 KB, healthy, p99", "the same, p99"),
    ("close 48 KB, healthy, p50", "close of a 48 KB day, median"),
    ("close 48 KB, healthy, p99", "the same, p99"),
    ("close 4 KB, black hole, p99", "close of a 4 KB day in a black hole, p99"),
    ("close with the cloud in a black hole, longest", "the longest of these"),
    ("close 4 KB, healthy, syncs", "syncs a close"),
    ("tick, idle, instructions", "a tick with nothing to do"),
    ("tick, uploading, outside storage, p99.9", "a tick while uploading, outside storage, p99.9"),
    ("tick, uploading, processor outside storage, p99.9", "the same, processor time"),
    ("status screen, 100000 pending, p50", "status screen with 100,000 pending"),
    ("start, 100000 pending, ready", "start with 100,000 pending"),
    ("start, 100000 pending, first upload at the cloud after it", "first upload at the cloud after that"),
    ("memory, 100,000 pending, over idle", "memory over idle with 100,000 pending"),
    ("memory, draining, over idle", "memory over idle while draining"),
    ("memory, a 4 MB report on its way, over idle and itself", "a 4 MB report on its way: over idle and itself"),
    ("drain, plain HTTP, reports/s", "drain of 10,000 reports of 4 KB"),
    ("drain, plain HTTP, client CPU s", "processor time of that"),
    ("drain, plain HTTP, bytes up a report", "bytes up for each"),
    ("drain, plain HTTP, syncs a batch", "syncs a batch"),
    ("a 4 KB report alone, bytes up", "bytes up of a 4 KB report alone"),
    ("drain, TLS into mock-cloud, reports/s", "drain over TLS into the mock cloud"),
    ("real Z over 1 Mbit/s and 150 ms, time", "305 real Z reports over 1 Mbit/s and 150 ms"),
    ("real Z over 1 Mbit/s, raw bytes over bytes sent", "raw bytes over bytes sent"),
    ("resend 100000 closes, nothing missing, bytes", "resend of 100,000 closes, nothing missing"),
    ("resend 100000 closes, 3 missing, bytes", "the same, 3 missing"),
    ("plugin, size stripped", "the object, stripped"),
    ("plugin, load time", "loading it"),
    ("plugin, processor time of a day with 86,400 ticks and a close", "processor time of a day"),
    ("cloud, Z uploads/s of 64 tills", "mock-cloud: uploads of 64 tills"),
    ("catalogue of 100,000 items, down", "catalogue of 100,000 items, down"),
    ("catalogue of 100,000 items, up", "the same, up"),
]


def number(value):
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def others(row):
    parts = [f"{name} {number(value)}" for name, value in row["peers"].items()]
    return ", ".join(([f"floor {number(row['floor'])}"] if row["floor"] else []) + parts)


def aim(row):
    if not row["aim"]:
        return ""
    text = row["aim"].replace("ratio to", "x").replace("ratio", "x floor").replace("<=", "≤").replace(">=", "≥")
    return f"{text}: {'met' if row['met'] == 'yes' else '**missed**'}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        measured = {row["name"]: row for row in json.load(file)}
    lines = ["| what | unit | ours | beside it | ratio | aim |", "| --- | --- | ---: | --- | ---: | --- |"]
    for name, label in ROWS:
        row = measured.get(name)
        if row and row["ours"] is not None:
            lines.append(f"| {label} | {row['unit']} | {number(row['ours'])} | {others(row)} | {number(row['ratio'])} | "
                         f"{aim(row)} |")
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1])
    print(f"{len(lines) - 2} figures put into {sys.argv[2]}")


main()
