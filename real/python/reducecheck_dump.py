#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes down what a PyTorch process adds to a sum over ranks and what it gets, for reducecheck.

    import reducecheck_dump

    with reducecheck_dump.recording("dump", mesh={"dp": 1, "tp": 4}, group=("tp",)):
        reducecheck_dump.watch(model, {
            "model.layers.3.mlp.experts": "partial",
            "model.layers.3.mlp.shared_experts": "partial",
            "model.layers.3.mlp": "output",
        })
        model(tokens)

Every process does so; then `reducecheck dump dump` shows what was written and `reducecheck
diagnose dump` what is wrong. Needs the standard library and, where it touches tensors, torch. Of
each name the first tensor is kept.

`reducecheck_dump.py convert RANK0.pt RANK1.pt ... --mesh tp=2 -o DIR` makes a dump of what
torch.save has written.
"""

import argparse
import contextlib
import ctypes
import difflib
import json
import math
import os
import re
import struct
import sys

KINDS = ("partial", "addend", "output")
FORMAT = "reducecheck.dump/1"

# By the name of a torch.dtype: the name in the file, and the bytes of an element.
TYPES = {
    "float64": ("F64", 8),
    "float32": ("F32", 4),
    "bfloat16": ("BF16", 2),
    "float16": ("F16", 2),
    "float8_e4m3fn": ("F8_E4M3", 1),
    "float8_e5m2": ("F8_E5M2", 1),
    "int64": ("I64", 8),
    "int32": ("I32", 4),
    "int16": ("I16", 2),
    "int8": ("I8", 1),
    "uint8": ("U8", 1),
}

_NAME = re.compile(r"(?:[^/].*/)?(?:%s)/[^/]+" % "|".join(KINDS), re.DOTALL)
_AXIS = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_recorder = None


class DumpError(Exception):
    """A sentence for the person who records."""


def record_partial(scope, branch, tensor):
    """Keeps what this rank adds to the sum of `scope`; nothing outside of recording()."""
    _record(scope, "partial", branch, tensor)


def record_addend(scope, name, tensor):
    """Keeps what every rank holds alike and the sum must hold once, such as a residual."""
    _record(scope, "addend", name, tensor)


def record_output(scope, name, tensor):
    """Keeps what this rank holds after the sum."""
    _record(scope, "output", name, tensor)


def _record(scope, kind, name, tensor):
    if _recorder is not None:
        _recorder.keep(f"{scope}/{kind}/{name}" if scope else f"{kind}/{name}", tensor)


@contextlib.contextmanager
def recording(directory, mesh, rank=None, group=None, order=None, overwrite=False,
              all_reduce=False):
    """Within it tensors are recorded; at its end `directory` holds the file of this rank, whole, or
    nothing new after an exception.

    `mesh` has the axes and their sizes, the last one fastest, and `rank` is the place in it (that
    of torch.distributed by default). `group` has the axes of the sum, all by default. With
    `all_reduce`, calls of torch.distributed.all_reduce are recorded too: `all_reduce.0`, ...
    """
    global _recorder
    if _recorder is not None:
        raise DumpError("recording() within recording()")
    recorder = _Recorder(directory, mesh, _own_rank() if rank is None else rank, group, order,
                         overwrite)
    recorder.make_directory()  # before the model runs, in case it cannot be made
    with contextlib.ExitStack() as stack:
        recorder.stack = stack
        _recorder = recorder
        try:
            if all_reduce:
                stack.enter_context(_patched_all_reduce(recorder))
            yield recorder
        finally:
            _recorder = None
    recorder.write()


def watch(model, modules):
    """Records what modules of `model` return, until recording() ends.

    `modules` maps paths as in model.named_modules() to a kind, or to the whole name
    `SCOPE/KIND/NAME`. By a kind, partials and addends belong to the module around them and have the
    last word of the path as name; an output belongs to the module itself and is called `y`. For a
    module that returns a tuple a tuple says what each element is, None what is none.
    """
    if _recorder is None:
        raise DumpError("watch() outside of recording()")
    there = dict(model.named_modules())
    for path, what in modules.items():
        if path not in there:
            near = difflib.get_close_matches(path, there, 1)
            raise DumpError(f"the model has no module `{path}`"
                            + (f"; did you mean `{near[0]}`?" if near else ""))
        several = isinstance(what, tuple)
        names = [None if one is None else _full_name(path, one)
                 for one in (what if several else (what,))]
        handle = there[path].register_forward_hook(_hook(_recorder, path, names, several))
        _recorder.stack.callback(handle.remove)


def _full_name(path, what):
    if what not in KINDS:
        return _checked_name(what)
    scope, _, last = path.rpartition(".")
    if what == "output":
        scope, last = path, "y"
    return f"{scope}/{what}/{last}" if scope else f"{what}/{last}"


def _hook(recorder, path, names, several):
    def keep_result(_module, _inputs, result):
        parts = result if isinstance(result, (tuple, list)) else (result,)
        # One name takes the first element: many layers return (result, bias).
        if several and len(parts) != len(names):
            raise DumpError(f"module `{path}` returns {len(parts)} values, not {len(names)}")
        for name, part in zip(names, parts):
            if name is not None:
                recorder.keep(name, part)
    return keep_result


def _own_rank():
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank()
    if "RANK" in os.environ:
        return int(os.environ["RANK"])
    raise DumpError("which rank is this? torch.distributed is not initialized: say rank=")


@contextlib.contextmanager
def _patched_all_reduce(recorder):
    import torch.distributed as distributed

    original = distributed.all_reduce
    calls = 0

    def all_reduce(tensor, op=distributed.ReduceOp.SUM, group=None, async_op=False):
        nonlocal calls
        if op != distributed.ReduceOp.SUM:
            return original(tensor, op, group, async_op)
        scope = f"all_reduce.{calls}"
        calls += 1
        recorder.keep(f"{scope}/partial/operand", tensor)
        work = original(tensor, op, group, async_op)
        if work is not None:
            work.wait()  # the result is there only then
        recorder.keep(f"{scope}/output/y", tensor)
        return work

    distributed.all_reduce = all_reduce
    try:
        yield
    finally:
        distributed.all_reduce = original


def _checked_name(name):
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise DumpError(f"name `{name}`: expected SCOPE/KIND/NAME or KIND/NAME where KIND is "
                        + " or ".join(KINDS))
    return name


def _mesh_text(mesh):
    for axis, size in mesh.items():
        if not _AXIS.fullmatch(axis) or type(size) is not int or size < 1:
            raise DumpError(f"mesh axis `{axis}` of size {size!r}: expected a name and a size of "
                            "at least 1")
    if not mesh:
        raise DumpError("the mesh has no axis")
    return ",".join(f"{axis}={size}" for axis, size in mesh.items())


class _Recorder:
    """What one rank has recorded."""

    def __init__(self, directory, mesh, rank, group, order, overwrite):
        self.tensors = {}
        self.stack = None
        self.metadata = {"format": FORMAT, "rank": str(rank), "mesh": _mesh_text(mesh)}
        ranks = math.prod(mesh.values())
        if not 0 <= rank < ranks:
            raise DumpError(f"rank {rank} is not in mesh `{self.metadata['mesh']}` of {ranks} "
                            "ranks")
        group = tuple(mesh) if group is None else (group,) if isinstance(group, str) else group
        for axis in group:
            if axis not in mesh:
                raise DumpError(f"group axis `{axis}` is not in mesh `{self.metadata['mesh']}`")
        if not group:
            raise DumpError("the group has no axis")
        self.metadata["group"] = ",".join(group)
        if order is not None:
            self.metadata["order"] = order
        self.path = os.path.join(directory, f"rank{rank}.safetensors")
        if not overwrite and os.path.lexists(self.path):
            raise DumpError(f"{self.path} is there already; overwrite=True replaces it")

    def keep(self, name, tensor):
        """Copies the tensor, because a collective may write its result into it."""
        _checked_name(name)
        if name in self.tensors:
            return
        if not hasattr(tensor, "detach"):
            raise DumpError(f"`{name}` is no tensor but {type(tensor).__name__}")
        self.tensors[name] = _plain(name, tensor)

    def make_directory(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)

    def write(self):
        self.make_directory()
        write_safetensors(self.path, self.tensors, self.metadata)


def _plain(name, tensor):
    """(type in the file, shape, bytes) of a tensor, or of the part of a DTensor that is here."""
    tensor = tensor.detach()
    if hasattr(tensor, "to_local"):
        tensor = tensor.to_local()
    dtype = str(tensor.dtype).removeprefix("torch.")
    if dtype not in TYPES:
        raise DumpError(f"`{name}` has type {dtype}; types that are written: {', '.join(TYPES)}")
    tensor = tensor.to("cpu").contiguous()
    size = tensor.numel() * TYPES[dtype][1]
    data = ctypes.string_at(tensor.data_ptr(), size) if size else b""
    return TYPES[dtype][0], tuple(int(extent) for extent in tensor.shape), data


def write_safetensors(path, tensors, metadata):
    """`path` holds the tensors, each a (type in the file, shape, bytes); in one step."""
    if sys.byteorder != "little":
        raise DumpError("the format is little-endian, and this machine is not")
    width = dict(TYPES.values())
    order = sorted(tensors, key=lambda name: (-width[tensors[name][0]], name))
    header = {"__metadata__": metadata}
    offset = 0
    for name in order:
        dtype, shape, data = tensors[name]
        header[name] = {"dtype": dtype, "shape": list(shape),
                        "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    unfinished = f"{path}.{os.getpid()}.part"
    try:
        with open(unfinished, "wb") as stream:
            stream.write(struct.pack("<Q", len(text)))
            stream.write(text)
            for name in order:
                stream.write(tensors[name][2])
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _parsed_mesh(text):
    mesh = {}
    for part in text.split(","):
        axis, equals, size = part.partition("=")
        if not equals or not size.isascii() or not size.isdigit() or axis in mesh:
            raise DumpError(f"mesh `{text}`: expected AXIS=SIZE joined by commas, as in "
                            "`dp=2,tp=4`")
        mesh[axis] = int(size)
    _mesh_text(mesh)
    return mesh


def _flat(value, prefix=""):
    """(name, tensor) of each tensor in nested dictionaries; a tensor alone is called `value`."""
    if hasattr(value, "detach"):
        yield prefix or "value", value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else str(key))


def _convert_file(path, recorder, renamed, used, left):
    import torch

    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise DumpError(f"{path}: cannot read: {error.strerror or error}") from error
    except Exception as error:  # whatever the unpickler meets
        told = re.search(r"Unsupported [^\n]*?(?=\. | was not )", str(error))
        raise DumpError(f"{path}: expected a file of torch.save with tensors in dictionaries and "
                        "nothing else" + (f": {told[0]}" if told else "")) from error
    for name, tensor in _flat(content):
        if name in renamed:
            used.add(name)
        elif not _NAME.fullmatch(name):
            left.add(name)
            continue
        recorder.keep(renamed.get(name, name), tensor)


def convert(files, mesh, directory, group=None, order=None, renamed=None, overwrite=False):
    """Makes a dump of one file of torch.save a rank; gives the names that were left out."""
    ranks = math.prod(mesh.values())
    if len(files) != ranks:
        raise DumpError(f"{len(files)} files for mesh `{_mesh_text(mesh)}` of {ranks} ranks")
    left, used = set(), set()
    recorders = [_Recorder(directory, mesh, rank, group, order, overwrite)
                 for rank in range(ranks)]
    for recorder, path in zip(recorders, files):
        _convert_file(path, recorder, renamed or {}, used, left)
    for name in (renamed or {}):
        if name not in used:
            near = difflib.get_close_matches(name, left, 1)
            raise DumpError(f"--map {name}: no file has such a tensor"
                            + (f"; did you mean `{near[0]}`?" if near else ""))
    for recorder, path in zip(recorders, files):
        if not recorder.tensors:
            raise DumpError(f"{path}: no tensor with a name SCOPE/KIND/NAME; --map OLD=NEW gives "
                            f"one; found {', '.join(sorted(left)) or 'no tensor'}")
    for recorder in recorders:
        recorder.write()
    return sorted(left)


def _renaming(words):
    renamed = {}
    for word in words:
        old, equals, new = word.partition("=")
        if not equals or not old:
            raise DumpError(f"--map {word}: expected OLD=NEW")
        renamed[old] = _checked_name(new)
    return renamed


def main(words=None):
    parser = argparse.ArgumentParser(prog="reducecheck_dump.py", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("convert", allow_abbrev=False,
                              help="a dump from files of torch.save, one a rank in their order")
    one.add_argument("files", nargs="+", metavar="FILE.pt")
    one.add_argument("--mesh", required=True, metavar="AXIS=SIZE,...")
    one.add_argument("-o", "--output", required=True, metavar="DIR")
    one.add_argument("--group", metavar="AXIS,...", help="axes of the sum (default: all)")
    one.add_argument("--order", help="name of the reduction order, where it is known")
    one.add_argument("--map", action="append", default=[], metavar="OLD=NEW", dest="renamed",
                     help="the tensor OLD of the files is NEW, a name SCOPE/KIND/NAME")
    one.add_argument("--overwrite", action="store_true")
    given = parser.parse_args(words)
    try:
        group = given.group.split(",") if given.group is not None else None
        left = convert(given.files, _parsed_mesh(given.mesh), given.output, group, given.order,
                       _renaming(given.renamed), given.overwrite)
    except (DumpError, OSError, ImportError) as error:
        print(f"reducecheck_dump.py: error: {error}", file=sys.stderr)
        return 2
    for name in left:
        print(f"left out: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
