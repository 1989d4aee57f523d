# SPDX-License-Identifier: Apache-2.0
"""Runs tests with one mutant chosen, until one tells."""

import math
import os
import resource
import signal
import subprocess
import time

MOST_MEMORY = 6 << 30
SLOWER = 10  # a mutant that takes so many times the processor time of the program is caught
SHORTEST_LIMIT = 2  # seconds of processor time
STUCK = 60.0  # seconds that a test may take beside what it computes, on a busy machine


def limited(processor_seconds):
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds + 1))
    return limit


def run_folder(source, folder):
    """A folder that looks like the source folder, so that what a mutant writes stays out of it."""
    os.makedirs(folder, exist_ok=True)
    for name in os.listdir(source):
        link = os.path.join(folder, name)
        written = name.startswith((".", "build", "reducecheck-failures"))
        if not written and not os.path.lexists(link):
            os.symlink(os.path.join(source, name), link)
    return folder


class TestRuns:
    def __init__(self, executable, folder, environment):
        self.executable, self.folder = executable, folder
        self.environment = {**os.environ, **environment}
        self.normal = {}  # processor seconds and seconds without a mutant
        self.reached = {}  # the numbers of what each test reaches

    def once(self, test, processor_seconds, seconds, **more):
        """(what it tells or "", processor seconds, seconds)"""
        start, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen(
            [self.executable(test), "--gtest_fail_fast", "--gtest_brief=1"], cwd=self.folder,
            env={**self.environment, **more}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=limited(processor_seconds))
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = -signal.SIGXCPU
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # nothing of it is left
            process.wait()
        late = (-signal.SIGXCPU, -signal.SIGKILL)
        told = "" if status == 0 else "deadline" if status in late else (
            "failed" if status > 0 else "crashed")
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        computed = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        return told, computed, time.monotonic() - start

    def without_mutant(self, test):
        """Learns how long the test takes and what it reaches; what it tells, which must be ""."""
        path = os.path.join(self.folder, "reached")
        if os.path.exists(path):
            os.remove(path)
        told, *self.normal[test] = self.once(test, 3600, 7200, REDUCECHECK_REACHED=path)
        self.reached[test] = set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.reached[test] = {int(line) for line in file}
        return told

    def with_mutant(self, number, tests):
        """(test that told, what, seconds); the test is "" where none did, None where none reaches
        the mutant."""
        seconds, killer = 0.0, None
        for test in tests:
            if number not in self.reached[test]:
                continue
            computed, seconds_of_it = self.normal[test]
            told, _, spent = self.once(
                test, SHORTEST_LIMIT + math.ceil(SLOWER * computed),
                STUCK + SLOWER * seconds_of_it, REDUCECHECK_MUTANT=str(number))
            seconds += spent
            if told:
                return test, told, seconds
            killer = ""
        return killer, "", seconds
