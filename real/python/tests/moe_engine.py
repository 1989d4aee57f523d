#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mixture-of-experts layer split over real PyTorch processes, right or wrong in one of five ways,
that writes dumps of itself: `moe_engine.py DEFECT,... DP TP DIR` makes DIR/DEFECT for each.

Without RANK in the environment it starts its processes. The inner features of the shared and of
each routed expert are split over tp; `wrong_group` needs dp > 1, a group to be mistaken for tp.
`calls` is `double` with the calls of all_reduce recorded instead of the modules.
"""

import os
import subprocess
import sys
import tempfile

TOKENS, HIDDEN, INNER, EXPERTS, CHOSEN, SCALE = 64, 128, 64, 8, 2, 2.5
DEFECTS = ("none", "double", "missing", "wrong_group", "residual", "scale_squared", "calls")


def start(ranks):
    with tempfile.TemporaryDirectory() as meeting:
        environment = dict(os.environ, WORLD_SIZE=str(ranks), OMP_NUM_THREADS="1",
                           GLOO_SOCKET_IFNAME="lo", MEETING=os.path.join(meeting, "file"))
        processes = [subprocess.Popen([sys.executable, "-W", "ignore", *sys.argv],
                                      env=dict(environment, RANK=str(rank)))
                     for rank in range(ranks)]
        try:
            return max(process.wait(timeout=300) for process in processes)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def run(defects, dp, tp, directory):
    import torch
    import torch.distributed as dist

    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    import reducecheck_dump

    rank, ranks = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method="file://" + os.environ["MEETING"], rank=rank,
                            world_size=ranks)
    tp_rank = rank % tp
    tp_groups = [dist.new_group(list(range(d * tp, (d + 1) * tp))) for d in range(dp)]
    dp_groups = [dist.new_group(list(range(t, ranks, tp))) for t in range(tp)]
    tp_group, dp_group = tp_groups[rank // tp], dp_groups[tp_rank]

    def reduced(tensor, group=tp_group):
        result = tensor.clone()
        dist.all_reduce(result, group=group)
        return result

    def weight(*shape, name):
        generator = torch.Generator().manual_seed(sum(name.encode()) * 1000 + 7)
        return torch.randn(*shape, generator=generator).div(shape[-1] ** 0.5).to(torch.bfloat16)

    class Mlp(torch.nn.Module):
        """Its share of the inner features: what it returns is a partial sum."""

        def __init__(self, name):
            super().__init__()
            self.up = weight(INNER, HIDDEN, name=name + "up").chunk(tp, 0)[tp_rank]
            self.down = weight(HIDDEN, INNER, name=name + "down").chunk(tp, 1)[tp_rank]

        def forward(self, x):
            return torch.nn.functional.silu(x @ self.up.t()) @ self.down.t()

    class Experts(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.router = weight(EXPERTS, HIDDEN, name="router")
            self.experts = torch.nn.ModuleList(Mlp(f"expert{e}") for e in range(EXPERTS))

        def forward(self, x):
            weights, chosen = torch.topk((x @ self.router.t()).float().softmax(-1), CHOSEN)
            y = torch.zeros_like(x)
            for index, expert in enumerate(self.experts):
                share = (weights * (chosen == index)).sum(-1, keepdim=True)
                y += (share * expert(x)).to(x.dtype)
            return y * SCALE

    class Block(torch.nn.Module):
        def __init__(self, defect):
            super().__init__()
            self.defect = defect
            self.shared_experts = Mlp("shared")
            self.experts = Experts()

        def forward(self, x):
            shared, experts = self.shared_experts(x), self.experts(x)
            reducecheck_dump.record_addend("layers.0.mlp", "residual", x)
            if self.defect in ("double", "calls"):
                shared = reduced(shared)
            if self.defect == "scale_squared":
                experts = experts * SCALE
            if self.defect == "missing":
                return shared + reduced(experts) + x
            if self.defect == "wrong_group":
                return reduced(shared, dp_group) + reduced(experts) + x
            if self.defect == "residual":
                return reduced(shared + experts + x)
            return reduced(shared + experts) + x

    class Layer(torch.nn.Module):
        def __init__(self, defect):
            super().__init__()
            self.mlp = Block(defect)

        def forward(self, x):
            return self.mlp(x)

    class Model(torch.nn.Module):
        def __init__(self, defect):
            super().__init__()
            self.layers = torch.nn.ModuleList([Layer(defect)])

        def forward(self, x):
            return self.layers[0](x)

    # Each owner of tokens has its own.
    x = weight(TOKENS, HIDDEN, name=f"tokens{rank // tp}") * HIDDEN ** 0.5
    mesh = {"dp": dp, "tp": tp} if dp > 1 else {"tp": tp}
    for defect in defects:
        model = Model(defect)
        folder = os.path.join(directory, defect)
        calls = defect == "calls"
        modules = {"layers.0.mlp.shared_experts": "partial", "layers.0.mlp.experts": "partial",
                   "layers.0.mlp": "output"}
        with torch.no_grad(), reducecheck_dump.recording(folder, mesh, group="tp",
                                                         all_reduce=calls):
            reducecheck_dump.watch(model, {} if calls else modules)
            model(x)
            model(2 * x)  # only the first pass is kept
    dist.destroy_process_group()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 5 or not set(sys.argv[1].split(",")) <= set(DEFECTS):
        sys.exit(f"usage: moe_engine.py {'|'.join(DEFECTS)},... DP TP DIR")
    dp_size, tp_size = int(sys.argv[2]), int(sys.argv[3])
    if "RANK" in os.environ:
        sys.exit(run(sys.argv[1].split(","), dp_size, tp_size, sys.argv[4]))
    sys.exit(start(dp_size * tp_size))
