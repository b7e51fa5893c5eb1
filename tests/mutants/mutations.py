# SPDX-License-Identifier: Apache-2.0
"""mutations.py - runs the tests, and then a few seeds of the simulator, against each mutant of core and protocol."""
import concurrent.futures
import os
import re
import threading

import mutate
import workshop

AREAS = ["plugin/core", "plugin/protocol"]
FOUND_AT_LEAST = 0.95
LONG_S = 1.0
CATALOGUE = {"catalogue", "download", "upload"}
SIM_RUNS = [(1, 4, 60), (2, 4, 60), (3, 6, 120)]  # seed, tills, days


class Runner:
    """A test program, or the simulator with one seed, as it runs when nothing is wrong."""

    def __init__(self, name, command):
        self.name, self.command, self.words = name, command, set(re.split(r"[_/]", name))
        self.environment, self.seconds = {}, 0.0

    def try_good(self, shop):
        """False: it fails without any mutant. Without a process for each test where it can do without."""
        good = os.path.dirname(shop.path("good/libplugin.so"))
        for fork in ("no", "yes"):
            self.environment = {"CK_FORK": fork}
            status, self.seconds, output = shop.execute(self.command, good, 600, 600, self.environment)
            if status == 0:
                return True
        print(f"{self.name} fails without a mutant: {output[-500:]}", flush=True)
        return False

    def finds(self, shop, folder):
        status, _, _ = shop.execute(self.command, folder, 2 * self.seconds + 1.5, 60 * self.seconds + 120,
                                    self.environment)
        return status


class Bench:
    """What the workers share."""

    def __init__(self, shop, seed):
        self.shop, self.seed = shop, seed
        self.tests = [Runner(os.path.basename(t), [t]) for t in shop.tests]
        self.sims = [Runner(f"simulator, seed {s}", [shop.simulator, str(s), "1", "1", str(tills), str(days)])
                     for s, tills, days in SIM_RUNS]
        self.found_before = {}  # (file, test): how often
        self.lock = threading.Lock()

    def try_good(self):
        with concurrent.futures.ThreadPoolExecutor(self.shop.jobs) as pool:
            fine = list(pool.map(lambda r: r.try_good(self.shop), self.tests + self.sims))
        return all(fine)

    def in_order(self, path):
        """The likeliest first: what found others of this file, what is quick, what is named like it. Long ones run
        for the files of their own matter alone, and so does the simulator, which has no configuration data."""
        area, words = path.split("/")[1], set(os.path.basename(path)[:-2].split("_"))
        matter = "catalogue" if words & CATALOGUE else "resend" if "resend" in words else "outbox"

        def rank(runner):
            likeness = len(words & runner.words) + (area in runner.words) - ("screens" in runner.words)
            return (-self.found_before.get((path, runner.name), 0), runner.seconds > 0.3, -likeness, runner.seconds)

        def matter_of(runner):
            return "catalogue" if runner.words & CATALOGUE else "resend" if "resend" in runner.words else "outbox"
        wanted = sorted((r for r in self.tests if r.seconds < LONG_S or matter_of(r) == matter), key=rank)
        if matter == "catalogue":
            return wanted
        return [r for r in wanted if r.seconds < LONG_S] + self.sims + [r for r in wanted if r.seconds >= LONG_S]


def compile_mutant(shop, mutant, text, folder):
    """(object, its hash) or None: it does not compile."""
    changed = os.path.join(folder, os.path.basename(mutant.path))
    with open(changed, "w", encoding="utf-8") as file:
        file.write(mutant.apply(text))
    try:
        to = shop.compile(mutant.path, changed[:-2] + ".o", changed, "-O2")
    except workshop.BuildError:
        return None
    return to, workshop.hash_file(to)


def judge(bench, mutant, made, folder):
    shop = bench.shop
    shop.link_plugin(os.path.join(folder, "libplugin.so"), {mutant.path: made})
    for runner in bench.in_order(mutant.path):
        status = runner.finds(shop, folder)
        if status != 0:
            with bench.lock:
                key = (mutant.path, runner.name)
                bench.found_before[key] = bench.found_before.get(key, 0) + 1
            return runner.name + ("" if status == 1 else " (hangs)" if status == "hang" else " (crashes)")
    return None


