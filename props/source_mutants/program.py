# SPDX-License-Identifier: Apache-2.0
"""The tests of an area, linked once with all of its mutants inside."""

import hashlib
import json
import os
import shutil

import schemata
from build_tree import BuildError, side_by_side
from places import applied, places

COMPILED = ["-O1", "-g0", "-fmax-errors=0"]
MOST_PASSES = 12
TOOL, TOOL_PATH = "reducecheck", "REDUCECHECK_EXECUTABLE"


def order_of(seed, mutation):
    """Where the mutation stands among all: by a hash, so that it stays there when other lines
    change."""
    key = f"{seed}|{mutation.path}|{mutation.source}|{mutation.label}|{mutation.column}"
    return hashlib.sha256(key.encode()).hexdigest()


def sample(mutations, seed, count):
    """At most `count` of them in random order, one a line, none across another."""
    chosen, lines = [], set()
    for one in sorted(mutations, key=lambda one: order_of(seed, one)):
        if len(chosen) == count:
            break
        clashes = (one.path, one.line) in lines or any(
            other.path == one.path and schemata.crosses(other, one) for other in chosen)
        if not clashes:
            lines.add((one.path, one.line))
            chosen.append(one)
    return chosen


class Refused:
    """What did not compile in an earlier run, so that it is not tried again."""

    def __init__(self, path, texts):
        self.path = path
        self.hashes = {path: hashlib.sha256(text.encode()).hexdigest()[:16]
                       for path, text in texts.items()}
        self.held = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.held = json.load(file)

    def key(self, one):
        return [self.hashes[one.path], one.line, one.column, one.label]

    def holds(self, one):
        return self.key(one) in self.held

    def add(self, mutations):
        self.held += sorted(self.key(one) for one in mutations)
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.held, file)


