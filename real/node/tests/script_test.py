#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py without a GPU, and over scripted programs: one hangs, one fails, one is absent."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import facts
import nccl_steps
import run
import steps

SCRIPT = os.path.join(HERE, "..", "run.py")
KERNELS = """case $1 in
digests) echo '0123456789abcdef add u64 1x1x1' ;;
arithmetic) echo 'fp32 to bf16: 1 tried, 0 wrong' ;;
repeat) echo '1 cases, 100 times each: 0 with more than one result' ;;
ulps) for k in silu norm; do for t in fp32 bf16 fp16; do
  echo "$k $t: 9 tried, at most 0.501 ulp, 9 nearest"; done; done ;;
speed) echo 'kernel bytes GB/s'; for k in copy a b c d e f g h i; do
  echo "$k    4096    12.5   100%  holds"; done; echo "j    4096    2.5   20%  no floor" ;;
replay) echo '1 equal' ;;
esac"""
TOOLS = {
    "nvidia-smi": "echo 'Scripted GPU, 1.0, 1 MiB, 1 MiB, 9.0'",
    "nvcc": "echo 'Cuda compilation tools, release 13.0, V13.0.88'",
    "cmake": "exit 0",
    "compute-sanitizer": "case $5 in */kernels_planted) test $6 = none || exit 9 ;; esac",
    "cuobjdump": "echo '        /*0000*/                   FADD R1, R2, R3 ;'",
}


def write_program(path, body):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + body + "\n")
    os.chmod(path, 0o755)


