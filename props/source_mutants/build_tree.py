# SPDX-License-Identifier: Apache-2.0
"""A configured and built tree of CMake with Ninja, from which tests are linked again with mutated
sources. Nothing in the tree is changed."""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess


class BuildError(Exception):
    pass


def output_of(command, folder, shell=False):
    done = subprocess.run(command, cwd=folder, shell=shell, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


class BuildTree:
    def __init__(self, source, build, work):
        self.source, self.build, self.work = source, build, work
        path = os.path.join(build, "compile_commands.json")
        try:
            with open(path, encoding="utf-8") as file:
                entries = json.load(file)
        except OSError as error:
            raise BuildError(f"{path}: {error.strerror}; expected a tree of `cmake -G Ninja`")
        self.commands = {}
        for one in entries:
            words = one["command"].split(" ")
            self.commands[self.from_build(words[words.index("-o") + 1])] = one
        self.dependencies = {}

    def from_build(self, path):
        return os.path.relpath(os.path.join(self.build, path), self.build)

    def ninja(self, *words):
        status, text = output_of(["ninja", *words], self.build)
        if status != 0:
            raise BuildError(f"ninja {' '.join(words)}:\n{text[-2000:]}")
        return text

    def link_command(self, target):
        return self.ninja("-t", "commands", "-s", target).strip().splitlines()[-1]

    def objects_of(self, archive):
        lines = self.ninja("-t", "query", archive).splitlines()
        end = lines.index("  outputs:") if "  outputs:" in lines else len(lines)
        return [line.strip() for line in lines[:end] if line.strip().endswith(".o")]

    def archives_in(self, link):
        """The archives of this tree that the command links."""
        return [word for word in shlex.split(link)
                if word.endswith(".a") and not os.path.isabs(word)]

    def files_of(self, unit):
        """What the object was compiled from, by paths from the source folder."""
        if not self.dependencies:
            now = ""
            for line in self.ninja("-t", "deps").splitlines():
                if line and not line.startswith(" "):
                    now = self.from_build(line.split(":")[0])
                    self.dependencies[now] = set()
                elif line:
                    full = os.path.join(self.build, line.strip())
                    self.dependencies[now].add(os.path.relpath(full, self.source))
        return self.dependencies.get(unit, set())

    def units_with(self, targets, paths):
        """{archive: objects} of what the targets link: the objects that `paths` are part of."""
        found = {}
        for target in targets:
            for archive in self.archives_in(self.link_command(target)):
                if archive not in found:
                    found[archive] = [one for one in self.objects_of(archive)
                                      if self.files_of(one) & set(paths)]
        return {archive: units for archive, units in found.items() if units}

    def own_units_with(self, targets, paths):
        """The targets' own objects that `paths` are part of: the linker takes an inline function
        from the first object that has it, and these come before the archives."""
        words = {word for target in targets for word in shlex.split(self.link_command(target))}
        return sorted(word for word in words
                      if word in self.commands and self.files_of(word) & set(paths))

    def source_for(self, unit, overlay, paths):
        """The file to compile instead of the unit's own: with `paths` taken from `overlay`."""
        entry = self.commands[unit]
        own = os.path.join(entry["directory"], entry["file"])
        from_source = os.path.relpath(own, self.source)
        if from_source in paths:
            return os.path.join(overlay, from_source)
        with open(own, encoding="utf-8") as file:
            text = file.read()
        for path in paths:
            text = text.replace(f'"{os.path.join(self.source, path)}"',
                                f'"{os.path.join(overlay, path)}"')
        copy = os.path.join(self.work, "units", unit.replace("/", "+") + os.path.splitext(own)[1])
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        with open(copy, "w", encoding="utf-8") as file:
            file.write(text)
        return copy

    def compile(self, unit, source, output, extra, overlay=None, define=None):
        """Compiles as the unit is compiled, but `source` into `output`; the compiler's text, or ""
        where it accepts."""
        words = shlex.split(self.commands[unit]["command"])
        while not re.search(r"(\+\+|cc|clang)(-\d+)?$", os.path.basename(words[0])) or (
                os.path.basename(words[0]) == "ccache"):
            words.pop(0)  # a compiler's launcher
        at = words.index("-o")
        own = words[words.index("-c") + 1]
        del words[at:at + 2]
        words = [source if word == own else word for word in words]
        words = [f"-D{define[0]}=\"{define[1]}\"" if define and word.startswith(f"-D{define[0]}=")
                 else word for word in words]
        if overlay:
            words.insert(1, f"-I{overlay}")
        status, text = output_of(words + ["-w", *extra, "-o", output], self.build)
        return text if status != 0 else ""

    def archive(self, archive, replaced, output):
        """A copy of the archive with {object: another file}."""
        if os.path.exists(output):
            os.remove(output)
        members = [replaced.get(one, one) for one in self.objects_of(archive)]
        status, text = output_of(["ar", "qcS", output, *members], self.build)
        status, text = (status, text) if status else output_of(["ranlib", output], self.build)
        if status != 0:
            raise BuildError(text)

    def link(self, target, replaced, more, output):
        """Links as the target is linked, with {word: another word} and `more` objects."""
        words = []
        for word in self.link_command(target).split(" "):
            if word == "-o":
                words += more
            words.append(output if word == target else replaced.get(word, word))
        status, text = output_of(" ".join(words), self.build, shell=True)
        if status != 0:
            raise BuildError(text[-3000:])


def side_by_side(jobs, work, items):
    """[work(item)] by that many threads; each waits for a compiler."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(work, items))
