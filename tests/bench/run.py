#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the rows of the benchmark in rounds, and makes one table and one JSON file of what they print.

A round runs every row once, in order, so that what is compared in a row is measured within seconds of each other, and
again in the next round. Medians over the rounds are shown, with the smallest and largest; ratios are taken within a
round. A row that has not all it needs says so on a line that begins with SKIPPED; one that fails fails the run.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import time

AIM = re.compile(r"^(?:(ratio)(?: to ([\w -]+?))? )?(<=|>=) ([\d.]+)$")


def row_name(program):
    return re.sub(r"^row_|\.\w+$", "", os.path.basename(program))


def chosen(programs, wanted):
    """ROWS= takes whole names and beginnings: "drain" is drain, drain_naive, drain_paho."""
    words = wanted.split()
    return [p for p in programs if not words or any(row_name(p).startswith(word) for word in words)]


def measure(program, into, skipped):
    """Runs a row once; adds what it prints to `into`, a part of a figure a line."""
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("SKIPPED"):
            skipped.setdefault(line, row_name(program))
        elif line.startswith("{"):
            part = json.loads(line)
            figure = into.setdefault(part["name"], {"peers": {}})
            figure["peers"].update(part.pop("peers", {}))
            figure.update(part)
    if done.returncode != 0:
        print(f"FAILED {row_name(program)}: status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return False
    return True


def ratio_in(figure, peer):
    other = figure["peers"].get(peer) if peer else figure.get("floor")
    return figure["ours"] / other if other and "ours" in figure else None


def spread(values):
    return {"median": statistics.median(values), "least": min(values), "most": max(values)} if values else None


def judge(aim, ours, ratio):
    parts = AIM.match(aim)
    if not parts:
        sys.exit(f"an aim that cannot be read: {aim}")
    value = ratio if parts[1] else ours
    if value is None:
        return None
    return value <= float(parts[4]) if parts[3] == "<=" else value >= float(parts[4])


def combine(name, rounds):
    """One figure over all rounds."""
    figures = [r[name] for r in rounds if name in r]
    first = figures[0]
    aim = next((f["aim"] for f in figures if "aim" in f), None)
    parts = AIM.match(aim) if aim else None
    peer = parts[2] if parts else None
    ours = spread([f["ours"] for f in figures if "ours" in f])
    floor = spread([f["floor"] for f in figures if "floor" in f])
    ratio = spread([r for r in (ratio_in(f, peer) for f in figures) if r is not None])
    row = {"name": name, "unit": first["unit"], "ours": ours and ours["median"]}
    row["peers"] = {p: statistics.median(f["peers"][p] for f in figures if p in f["peers"])
                    for f0 in figures for p in f0["peers"]}
    row["floor"] = floor and floor["median"]
    row["ratio"] = ratio and ratio["median"]
    row["ratio_to"] = (peer or "floor") if ratio else None
    row["aim"] = aim
    met = judge(aim, row["ours"], row["ratio"]) if aim else None
    row["met"] = None if met is None else "yes" if met else "no"
    row["spread"] = {"ours": ours and [ours["least"], ours["most"]], "ratio": ratio and [ratio["least"], ratio["most"]]}
    row["rounds"] = len(figures)
    row["note"] = next((f["note"] for f in figures if "note" in f), None)
    return row


def short(value):
    if value is None:
        return ""
    if value and abs(value) < 10:
        return f"{value:.2f}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"


def span(pair):
    return f"{short(pair[0])} - {short(pair[1])}" if pair else ""


def table(rows):
    head = ("what", "unit", "ours", "from - to", "floor", "ratio", "from - to", "aim", "met", "others")
    lines = [head]
    for r in rows:
        others = ", ".join(f"{p} {short(v)}" for p, v in r["peers"].items())
        lines.append((r["name"], r["unit"], short(r["ours"]), span(r["spread"]["ours"]), short(r["floor"]),
                      short(r["ratio"]), span(r["spread"]["ratio"]), r["aim"] or "", r["met"] or "", others))
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        cells = [c.ljust(w) if i in (0, 1, 7, 8, 9) else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return []


def save(path, rows, whole):
    """Rows that were not run keep what was measured last, unless everything was run."""
    fresh = {r["name"] for r in rows}
    kept = [] if whole else [r for r in load(path) if r["name"] not in fresh]
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(r) for r in kept + rows) + "\n]\n")


def main():
    build, wanted = os.environ["BUILD"], os.environ.get("ROWS", "")
    count = int(os.environ.get("ROUNDS", "3"))
    programs = chosen(sys.argv[1:], wanted)
    if not programs:
        sys.exit(f"no row is called {wanted}")
    rounds, skipped, good = [], {}, True
    for number in range(1, count + 1):
        measured = {}
        for program in programs:
            start_s = time.monotonic()
            good = measure(program, measured, skipped) and good
            print(f"round {number} of {count}: {row_name(program)}, {time.monotonic() - start_s:.1f} s", flush=True)
        rounds.append(measured)
    names = dict.fromkeys(name for measured in rounds for name in measured)
    rows = [combine(name, rounds) for name in names]
    print()
    table(rows)
    for line, row in skipped.items():
        print(f"{line} ({row})")
    path = os.path.join(build, "bench.json")
    save(path, rows, not wanted)
    judged = [r for r in rows if r["met"]]
    print(f"\n{sum(r['met'] == 'yes' for r in judged)} of {len(judged)} aims met; all figures in {path}")
    sys.exit(0 if good else 1)


main()
