// SPDX-License-Identifier: Apache-2.0
// Facts of the examples are from the threads behind the links, in our words.
#include "sim/report/defect_class_texts.hpp"

namespace reducecheck::class_texts {

std::vector<DefectClass> layouts() {
  return {
      {.id = "token_layout",
       .sentence = "The rows are not the tokens that the next operation takes them for.",
       .algebra = "Row i holds, or is summed with, another token's value; or rows are missing.",
       .cause = "Tokens were chunked, padded, gathered or scattered over one group and are undone "
                "over another, in another order, or with a local count; a tensor stashed while "
                "scattered is read as whole.",
       .repair = "Undo nested gathers in the reverse order and over the same groups; take counts "
                 "from where the rows come from; gather before an operation that mixes shards.",
       .not_repair =
           "An all_reduce over ranks that hold different tokens: it makes shapes agree and "
           "sums unrelated rows.",
       .confirm =
           "Give each token a recognisable value (its number) and read the rows back on each "
           "rank; use counts that do not divide.",
       .examples = {{"https://github.com/vllm-project/vllm-ascend/pull/11921",
                     "Nested gathers over dp and pcp were undone in the order of the gathers."},
                    {"https://github.com/vllm-project/tpu-inference/pull/2248",
                     "Tokens are sharded over the axes that a psum then sums."},
                    {"https://github.com/PaddlePaddle/FastDeploy/pull/4688",
                     "Fewer tokens than ranks: late ranks slice past the end."}}},
      {.id = "nonlinear_on_unreduced",
       .sentence = "A non-linear function (norm, maximum, softmax, quantisation) sees a shard or a "
                   "partial sum.",
       .algebra = "f(sum of a_r) is not the sum of f(a_r); a statistic over a slice is not that "
                  "over the whole.",
       .cause =
           "A norm was written for one rank, and its input is now split; the division uses the "
           "local width; a scale is computed from a shard of the weight.",
       .repair =
           "Reduce the statistic (sum of squares, maximum, count) over the group before it is "
           "used, or complete the value before the function.",
       .not_repair = "Reducing after the function: the function has already lost what is needed.",
       .confirm = "Compare the statistic itself between ranks: it must be the same number "
                  "everywhere.",
       .examples =
           {{"https://github.com/turboderp-org/exllamav3/pull/141",
             "A Q/K norm spans all heads while each device sees some of them."},
            {"https://github.com/tenstorrent/tt-mlir/pull/8798",
             "Gathered sums were averaged over devices and not divided by the local width."},
            {"https://github.com/NVIDIA/Megatron-LM/issues/737",
             "Label smoothing over a sharded vocabulary uses the local size and the local mean."}}},
      {.id = "mismatched_collective",
       .sentence = "The ranks of a group do not make the same call: one skips it, or calls with "
                   "another shape or operation.",
       .algebra = "No value: on GPUs a hang, a crash or garbage.",
       .cause = "A call stands under a condition that differs from rank to rank: a rank without "
                "tokens, a rank-0 block, a pipeline stage without the layer.",
       .repair = "Make the call on every rank of the group, with padding or an empty contribution "
                 "where there is nothing to add; guard the use of the result, not the call.",
       .not_repair = "A longer timeout, or a barrier in front: the count of calls still differs.",
       .confirm = "Run with a watchdog and compare the sequence numbers of the last collective on "
                  "each rank.",
       .examples =
           {{"https://github.com/NVIDIA/Megatron-LM/issues/1444",
             "A sum of auxiliary losses over pipeline ranks hangs where the first stage has no MoE "
             "layer."},
            {"https://github.com/PaddlePaddle/PaddleFormers/pull/3010",
             "A rank that receives no token leaves the backward pass early; the others wait for "
             "its all-to-all."}}},
      {.id = "unclassified",
       .sentence = "The output is wrong, and no rule explains how.",
       .algebra = "All coefficients that can be read are 1; the value differs all the same.",
       .cause = "Unknown to the rules: usually an opaque function with another argument, or an "
                "integer that differs.",
       .repair = "Look at the first wrong operation that the finding names.",
       .not_repair = "Raising a tolerance: the comparison is exact, so this is not rounding.",
       .confirm = "Dump the argument of that operation on every rank at the smallest failing "
                  "layout. Please report the scenario: it is a missing rule.",
       .examples = {{"https://github.com/NVIDIA/Megatron-LM/issues/1464",
                     "Wrong attention gradients with context parallelism; the thread does not say "
                     "why."}}},
  };
}

}  // namespace reducecheck::class_texts
