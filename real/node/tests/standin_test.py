#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The steps that start ranks, over the stand-in: standin_test.py BUILD. What they ask of NCCL they
then ask of the stand-in, which logs by itself; a fault that is planted there must fail the step."""

import os
import sys
import tempfile
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
import facts
import nccl_steps
import steps
from running import Runner

BUILD = os.path.abspath(sys.argv.pop(1))


class OverTheStandIn(unittest.TestCase):
    def setUp(self):
        os.chdir(facts.ROOT)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.node = steps.Node(BUILD, folder.name)
        self.runner = Runner(os.path.join(folder.name, "log.txt"), 1500)
        targets = {**steps.TARGETS, "node_drill_rank": "tests/real_nccl_drill",
                   "reducecheck_real_tool": steps.TARGETS["reducecheck_real_standin_tool"]}
        patched = mock.patch.object(steps, "TARGETS", targets)
        patched.start()
        self.addCleanup(patched.stop)

    def test_the_nccl_step_passes(self):
        with mock.patch.object(nccl_steps, "MOST_RANKS_SECONDS", 200):  # of a machine without GPUs
            said = nccl_steps.nccl(self.node, self.runner)
        self.assertEqual(self.runner.problems, [])
        self.assertIn("8 ranks: 4 commands", said)
        self.assertEqual(len(self.runner.measured), 4)

    def test_a_planted_fault_fails_it(self):
        fault = {**nccl_steps.SHARED, "REDUCECHECK_STANDIN_FAULT": "corrupt rank=1 call=0 value=9"}
        with mock.patch.object(nccl_steps, "SHARED", fault), \
                mock.patch.object(nccl_steps, "ORDERS", [("ring_ll", "bf16")]), \
                mock.patch.object(nccl_steps, "MOST_RANKS_SECONDS", 10_000):
            said = nccl_steps.nccl(self.node, self.runner)
        self.assertIn("ended with status 1", self.runner.problems[0])
        self.assertIn("8 ranks: no time left", said)

    def test_the_drills_pass(self):
        with mock.patch.object(nccl_steps, "DRILL_MILLISECONDS", 700):
            said = nccl_steps.drills(self.node, self.runner)
        self.assertEqual((self.runner.problems, said[:10]), ([], "7 failures"))


if __name__ == "__main__":
    unittest.main()
