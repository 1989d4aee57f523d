#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Changes one token of the checker's own sources at a time; counts what its tests catch.

All mutants of an area (areas.py) are compiled into one program and chosen one by one when its tests
are started. A mutant is caught where a test fails, crashes or takes ten times its time. One that
compiles to the same code at -O2 is equivalent and not counted; so is one that survivors.txt calls
equivalent, with a reason. What only the compiler evaluates (constexpr, static_assert, templates'
arguments) is not mutated, and neither are types, strings and comments.

The tree must be configured with Ninja and its tests built; nothing in it is changed but the folder
source_mutants. Examples:

  props/source_mutants/run.py --build build/release
  props/source_mutants/run.py --build build/release --area judge --seed 2 --count 50
  props/source_mutants/run.py --check      does survivors.txt still name lines of the sources?

Exit status: 0 every area reaches its bar, 1 one does not, 2 usage or a build that fails.
"""

import argparse
import json
import os
import sys
import time

import survivors
from areas import AREAS, CASES
from build_tree import BuildError, BuildTree
from program import Program
from record import record
from test_runs import TestRuns, run_folder

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def positive(text):
    if not text.isdecimal() or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"{text!r}: expected an integer, 1 to 1000000")
    return int(text)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", help="the tree whose tests are built, such as build/release")
    parser.add_argument("--area", action="append", choices=list(AREAS),
                        help="one of the areas; may be repeated (default all)")
    parser.add_argument("--count", type=positive, default=100, help="mutants an area (default 100)")
    parser.add_argument("--seed", type=positive, default=1, help="which of all places (default 1)")
    parser.add_argument("--jobs", type=positive, default=2, help="compilers at once (default 2)")
    parser.add_argument("--keep", action="store_true",
                        help="do not run again what an earlier run in this tree caught")
    parser.add_argument("--quick", action="store_true",
                        help="only the tests of an area that stand before `wide` in areas.py")
    parser.add_argument("--record", metavar="FILE",
                        help="write the numbers as JSON; areas that are not run stay as they are")
    parser.add_argument("--source", default=SOURCE, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="only read survivors.txt")
    given = parser.parse_args()
    if not given.check and not given.build:
        parser.error("--build: expected the folder of a build tree, such as build/release")
    return given


class Outcomes:
    """What became of each mutant, kept in the tree between runs."""

    def __init__(self, path):
        self.path, self.held = path, {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.held = json.load(file)

    @staticmethod
    def key(area, mutation):
        return "|".join((area, mutation.path, mutation.source, mutation.label,
                         str(mutation.column)))

    def keep(self, area, mutation, told, said):
        outcome = {"outcome": said[0], "why": said[1], "seconds": told[2]}
        self.held[self.key(area, mutation)] = outcome
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.held, file, indent=1)
        os.replace(self.path + ".new", self.path)
        return outcome


def judged(mutation, told, program, judged_by_hand):
    """The outcome of a mutant, and why, where no test told."""
    killer, how, _ = told
    if killer:
        return "caught", f"{killer} {how}"
    by_hand = judged_by_hand.get((mutation.path, mutation.source, mutation.label))
    if by_hand:
        return "equivalent" if by_hand[0] == "equivalent" else "survived", by_hand[1]
    if program.same_code(mutation):
        return "equivalent", "the same code"
    unreached = "no test of the area reaches it" if killer is None else "no test tells"
    return "survived", unreached


def run_area(name, tree, given, judged_by_hand, outcomes):
    start = time.monotonic()

    def tell(text):
        print(f"{name}: {text}", flush=True)

    area = AREAS[name]
    tests = area["tests"] + ([] if given.quick else area["wide"])
    program = Program(tree, area["sources"], tests, name, tell)
    program.build(given.seed, given.count, given.jobs)
    runs = TestRuns(program.executable, run_folder(tree.source, os.path.join(tree.work, "run")),
                    {"RC_PARAMS": f"max_success={CASES} seed=7"})
    for test in tests:
        told = runs.without_mutant(test)
        if told:
            raise BuildError(f"{test} without a mutant: {told}")
    times = ", ".join(f"{test} {runs.normal[test][0]:.1f} s" for test in tests)
    tell(f"{len(program.mutants)} mutants compile; tests: {times}")
    results, untold = [], {}
    for number, mutation in program.mutants.items():
        old = outcomes.held.get(outcomes.key(name, mutation))
        if given.keep and old and old["outcome"] == "caught":
            results.append((mutation, old))
            continue
        told = runs.with_mutant(number, tests)
        if told[0]:
            results.append((mutation, outcomes.keep(name, mutation, told,
                                                    judged(mutation, told, program, {}))))
        else:
            untold[mutation] = told
        tell(f"{place(mutation)}: {' '.join(told[:2]) if told[0] else 'not told'}")
    # What no test told of, last, because it is compiled by itself.
    for mutation, told in untold.items():
        outcome = outcomes.keep(name, mutation, told,
                                judged(mutation, told, program, judged_by_hand))
        results.append((mutation, outcome))
        tell(f"{place(mutation)}: {outcome['outcome']} ({outcome['why']})\n    {mutation.source}")
    return results, time.monotonic() - start


def place(mutation):
    return f"{mutation.path}:{mutation.line}:{mutation.column} {mutation.label}"


def main():
    given = arguments()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "survivors.txt")
    try:
        judged_by_hand = survivors.read(path, given.source)
        if given.check:
            print(f"{len(judged_by_hand)} entries; each names a line of the sources")
            return 0
        build = os.path.abspath(given.build)
        work = os.path.join(build, "source_mutants")
        tree = BuildTree(given.source, build, work)
        os.makedirs(work, exist_ok=True)
        outcomes = Outcomes(os.path.join(work, "outcomes.json"))
        print(f"seed={given.seed}: the same seed draws the same places", flush=True)
        results, seconds = {}, {}
        for name in given.area or AREAS:
            results[name], seconds[name] = run_area(name, tree, given, judged_by_hand, outcomes)
    except (BuildError, survivors.SurvivorsError) as error:
        print(error, file=sys.stderr)
        return 2
    return record(results, given, seconds)


if __name__ == "__main__":
    sys.exit(main())
