# SPDX-License-Identifier: Apache-2.0
"""Commands with a time limit, and how a step ends."""

import os
import signal
import subprocess
import time

MOST_OUTPUT = 64 << 20  # bytes of a command's output that a step looks at


class StepEnd(Exception):
    """A step ends here: `failed`, `unavailable` (the machine lacks what it needs) or `skipped`."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


class Ran:
    """What came of a command. `status` is None where it was killed at its limit."""

    def __init__(self, words, status, output, seconds):
        self.words, self.status, self.output, self.seconds = words, status, output, seconds

    def told(self):
        name = " ".join([os.path.basename(self.words[0])] + self.words[1:])
        if self.status is None:
            return f"`{name}` was killed after {self.seconds:.0f} s"
        return f"`{name}` ended with status {self.status}"


def kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left


class Runner:
    """Runs the commands of one step; their output goes to `log`, one after the other."""

    def __init__(self, log, seconds):
        self.log, self.ends = log, time.monotonic() + seconds
        self.problems = []
        self.measured = {}

    def left(self):
        return self.ends - time.monotonic()

    def run(self, words, seconds=None, environment=None):
        """Runs a command in a session of its own, which is killed when its time is over."""
        limit = self.left() if seconds is None else min(seconds, self.left())
        if limit <= 0:
            raise StepEnd("failed", "its time was over before " + os.path.basename(words[0]))
        words = [str(word) for word in words]
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            shown = [f"{k}={v}" for k, v in sorted((environment or {}).items())] + words
            log.write(("$ " + " ".join(shown) + "\n").encode())
            log.flush()
            start = log.tell()
            try:
                process = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    start_new_session=True, env={**os.environ, **(environment or {})})
            except OSError as error:
                raise StepEnd("failed", f"{words[0]}: {error.strerror}") from error
            try:
                status = process.wait(limit)
            except subprocess.TimeoutExpired:
                status = None
            finally:  # also what it left behind, and also when this script is interrupted
                kill_group(process)
                process.wait()
        ran = Ran(words, status, self.output_from(start), time.monotonic() - begin)
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"# {ran.told()}\n")
        return ran

    def output_from(self, start):
        with open(self.log, "rb") as log:
            log.seek(start)
            return log.read(MOST_OUTPUT).decode("utf-8", "replace")

    def expect(self, words, status=0, seconds=None, environment=None):
        """Runs a command; another status is a problem of the step, which goes on."""
        ran = self.run(words, seconds, environment)
        if ran.status != status:
            self.problems.append(ran.told() + (f", not {status}" if status else ""))
        return ran

    def check(self, holds, problem):
        if not holds:
            self.problems.append(problem)
