#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page is what the records say; and where it is not, that is seen."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
RECORD = {"title": "A run", "date": "2026-11-30", "command": "run --all", "seconds": 3.0,
          "machine": "one core", "says": "Ten were tried.",
          "rows": [{"what": "caught", "bar": "all", "measured": "9 of 10", "holds": False}],
          "tables": [{"caption": "Each", "columns": ["a", "b"], "rows": [["x|y", 1]]}],
          "falls_short": ["one is not caught."]}


def page(*words):
    ran = subprocess.run([sys.executable, HERE / "page.py", *words], capture_output=True, text=True,
                         check=False)
    return ran.returncode, ran.stderr


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.words = ["--records", str(self.folder), "--page", str(self.folder / "TRUST.md")]

    def put(self, record):
        (self.folder / "a.json").write_text(json.dumps(record))

    def test_is_what_the_records_say(self):
        self.assertEqual(page("--check"), (0, ""))

    def test_shows_what_falls_short(self):
        self.put(RECORD)
        self.assertEqual(page(*self.words)[0], 0)
        text = (self.folder / "TRUST.md").read_text()
        self.assertIn("| caught | all | 9 of 10 | **falls short** | 2026-11-30 |", text)
        self.assertIn("- Falls short: one is not caught.", text)
        self.assertIn("| x\\|y | 1 |", text)
        self.assertEqual(page("--check", *self.words), (0, ""))

    def test_a_record_that_changed_is_seen(self):
        self.put(RECORD)
        page(*self.words)
        self.put(RECORD | {"date": "2026-12-01"})
        status, told = page("--check", *self.words)
        self.assertEqual(status, 1)
        self.assertIn("is not what the records say", told)

    def test_a_broken_record_is_refused_in_a_sentence(self):
        (self.folder / "a.json").write_text("{\n ?")
        status, told = page(*self.words)
        self.assertEqual(status, 2)
        self.assertRegex(told, r"a\.json:2:2: ")
        self.put({key: RECORD[key] for key in RECORD if key != "date"})
        self.assertEqual(page(*self.words)[0], 2)


if __name__ == "__main__":
    unittest.main()
