# SPDX-License-Identifier: Apache-2.0
"""The file of survivors that a person has judged: why no test can tell, or why none does."""

import os

KEYS = ("file", "line", "mutation", "kind", "reason")
KINDS = ("equivalent", "gap")


class SurvivorsError(Exception):
    pass


def read(path, source):
    """{(file, line's text, mutation): (kind, reason)}. An entry is five lines, `key: value`, with
    an empty line between entries; `#` begins a comment. Every line of code that is named must
    stand in its file."""
    entries, now, problems = {}, {}, []
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    for number, line in enumerate(lines + [""], 1):
        if line.startswith("#"):
            continue
        if line.strip():
            key, colon, value = line.partition(": ")
            if not colon or key not in KEYS or key in now:
                problems.append(f"{path}:{number}: `{line}`: expected `key: value`; each of "
                                f"{', '.join(KEYS)} once")
                continue
            now[key] = value
        elif now:
            problems += [f"{path}:{number - 1}: {one}" for one in faults(now, source)]
            entries[now.get("file"), now.get("line"), now.get("mutation")] = (
                now.get("kind"), now.get("reason"))
            now = {}
    if problems:
        raise SurvivorsError("\n".join(problems))
    return entries


def faults(entry, source):
    missing = [key for key in KEYS if key not in entry]
    if missing:
        return [f"an entry without {', '.join(missing)}"]
    if entry["kind"] not in KINDS:
        return [f"kind `{entry['kind']}`; possible: {' '.join(KINDS)}"]
    try:
        with open(os.path.join(source, entry["file"]), encoding="utf-8") as file:
            lines = [line.strip() for line in file]
    except OSError as error:
        return [f"{entry['file']}: {error.strerror}"]
    if entry["line"] not in lines:
        return [f"no line of {entry['file']} is `{entry['line']}`"]
    return []
