#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""catalogue_record.py LOG... --record FILE: what real.standin_tool.all_layers_1 to _8 printed, as a
record. A test that failed, or a number of ranks that is missing, is said in it."""

import argparse
import datetime
import json
import re

PASSED = re.compile(r"^(\d+) ranks: (\d+) runs: (\d+) equal in mod64, (\d+) that divide equal in "
                    r"every bit of fp32; (\d+) calls of all ranks as planned; ([\d.]+) s$", re.M)
ENDED = re.compile(r"^  (\d+) with no end to compare: (.+)$", re.M)


def rows_of(text):
    """The row of each test in a log that passed, and why runs had no end."""
    parts = re.split(r"^\[ RUN      \] ", text, flags=re.M)[1:]
    for part in parts:
        found = PASSED.search(part)
        if found and "[       OK ]" in part:
            yield [float(number) for number in found.groups()], ENDED.findall(part)


def record_of(logs):
    table, without_end, total = [], {}, [0.0] * 5
    for text in logs:
        for numbers, ended in rows_of(text):
            total = [a + b for a, b in zip(total, numbers[1:])]
            none = sum(int(count) for count, _ in ended)
            table.append([f"{int(n):,}" for n in (*numbers[:4], none, numbers[4])])
            for count, why in ended:
                why = re.sub(r" = \d+$|by \d+$", "", why)
                without_end[why] = without_end.get(why, 0) + int(count)
    table.sort(key=lambda row: int(row[0]))
    missing = [str(ranks) for ranks in range(1, 9) if str(ranks) not in [row[0] for row in table]]
    runs, exact, dividing, calls, seconds = total
    none = sum(without_end.values())
    short = [f"{count} runs have no end to compare: {why}"
             for why, count in sorted(without_end.items(), key=lambda one: -one[1])]
    if missing:
        short.insert(0, f"not passed or not run: {', '.join(missing)} ranks")
    return {
        "title": "Every layer of the catalogue on ranks, over the stand-in for NCCL and CUDA",
        "date": datetime.date.today().isoformat(),
        "command": "ctest --preset slow -R real.standin_tool.all_layers",
        "seconds": round(seconds, 1),
        "machine": "two threads, release build; no GPU",
        "says": "Each variant in each layout of 1 to 8 ranks, sizes beside those of the file "
                "included, runs on processes; every step and every element of every output is "
                "compared with the simulator, and every call that a rank logs with the plan.",
        "rows": [
            {"what": "runs that come to an end and equal the simulator: in mod64, or, where they "
                     "divide, in every bit of fp32", "bar": "all",
             "measured": f"{int(exact + dividing):,} of {int(runs - none):,}",
             "holds": exact + dividing == runs - none and not missing},
            {"what": "calls of NCCL, by what each rank logged, as the plan has them",
             "bar": "all, and none beside them", "measured": f"{int(calls):,}",
             "holds": bool(table) and not missing}],
        "tables": [{"caption": "By ranks",
                    "columns": ["ranks", "runs", "equal in mod64", "equal in fp32", "no end",
                                "calls as planned"], "rows": table}],
        "falls_short": short,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="+", metavar="LOG")
    parser.add_argument("--record", required=True, metavar="FILE")
    given = parser.parse_args()
    texts = []
    for path in given.logs:
        with open(path, encoding="utf-8", errors="replace") as file:
            texts.append(file.read())
    with open(given.record, "w", encoding="utf-8") as file:
        file.write(json.dumps(record_of(texts), indent=1) + "\n")


if __name__ == "__main__":
    main()