class Program:
    """Sources with mutants, compiled and linked; `mutants` are those that compile, by number."""

    def __init__(self, tree, sources, tests, name, tell):
        self.tree, self.tell = tree, tell
        self.folder = os.path.join(tree.work, name)
        self.overlay = os.path.join(self.folder, "sources")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.overlay)
        self.texts, self.functions = {}, {}
        for source in sources:
            path, _, self.functions[path] = source.partition(":")
            with open(os.path.join(tree.source, path), encoding="utf-8") as file:
                self.texts[path] = file.read()
        self.targets = {test: "tests/test_" + test.replace(".", "_") for test in tests}
        self.units = {}
        self.own_units = []
        self.mutants = {}
        self.known_code = {}  # without a mutation

    def all_places(self):
        found = []
        for path, text in self.texts.items():
            found += places(path, text, self.functions[path])
        return found

    def write_sources(self):
        for path, text in self.texts.items():
            own = [one for one in self.mutants.items() if one[1].path == path]
            self.write(path, schemata.with_all(text, own))

    def write(self, path, text, overlay=None):
        full = os.path.join(overlay or self.overlay, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def compile_units(self, jobs, units):
        """{unit: what the compiler says} where it refuses."""
        header = os.path.join(self.folder, "mutants.hpp")
        with open(header, "w", encoding="utf-8") as file:
            file.write(schemata.HEADER)

        def one(unit):
            source = self.tree.source_for(unit, self.overlay, self.texts)
            define = (TOOL_PATH, self.tool()) if self.starts_tool(unit) else None
            return self.tree.compile(unit, source, self.object_of(unit),
                                     ["-include", header, *COMPILED], self.overlay, define)

        return {unit: said for unit, said in zip(units, side_by_side(jobs, one, units)) if said}

    def object_of(self, unit):
        return os.path.join(self.folder, unit.replace("/", "+"))

    def build(self, seed, count, jobs):
        """Leaves at most `count` mutants that compile, in every test of the area."""
        refused = Refused(os.path.join(self.tree.work, "refused.json"), self.texts)
        everything = self.all_places()
        chosen = sample(everything, seed, count + count // 2)
        self.units = self.tree.units_with(self.targets.values(), self.texts)
        self.own_units = self.tree.own_units_with(self.targets.values(), self.texts)
        units = [unit for units in self.units.values() for unit in units] + self.own_units
        self.tell(f"{len(everything)} places in {len(self.texts)} files; compiling {len(chosen)} "
                  f"mutants in {len(units)} units")
        self.mutants = {n: one for n, one in enumerate(chosen) if not refused.holds(one)}
        for _ in range(MOST_PASSES):
            self.write_sources()
            said = self.compile_units(jobs, units)
            if not said:
                break
            bad = set()
            for text in said.values():
                found = schemata.refused(text, self.overlay + "/", self.mutants.values())
                if not found:
                    raise BuildError(text[:3000])
                bad |= found
            refused.add(bad)
            self.tell(f"{len(bad)} do not compile")
            self.mutants = {n: one for n, one in self.mutants.items() if one not in bad}
            changed = {one.path for one in bad}
            units = [unit for unit in units if unit in said or self.tree.files_of(unit) & changed]
        self.link_all(jobs)
        self.mutants = dict(list(self.mutants.items())[:count])

    def link_all(self, jobs):
        runtime = os.path.join(self.folder, "runtime.cpp")
        with open(runtime, "w", encoding="utf-8") as file:
            file.write(schemata.RUNTIME % {"count": max(self.mutants, default=0) + 1})
        self.compile_or_raise(next(iter(self.units.values()))[0], runtime, runtime + ".o")
        archives = {}
        for archive, units in self.units.items():
            archives[archive] = os.path.join(self.folder, archive.replace("/", "+"))
            self.tree.archive(archive, {unit: self.object_of(unit) for unit in units},
                              archives[archive])
        links = {test: self.tree.link_command(target).split(" ")
                 for test, target in self.targets.items()}
        started = {word for words in links.values() for word in words if self.starts_tool(word)}
        if started:
            self.tree.link(f"bin/{TOOL}", archives, [runtime + ".o"], self.tool())

        def recompile(unit):
            own = os.path.join(self.tree.build, self.tree.commands[unit]["file"])
            self.compile_or_raise(unit, own, self.object_of(unit), define=(TOOL_PATH, self.tool()))

        def link(test):
            replaced = {word: self.object_of(word) for word in links[test]
                        if word in started or word in self.own_units}
            self.tree.link(self.targets[test], archives | replaced, [runtime + ".o"],
                           self.executable(test))

        side_by_side(jobs, recompile, sorted(started - set(self.own_units)))
        side_by_side(jobs, link, self.targets)

    def tool(self):
        return os.path.join(self.folder, TOOL)

    def starts_tool(self, word):
        """Whether it is an object of a test that starts the tool: its path is compiled into it."""
        return f"-D{TOOL_PATH}=" in self.tree.commands.get(word, {}).get("command", "")

    def compile_or_raise(self, unit, source, output, define=None):
        said = self.tree.compile(unit, source, output, [], define=define)
        if said:
            raise BuildError(said[:3000])

    def executable(self, test):
        return os.path.join(self.folder, "test_" + test)

    def same_code(self, mutation):
        """Whether every object is the same with the mutation and without, at -O2."""
        text = self.texts[mutation.path]
        return all(self.code_without(unit, mutation.path)
                   == self.code(unit, mutation.path, applied(text, mutation))
                   for unit in (unit for units in self.units.values() for unit in units)
                   if mutation.path in self.tree.files_of(unit))

    def code_without(self, unit, path):
        # Of a source only that file is compiled; a header's unit is large, and the same for all.
        key = unit, path if path.endswith(".cpp") else ""
        if key not in self.known_code:
            self.known_code[key] = self.code(unit, path, self.texts[path])
        return self.known_code[key]

    def code(self, unit, path, text):
        """What the compiler makes of the unit with that text; of the file alone where it is one."""
        overlay = os.path.join(self.folder, "one_mutant")
        for other, own in self.texts.items():
            self.write(other, text if other == path else own, overlay)
        alone = path.endswith(".cpp")
        source = os.path.join(overlay, path) if alone else (
            self.tree.source_for(unit, overlay, self.texts))
        output = os.path.join(overlay, "code.s")
        said = self.tree.compile(unit, source, output, ["-O2", "-S"], overlay)
        if said:
            raise BuildError(said[:3000])
        with open(output, encoding="utf-8") as file:
            return file.read()
