# SPDX-License-Identifier: Apache-2.0
"""What a machine and a source tree are: the GPU, versions, hashes of sources."""

import hashlib
import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOT_SOURCES = ("__pycache__", "evidence")


def said(words, seconds=8):
    """The output of a command, or None where it cannot be run or fails."""
    try:
        ran = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=seconds, check=False, errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def gpus():
    """A line for each GPU: name, driver, memory, free memory, compute capability."""
    query = "--query-gpu=name,driver_version,memory.total,memory.free,compute_cap"
    text = said(["nvidia-smi", query, "--format=csv,noheader"])
    return text.splitlines() if text else []


def find_program(name):
    """A program of the CUDA Toolkit, or None."""
    return shutil.which(name) or shutil.which(name, path="/usr/local/cuda/bin")


def nvcc_version():
    nvcc = find_program("nvcc")
    found = re.search(r"release \S+ V(\S+)", (nvcc and said([nvcc, "--version"])) or "")
    return found.group(1) if found else None


def nccl_version(build):
    """NCCL's by its header: that of the build, else the first of the usual places."""
    folders = ["/usr/include", "/usr/local/include", "/usr/local/cuda/include"]
    if "NCCL_HOME" in os.environ:
        folders.insert(0, os.path.join(os.environ["NCCL_HOME"], "include"))
    cached = re.search(r"^NCCL_INCLUDE_DIR:\w+=(.+)$",
                       text_of(os.path.join(build, "CMakeCache.txt")), re.MULTILINE)
    if cached:
        folders.insert(0, cached.group(1))
    for folder in folders:
        text = text_of(os.path.join(folder, "nccl.h"))
        parts = [re.search(rf"^#define NCCL_{part} (\d+)", text, re.MULTILINE)
                 for part in ("MAJOR", "MINOR", "PATCH")]
        if all(parts):
            return ".".join(part.group(1) for part in parts)
    return None


def text_of(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def files_below(folder):
    for place, folders, names in sorted(os.walk(folder)):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES)
        if not any(part in NOT_SOURCES for part in place.split(os.sep)):
            for name in sorted(names):
                yield os.path.join(place, name)


def hash_of(folder):
    """SHA-256 over the paths and contents of a source folder, as it is now."""
    total = hashlib.sha256()
    for path in files_below(os.path.join(ROOT, folder)):
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
        total.update(f"{content} {os.path.relpath(path, ROOT)}\n".encode())
    return total.hexdigest()


def sources():
    """Hashes of the two folders that a GPU node is asked about; git's too, where there is git."""
    changed = said(["git", "-C", ROOT, "status", "--porcelain", "--", "kernels", "real"])
    return {folder: {"sha256": hash_of(folder),
                     "git_tree": said(["git", "-C", ROOT, "rev-parse", f"HEAD:{folder}"]),
                     "as_committed": None if changed is None else changed == ""}
            for folder in ("kernels", "real")}


def machine(build):
    return {"gpus": gpus(), "nvcc": nvcc_version(), "nccl": nccl_version(build),
            "cores": os.cpu_count(), "system": " ".join(os.uname()[i] for i in (0, 2, 4)),
            "compute_sanitizer": find_program("compute-sanitizer") is not None,
            "cuobjdump": find_program("cuobjdump") is not None,
            # Variables that load code or change what NCCL does.
            "environment": {name: value for name, value in sorted(os.environ.items())
                            if name.startswith("NCCL_") or name == "LD_PRELOAD"}}
