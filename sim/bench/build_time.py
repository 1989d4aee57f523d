# SPDX-License-Identifier: Apache-2.0
"""Times a clean build with tests in a temporary folder, without a compiler cache, and the build
after a change of one source; writes what `bench` shows of them."""
import argparse
import datetime
import json
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

CHANGED = "sim/judge/verdict.cpp"


def seconds_of(command):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(source, cmake, folder):
    """Seconds of a clean build in `folder`, and of the processor."""
    configure = [cmake, "-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                 "-DREDUCECHECK_UNITY=ON", "-DCMAKE_CXX_COMPILER_LAUNCHER="]
    subprocess.run(configure, check=True, stdout=subprocess.DEVNULL)
    before = processor_seconds()
    seconds = seconds_of([cmake, "--build", folder])
    return seconds, processor_seconds() - before


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--record", type=pathlib.Path, required=True)
    words = parser.parse_args()
    # A wrapper named like the compiler would still cache.
    os.environ["CCACHE_DISABLE"] = "1"
    with tempfile.TemporaryDirectory(prefix="reducecheck-build-") as folder:
        # A copy, so that the sources of the user keep their times.
        copy = pathlib.Path(folder) / "source"
        shutil.copytree(words.source, copy, ignore=shutil.ignore_patterns("build", ".git"))
        build = pathlib.Path(folder) / "build"
        seconds, processor = measure(str(copy), words.cmake, str(build))
        changed = copy / CHANGED
        changed.write_text(changed.read_text() + "\n// changed\n")
        one_file = seconds_of([words.cmake, "--build", str(build)])
    words.record.write_text(json.dumps({
        "date": datetime.date.today().isoformat(), "clean": round(seconds, 1),
        "processor": round(processor), "one_file": round(one_file, 1), "file": CHANGED}) + "\n")
    print(words.record.read_text(), end="")


if __name__ == "__main__":
    main()
