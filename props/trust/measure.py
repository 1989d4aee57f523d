#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what takes no program of its own, and writes its records beside this script.

  measure.py program_mutants --build BUILD    every single fault of every scenario of the catalogue
  measure.py prover_programs --log FILE...    what runs of test_props_prover_nightly printed
  measure.py determinism --build BUILD --other 'clang 16, -O0=PATH'...
                                              the catalogue by the `reducecheck` of other builds
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUTCOMES = ["caught", "missed", "undecided", "equivalent", "invalid"]


def write(name, record):
    (HERE / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


def wrong_somewhere(counts):
    return counts["caught"] + counts["missed"] + counts["undecided"]


def program_mutants(asked):
    tool = asked.build / "bin" / "reducecheck"
    began = time.monotonic()
    ran = subprocess.run([tool.resolve(), "mutate", "scenarios/catalogue", "--json", "-"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):
        sys.exit(ran.stderr)
    report = json.loads(ran.stdout)
    counts = report["summary"]
    wrong = wrong_somewhere(counts)
    score = counts["caught"] / wrong
    few = [one for one in report["scenarios"]
           if one["summary"]["caught"] < 0.95 * wrong_somewhere(one["summary"])]
    scenarios = len(report["scenarios"])
    undecided = [[one["file"], mutant["line"], mutant["reason"]] for one in report["scenarios"]
                 for mutant in one["mutants"] if mutant["outcome"] == "undecided"]
    write("program_mutants", {
        "title": "Single faults of every program of the catalogue",
        "date": datetime.date.today().isoformat(),
        "command": "reducecheck mutate scenarios/catalogue",
        "seconds": round(time.monotonic() - began, 1),
        "machine": "two threads, release build",
        "says": f"{counts['mutants']:,} edits of the variants that hold in the "
                f"{len(report['scenarios'])} files: a collective dropped, doubled, moved, over another "
                "group; a scale, a guard, a condition, a flag.",
        "rows": [{"what": "mutants that are wrong somewhere and are caught; an undecided one counts "
                          "as not caught", "bar": "at least 95 %",
                  "measured": f"{counts['caught']:,} of {wrong:,} ({100 * score:.1f} %)",
                  "holds": score >= 0.95},
                 {"what": "scenarios of which 95 % are caught, counted in the same way", "bar": "all",
                  "measured": f"{scenarios - len(few)} of {scenarios}", "holds": not few}],
        "tables": [{"caption": "Outcomes", "columns": OUTCOMES,
                    "rows": [[f"{counts[outcome]:,}" for outcome in OUTCOMES]]},
                   {"caption": "Undecided: right in every layout that was run, and neither proved "
                               "equivalent nor refuted",
                    "columns": ["scenario", "line", "why"], "rows": undecided}],
        "falls_short": [f"{one['file']}: {one['summary']['caught']} of "
                        f"{wrong_somewhere(one['summary'])}, the others undecided" for one in few],
    })


COMPARED = re.compile(r"^(\d+) programs .*?, (\d+) cells compared: (\d+) right, (\d+) wrong, "
                      r"(\d+) disagreements, (\d+) undecided ", re.MULTILINE)


def prover_programs(asked):
    columns = ["programs", "cells compared", "right", "wrong", "disagreements", "undecided"]
    totals = [0] * len(columns)
    for path in asked.log:
        for told in COMPARED.finditer(path.read_text()):
            totals = [total + int(number) for total, number in zip(totals, told.groups())]
    if not totals[0]:
        sys.exit("no run of test_props_prover_nightly is in these logs")
    programs, disagreements = totals[0], totals[4]
    write("prover_programs", {
        "title": "The prover against the exact interpreter",
        "date": datetime.date.today().isoformat(),
        "command": "ctest --preset slow -R props.prover_nightly",
        "seconds": asked.seconds,
        "machine": "one core, release build",
        "says": "Random programs, straight lines and layers with faults; what the prover says of a "
                "case is compared with an exact run in a fourth of its configurations.",
        "rows": [{"what": "random programs", "bar": "at least 1,000,000",
                  "measured": f"{programs:,}", "holds": programs >= 1_000_000},
                 {"what": "disagreements", "bar": "0", "measured": f"{disagreements:,}",
                  "holds": disagreements == 0}],
        "tables": [{"caption": "All of them", "columns": columns,
                    "rows": [[f"{total:,}" for total in totals]]}],
        "falls_short": [],
    })


TWICE = re.compile(r"^(\d+) commands, (\d+) scenarios \(seed \d+\), (\d+) bytes twice, "
                   r"digest (\w+)$", re.MULTILINE)


def determinism(asked):
    began, before = time.monotonic(), HERE / "determinism.json"
    known = json.loads(before.read_text()) if before.exists() else {"seconds": 0}
    # Builds that are not asked for stay as they are.
    rows = [row for table in known.get("tables", []) for row in table["rows"]
            if row[0] not in dict(asked.other)]
    for name, tool in asked.other:
        ran = subprocess.run(
            [(asked.build / "tests" / "test_props_determinism").resolve(),
             "--gtest_filter=Determinism.*"], cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "REDUCECHECK_PERCENT": "100", "REDUCECHECK_OTHER": tool})
        told = TWICE.search(ran.stdout)
        if not told:
            sys.exit(ran.stdout[-2000:] + ran.stderr)
        commands, scenarios, size, digest = told.groups()
        rows.append([name, scenarios, f"{int(commands):,}", f"{int(size):,}", digest,
                     "yes" if ran.returncode == 0 else "no"])
    equal = sum(row[-1] == "yes" for row in rows)
    write("determinism", {
        "title": "Determinism",
        "date": datetime.date.today().isoformat(),
        "command": "props/trust/measure.py determinism --build build/release --other NAME=PATH ...",
        "seconds": round(known["seconds"] + time.monotonic() - began, 1),
        "machine": "two cores; the first of each pair is gcc 12.2, -O2",
        "says": "Every command that takes a scenario, on the whole catalogue, and those that take "
                "dumps, once with one thread in the C locale and once by another build with two "
                "threads in another locale, time zone and folder. Status, output and the files "
                "written are compared byte by byte.",
        "rows": [{"what": "builds that print and write the same bytes", "bar": "all",
                  "measured": f"{equal} of {len(rows)}", "holds": equal == len(rows)}],
        "tables": [{"caption": "The other builds",
                    "columns": ["build", "scenarios", "commands", "bytes", "digest", "same bytes"],
                    "rows": rows}],
        "falls_short": [],
    })


def named_tool(text):
    name, _, path = text.rpartition("=")
    if not name or not os.access(path, os.X_OK):
        raise argparse.ArgumentTypeError(f"{text!r}: expected NAME=PATH of an executable")
    return name, os.path.abspath(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(required=True)
    mutants = what.add_parser("program_mutants")
    mutants.add_argument("--build", type=pathlib.Path, required=True)
    mutants.set_defaults(run=program_mutants)
    programs = what.add_parser("prover_programs")
    programs.add_argument("--log", type=pathlib.Path, nargs="+", required=True)
    programs.add_argument("--seconds", type=float, required=True, help="that they took")
    programs.set_defaults(run=prover_programs)
    bytes_of_builds = what.add_parser("determinism")
    bytes_of_builds.add_argument("--build", type=pathlib.Path, required=True)
    bytes_of_builds.add_argument("--other", type=named_tool, action="append", required=True,
                                 metavar="NAME=PATH", help="a `reducecheck` of another build")
    bytes_of_builds.set_defaults(run=determinism)
    asked = parser.parse_args()
    asked.run(asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
