#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures what takes no program of its own, and writes its records beside this script.

  measure.py program_mutants --build BUILD    every single fault of every scenario of the catalogue
  measure.py prover_programs --log FILE...    what runs of test_props_prover_nightly printed
"""
import argparse
import datetime
import json
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


def program_mutants(asked):
    tool = asked.build / "bin" / "reducecheck"
    began = time.monotonic()
    ran = subprocess.run([tool.resolve(), "mutate", "scenarios/catalogue", "--json", "-"], cwd=ROOT,
                         capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1):
        sys.exit(ran.stderr)
    report = json.loads(ran.stdout)
    counts = report["summary"]
    wrong = counts["caught"] + counts["missed"] + counts["undecided"]
    score = counts["caught"] / wrong
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
                  "holds": score >= 0.95}],
        "tables": [{"caption": "Outcomes", "columns": OUTCOMES,
                    "rows": [[f"{counts[outcome]:,}" for outcome in OUTCOMES]]}],
        "falls_short": [],
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
    asked = parser.parse_args()
    asked.run(asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
