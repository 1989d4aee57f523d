# SPDX-License-Identifier: Apache-2.0
"""The steps that start ranks: NCCL between processes that share one GPU, and their failures."""

import os

from running import StepEnd

LAYER = os.path.join("scenarios", "catalogue", "vllm", "aria_shared_double.toml")
# What the ranks of one GPU need beyond what reducecheck-real sets by itself.
SHARED = {"NCCL_DEBUG": "WARN", "NCCL_MAX_CTAS": "2", "NCCL_RAS_ENABLE": "0"}
GATE_SECONDS = 30
DRILL_MILLISECONDS = 5000  # a deadline; the first contact of NCCL is within it
MOST_RANKS = 8
MOST_RANKS_SECONDS = 20  # for each command
# The protocol changes which element is summed from which rank on, in a ring only.
ORDERS = [(algorithm, dtype) for algorithm in ("ring", "tree")
          for dtype in ("fp32", "fp16", "bf16")]
ORDERS += [("ring_ll", "fp32"), ("ring_ll", "bf16"), ("tree_ll", "bf16")]


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
        for algorithm, dtype in ORDERS:
            runner.expect([tool, "collectives", *over, "--launch", ranks, "--algorithm",
                           algorithm, "--dtype", dtype], environment=SHARED)
        if ranks == 3:
            continue  # the layer has layouts of 2 and 4
        runner.expect([tool, "run", LAYER, *over, "--launch", ranks], environment=SHARED)
        for algorithm, dtype in ORDERS:
            runner.expect([tool, "run", LAYER, *over, "--launch", ranks, "--algorithm",
                           algorithm, "--dtype", dtype], environment=SHARED)
        compare_logs(node, runner, ranks)
    return ("2, 3 and 4 ranks, ring and tree, Simple and LL; calls as on the stand-in; "
            + most_ranks(tool, over, runner))


def most_ranks(tool, over, runner):
    """Eight ranks, where they move: with fewer GPUs they take turns, each hop a turn. What does not
    come to its end in its time is told and is no failure; what comes to a wrong one is."""
    if runner.left() < MOST_RANKS_SECONDS:
        return f"{MOST_RANKS} ranks: no time left"
    common = [*over, "--launch", MOST_RANKS]
    commands = [[tool, "collectives", *common, "--dtype", "mod64"],
                [tool, "run", LAYER, *common, "--up-to-ranks", MOST_RANKS]]
    commands += [[*commands[1], "--algorithm", algorithm, "--dtype", "bf16"]
                 for algorithm in ("ring", "ring_ll")]
    for done, words in enumerate(commands):
        if runner.left() < MOST_RANKS_SECONDS:
            return f"{MOST_RANKS} ranks: {done} of {len(commands)} commands, then no time left"
        ran = runner.run(words, seconds=MOST_RANKS_SECONDS, environment=SHARED)
        runner.measured[" ".join(["8 ranks:", *ran.words[1:]])] = round(ran.seconds, 1)
        if ran.status is None or ran.status == 3:  # killed here, or by the tool's own deadline
            return f"{MOST_RANKS} ranks do not move on this machine: {ran.told()}"
        runner.check(ran.status == 0, ran.told())
    return f"{MOST_RANKS} ranks: {len(commands)} commands"


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
    ran = runner.expect([node.made("node_drills"), node.made("node_drill_rank"),
                         DRILL_MILLISECONDS], environment=SHARED)
    return f"{ran.output.count('as it should')} failures of a rank, each named in time"
