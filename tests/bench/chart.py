#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the README's chart from bench.json: for each panel a bar for us and one for each peer that was measured."""
import json
import sys
from xml.sax.saxutils import escape

# The figure, what the panel says above it, and whether more is better.
PANELS = [
    ("drain, plain HTTP, reports/s", "10,000 reports of 4 KB to the cloud: reports a second", True),
    ("drain, plain HTTP, bytes up a report", "... and bytes on the line for each of them", False),
    ("close with the cloud in a black hole, longest", "A close while the cloud does not answer: longest, ms", False),
]
WIDTH, LABEL, BAR, GAP, HEAD, FOOT = 760, 190, 18, 6, 34, 14
STYLE = ("text{font:13px system-ui,sans-serif;fill:#24292f}.h{font-weight:600}.v{font-size:12px}"
         ".ours{fill:#1a7f37}.peer{fill:#8c959f}.floor{fill:#d0d7de}"
         "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.floor{fill:#484f58}}")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:,.2f}"


def bars_of(row, more_is_better):
    bars = [("factorycloud.so", row["ours"], "ours")]
    bars += [(name, value, "peer") for name, value in row["peers"].items()]
    if row["floor"]:
        bars.append(("floor", row["floor"], "floor"))
    return sorted(bars, key=lambda bar: bar[1], reverse=more_is_better)


def panel(row, title, more_is_better, top):
    bars = bars_of(row, more_is_better)
    most = max(value for _, value, _ in bars)
    lines = [f'<text class="h" x="8" y="{top + 22}">{escape(title)}</text>']
    y = top + HEAD
    for name, value, kind in bars:
        length = max(1, (WIDTH - LABEL - 90) * value / most)
        lines.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
                     f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{length:.0f}" height="{BAR}" rx="2"/>'
                     f'<text class="v" x="{LABEL + length + 6:.0f}" y="{y + 13}">{number(value)}</text>')
        y += BAR + GAP
    return lines, y + FOOT


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = {row["name"]: row for row in json.load(file)}
    body, top = [], 0
    for name, title, more_is_better in PANELS:
        if name in rows and rows[name]["ours"] is not None:
            lines, top = panel(rows[name], title, more_is_better, top)
            body += lines
    if not body:
        sys.exit(f"{sys.argv[1]} has none of the figures that are drawn; run make bench first")
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img">'
                   f"<title>Measured by make bench</title><style>{STYLE}</style>\n" + "\n".join(body) + "\n</svg>\n")
    print(f"{sys.argv[2]} drawn")


main()
