#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dumps of real PyTorch processes are read as they were written, and what is wrong in them is
named: `torch_test.py REDUCECHECK WORK`.

PyTorch is that of $REDUCECHECK_TORCH_PYTHON, or is fetched from PyPI into WORK/venv, with the
reference reader of safetensors. Without either the test is skipped (exit status 77).
"""

import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
HOOK = os.path.join(HERE, "..", "reducecheck_dump.py")
IN_GROUP = ("none", "double", "missing", "residual", "scale_squared", "calls")
RUNS = [(IN_GROUP, 1, 2), (IN_GROUP, 1, 4), (IN_GROUP, 1, 8)]
RUNS += [(("none", "wrong_group"), 2, tp) for tp in (2, 4, 8)]

# In PyTorch: the reference reader, and the converter, agree with what was recorded.
READ_AGAIN = """
import os, sys, torch
from safetensors import safe_open
kept, dump, saved = {}, sys.argv[1], sys.argv[2]
for rank in range(int(sys.argv[3])):
    with safe_open(os.path.join(dump, f"rank{rank}.safetensors"), framework="pt") as file:
        assert file.metadata()["rank"] == str(rank), file.metadata()
        for name in file.keys():
            kept[name] = file.get_tensor(name)
    assert len(kept) == 4 and all(t.shape == (64, 128) and t.dtype == torch.bfloat16
                                  for t in kept.values()), kept
    torch.save({"mlp": {name.rsplit("/", 1)[1]: tensor for name, tensor in kept.items()}},
               os.path.join(saved, f"{rank}.pt"))
"""

# Every type, a view that is not contiguous, no element, one element: as the reference reads them.
ALL_TYPES = """
import os, sys, torch
sys.path.insert(0, os.path.dirname(sys.argv[1]))
import reducecheck_dump
from safetensors import safe_open
numbers = torch.arange(-12, 12, dtype=torch.float32).reshape(4, 6)
given = {}
for name in reducecheck_dump.TYPES:
    whole = (numbers.abs() if name.startswith("u") else numbers).to(getattr(torch, name))
    given.update({f"{name}/partial/{part}": tensor for part, tensor in
                  (("view", whole.t()[1:]), ("none", whole[:0]), ("one", whole[0, 1]))})
with reducecheck_dump.recording(sys.argv[2], {"tp": 1}, rank=0):
    for name, tensor in given.items():
        reducecheck_dump.record_partial(*name.split("/")[::2], tensor)
with safe_open(os.path.join(sys.argv[2], "rank0.safetensors"), framework="pt") as file:
    assert set(file.keys()) == set(given)
    for name, tensor in given.items():
        read = file.get_tensor(name)
        assert read.dtype == tensor.dtype and read.shape == tensor.shape, name
        assert torch.equal(read.double(), tensor.double()), name
"""


def python_with_torch(work):
    given = os.environ.get("REDUCECHECK_TORCH_PYTHON")
    if given:
        return given
    venv = os.path.join(work, "venv")
    python = os.path.join(venv, "bin", "python")
    for command in ([sys.executable, "-m", "venv", venv],
                    [python, "-m", "pip", "install", "--quiet", "torch", "safetensors"]):
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode != 0:
            told = (ran.stderr or ran.stdout).strip().splitlines() or ["no reason given"]
            print(f"skipped: {' '.join(command)}: {told[-1]}")
            sys.exit(77)
    return python


def run(*command, status=0):
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != status:
        sys.exit(f"{' '.join(command)}: exit status {ran.returncode}, not {status}\n"
                 f"{ran.stdout}{ran.stderr}")
    return ran.stdout


def expect(found, wanted, what):
    if found != wanted:
        sys.exit(f"{what}:\n{found}\nexpected:\n{wanted}")


def expect_shown(reducecheck, dump, dp, tp):
    mesh = f"dp={dp} tp={tp}" if dp > 1 else f"tp={tp}"
    expect(run(reducecheck, "dump", dump), f"""{dump}
  mesh   {mesh}: {dp * tp} ranks
  group  tp

  scope         kind     name            type  shape
  layers.0.mlp  partial  experts         BF16  [64, 128]
  layers.0.mlp  partial  shared_experts  BF16  [64, 128]
  layers.0.mlp  addend   residual        BF16  [64, 128]
  layers.0.mlp  output   y               BF16  [64, 128]
""", "reducecheck dump")


def expect_calls_shown(reducecheck, dump, tp):
    """Two in each of two passes, right by themselves: one too many is seen by branches only."""
    calls = "".join(f"""\
  all_reduce.{call}  partial  operand   BF16  [64, 128]
  all_reduce.{call}  output   y         BF16  [64, 128]
