#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reducecheck_dump.py without torch: what it writes is what `reducecheck dump` reads.

The executable is $REDUCECHECK_EXECUTABLE.
"""

import array
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import reducecheck_dump as rd

EXECUTABLE = os.environ["REDUCECHECK_EXECUTABLE"]


class Tensor:
    """As much of a torch.Tensor as is used."""

    def __init__(self, values, shape=None, dtype="torch.float32"):
        self.data = array.array("f", values)
        self.shape = (len(values),) if shape is None else shape
        self.dtype = dtype

    def detach(self):
        return self

    def to(self, _device):
        return self

    def contiguous(self):
        return self

    def numel(self):
        return len(self.data)

    def data_ptr(self):
        return self.data.buffer_info()[0]


class Module:
    """As much of a torch.nn.Module as is used."""

    def __init__(self, result=None, **children):
        self.result, self.children, self.hooks = result, children, []

    def named_modules(self, path=""):
        yield path, self
        for name, child in self.children.items():
            yield from child.named_modules(f"{path}.{name}" if path else name)

    def register_forward_hook(self, hook):
        self.hooks.append(hook)
        return types.SimpleNamespace(remove=lambda: self.hooks.remove(hook))

    def __call__(self):
        for child in self.children.values():
            child()
        for hook in list(self.hooks):
            hook(self, (), self.result)


def shown(directory):
    ran = subprocess.run([EXECUTABLE, "dump", directory], capture_output=True, text=True)
    return ran.returncode, ran.stdout, ran.stderr


class DumpTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.dump = os.path.join(self.folder.name, "dump")

    def record(self, rank=0, **more):
        return rd.recording(self.dump, {"tp": 2}, rank=rank, **more)

    def refused(self, sentence, call):
        with self.assertRaises(rd.DumpError) as raised:
            call()
        self.assertIn(sentence, str(raised.exception))

    def test_what_is_written_is_read(self):
        for rank in range(2):
            with self.record(rank, order="ring"):
                rd.record_partial("mlp", "shared", Tensor([1, 2, 3, 4], (2, 2)))
                rd.record_partial("", "experts", Tensor([], (0, 3)))
                rd.record_addend("mlp", "bias", Tensor([1.5]))
                rd.record_output("mlp", "\u03b2\"", Tensor([7], ()))
        status, out, err = shown(self.dump)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out.split("\n", 1)[1], """\
  mesh   tp=2: 2 ranks
  group  tp
  order  ring

  scope  kind     name     type  shape
         partial  experts  F32   [0, 3]
  mlp    partial  shared   F32   [2, 2]
  mlp    addend   bias     F32   [1]
  mlp    output   \u03b2"       F32   []
""")

    def test_the_first_tensor_is_kept_as_it_was(self):
        tensor = Tensor([1, 2])
        with self.record() as recorder:
            rd.record_partial("mlp", "shared", tensor)
            tensor.data[0] = float("nan")
            rd.record_partial("mlp", "shared", tensor)
        self.assertEqual(recorder.tensors["mlp/partial/shared"][2],
                         array.array("f", [1, 2]).tobytes())
        with self.record(1):
            rd.record_partial("mlp", "shared", tensor)
        status, _, err = shown(self.dump)
        self.assertEqual(status, 2)
        self.assertIn("rank1.safetensors: error: tensor `mlp/partial/shared`: 1 of 2 elements are "
                      "NaN or infinite, the first at [0]", err)

    def test_modules_are_watched_until_the_recording_ends(self):
        mlp = Module(Tensor([3]), shared=Module((Tensor([1]), None)),
                     experts=Module((Tensor([4]), Tensor([5]))))
        model = Module(Tensor([9]), mlp=mlp)
        with self.record() as recorder:
            rd.watch(model, {"mlp.shared": "partial", "mlp": "output",
                             "mlp.experts": (None, "mlp/partial/routed")})
            model()
        self.assertEqual(sorted(recorder.tensors),
                         ["mlp/output/y", "mlp/partial/routed", "mlp/partial/shared"])
        self.assertEqual(recorder.tensors["mlp/partial/routed"][2],
                         array.array("f", [5]).tobytes())
        self.assertEqual([module.hooks for _, module in model.named_modules()], [[]] * 4)

    def test_nothing_is_recorded_outside(self):
        rd.record_output("mlp", "y", Tensor([1]))
        self.refused("outside of recording()", lambda: rd.watch(Module(), {}))

    def test_an_exception_leaves_no_file(self):
        with self.assertRaises(ZeroDivisionError), self.record():
            rd.record_output("mlp", "y", Tensor([1]))
            raise ZeroDivisionError
        self.assertEqual(os.listdir(self.dump), [])
        with self.record():
            pass
        self.assertEqual(os.listdir(self.dump), ["rank0.safetensors"])

    def test_a_file_that_cannot_be_written_leaves_no_part(self):
        with self.assertRaises(OSError):
            with self.record():
                rd.record_output("mlp", "y", Tensor([1]))
                os.makedirs(os.path.join(self.dump, "rank0.safetensors"))
        self.assertEqual(os.listdir(self.dump), ["rank0.safetensors"])

    def test_files_are_replaced_only_when_asked(self):
        for rank in range(2):
            with self.record(rank):
                rd.record_output("mlp", "y", Tensor([1]))
        self.refused("rank0.safetensors is there already", lambda: self.record().__enter__())
        with self.record(overwrite=True):
            rd.record_output("mlp", "y", Tensor([2]))
        self.assertEqual(shown(self.dump)[0], 0)

    def test_what_makes_no_sense_is_refused(self):
        for sentence, more in (("rank 2 is not in mesh `tp=2`", {"rank": 2}),
                               ("group axis `ep` is not in mesh", {"group": ("ep",)}),
                               ("the group has no axis", {"group": ()})):
            self.refused(sentence, lambda: self.record(**more).__enter__())
        for mesh in ({"tp": 0}, {"t p": 1}, {"tp": True}, {}):
            self.refused("mesh", lambda: rd.recording(self.dump, mesh, rank=0).__enter__())
        with self.record():
            self.refused("expected SCOPE/KIND/NAME",
                         lambda: rd.record_partial("mlp", "a/b", Tensor([1])))
            self.refused("has type complex64",
                         lambda: rd.record_partial("m", "a", Tensor([1], dtype="torch.complex64")))
            self.refused("is no tensor but list", lambda: rd.record_partial("m", "a", [1]))
            self.refused("did you mean `experts`", lambda: rd.watch(Module(experts=Module()),
                                                                   {"expert": "partial"}))
            self.refused("recording() within", lambda: self.record(1).__enter__())

    def test_the_command_line_answers_in_sentences(self):
        for words, sentence in (
                (["a.pt", "--mesh", "tp=2"], "1 files for mesh `tp=2` of 2 ranks"),
                (["a.pt", "--mesh", "tp"], "mesh `tp`: expected AXIS=SIZE"),
                (["a.pt", "--mesh", "tp=1", "--map", "a"], "--map a: expected OLD=NEW"),
                (["a.pt", "--mesh", "tp=1", "--map", "a=b"], "name `b`: expected SCOPE/KIND/NAME")):
            told = io.StringIO()
            with contextlib.redirect_stderr(told):
                self.assertEqual(rd.main(["convert", *words, "-o", self.dump]), 2)
            self.assertIn(sentence, told.getvalue())


if __name__ == "__main__":
    unittest.main()
