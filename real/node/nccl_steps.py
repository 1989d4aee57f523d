# SPDX-License-Identifier: Apache-2.0
"""The steps that start ranks: NCCL between processes that share one GPU, and their failures."""

import os

from running import StepEnd

LAYER = os.path.join("scenarios", "catalogue", "vllm", "aria_shared_double.toml")
# What the ranks of one GPU need beyond what reducecheck-real sets by itself.
SHARED = {"NCCL_DEBUG": "WARN", "NCCL_MAX_CTAS": "2", "NCCL_RAS_ENABLE": "0"}
GATE_SECONDS = 30


def nccl(node, runner):
    tool = node.made("reducecheck_real_tool")
    over = ["--backend", "nccl"]
    gate = runner.run([tool, "collectives", *over, "--launch", 2, "--dtype", "mod64"],
                      seconds=GATE_SECONDS, environment=SHARED)
    if gate.status is None:
        raise StepEnd("unavailable", "several ranks on one GPU do not move on this machine: "
                      + gate.told())
    runner.check(gate.status == 0, gate.told())
    # Few ranks and all types first, so that a step that runs out of time has seen the most.
    for ranks in (2, 3, 4):
        for algorithm in ("ring", "tree"):
            for dtype in ("fp32", "fp16", "bf16"):
                runner.expect([tool, "collectives", *over, "--launch", ranks, "--algorithm",
                               algorithm, "--dtype", dtype], environment=SHARED)
        if ranks == 3:
            continue  # the layer has layouts of 2 and 4
        runner.expect([tool, "run", LAYER, *over, "--launch", ranks], environment=SHARED)
        for algorithm in ("ring", "tree"):
            for dtype in ("fp32", "fp16", "bf16"):
                runner.expect([tool, "run", LAYER, *over, "--launch", ranks, "--algorithm",
                               algorithm, "--dtype", dtype], environment=SHARED)
        compare_logs(node, runner, ranks)
    return "2, 3 and 4 ranks, ring and tree; calls as on the stand-in"


def compare_logs(node, runner, ranks):
    """The same layer with the recorder over NCCL, and on the stand-in, must log the same calls."""
    tool, standin = node.made("reducecheck_real_tool"), node.made("reducecheck_real_standin_tool")
    logs = {name: os.path.join(node.out, f"calls_{name}_{ranks}") for name in ("nccl", "standin")}
    for folder in logs.values():
        os.makedirs(folder, exist_ok=True)
    words = ["run", LAYER, "--backend", "nccl", "--launch", ranks]
    runner.expect([tool, *words], environment={
        **SHARED, "LD_PRELOAD": node.made("reducecheck_recorder"),
        "REDUCECHECK_NCCL_LOG": logs["nccl"]})
    runner.expect([standin, *words], environment={"REDUCECHECK_NCCL_LOG": logs["standin"]})
    runner.expect([tool, "log", "diff", logs["nccl"], logs["standin"]])


def drills(node, runner):
    deadline = 5000  # milliseconds; the first contact of NCCL is within it
    ran = runner.expect([node.made("node_drills"), node.made("node_drill_rank"), deadline],
                        environment=SHARED)
    return f"{ran.output.count('as it should')} failures of a rank, each named in time"
