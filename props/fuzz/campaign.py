#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fuzzes each reader of untrusted files for a number of inputs and records how many there were.

Inputs come in chunks of one seed each, so that a run that is cut short goes on where the record
ends. The first finding ends the run with status 1; its command is printed.
"""
import argparse
import concurrent.futures
import datetime
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
READERS = {
    "scenario": ("scenario files", ["corpus/scenario", "../../scenarios/frame/test_data"]),
    "program": ("program texts", ["corpus/program"]),
    "safetensors": ("tensor dumps", ["corpus/safetensors"]),
    "certificate": ("certificates", ["corpus/certificate"]),
    "call_log": ("logs of a rank's calls", ["corpus/call_log"]),
}
FIRST_SEED = 1000
ENDED_WELL = re.compile(
    r"^(\d+) inputs, (\d+) of them the corpus, in ([\d.]+) s: .* slowest ([\d.]+) ms, .*nothing found$",
    re.MULTILINE)


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path, help="build folder, optimised")
    parser.add_argument("--inputs", type=int, default=40_000_000, help="a reader (%(default)s)")
    parser.add_argument("--chunk", type=int, default=1_000_000, help="inputs a seed (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="readers at once (%(default)s)")
    parser.add_argument("--reader", choices=READERS, action="append", help="only this one")
    parser.add_argument("--record", required=True, type=pathlib.Path, help="JSON, read and written")
    return parser.parse_args()


class Campaign:
    def __init__(self, asked):
        self.asked = asked
        self.done = {name: {"inputs": 0, "chunks": 0, "seconds": 0.0, "slowest_ms": 0.0}
                     for name in READERS}
        if asked.record.exists():
            self.done.update(json.loads(asked.record.read_text())["state"])

    def run(self, name):
        """The command of a finding, or nothing."""
        mine = self.done[name]
        while mine["inputs"] < self.asked.inputs:
            command = [str(self.asked.build / "tests" / f"fuzz_{name}"),
                       "--inputs", str(self.asked.chunk),
                       "--seed", str(FIRST_SEED + mine["chunks"]),
                       "--save", f"{name}.finding", *READERS[name][1]]
            ran = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
            told = ENDED_WELL.search(ran.stdout)
            if ran.returncode != 0 or not told:
                return f"{' '.join(command)}\n{ran.stdout}{ran.stderr}"
            mine["inputs"] += int(told[1]) - int(told[2])
            mine["chunks"] += 1
            mine["seconds"] = round(mine["seconds"] + float(told[3]), 2)
            mine["slowest_ms"] = max(mine["slowest_ms"], float(told[4]))
            self.write()
            print(f"{name}: {mine['inputs']:,} inputs, nothing found", flush=True)
        return None

    def write(self):
        table = [[READERS[name][0], f"{one['inputs']:,}", f"{one['seconds']:,.0f} s",
                  f"{one['inputs'] / max(one['seconds'], 0.01):,.0f}", f"{one['slowest_ms']:.1f} ms",
                  "0"] for name, one in self.done.items()]
        least = min(one["inputs"] for one in self.done.values())
        bar = 40_000_000
        record = {
            "title": "Fuzzing of what reads files",
            "date": datetime.date.today().isoformat(),
            "command": "props/fuzz/campaign.py --build build/release --record FILE",
            "seconds": round(sum(one["seconds"] for one in self.done.values()), 1),
            "machine": "one core, release build",
            "says": "Seeded changes of a corpus, each reader by itself; a crash, an exception, a "
                    "broken promise, more than a second or 64 MiB would have been a finding.",
            "rows": [{"what": "inputs of the reader with the fewest, without a finding",
                      "bar": f"at least {bar:,}", "measured": f"{least:,}", "holds": least >= bar}],
            "tables": [{"caption": "Inputs a reader",
                        "columns": ["reader", "inputs", "computing", "inputs/s", "slowest",
                                    "findings"], "rows": table}],
            "falls_short": [],
            "state": self.done,
        }
        beside = self.asked.record.with_suffix(".part")
        beside.write_text(json.dumps(record, indent=1) + "\n")
        beside.replace(self.asked.record)


def main():
    asked = options()
    campaign = Campaign(asked)
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        for finding in pool.map(campaign.run, asked.reader or list(READERS)):
            if finding:
                print(f"FOUND by\n{finding}", file=sys.stderr)
                pool.shutdown(cancel_futures=True)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
