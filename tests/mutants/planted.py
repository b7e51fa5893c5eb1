# SPDX-License-Identifier: Apache-2.0
"""planted.py - plants each bug of planted/ and lets the simulator, or the test that the patch names, find it."""
import concurrent.futures
import os
import re
import shutil
import threading

import workshop

TILLS, DAYS = 6, 365
SEEDS = int(os.environ.get("MUTANT_SEEDS") or 50)  # 300 till-years: what CI runs
SEED_CPU_S = 60                  # one seed takes about ten


class Planted:
    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-6]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.found_by = re.search(r"^Found by: (\S+)", text, re.M).group(1)
        self.breaks = re.search(r"^Breaks: (.+)", text, re.M).group(1)
        self.files = re.findall(r"^\+\+\+ b/(\S+)", text, re.M)


def plant(shop, bug):
    """The changed sources, compiled: {source: object}. A patch that does not fit (any more) is an error."""
    room = os.path.dirname(shop.path("planted", bug.name, "x"))
    shutil.rmtree(room)
    for name in bug.files:
        os.makedirs(os.path.join(room, os.path.dirname(name)), exist_ok=True)
        shutil.copy(os.path.join(shop.source, name), os.path.join(room, name))
    shop.run(["patch", "-p1", "-F1", "--no-backup-if-mismatch", "-r", "-", "-i", bug.path], cwd=room)
    return {name: shop.compile(name, os.path.join(room, name[:-2] + ".o"), os.path.join(room, name))
            for name in bug.files}


def simulate(shop, simulator, plugin_folder):
    """How it was found, by one seed after the other; None: it was not."""
    spent = 0.0
    for seed in range(1, SEEDS + 1):
        status, seconds, output = shop.execute([simulator, str(seed), "1", "1", str(TILLS), str(DAYS)], plugin_folder,
                                               SEED_CPU_S, 60 * SEED_CPU_S)
        spent += seconds
        if status != 0:
            said = re.search(r"^seed \d+: ([^\n]*)", output, re.M)
            words = said.group(1) if said else output.strip().split("\n")[-1]
            how = words if status == 1 else "hang" if status == "hang" else f"crash {status}"
            return f"seed {seed}, {spent:.0f} s", how
    return None


def first_failure(output):
    said = re.search(r"^\S+:\d+:[FE]:[^\n]*", output, re.M)
    return said.group(0) if said else output.strip().split("\n")[-1]


def find_by_plugin_test(shop, test, room):
    status, seconds, output = shop.execute([test], room, 120, 3600)
    return status != 0, f"{os.path.basename(test)}, {seconds:.0f} s", first_failure(output)


tree_lock = threading.Lock()


def find_by_any_test(shop, bug):
    """With the Makefile, in a whole copy of the tree, one bug at a time."""
    tree, build = os.path.join(shop.folder, "tree"), os.path.join(shop.folder, "tree-build")
    with tree_lock:
        if not os.path.exists(tree):
            shutil.copytree(shop.root, tree, symlinks=True,
                            ignore=shutil.ignore_patterns(".git", "node_modules", "build"))
        shop.run(["patch", "-p1", "-F1", "--no-backup-if-mismatch", "-r", "-", "-i", bug.path], cwd=tree)
        try:
            test = os.path.join(build, bug.found_by)
            shop.run(["make", "-s", f"BUILD={build}", "DEPS=no", "WERROR=", test], cwd=tree)
            status, seconds, output = shop.execute([test], "", 120, 3600, cwd=tree)
        finally:
            shop.run(["patch", "-R", "-p1", "-F1", "--no-backup-if-mismatch", "-i", bug.path], cwd=tree)
    return status != 0, f"{os.path.basename(test)}, {seconds:.0f} s", first_failure(output)


def find(shop, bug):
    room = os.path.join(shop.folder, "planted", bug.name)
    try:
        if bug.found_by != "sim" and not bug.found_by.startswith("tests/plugin/"):
            return find_by_any_test(shop, bug)
        changed = plant(shop, bug)
        plugin = {s: o for s, o in changed.items() if s.startswith("plugin/")}
        shop.link_plugin(os.path.join(room, "libplugin.so"), plugin)
        if bug.found_by != "sim":
            return find_by_plugin_test(shop, os.path.join(shop.folder, "tests", os.path.basename(bug.found_by)), room)
        simulator = shop.simulator
        if len(plugin) < len(changed):
            cloud = {s: o for s, o in changed.items() if s not in plugin}
            simulator = shop.link_simulator(os.path.join(room, "sim"),
                                            shop.link_cloud(os.path.join(room, "cloud.o"), cloud))
    except workshop.BuildError as error:
        return False, "does not apply, or compile", str(error)
    found = simulate(shop, simulator, room)
    return (True, *found) if found else (False, f"not in {SEEDS} seeds", "")


def run(shop, folder, chosen):
    bugs = [Planted(os.path.join(folder, f)) for f in sorted(os.listdir(folder)) if f.endswith(".patch")]
    if chosen:
        bugs = [b for b in bugs if b.name in chosen or b.name.split("-")[0] in chosen]
    print(f"planted bugs: {len(bugs)}, each sought in at most {SEEDS} seeds of {TILLS} tills and {DAYS} days")
    missed = 0
    with concurrent.futures.ThreadPoolExecutor(shop.jobs) as pool:
        asked = {pool.submit(find, shop, bug): bug for bug in bugs}
        for answer in concurrent.futures.as_completed(asked):
            good, where, how = answer.result()
            missed += not good
            print(f"{'found ' if good else 'MISSED'} {asked[answer].name:36} {where:28} {how[:150]}", flush=True)
    print(f"{len(bugs) - missed} of {len(bugs)} planted bugs found", flush=True)
    return missed == 0
