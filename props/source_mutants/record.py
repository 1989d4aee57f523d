# SPDX-License-Identifier: Apache-2.0
"""The numbers of a run, printed and kept."""

import collections
import datetime
import json
import os
import shutil
import subprocess

from areas import AREAS


def counted(results):
    return collections.Counter(outcome["outcome"] for _, outcome in results)


def row_of(name, results):
    count = counted(results)
    scored = count["caught"] + count["survived"]
    bar = AREAS[name]["bar"]
    share = 100 * count["caught"] / scored if scored else 0.0
    return {"what": f"source mutants of the {name} that its tests catch",
            "bar": f"at least {bar} %",
            "measured": f"{count['caught']} of {scored} ({share:.1f} %)",
            "holds": scored > 0 and share >= bar}


def machine():
    said = subprocess.run(["c++", "-dumpfullversion"], capture_output=True, text=True, check=False)
    version = said.stdout.strip() if shutil.which("c++") else "?"
    return f"{os.cpu_count()} cores, gcc {version}, release"


def survivors_table(results):
    rows = [[name, f"{one.path}:{one.line}", one.label, one.source, outcome["why"]]
            for name, all_of_it in results.items() for one, outcome in all_of_it
            if outcome["outcome"] == "survived"]
    return {"caption": "Survivors", "columns": ["area", "place", "mutation", "line", "reason"],
            "rows": rows}


def areas_table(results):
    rows = []
    for name, all_of_it in results.items():
        count = counted(all_of_it)
        same = sum(outcome["why"] == "the same code" for _, outcome in all_of_it)
        files = len({one.path for one, _ in all_of_it})
        rows.append([name, str(files), str(len(all_of_it)), str(count["caught"]),
                     str(count["survived"]), str(same), str(count["equivalent"] - same)])
    return {"caption": "Mutants by area", "rows": rows,
            "columns": ["area", "files", "compiled", "caught", "survived",
                        "equivalent: the same code", "equivalent: by a reason"]}


def record(results, given, seconds):
    """Prints the scores and writes --record; the exit status."""
    rows = [row_of(name, of_area) for name, of_area in results.items()]
    for row in rows:
        print(f"{row['what']}: {row['measured']}, {row['bar']}"
              f"{'' if row['holds'] else ': NOT REACHED'}")
    if given.record:
        words = [f"--seed {given.seed}", f"--count {given.count}"]
        words += [f"--area {name}" for name in given.area or []]
        page = {
            "title": "Source mutants of the checker itself",
            "date": datetime.date.today().isoformat(),
            "command": f"props/source_mutants/run.py --build build/release {' '.join(words)}",
            "seconds": round(seconds, 1), "machine": machine(),
            "says": "One token of the judge, the comparator, the prover or the interpreters is "
                    f"changed at a place drawn by seed {given.seed}, and tests are run until one "
                    "fails, crashes or takes ten times its time.",
            "rows": rows, "tables": [areas_table(results), survivors_table(results)],
            "falls_short": [f"{row['what']}: {row['measured']}, {row['bar']}"
                            for row in rows if not row["holds"]]}
        with open(given.record, "w", encoding="utf-8") as file:
            json.dump(page, file, indent=1, ensure_ascii=False)
            file.write("\n")
    return 0 if all(row["holds"] for row in rows) else 1