""" for call in range(4))
    expect(run(reducecheck, "dump", dump), f"""{dump}
  mesh   tp={tp}: {tp} ranks
  group  tp

  scope         kind     name      type  shape
{calls}  layers.0.mlp  addend   residual  BF16  [64, 128]
""", "reducecheck dump")
    told = json.loads(run(reducecheck, "diagnose", dump, "--json", "-"))
    expect([one["verdict"] for one in told["outputs"]], ["holds"] * 4, dump)


def expect_diagnosed(reducecheck, dump, defect, tp):
    right = defect == "none"
    told = json.loads(run(reducecheck, "diagnose", dump, "--json", "-", status=0 if right else 1))
    expect([one["verdict"] for one in told["outputs"]], ["holds" if right else "defect"], dump)
    found = [(one["class"], one["branches"], one["coefficient"])
             for one in told["outputs"][0]["findings"]]
    wanted = {
        "none": [],
        "double": [("double_reduce", ["shared_experts"], f"{tp} = tp")],
        "missing": [("missing_reduce", ["shared_experts"], "0")],
        "wrong_group": [("wrong_group", ["shared_experts"], "0")],
        "residual": [("addend_in_sum", ["residual"], f"{tp} = tp")],
        "scale_squared": [("scale_placement", ["experts"], "5/2")],
    }
    expect(found, wanted[defect], f"reducecheck diagnose {dump}")


def expect_converted(python, dump, work, ranks):
    """Saved by torch.save and converted, the tensors are the same file again."""
    saved, again = os.path.join(work, "saved"), os.path.join(work, "again")
    for folder in (saved, again):
        shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(saved)
    run(python, "-W", "ignore", "-c", READ_AGAIN, dump, saved, str(ranks))
    scope = "layers.0.mlp"
    names = {"experts": "partial", "shared_experts": "partial", "residual": "addend",
             "y": "output"}
    maps = [word for name, kind in names.items()
            for word in ("--map", f"mlp.{name}={scope}/{kind}/{name}")]
    run(python, "-W", "ignore", HOOK, "convert",
        *(os.path.join(saved, f"{rank}.pt") for rank in range(ranks)), "--mesh", f"tp={ranks}",
        "--group", "tp", "-o", again, *maps)
    for rank in range(ranks):
        name = f"rank{rank}.safetensors"
        with open(os.path.join(dump, name), "rb") as one, \
                open(os.path.join(again, name), "rb") as other:
            expect(one.read() == other.read(), True, f"{name} after conversion")


def expect_refused(python, work):
    """What torch.save wrote, but no dump can be made of."""
    saved = os.path.join(work, "refused")
    os.makedirs(saved, exist_ok=True)
    make = f"""
import fractions, torch
torch.save({{"a": fractions.Fraction(1)}}, "{saved}/object.pt")
torch.save({{"a": torch.zeros(2), "x": {{"b": torch.ones(2)}}}}, "{saved}/named.pt")
open("{saved}/text.pt", "w").write("text")
"""
    run(python, "-W", "ignore", "-c", make)
    only = "expected a file of torch.save with tensors in dictionaries and nothing else"
    for words, sentence in (
            (("object.pt",), only + ": Unsupported global: GLOBAL fractions.Fraction\n"),
            (("text.pt",), only + "\n"),
            (("none.pt",), "cannot read: No such file or directory\n"),
            (("named.pt",), "found a, x.b\n"),
            (("named.pt", "--map", "x.c=m/partial/b"), "did you mean `x.b`?\n")):
        ran = subprocess.run([python, "-W", "ignore", HOOK, "convert", *words, "--mesh", "tp=1",
                              "-o", os.path.join(saved, "dump")],
                             capture_output=True, text=True, cwd=saved)
        expect((ran.returncode, ran.stderr[-len(sentence):]), (2, sentence), ran.stderr)
    expect(os.path.exists(os.path.join(saved, "dump")), False, "a dump after a refusal")


def main(reducecheck, work):
    os.makedirs(work, exist_ok=True)
    python = python_with_torch(work)
    print(run(python, "-W", "ignore", "-c", "import torch; print('torch', torch.__version__)"),
          end="")
    dumps = os.path.join(work, "dumps")
    shutil.rmtree(dumps, ignore_errors=True)
    types = os.path.join(dumps, "types")
    run(python, "-W", "ignore", "-c", ALL_TYPES, HOOK, types)
    run(reducecheck, "dump", types)
    expect_refused(python, dumps)
    for defects, dp, tp in RUNS:
        folder = os.path.join(dumps, f"dp{dp}tp{tp}")
        run(python, os.path.join(HERE, "moe_engine.py"), ",".join(defects), str(dp), str(tp),
            folder)
        for defect in defects:
            dump = os.path.join(folder, defect)
            if defect == "calls":
                expect_calls_shown(reducecheck, dump, tp)
            else:
                expect_shown(reducecheck, dump, dp, tp)
                expect_diagnosed(reducecheck, dump, defect, tp)
            print(f"dp={dp} tp={tp} {defect}: read and diagnosed", flush=True)
        if dp == 1:
            expect_converted(python, os.path.join(folder, "double"), work, tp)


if __name__ == "__main__":
    main(*sys.argv[1:])
