#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that only a GPU can tell, in ten minutes: twelve steps, each with a limit of its own.

A step that fails or hangs does not stop the others, and results.json in the folder --out is
written after each. Exit status: 0 no step failed, 1 one did, 2 usage, 77 no GPU (or no nvcc or
NCCL).
"""

import argparse
import datetime
import json
import os
import signal
import sys
import time

import facts
import nccl_steps
import steps
from running import Runner, StepEnd

STEPS = [  # name, seconds, what it does
    ("preflight", 10, steps.preflight),
    ("build", 60, steps.build),
    ("canaries", 15, steps.canaries),
    ("arithmetic", 20, steps.arithmetic),
    ("kernels", 60, steps.kernels),
    ("sanitizers", 120, steps.sanitizers),
    ("determinism", 30, steps.determinism),
    ("nccl", 150, nccl_steps.nccl),
    ("drills", 60, nccl_steps.drills),
    ("speed", 30, steps.speed),
    ("code", 10, steps.code),
    ("evidence", 15, steps.evidence),
]
ALWAYS = (1, len(STEPS))  # the machine, and what is written
NO_GPU = 77


def chosen_steps(text):
    """The numbers in `1,5,8`; a name will do too."""
    names = [name for name, _, _ in STEPS]
    chosen = set(ALWAYS)
    for word in text.split(","):
        if word in names:
            chosen.add(names.index(word) + 1)
        elif word.isdecimal() and 1 <= int(word) <= len(STEPS):
            chosen.add(int(word))
        else:
            raise argparse.ArgumentTypeError(
                f"{word!r}: expected numbers from 1 to {len(STEPS)} or names: {' '.join(names)}")
    return chosen


def seconds(text):
    if not text.isdecimal() or not 1 <= int(text) <= 86400:
        raise argparse.ArgumentTypeError(f"{text!r}: expected an integer, 1 to 86400")
    return int(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=os.path.join(facts.ROOT, "build", "release"),
                        help="the build tree (default build/release)")
    parser.add_argument("--out", required=True, help="a new folder for the evidence")
    parser.add_argument("--steps", type=chosen_steps, default=set(range(1, len(STEPS) + 1)),
                        help="such as 1,5,8; 1 and 12 run in any case (default all)")
    parser.add_argument("--seconds", type=seconds, default=580, help="for all steps (default 580)")
    given = parser.parse_args()
    if os.path.exists(os.path.join(given.out, "results.json")):
        parser.error(f"--out {given.out!r}: holds evidence already; expected a new folder")
    try:
        os.makedirs(given.out, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {given.out!r}: {error.strerror}")
    return given


class Results:
    """What is known so far, on disk after each step."""

    def __init__(self, node):
        self.path = os.path.join(node.out, "results.json")
        self.content = {
            "format": "reducecheck.evidence/1",
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "exit_status": None,  # the script was ended before its end
            "machine": facts.machine(node.build),
            "sources": node.sources,
            "steps": [],
        }

    def add(self, step):
        self.content["steps"].append(step)
        self.write()

    def write(self):
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.content, file, indent=1)
            file.write("\n")
        os.replace(self.path + ".new", self.path)


def run_step(number, node, limit):
    """Runs one step and says what became of it."""
    name, _, action = STEPS[number - 1]
    output = f"{number:02}_{name}.txt"
    runner = Runner(os.path.join(node.out, output), limit)
    begin = time.monotonic()
    try:
        status, reason = "passed", action(node, runner)
    except StepEnd as end:
        status, reason = end.status, end.reason
    except Exception as error:  # a mistake of this script must not cost the other steps
        status, reason = "failed", f"mistake of this script: {type(error).__name__}: {error}"
    if runner.problems and status != "unavailable":
        more = len(runner.problems) - 1
        status = "failed"
        reason = runner.problems[0] + (f" (and {more} more)" if more else "")
    return {"step": number, "name": name, "status": status, "reason": reason,
            "seconds": round(time.monotonic() - begin, 1), "limit": round(limit, 1),
            "measured": runner.measured,
            "output": output if os.path.exists(runner.log) else None}


def not_run(number, reason):
    return {"step": number, "name": STEPS[number - 1][0], "status": "skipped", "reason": reason,
            "seconds": 0, "limit": 0, "measured": {}, "output": None}


def run_steps(given, node, results):
    """All steps; the last one has its time kept for it. Returns the exit status."""
    kept = STEPS[-1][1]
    ends = time.monotonic() + given.seconds
    no_gpu = ""
    for number, (_, own, _) in enumerate(STEPS, 1):
        left = ends - time.monotonic() - (kept if number < len(STEPS) else 0)
        if no_gpu:
            step = not_run(number, no_gpu)
        elif number not in given.steps:
            step = not_run(number, "not asked for")
        elif left <= 0 and number not in ALWAYS:
            step = not_run(number, f"the {given.seconds} seconds are over")
        else:
            step = run_step(number, node, own if number in ALWAYS else min(own, left))
        if number == 1 and step["status"] == "unavailable":
            no_gpu = step["reason"]
        results.add(step)
        print(line_of(step), flush=True)
    if no_gpu:
        return NO_GPU
    return 1 if any(step["status"] == "failed" for step in results.content["steps"]) else 0


def line_of(step):
    reason = "".join(c if c.isprintable() else "?" for c in step["reason"])
    return (f"{step['step']:2} {step['name']:12} {step['status']:12} {step['seconds']:6.1f} s  "
            f"{reason[:160]}")


def main():
    given = arguments()
    # Ended from outside, it still kills what it started and leaves the evidence so far.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    node = steps.Node(given.build, given.out)
    os.chdir(facts.ROOT)
    results = Results(node)
    results.write()
    status = run_steps(given, node, results)
    results.content["exit_status"] = status
    results.write()
    counts = {}
    for step in results.content["steps"]:
        counts[step["status"]] = counts.get(step["status"], 0) + 1
    print("\n" + ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
          + f"; evidence in {given.out}")
    return status


if __name__ == "__main__":
    sys.exit(main())
