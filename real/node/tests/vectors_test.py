#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden vectors, written and replayed by kernels_node_host, which is $KERNELS_NODE_HOST."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
NODE = os.environ["KERNELS_NODE_HOST"]


def node(*words):
    ran = subprocess.run([NODE, *words], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.golden = os.path.join(cls.folder, "run", "golden")
        status, out = node("golden", cls.golden, "abc")
        assert status == 0, out

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def changed(self, name, change):
        """A copy of the vectors in which the bytes of one file are changed."""
        copy = tempfile.mkdtemp(dir=self.folder)
        for each in ("golden.txt", "golden.bin"):
            with open(os.path.join(self.golden, each), "rb") as file:
                content = bytearray(file.read())
            if each == name:
                content = change(content)
            with open(os.path.join(copy, each), "wb") as file:
                file.write(content)
        return copy

    def expect(self, ran, status, *parts):
        self.assertEqual(ran[0], status, ran[1])
        for part in parts:
            self.assertIn(part, ran[1])

    def test_the_same_build_leaves_the_same_bits(self):
        self.expect(node("replay", self.golden, "abc"), 0, "unchanged since", " 0 different",
                    " 0 unknown, 0 not stored")
        size = sum(entry.stat().st_size for entry in os.scandir(self.golden))
        self.assertLess(size, 16 << 20)

    def test_the_age_of_the_evidence_is_told(self):
        def older(text):
            lines = text.split(b"\n")
            lines[1] = b"made %d" % (int(lines[1].split()[1]) - 3 * 86400 - 60)
            return b"\n".join(lines)
        self.expect(node("replay", self.changed("golden.txt", older), "def"), 0, "3 days old",
                    "CHANGED since")

    def test_a_flipped_bit_is_found(self):
        def flipped(content):
            content[8] ^= 4  # the first of the second vector
            return content
        self.expect(node("replay", self.changed("golden.bin", flipped), "abc"), 1,
                    "DIFFERENT multiply u64 1x1x1: byte 0 of 8", " 1 different")

    def test_broken_files_are_refused_with_the_place(self):
        for name, change, said in (
                ("golden.bin", lambda b: b[:-1], "which golden.bin has left"),
                ("golden.bin", lambda b: b + b"x", "golden.bin: expected"),
                ("golden.txt", lambda b: b"", "golden.txt:1: expected reducecheck.golden/1"),
                ("golden.txt", lambda b: b.replace(b"case 8 add", b"case x add", 1),
                 "golden.txt:5: expected `case`"),
                ("golden.txt", lambda b: b.replace(b"made ", b"made \x1b", 1), "golden.txt:2")):
            self.expect(node("replay", self.changed(name, change), "abc"), 2, said)
        self.expect(node("replay", os.path.join(self.folder, "nowhere"), "abc"), 2,
                    "cannot be read")

    def test_a_case_that_is_missing_or_unknown_is_no_pass(self):
        renamed = self.changed("golden.txt", lambda b: b.replace(b" add u64 ", b" sub u64 ", 1))
        self.expect(node("replay", renamed, "abc"), 1, "UNKNOWN sub u64 1x1x1",
                    "NOT STORED add u64 1x1x1")

    def test_wrong_command_lines_are_refused(self):
        for words in ((), ("gloden",), ("repeat", "0"), ("speed", "1"), ("golden", "a"),
                      ("digests", "small"), ("speed", "4096", "0"), ("speed", "4096", "101"),
                      ("ulps", "0")):
            self.expect(node(*words), 2, "kernels_node: error: ")

    def test_what_a_gpu_is_asked_runs_on_the_host(self):
        self.expect(node("repeat", "2"), 0, "0 with more than one result")
        # An odd step through all numbers, which meets each exponent and both signs.
        self.expect(node("arithmetic", "65537"), 0, "fp32 to fp16: 65535 tried, 0 wrong",
                    "bf16 + bf16")
        self.expect(node("speed", "4096"), 0, "copy", "ring_fold of 4", "no floor")

    def test_a_kernel_below_the_floor_fails(self):
        # The executor of the host is far slower than its copies, which are as fast as themselves.
        status, out = node("speed", "4096", "80")
        verdicts = {line.split("  ")[0]: line.rsplit("  ", 1)[1] for line in out.splitlines()[1:]}
        self.assertEqual((status, verdicts["copy"], verdicts["add"], verdicts["swiglu"]),
                         (1, "holds", "BELOW", "no floor"), out)

    def test_functions_are_within_what_they_promise(self):
        status, out = node("ulps", str(1 << 20))
        self.assertEqual((status, out.count("; within 0.5")), (0, 3), out)
        self.assertIn("norm fp16: 16384 tried", out)

    def test_evidence_is_replayed_and_its_absence_is_counted(self):
        script = os.path.join(HERE, "..", "replay_evidence.py")
        for folder, status, said in ((self.folder, 0, "1 run with GPU evidence"),
                                     ("/nowhere", 77, "no GPU evidence yet: 0 runs")):
            ran = subprocess.run([sys.executable, script, NODE, folder], capture_output=True,
                                 text=True, check=False)
            self.expect((ran.returncode, ran.stdout + ran.stderr), status, said)


if __name__ == "__main__":
    unittest.main()
