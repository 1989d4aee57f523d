// SPDX-License-Identifier: Apache-2.0
// Facts of the examples are from the threads behind the links, in our words.
#include "sim/report/defect_class_texts.hpp"

namespace reducecheck::class_texts {

std::vector<DefectClass> training() {
  return {
      {.id = "grad_missing_reduce",
       .sentence = "The gradient of a replicated value is a partial sum and stays one.",
       .algebra = "Each copy steps by its own share; copies drift apart from the first step on.",
       .cause =
           "Forward is right, so nothing looks wrong: a parameter lacks the mark that makes "
           "the optimizer sum it, or an operation's adjoint needs a reduction that its forward "
           "did not.",
       .repair = "Sum the gradient over the group in which the parameter is copied but its uses "
                 "differ, once.",
       .not_repair = "Broadcasting parameters after the step: the copies agree and the gradient is "
                     "still a share.",
       .confirm = "Compare the parameter between ranks after one step, bit for bit.",
       .examples =
           {{"https://github.com/pytorch/torchtitan/pull/2416",
             "The router's gradient was not reduced at the boundary of the MoE block in some "
             "configurations."},
            {"https://github.com/NVIDIA/Megatron-LM/issues/7452",
             "A norm weight shared by tp heads is reduced only when sequence parallelism is on."},
            {"https://github.com/huggingface/transformers/pull/48205",
             "A hook zeroes foreign scores and never sums their gradients."}}},
      {.id = "grad_overscale",
       .sentence = "A gradient is averaged over too few ranks, or copies of it are summed.",
       .algebra = "Expert gradients come out times ep (or tp).",
       .cause =
           "Experts live on fewer replicas than dense weights, and the divisor was the size of "
           "their own group instead of that of all data.",
       .repair =
           "Divide by the number of data shards in the loss, not by the size of the reduction "
           "group.",
       .not_repair = "Another learning rate for experts: it hides one layout's factor.",
       .confirm = "Compare gradient norms of one expert between ep=1 and ep=2 with the same data.",
       .examples =
           {{"https://github.com/NVIDIA/Megatron-LM/pull/5956",
             "One sharded optimizer averages expert gradients over expert data parallelism only."},
            {"https://github.com/deepspeedai/DeepSpeed/pull/6546",
             "Expert gradients were divided by the expert group's size."}}},
      {.id = "loss_normalisation",
       .sentence = "The loss is normalised by local counts, twice, or as a mean of means.",
       .algebra = "mean of (l_r / n_r) instead of (sum of l_r) / (sum of n_r); or an extra factor.",
       .cause = "Counts of tokens differ between ranks through masks and padding, and each rank "
                "divides by its own; or several stages divide.",
       .repair = "Sum the losses and the counts over the same group, then divide once.",
       .not_repair = "Averaging the local means: it is right only for equal counts.",
       .confirm = "Mask all tokens but one on a single rank and compare with one rank.",
       .examples = {{"https://github.com/NVIDIA/Megatron-LM/pull/7513",
                     "The loss of a microbatch divides by the count of one context-parallel rank."},
                    {"https://github.com/deepspeedai/DeepSpeed/pull/8154",
                     "Every pipeline stage divides by the accumulation steps."},
                    {"https://github.com/NVIDIA/Megatron-LM/commit/cac8d1a3f0",
                     "The auxiliary losses of the router were not divided by tp."}}},
      {.id = "grad_stats",
       .sentence = "A statistic over all gradients counts copies twice or leaves out shards.",
       .algebra = "The global norm is too large or too small, and so is the clipping factor.",
       .cause = "Which parameters are copies is decided by the dense layout, while experts are "
                "placed by another.",
       .repair = "Decide for each parameter, by its own placement, which ranks contribute.",
       .not_repair = "Another clipping threshold.",
       .confirm =
           "Compare the printed gradient norm between layouts for the same data and weights.",
       .examples = {{"https://github.com/NVIDIA/Megatron-LM/pull/5916",
                     "Expert parameters were dropped from the norm as if they were tp copies."},
                    {"https://github.com/radixark/Megatron-LM/pull/80",
                     "The norm used dense tp ownership for experts: 11.51 instead of 12.28."}}},
  };
}

}  // namespace reducecheck::class_texts
