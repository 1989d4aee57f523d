# SPDX-License-Identifier: Apache-2.0
"""The steps that look at kernels and at the machine. A step is a function of the node and a
Runner; it returns a sentence for the summary, and raises StepEnd or leaves problems."""

import os
import re

import facts
from running import StepEnd

TARGETS = {  # of CMake, and what they make
    "kernels_node": "tests/kernels_node",
    "kernels_node_host": "tests/kernels_node_host",
    "kernels_planted": "tests/kernels_planted",
    "node_drills": "tests/node_drills",
    "node_drill_rank": "tests/node_drill_rank",
    "test_kernels_cuda_device": "tests/test_kernels_cuda_device",
    "reducecheck_real_tool": "bin/reducecheck-real",
    "reducecheck_real_standin_tool": "tests/reducecheck-real-standin",
    "reducecheck_recorder": "lib/libreducecheck_recorder.so",
}
SOURCE_ENDINGS = (".cpp", ".hpp", ".cu", ".cuh", ".cmake", "CMakeLists.txt")


class Node:
    """The build that is looked at, and where evidence goes."""

    def __init__(self, build, out):
        self.build, self.out = os.path.abspath(build), os.path.abspath(out)
        self.sources = facts.sources()

    def made(self, target):
        """What a target made. Ends the step where it is not there."""
        path = os.path.join(self.build, TARGETS[target])
        if not os.path.exists(path):
            raise StepEnd("failed", f"the build has no {TARGETS[target]}")
        return path


def needed(program):
    path = facts.find_program(program)
    if path is None:
        raise StepEnd("unavailable", f"this machine has no {program}")
    return path


def preflight(node, _):
    lacks = []
    found = facts.gpus()
    if not found:
        lacks.append("no GPU (nvidia-smi shows none)")
    nvcc, nccl = facts.nvcc_version(), facts.nccl_version(node.build)
    if nvcc is None:
        lacks.append("no nvcc")
    if nccl is None:
        lacks.append("no NCCL (nccl.h)")
    if lacks:
        raise StepEnd("unavailable", ", ".join(lacks))
    return f"{found[0].split(',')[0]}, nvcc {nvcc}, NCCL {nccl}"


def is_current(node):
    made = [os.path.join(node.build, path) for path in TARGETS.values()]
    if not all(os.path.exists(path) for path in made):
        return False
    newest = max(os.path.getmtime(path)
                 for folder in ("kernels", "real", "sim", "scenarios", "cmake")
                 for path in facts.files_below(os.path.join(facts.ROOT, folder))
                 if path.endswith(SOURCE_ENDINGS))
    return min(os.path.getmtime(path) for path in made) >= newest


def build(node, runner):
    if is_current(node):
        return "the build given is newer than the sources"
    cmake = needed("cmake")
    if not os.path.exists(os.path.join(node.build, "CMakeCache.txt")):
        runner.expect([cmake, "-S", facts.ROOT, "-B", node.build, "-DCMAKE_BUILD_TYPE=Release",
                       "-DREDUCECHECK_UNITY=ON", "-DREDUCECHECK_WITH_CUDA=ON",
                       "-DREDUCECHECK_WITH_NCCL=ON"])
    runner.expect([cmake, "--build", node.build, "--parallel", os.cpu_count() or 1,
                   "--target", *TARGETS])
    return "built"


SANITIZERS = {"memcheck": "out_of_bounds", "racecheck": "race", "initcheck": "uninitialised",
              "synccheck": "divergent_barrier"}
FOUND = 9  # the exit status that a sanitizer is asked for


def sanitized(tool, *command):
    return [needed("compute-sanitizer"), "--tool", tool, "--error-exitcode", FOUND, *command]


def canaries(node, runner):
    planted = node.made("kernels_planted")
    for tool, fault in SANITIZERS.items():
        runner.expect(sanitized(tool, planted, fault), status=FOUND)
        runner.expect(sanitized(tool, planted, "none"))
    return "each tool finds its fault and lets the twin pass"


