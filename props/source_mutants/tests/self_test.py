# SPDX-License-Identifier: Apache-2.0
"""The mutator on a program of one file: what it must catch, must not catch, and must not count."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

# pylint: disable=wrong-import-position
import run
import survivors
import test_runs
from build_tree import BuildError, BuildTree
from places import applied, places
from program import Program

NINJA = """
rule compile
  command = {compiler} -MD -MF $out.d -o $out -c $in
  depfile = $out.d
  deps = gcc
rule archive
  command = rm -f $out && ar qc $out $in
rule link
  command = : && {compiler} $in -o $out && :
build tiny.o: compile {source}/tiny.cpp
build tiny_test.o: compile {source}/tiny_test.cpp
build libtiny.a: archive tiny.o
build tests/test_tiny: link tiny_test.o libtiny.a
"""


def tiny_tree(folder):
    """A tree as CMake would leave it, but without CMake, which would take longer than the test."""
    source, build = os.path.join(folder, "source"), os.path.join(folder, "build")
    shutil.copytree(os.path.join(HERE, "test_data"), source)
    os.makedirs(os.path.join(build, "tests"))
    compiler = os.environ.get("CXX", "c++")
    with open(os.path.join(build, "build.ninja"), "w", encoding="utf-8") as file:
        file.write(NINJA.format(compiler=compiler, source=source))
    entries = [{"directory": build, "file": os.path.join(source, name + ".cpp"),
                "command": f"{compiler} -o {name}.o -c {os.path.join(source, name + '.cpp')}"}
               for name in ("tiny", "tiny_test")]
    with open(os.path.join(build, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(entries, file)
    subprocess.run(["ninja", "-C", build], check=True, stdout=subprocess.DEVNULL)
    return BuildTree(source, build, os.path.join(build, "source_mutants"))


class WithoutNumbers(Program):
    """Of two places in a line one is drawn; the tests here speak about the other."""

    def all_places(self):
        return [one for one in super().all_places() if "` to `1`" not in one.label]


class OnATinyProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        folder = cls.scratch.name
        cls.tree = tiny_tree(folder)
        os.makedirs(cls.tree.work)
        cls.program = WithoutNumbers(cls.tree, ["tiny.cpp", "tiny.hpp"], ["tiny"], "tiny",
                                     lambda text: None)
        cls.program.build(seed=1, count=1000, jobs=2)
        test_runs.SHORTEST_LIMIT = 1
        cls.runs = test_runs.TestRuns(cls.program.executable,
                                      test_runs.run_folder(cls.tree.source, folder + "/run"), {})
        cls.without = cls.runs.without_mutant("tiny")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def outcome(self, line, label, by_hand=()):
        for number, one in self.program.mutants.items():
            if one.source.startswith(line) and one.label == label:
                told = self.runs.with_mutant(number, ["tiny"])
                return run.judged(one, told, self.program, dict(by_hand))
        return self.fail(f"no mutant {label} in {line}")

    def test_without_a_mutant_the_test_is_silent(self):
        self.assertEqual(self.without, "")

    def test_what_a_test_looks_at_is_caught(self):
        self.assertEqual(self.outcome("total", "`+=` to `-=`"), ("caught", "tiny failed"))

    def test_an_endless_loop_is_caught(self):
        self.assertEqual(self.outcome("--rest;", "statement deleted"), ("caught", "tiny deadline"))

    def test_what_the_test_itself_includes_is_mutated_there_as_well(self):
        self.assertEqual(self.outcome("const int sum", "`+` to `-`"), ("caught", "tiny failed"))

    def test_what_no_test_looks_at_survives(self):
        self.assertEqual(self.outcome("unseen", "statement deleted"),
                         ("survived", "no test tells"))

    def test_what_is_never_run_survives(self):
        self.assertEqual(self.outcome("never", "statement deleted"),
                         ("survived", "no test of the area reaches it"))

    def test_equal_code_is_not_counted(self):
        self.assertEqual(self.outcome("const bool below", "`<` to `<=`"),
                         ("equivalent", "the same code"))

    def test_a_reason_makes_a_survivor_equivalent(self):
        one = ("tiny.cpp", "unseen = 7;", "statement deleted")
        self.assertEqual(self.outcome("unseen", "statement deleted", {one: ("equivalent", "so")}),
                         ("equivalent", "so"))
        self.assertEqual(self.outcome("unseen", "statement deleted", {one: ("gap", "why")}),
                         ("survived", "why"))

    def test_what_does_not_compile_is_dropped(self):
        drawn = {one.source for one in self.program.mutants.values()}
        self.assertFalse([line for line in drawn if line.startswith("std::string name")])


class OnTexts(unittest.TestCase):
    def labels(self, body):
        return [one.label for one in places("x.cpp", f"void f() {{\n{body}\n}}\n")]

    def test_each_kind_of_change_is_found(self):
        for body, label in (
                ("use(a < b);", "`<` to `<=`"), ("use(a == b);", "`==` to `!=`"),
                ("use(a + b);", "`+` to `-`"), ("use(a * b);", "`*` to `+`"),
                ("use(a && b);", "`&&` to `||`"), ("use(17);", "`17` to `18`"),
                ("if (a) b();", "condition negated"), ("use(!a);", "`!` removed"),
                ("while (a) break;", "`break` to `continue`"), ("return a;", "returns {}"),
                ("a.b(c);", "statement deleted"), ("++a;", "statement deleted"),
                ("use(std::min(a, b));", "`min` to `max`")):
            self.assertIn(label, self.labels(body), body)

    def test_types_strings_and_comments_are_left_alone(self):
        for body in ("const std::vector<int>& a = b;", "// use(a < b);", "auto* a = &b;",
                     "const T a{};", "static_assert(a < 3);", "constexpr int a = 3;",
                     "#include <a + b>", "using T = std::array<int, 3>;", "int a;"):
            self.assertEqual(self.labels(body), [], body)
        self.assertEqual(self.labels('use("a < b");'), ["statement deleted"])

    def test_all_that_is_assigned_belongs_to_an_assignment(self):
        text = "void f() {\n  at += wide ? 2 : 3;\n}\n"
        one, = (one for one in places("x.cpp", text) if one.label == "`+=` to `-=`")
        self.assertEqual(text[one.first:one.last], "at += wide ? 2 : 3")

    def test_a_change_keeps_the_number_of_lines(self):
        text = "void f() {\n  g(a,\n    b);\n  h();\n}\n"
        for one in places("x.cpp", text):
            self.assertEqual(applied(text, one).count("\n"), text.count("\n"))

    def test_a_missing_tree_is_said(self):
        with self.assertRaises(BuildError):
            BuildTree("/", "/nowhere", "/nowhere")


class OnSurvivors(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "survivors.txt")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return survivors.read(path, os.path.join(HERE, "test_data"))

    def test_an_entry_that_matches_is_kept(self):
        entries = self.read("# why\nfile: tiny.cpp\nline: unseen = 7;\nmutation: m\n"
                            "kind: equivalent\nreason: r\n")
        self.assertEqual(entries, {("tiny.cpp", "unseen = 7;", "m"): ("equivalent", "r")})

    def test_an_entry_whose_line_is_gone_is_an_error(self):
        for wrong in ("file: tiny.cpp\nline: gone;\nmutation: m\nkind: gap\nreason: r\n",
                      "file: gone.cpp\nline: unseen = 7;\nmutation: m\nkind: gap\nreason: r\n",
                      "file: tiny.cpp\nline: unseen = 7;\nmutation: m\nkind: new\nreason: r\n",
                      "file: tiny.cpp\nline: unseen = 7;\nmutation: m\nkind: gap\n", "what\n"):
            with self.assertRaises(survivors.SurvivorsError, msg=wrong):
                self.read(wrong)

    def test_the_shipped_entries_name_lines_of_the_sources(self):
        survivors.read(os.path.join(os.path.dirname(HERE), "survivors.txt"), run.SOURCE)


if __name__ == "__main__":
    if shutil.which("ninja") is None:
        print("no ninja: skipped")
        sys.exit(77)
    unittest.main()