class Script(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        self.folder = temporary.name
        self.build, self.tools = (os.path.join(self.folder, name) for name in ("build", "tools"))
        for name, body in TOOLS.items():
            write_program(os.path.join(self.tools, name), body)
        for target, path in steps.TARGETS.items():
            write_program(os.path.join(self.build, path),
                          KERNELS if target.startswith("kernels_node") else "exit 0")
        os.makedirs(os.path.join(self.folder, "include"))
        with open(os.path.join(self.folder, "include", "nccl.h"), "w", encoding="utf-8") as file:
            file.write("#define NCCL_MAJOR 2\n#define NCCL_MINOR 28\n#define NCCL_PATCH 9\n")

    def rewrite(self, target, body):
        write_program(os.path.join(self.build, steps.TARGETS[target]), body)

    def find(self, name):
        path = os.path.join(self.tools, name)
        return path if os.path.exists(path) else None

    def run_script(self, *words):
        """Runs the script here; returns its status, its steps by name, and what it printed."""
        out = os.path.join(self.folder, "out")
        environment = {"PATH": self.tools + os.pathsep + os.environ["PATH"],
                       "NCCL_HOME": self.folder}
        printed = io.StringIO()
        with mock.patch.dict(os.environ, environment), \
                mock.patch.object(facts, "find_program", self.find), \
                mock.patch.object(sys, "argv", ["run.py", "--build", self.build, "--out", out,
                                                *words]), \
                contextlib.redirect_stdout(printed):
            status = run.main()
        with open(os.path.join(out, "results.json"), encoding="utf-8") as file:
            self.results = json.load(file)
        self.assertEqual(self.results["format"], "reducecheck.evidence/1")
        self.assertEqual(self.results["exit_status"], status)
        self.assertEqual(len(self.results["steps"]), 12)
        return status, {step["name"]: step for step in self.results["steps"]}, printed.getvalue()

    def statuses(self, by_name, status):
        return [name for name, step in by_name.items() if step["status"] == status]

    def test_all_steps_pass(self):
        status, by_name, printed = self.run_script()
        self.assertEqual((status, self.statuses(by_name, "passed")),
                         (0, [name for name, _, _ in run.STEPS]), printed)
        self.assertEqual(by_name["speed"]["measured"]["copy"],
                         {"GB/s": 12.5, "percent_of_copy": 100, "verdict": "holds"})
        self.assertIn("10 of 11 kernels are bound by memory, 0 of them below 80%",
                      by_name["speed"]["reason"])
        self.assertEqual(by_name["arithmetic"]["measured"]["silu bf16"],
                         {"tried": 9, "most_ulps": 0.501})
        self.assertIn("8 ranks: 4 commands", by_name["nccl"]["reason"])
        with open(os.path.join(self.folder, "out", by_name["nccl"]["output"]),
                  encoding="utf-8") as file:
            commands = file.read()
        for part in ("--launch 4 --algorithm ring_ll --dtype fp32", "tree_ll", "--launch 8"):
            self.assertIn(part, commands)
        self.assertEqual(len(self.results["sources"]["kernels"]["sha256"]), 64)
        self.assertIn("12 passed", printed)

    def test_a_step_that_hangs_is_killed_and_the_next_ones_run(self):
        child = os.path.join(self.folder, "child")
        self.rewrite("kernels_node", f"test $1 = repeat || {{ {KERNELS}\nexit 0; }}\n"
                                     f"sleep 300 &\necho $! > {child}\nwait")
        quick = [(name, 1 if name == "determinism" else limit, action)
                 for name, limit, action in run.STEPS]
        with mock.patch.object(run, "STEPS", quick):
            status, by_name, printed = self.run_script()
        self.assertEqual((status, self.statuses(by_name, "failed")), (1, ["determinism"]), printed)
        self.assertEqual(len(self.statuses(by_name, "passed")), 11)
        self.assertIn("was killed after", by_name["determinism"]["reason"])
        self.assertLess(by_name["determinism"]["seconds"], 30)
        with open(child, encoding="utf-8") as file:
            process = file.read().strip()
        state = facts.text_of(f"/proc/{process}/stat").rpartition(")")[2].split()[:1]
        self.assertIn(state, ([], ["Z"]))  # killed with the command that started it

    def test_a_step_that_fails_is_told_and_the_next_ones_run(self):
        self.rewrite("kernels_node_host", KERNELS.replace("0123", "4567"))
        self.rewrite("node_drills", "exit 1")
        os.remove(os.path.join(self.build, steps.TARGETS["test_kernels_cuda_device"]))
        status, by_name, printed = self.run_script()
        self.assertEqual((status, self.statuses(by_name, "failed")), (1, ["kernels", "drills"]))
        self.assertIn("ended with status 1", by_name["drills"]["reason"])
        self.assertEqual(by_name["evidence"]["status"], "passed", printed)

    def test_digests_that_differ_from_the_hosts_are_found(self):
        self.rewrite("kernels_node_host", KERNELS.replace("0123", "4567"))
        status, by_name, _ = self.run_script("--steps", "kernels")
        self.assertEqual((status, self.statuses(by_name, "failed")), (1, ["kernels"]))
        self.assertIn("1 differ from the host, first ['add u64 1x1x1']",
                      by_name["kernels"]["reason"])
        self.assertEqual(by_name["nccl"]["reason"], "not asked for")

    def test_a_kernel_that_is_slow_is_named(self):
        self.rewrite("kernels_node", KERNELS.replace("20%  no floor", "79%  BELOW"))
        status, by_name, _ = self.run_script("--steps", "speed")
        self.assertEqual((status, by_name["speed"]["reason"]), (1, "below 80% of a copy: j 79%"))

    def test_eight_ranks_that_do_not_move_are_told_and_no_failure(self):
        for body, said in (("sleep 300", "do not move on this machine"), ("exit 3", "do not move"),
                           ("exit 1", "ended with status 1")):
            self.rewrite("reducecheck_real_tool",
                         f"case \"$*\" in *'--launch 8'*) {body} ;; esac")
            shutil.rmtree(os.path.join(self.folder, "out"), ignore_errors=True)
            with mock.patch.object(nccl_steps, "MOST_RANKS_SECONDS", 1):
                status, by_name, _ = self.run_script("--steps", "nccl")
            self.assertEqual((status, said in by_name["nccl"]["reason"]), (body == "exit 1", True),
                             by_name["nccl"]["reason"])

    def test_a_sanitizer_that_finds_nothing_is_a_failure(self):
        write_program(os.path.join(self.tools, "compute-sanitizer"), "exit 0")
        status, by_name, _ = self.run_script("--steps", "3,6")
        self.assertEqual((status, self.statuses(by_name, "failed")), (1, ["canaries"]))
        self.assertIn("and 3 more", by_name["canaries"]["reason"])

    def test_what_the_machine_lacks_is_unavailable(self):
        os.remove(os.path.join(self.tools, "compute-sanitizer"))
        self.rewrite("reducecheck_real_tool", "sleep 300")
        with mock.patch.object(nccl_steps, "GATE_SECONDS", 1):
            status, by_name, _ = self.run_script()
        self.assertEqual((status, self.statuses(by_name, "unavailable")),
                         (0, ["canaries", "sanitizers", "nccl"]))
        self.assertIn("several ranks on one GPU do not move", by_name["nccl"]["reason"])

    def test_time_that_is_over_skips_steps_but_not_the_evidence(self):
        status, by_name, _ = self.run_script("--seconds", "1")
        self.assertEqual(status, 0)
        self.assertEqual(by_name["speed"]["reason"], "the 1 seconds are over")
        self.assertEqual(self.statuses(by_name, "passed"), ["preflight", "evidence"])

    def test_without_a_gpu_it_says_so_within_seconds(self):
        write_program(os.path.join(self.tools, "nvidia-smi"), "exit 9")
        out = os.path.join(self.folder, "out")
        begin = time.monotonic()
        ran = subprocess.run([sys.executable, SCRIPT, "--build", self.build, "--out", out],
                             env={**os.environ, "PATH": self.tools + os.pathsep +
                                  os.environ["PATH"]},
                             capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(ran.returncode, 77, ran.stdout + ran.stderr)
        self.assertLess(time.monotonic() - begin, 30)
        with open(os.path.join(out, "results.json"), encoding="utf-8") as file:
            results = json.load(file)
        self.assertEqual((results["exit_status"], results["machine"]["gpus"]), (77, []))
        first, *others = results["steps"]
        self.assertEqual(first["status"], "unavailable")
        self.assertIn("no GPU (nvidia-smi shows none)", first["reason"])
        self.assertEqual({(step["status"], step["reason"]) for step in others},
                         {("skipped", first["reason"])})

    def test_wrong_command_lines_are_refused(self):
        os.makedirs(os.path.join(self.folder, "old"))
        with open(os.path.join(self.folder, "old", "results.json"), "w", encoding="utf-8"):
            pass
        for words, said in ((("--steps", "13"), "expected numbers from 1 to 12 or names"),
                            (("--seconds", "0"), "expected an integer, 1 to 86400"),
                            (("--out", os.path.join(self.folder, "old")), "holds evidence")):
            ran = subprocess.run([sys.executable, SCRIPT, "--out", os.path.join(self.folder, "o"),
                                  *words], capture_output=True, text=True, check=False)
            self.assertEqual(ran.returncode, 2, ran.stderr)
            self.assertIn(said, ran.stderr)


if __name__ == "__main__":
    unittest.main()
