# SPDX-License-Identifier: Apache-2.0
"""workshop.py - a copy of the sources in which one file at a time is spoilt, built so that this costs one compilation.

The plugin becomes one shared object and the cloud one object with few names; each test program and the simulator are
linked against them once and run unchanged with whatever stands in LD_LIBRARY_PATH. The tree itself is never touched.
"""
import concurrent.futures
import glob
import hashlib
import math
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time

COPIED = ["include", "plugin", "host-sdk", "mock-host/cloud", "tests/sim", "tests/support", "tests/plugin"]
PLUGIN = ["plugin", "plugin/core", "plugin/protocol", "plugin/net", "plugin/screens", "plugin/texts"]
INCLUDES = {"plugin": ["-Iplugin"], "host-sdk": ["-Ihost-sdk"], "mock-host": [],
            "tests": ["-Ihost-sdk", "-Iplugin", "-Itests", "-Imock-host"]}
FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-D_DEFAULT_SOURCE", "-w", "-fPIC", "-Iinclude"]
TESTS = ["tests/plugin/test_core*.c", "tests/plugin/test_protocol*.c", "tests/plugin/test_screens*.c"]


class BuildError(Exception):
    pass


class Workshop:
    def __init__(self, root, folder, jobs):
        self.root, self.folder, self.jobs = root, folder, jobs
        self.source = os.path.join(folder, "src")
        self.cc = ["ccache"] * bool(shutil.which("ccache")) + os.environ.get("CC", "gcc").split()
        self.plugin_libs = os.environ["PLUGIN_LIBS"].split()
        self.test_libs = os.environ["TEST_LIBS"].split()
        self.objects = {}

    # ---- files

    def copy(self):
        shutil.rmtree(self.source, ignore_errors=True)
        for name in COPIED:
            shutil.copytree(os.path.join(self.root, name), os.path.join(self.source, name))

    def list_sources(self, folder):
        found = glob.glob(os.path.join(self.source, folder, "*.c"))
        return sorted(os.path.relpath(path, self.source) for path in found)

    def path(self, *parts):
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    # ---- commands

    def run(self, command, cwd=None):
        done = subprocess.run(command, cwd=cwd or self.source, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise BuildError(" ".join(command[:3]) + " ...:\n" + done.stdout.decode(errors="replace")[-2000:])

    def compile(self, source, to, text=None, optimise="-O1"):
        """source: as it is called in the copy; text: another file that stands in its place."""
        area = source.split("/")[0]
        command = self.cc + FLAGS + [optimise] + INCLUDES[area]
        if text:
            command += ["-I" + os.path.dirname(source)]  # of what it includes beside itself
        self.run(command + ["-c", text or source, "-o", to])
        return to

    def compile_all(self, sources):
        def one(source):
            self.objects[source] = self.compile(source, self.path("obj", source[:-2] + ".o"))
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            list(pool.map(one, sources))

    def link_plugin(self, to, changed=None):
        """The plugin as a shared object; changed: {source: object} instead of the good ones."""
        changed = changed or {}
        objects = [changed.get(s, self.objects[s]) for folder in PLUGIN for s in self.list_sources(folder)]
        self.run(self.cc[-1:] + ["-shared", "-Wl,-soname,libplugin.so", "-o", to] + objects + self.plugin_libs)
        return to

    def link_cloud(self, to, changed=None):
        """The cloud's logic: of its names only the simulator's face of it stays visible (see the Makefile)."""
        changed = changed or {}
        sources = [s for s in self.list_sources("mock-host/cloud") if not s.endswith(("/main.c", "/log.c"))]
        objects = [changed.get(s, self.objects[s]) for s in sources + ["tests/sim/sim_cloud.c"]]
        self.run(self.cc[-1:] + ["-r", "-nostdlib", "-o", to] + objects)
        self.run(["objcopy", "--wildcard", "--keep-global-symbol=sim_cloud_*", to])
        return to

    def link_simulator(self, to, cloud):
        own = [self.objects[s] for s in self.list_sources("tests/sim")
               if not s.endswith(("/test_sim.c", "/sim_cloud.c"))]
        self.run(self.cc[-1:] + ["-o", to] + own + [cloud, "-Wl,--start-group", self.path("helpers.a"),
                 self.path("sdk.a"), "-Wl,--end-group", self.path("good/libplugin.so")] + self.test_libs)
        return to

    def link_test(self, source):
        to = self.path("tests", os.path.basename(source)[:-2])
        self.run(self.cc[-1:] + ["-o", to, self.objects[source], "-Wl,--start-group", self.path("helpers.a"),
                 self.path("sdk.a"), "-Wl,--end-group", self.path("good/libplugin.so")] + self.test_libs)
        return to

    # ---- all of it, unspoilt

    def build(self, with_tests):
        self.copy()
        tests = sorted(os.path.relpath(p, self.source) for pattern in TESTS
                       for p in glob.glob(os.path.join(self.source, pattern)))
        helpers = self.list_sources("tests/support") + [s for s in self.list_sources("tests/plugin")
                                                        if "/test_" not in s]
        sources = helpers + self.list_sources("host-sdk") + self.list_sources("tests/sim")
        sources += [s for folder in PLUGIN + ["mock-host/cloud"] for s in self.list_sources(folder)]
        self.compile_all(sources + (tests if with_tests else []))
        for name, parts in (("helpers.a", helpers), ("sdk.a", self.list_sources("host-sdk"))):
            to = self.path(name)
            if os.path.exists(to):
                os.remove(to)
            self.run(["ar", "rcs", to] + [self.objects[s] for s in parts])
        self.link_plugin(self.path("good/libplugin.so"))
        self.simulator = self.link_simulator(self.path("good/sim"), self.link_cloud(self.path("good/cloud.o")))
        self.tests = [self.link_test(t) for t in tests] if with_tests else []

    # ---- running

    def execute(self, command, plugin_folder, cpu_s, wall_s, environment=None, cwd=None):
        """(exit status, seconds of processor time, output); too much of it, or no end, is the status "hang"."""
        env = dict(os.environ, LD_LIBRARY_PATH=plugin_folder, CK_DEFAULT_TIMEOUT=str(int(wall_s)),
                   CK_VERBOSITY="normal", **(environment or {}))

        def limit():
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(cpu_s), math.ceil(cpu_s) + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
            resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))

        with tempfile.TemporaryFile() as file:
            process = subprocess.Popen(command, cwd=cwd or self.source, env=env, stdin=subprocess.DEVNULL, stdout=file,
                                       stderr=subprocess.STDOUT, preexec_fn=limit)
            status, used = wait_for(process, time.monotonic() + wall_s)
            file.seek(max(0, os.fstat(file.fileno()).st_size - 200000))
            output = file.read().decode(errors="replace")
        return status, used.ru_utime + used.ru_stime, output


def wait_for(process, until):
    """(exit status or "hang", what it used)"""
    pause, late = 0.002, False
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            break
        if not late and time.monotonic() > until:
            late = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(pause)
        pause = min(0.05, pause * 1.5)
    process.returncode = os.waitstatus_to_exitcode(status)
    if late or process.returncode == -signal.SIGXCPU:
        return "hang", used
    return process.returncode, used


def hash_file(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
