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


def survivors(name, results):
    return [[name, f"{one.path}:{one.line}", one.label, one.source, outcome["why"]]
            for one, outcome in results if outcome["outcome"] == "survived"]


def totals(name, results):
    count = counted(results)
    same = sum(outcome["why"] == "the same code" for _, outcome in results)
    files = len({one.path for one, _ in results})
    return [name, str(files), str(len(results)), str(count["caught"]), str(count["survived"]),
            str(same), str(count["equivalent"] - same)]


def record(results, given, seconds):
    """Prints the scores and writes --record, where areas that were not run stay as they are; the
    exit status."""
    rows = {name: row_of(name, of_area) for name, of_area in results.items()}
    for row in rows.values():
        print(f"{row['what']}: {row['measured']}, {row['bar']}"
              f"{'' if row['holds'] else ': NOT REACHED'}")
    if given.record:
        areas = areas_before(given.record)
        for name, of_area in results.items():
            areas[name] = {"row": rows[name], "totals": totals(name, of_area),
                           "survivors": survivors(name, of_area),
                           "seconds": round(seconds[name], 1)}
        with open(given.record, "w", encoding="utf-8") as file:
            json.dump(page_of({name: areas[name] for name in AREAS if name in areas}, given), file,
                      indent=1, ensure_ascii=False)
            file.write("\n")
    return 0 if all(row["holds"] for row in rows.values()) else 1


def areas_before(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)["state"]


def page_of(areas, given):
    rows = [area["row"] for area in areas.values()]
    return {
        "title": "Source mutants of the checker itself",
        "date": datetime.date.today().isoformat(),
        "command": "props/source_mutants/run.py --build build/release "
                   f"--seed {given.seed} --count {given.count}",
        "seconds": round(sum(area["seconds"] for area in areas.values()), 1),
        "machine": machine(),
        "says": "One token of the judge, the comparator, the prover or the interpreters is "
                f"changed at a place drawn by seed {given.seed}, and tests are run until one "
                "fails, crashes or takes ten times its time.",
        "rows": rows,
        "tables": [
            {"caption": "Mutants by area", "rows": [area["totals"] for area in areas.values()],
             "columns": ["area", "files", "compiled", "caught", "survived",
                         "equivalent: the same code", "equivalent: by a reason"]},
            {"caption": "Survivors", "columns": ["area", "place", "mutation", "line", "reason"],
             "rows": [row for area in areas.values() for row in area["survivors"]]}],
        "falls_short": [f"{row['what']}: {row['measured']}, {row['bar']}"
                        for row in rows if not row["holds"]],
        "state": areas}
