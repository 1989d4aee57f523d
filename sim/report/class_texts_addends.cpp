// SPDX-License-Identifier: Apache-2.0
// Facts of the examples are from the threads behind the links, in our words.
#include "sim/report/defect_class_texts.hpp"

namespace reducecheck::class_texts {

std::vector<DefectClass> addends() {
  return {
      {.id = "replicated_branch_in_sum",
       .sentence = "A branch that is complete on every rank joins a sum of partial ones.",
       .algebra = "R + g * S instead of R + S, with g the size of the summed group.",
       .cause = "A replicated branch (shared experts with tp 1) meets a sum that another feature "
                "brought: a scatter of data parallelism, a fused all-reduce of the next layer. Or "
                "the weight is placed by one group and summed over another.",
       .repair = "Add the branch after the sum; or split its weight over the summed group; or let "
                 "one owner bring it.",
       .not_repair =
           "Scaling the branch by 1/g at load: it is wrong on every path that has no such "
           "sum (then once_guard_wrong), and wrong again when g changes.",
       .confirm =
           "Zero the branch's weight on all ranks but one at the smallest failing layout: the "
           "output becomes right.",
       .examples =
           {{"https://github.com/sgl-project/sglang/pull/35535",
             "A shared expert with tp 1 is counted once for each rank when cp or dp takes over the "
             "reduction."},
            {"https://github.com/sgl-project/sglang/pull/26845",
             "A fused shared slot is loaded on every ep rank and summed: accuracy falls with ep."},
            {"https://github.com/lightseekorg/tokenspeed/pull/1713",
             "The shared expert is placed by dense tp but summed over moe tp x ep."}}},
      {.id = "addend_in_sum",
       .sentence = "A bias, a residual or another input is added on every rank before the sum.",
       .algebra = "+ g * b instead of + b.",
       .cause = "The addend stands before the reduction in the text, because without tensor "
                "parallelism the order does not matter; or the loader that used to divide it was "
                "replaced.",
       .repair = "Add it after the reduction, or on exactly one rank of the summed group.",
       .not_repair = "Guarding by rank 0 without asking what is added: where the same operand is a "
                     "partial sum, the guard drops shares (once_guard_wrong).",
       .confirm =
           "Set the bias to zero, or scale it by 1/g: the output becomes right. The error is "
           "the same for every token.",
       .examples =
           {{"https://github.com/PaddlePaddle/FastDeploy/pull/5247",
             "A row-parallel bias was no longer divided under the new loader."},
            {"https://github.com/pytorch/torchtitan/pull/4245",
             "An expert bias is multiplied by tp under one backend, which read the degree as 1."},
            {"https://github.com/mirage-project/mirage/pull/722",
             "The residual was added on every rank before the all-reduce."}}},
      {.id = "once_guard_wrong",
       .sentence = "A guard that makes an addend count once (on rank 0 only, or scaled by 1/g) "
                   "stands where the addend is a partial sum, or where no sum follows.",
       .algebra = "Shares of the other ranks have coefficient 0; or the addend has 1/g.",
       .cause = "The guard was right for a replicated operand, and another caller passes a partial "
                "one through the same place; or the path without a reduction kept the scaling.",
       .repair = "Let the guard depend on the placement of the operand: replicated, bring it once; "
                 "partial, bring it everywhere. Scale by 1/g only on paths with the sum.",
       .not_repair = "Removing the guard for all callers: the replicated operand is then counted g "
                     "times again (addend_in_sum).",
       .confirm = "Compare the branch's output of rank 1 with zero at the smallest failing layout, "
                  "or look for an exact factor of 1/g.",
       .examples =
           {{"https://github.com/mirage-project/mirage/pull/753",
             "The rank-0 guard for residuals drops the shared expert's shares in another model."},
            {"https://github.com/local-inference-lab/vllm/pull/547",
             "A replicated shared expert is scaled by 1/tp although sequence parallelism has no "
             "sum there."}}},
      {.id = "scale_placement",
       .sentence = "A scaling factor is applied twice, not at all, or for some owners only.",
       .algebra = "s^2 or 1 where s is due; mixed factors inside one sum.",
       .cause =
           "The routed scaling factor may be applied in the router, in the kernel or after the "
           "sum, and a new path applies it in a second place or relies on a place that does "
           "not.",
       .repair = "Apply it in one place that every path goes through, and test with a factor other "
                 "than 1.",
       .not_repair = "Folding the factor into weights at load for one path: kernels that also take "
                     "it apply it again.",
       .confirm = "Set the factor to 1 in the config: the paths agree. Then set it to 2: the ratio "
                  "tells the power.",
       .examples =
           {{"https://github.com/vllm-project/vllm/pull/24119",
             "The routed factor is applied in the grouped top-k and again afterwards."},
            {"https://github.com/sgl-project/sglang/pull/8511",
             "One expert-parallel path applied it nowhere."},
            {"https://github.com/kvcache-ai/sglang/pull/86",
             "Experts on the GPU are scaled twice, those on the CPU once, inside one sum."}}},
      {.id = "ownership_count",
       .sentence = "An expert is evaluated by no rank or by more than one for the same token.",
       .algebra = "Its coefficient is the number of owners that answered: 0, 2, or the number of "
                  "replicas.",
       .cause =
           "The table from logical experts to slots is built for another count (fused shared "
           "slots, redundant experts), ids are global where local ones are meant, or a combine "
           "uses the ids of other tokens.",
       .repair = "Build one table from logical expert to physical slot, use it on dispatch and on "
                 "combine, and choose one replica for each token.",
       .not_repair = "Dividing by the number of replicas: tokens that one replica alone serves "
                     "become too small.",
       .confirm = "Route every token to one expert and change the expert: the output of the wrong "
                  "ones is zero or a multiple.",
       .examples =
           {{"https://github.com/vllm-project/vllm-gaudi/pull/1796",
             "Local experts are indexed by global ids: rank 0 is right, the others answer "
             "nothing."},
            {"https://github.com/vllm-project/vllm-ascend/pull/5311",
             "The map was built for the logical count while slots include replicas."},
            {"https://github.com/vllm-project/vllm/pull/52639",
             "The combine reads the dispatched ids of other ranks' tokens; only large ep shows "
             "it."}}},
      {.id = "missing_branch",
       .sentence = "A term of the sum, or a function on its way, is not there at all, on any rank.",
       .algebra =
           "The branch has coefficient 0 everywhere: R instead of R + S, or x instead of f(x); a "
           "fraction where f(x) also counts in another term.",
       .cause =
           "A path returns early, overwrites the accumulated value, or never loads the weight; "
           "a condition leaves the addition out for this layout. Of a function: a path of its own "
           "forgets it, or falls back to another one.",
       .repair = "Bring the branch back on the failing path, and reduce it as the other paths do.",
       .not_repair = "Adding a reduction: the sum of nothing is nothing.",
       .confirm = "Change the branch's weight: the output does not move.",
       .examples =
           {{"https://github.com/ROCm/ATOM/pull/1527",
             "The shared weights were renamed to a slot that the loader's map does not have, so "
             "the shared branch was empty."},
            {"https://github.com/mirage-project/mirage/pull/753",
             "The near relative: a guard keeps rank 0's share and drops all others."},
            {"https://github.com/cactus-compute/cactus/pull/736",
             "A MoE layer had no case for sigmoid and tanh and applied silu instead."}}},
      {.id = "extra_branch",
       .sentence = "A term, or a function on its way, counts that the layer does not have.",
       .algebra =
           "R + S instead of R, or f(x) instead of x: no coefficient of the layer's own says "
           "it, as the layer has none of it.",
       .cause = "A condition brings a term in for a layout or model without it; two pieces of code "
                "each apply the activation, or the norm, and each is right alone.",
       .repair = "Take it away on the failing path, or let exactly one of the two apply it.",
       .not_repair = "Subtracting or undoing it later: a non-linear function cannot be undone by a "
                     "reduction or a factor.",
       .confirm = "Dump the argument of the first wrong operation, and that of the layer on one "
                  "rank: the finding names what the one has and the other has not.",
       .examples = {{"https://github.com/jianlin-cheng/DProQA/issues/3",
                     "A gate is stored after sigmoid, and its reader applies sigmoid again."}}},
  };
}

}  // namespace reducecheck::class_texts
