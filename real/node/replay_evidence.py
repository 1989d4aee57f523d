#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""replay_evidence.py KERNELS_NODE [FOLDER]: golden vectors of past GPU runs against a build.

FOLDER (real/evidence) holds a folder for each run that was kept, as run.py wrote it. Exit status:
0 all equal, 1 one is not, 77 there is no evidence yet.
"""

import json
import os
import subprocess
import sys

import facts


def runs_in(folder):
    if not os.path.isdir(folder):
        return []
    return [place for place in (os.path.join(folder, name) for name in sorted(os.listdir(folder)))
            if os.path.exists(os.path.join(place, "golden", "golden.txt"))]


def date_of(place):
    try:
        return str(json.loads(facts.text_of(os.path.join(place, "results.json")))["date"])
    except (ValueError, KeyError, TypeError):
        return "no date"


def main(words):
    node, folder = words[0], words[1] if len(words) > 1 else os.path.join(facts.ROOT, "real",
                                                                         "evidence")
    runs = runs_in(folder)
    if not runs:
        print(f"no GPU evidence yet: 0 runs in {os.path.relpath(folder, facts.ROOT)}")
        return 77
    status = 0
    for place in runs:
        print(f"{os.path.basename(place)}, {date_of(place)}:", flush=True)
        replay = [node, "replay", os.path.join(place, "golden"), facts.hash_of("kernels")]
        if subprocess.run(replay, check=False).returncode != 0:
            status = 1
    print(f"{len(runs)} run{'' if len(runs) == 1 else 's'} with GPU evidence")
    return status


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: replay_evidence.py KERNELS_NODE [FOLDER]")
    sys.exit(main(sys.argv[1:]))