def work_file(bench, path, quota, known):
    """The first `quota` mutants of a file that are not what the compiler makes of the file anyway."""
    shop = bench.shop
    with open(os.path.join(shop.source, path), encoding="utf-8") as file:
        text = file.read()
    folder = os.path.dirname(shop.path("mutations", path[:-2], "x"))
    seen = {workshop.hash_file(shop.compile(path, os.path.join(folder, "good.o"), path, "-O2"))}
    results = []
    for mutant in mutate.in_order(path, text, bench.seed):
        if len(results) == quota:
            break
        made = compile_mutant(shop, mutant, text, folder)
        if made is None or made[1] in seen:
            continue
        seen.add(made[1])
        by = judge(bench, mutant, made[0], folder)
        results.append((mutant, by))
        verdict = f"found by {by}" if by else "survived, judged" if mutant.identity() in known else "SURVIVED"
        print(f"{mutant.path}:{mutant.line}: {mutant.kind}: {mutant.before} -> {mutant.after} | {verdict}", flush=True)
    return results


def share(sizes, count):
    """How many each file gets of them, by its size; one at least."""
    total = sum(sizes.values())
    quotas = {path: max(1, count * size // total) for path, size in sizes.items()}
    for path in sorted(sizes, key=sizes.get, reverse=True):
        if sum(quotas.values()) >= count:
            break
        quotas[path] += 1
    return quotas


def read_survivors(path):
    """{identity: judgment}. Blocks of lines: file and function (and which of several), before, after, judgment."""
    known = {}
    if not os.path.exists(path):
        return known
    with open(path, encoding="utf-8") as file:
        blocks = re.split(r"\n\s*\n", "".join(line for line in file if not line.startswith("#")))
    for block in blocks:
        lines = block.strip().split("\n")
        if len(lines) >= 4:
            known[f"{lines[0].strip()}\t{lines[1][2:].strip()}\t{lines[2][2:].strip()}"] = " ".join(lines[3:])
    return known


def print_table(results):
    print(f"\n{'file':40} mutants found")
    for path in sorted(results):
        found = sum(by is not None for _, by in results[path])
        print(f"{path:40} {len(results[path]):7} {found:5}")


def run(shop, count, seed, survivors_path):
    known = read_survivors(survivors_path)
    bench = Bench(shop, seed)
    if not bench.try_good():
        return False
    wanted = os.environ.get("MUTANT_FILES", "").split()
    paths = [p for area in AREAS for p in shop.list_sources(area) if not wanted or p.removeprefix("plugin/") in wanted]
    sizes = {}
    for path in paths:
        with open(os.path.join(shop.source, path), encoding="utf-8") as file:
            sizes[path] = mutate.code_lines(file.read())
    quotas = share(sizes, count)
    print(f"{sum(quotas.values())} mutations of {len(paths)} files, seed {seed}; {len(bench.tests)} test programs, "
          f"then {len(bench.sims)} seeds of the simulator", flush=True)
    with concurrent.futures.ThreadPoolExecutor(shop.jobs) as pool:
        largest = sorted(paths, key=lambda p: quotas[p], reverse=True)
        results = dict(zip(largest, pool.map(lambda p: work_file(bench, p, quotas[p], known), largest)))
    print_table(results)
    survived = [m for path in results for m, by in results[path] if by is None]
    unjudged = [m for m in survived if m.identity() not in known]
    made = sum(len(r) for r in results.values())
    for mutant in unjudged:
        print(f"\nnot judged yet ({os.path.basename(survivors_path)}):\n{mutant.where}\n- {mutant.before}\n"
              f"+ {mutant.after}")
    equivalent = sum(known.get(m.identity(), "").startswith("equivalent") for m in survived)
    found, real = made - len(survived), made - equivalent
    print(f"{found} of {real} mutations found ({100.0 * found / max(real, 1):.1f} %), besides {equivalent} that change "
          f"nothing that matters; {len(unjudged)} survivors are not judged yet", flush=True)
    return found >= FOUND_AT_LEAST * real and not unjudged