def arithmetic(node, runner):
    ran = runner.expect([node.made("kernels_node"), "arithmetic", 1])
    table = runner.expect([node.made("kernels_node"), "ulps", 1 << 10])
    for line in table.output.splitlines():
        row = re.match(r"(\w+ \w+): (\d+) tried, at most ([\d.]+) ulp", line)
        if row:
            runner.measured[row.group(1)] = {"tried": int(row.group(2)),
                                             "most_ulps": float(row.group(3))}
    runner.check(len(runner.measured) >= 6, "not all ulps were measured")
    return "; ".join(line for line in ran.output.splitlines() if "tried" in line)


def digest_lines(ran):
    return [line for line in ran.output.splitlines() if re.match(r"[0-9a-f]{16} ", line)]


def kernels(node, runner):
    device = digest_lines(runner.expect([node.made("kernels_node"), "digests"]))
    host = digest_lines(runner.expect([node.made("kernels_node_host"), "digests"]))
    differ = [a[17:] for a, b in zip(device, host) if a != b]
    runner.check(not differ, f"{len(differ)} differ from the host, first {differ[:1]}")
    runner.check(len(device) == len(host) > 0, f"{len(device)} cases, and {len(host)} on the host")
    exact = runner.expect([node.made("test_kernels_cuda_device"), "--gtest_filter=-*WithoutOne*"])
    runner.check("SKIPPED" not in exact.output, "the exact comparison was skipped")
    return f"{len(device)} cases equal to the host's, and the oracle's exact ones"


def sanitizers(node, runner):
    for tool in SANITIZERS:
        runner.expect(sanitized(tool, node.made("kernels_node"), "digests", "reduced"), seconds=30)
    return "four tools, no error"


def determinism(node, runner):
    ran = runner.expect([node.made("kernels_node"), "repeat", 100])
    return ran.output.strip().splitlines()[-1] if ran.output.strip() else ""


SPEED_FLOOR = 80  # percent of a copy in the same run, of kernels that are bound by memory


def speed(node, runner):
    ran = runner.expect([node.made("kernels_node"), "speed", 1 << 26, SPEED_FLOOR])
    rows = re.findall(r"^(.+?) +\d+ +([\d.]+) +(\d+)% +(holds|BELOW|no floor)$", ran.output, re.M)
    for kernel, rate, percent, verdict in rows:
        runner.measured[kernel] = {"GB/s": float(rate), "percent_of_copy": int(percent),
                                   "verdict": verdict}
    judged = [row for row in rows if row[3] != "no floor"]
    below = [f"{kernel} {percent}%" for kernel, _, percent, verdict in rows if verdict == "BELOW"]
    runner.check(rows and rows[0][0] == "copy" and len(rows) > 10, "not all were measured")
    runner.check(not below, f"below {SPEED_FLOOR}% of a copy: {', '.join(below)}")
    return (f"a copy moves {rows[0][1] if rows else 'no'} GB/s; {len(judged)} of {len(rows)} "
            f"kernels are bound by memory, {len(below)} of them below {SPEED_FLOOR}%")


def code(node, runner):
    ran = runner.expect([needed("cuobjdump"), "-sass", node.made("kernels_node")])
    counts = {}
    for opcode in re.findall(r"^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+ )?(\w+)", ran.output, re.M):
        counts[opcode] = counts.get(opcode, 0) + 1
    runner.check(counts, "no instructions were found")
    for opcode in ("LDL", "STL"):
        runner.check(opcode not in counts, f"{counts.get(opcode)} {opcode}: local memory")
    runner.measured.update(sorted(counts.items()))
    return f"{sum(counts.values())} instructions, none of local memory"


def evidence(node, runner):
    folder = os.path.join(node.out, "golden")
    kernels_hash = node.sources["kernels"]["sha256"]
    runner.expect([node.made("kernels_node"), "golden", folder, kernels_hash])
    ran = runner.expect([node.made("kernels_node_host"), "replay", folder, kernels_hash])
    return ran.output.strip().splitlines()[-1] if ran.output.strip() else ""
