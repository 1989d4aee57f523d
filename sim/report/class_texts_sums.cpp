// SPDX-License-Identifier: Apache-2.0
// Facts of the examples are from the threads behind the links, in our words.
#include "sim/report/defect_class_texts.hpp"

namespace reducecheck::class_texts {

std::vector<DefectClass> sums() {
  return {
      {.id = "missing_reduce",
       .sentence = "A partial sum is used as if it were the whole: each rank goes on with its own "
                   "share.",
       .algebra = "On rank r the addends of the branch that other ranks hold have coefficient 0; "
                  "its own share has 1.",
       .cause = "A flag such as reduce_results=False promises that somebody later reduces, and in "
                "this layout nobody does: a new communication path is missing from a list, or the "
                "condition of the consumer is narrower than that of the producer.",
       .repair =
           "Reduce the branch over the group its weight is split over, once, before the first "
           "non-linear consumer; or let the later reduction that exists include it.",
       .not_repair =
           "Scaling the branch by the group size: the shares differ from rank to rank. An "
           "all_reduce where ranks hold different tokens: that sums unrelated rows.",
       .confirm =
           "At the smallest failing layout, compare the branch's output between ranks of the "
           "group: equal after a reduction, different here. Their sum is the right value.",
       .examples =
           {{"https://github.com/vllm-project/tpu-inference/pull/3435",
             "The shared expert stays partial under attention data parallelism; only layouts with "
             "more than one rank inside the group show it."},
            {"https://github.com/NVIDIA/TensorRT-LLM/pull/16617",
             "A draft model's reduction was switched off by a constant: the text stays right, "
             "only fewer drafted tokens are accepted."},
            {"https://github.com/vllm-project/vllm-ascend/pull/5109",
             "A new communication type was missing from the set that reduces the shared expert."}}},
      {.id = "double_reduce",
       .sentence = "A value that is already complete goes through a second sum.",
       .algebra = "Over a group of g ranks the branch has coefficient g instead of 1.",
       .cause = "Two owners of one reduction: the layer reduces inside (reduce_results left at its "
                "default) and the runner, the next layer's fused norm or a summing reduce_scatter "
                "reduces again.",
       .repair = "Take away one of the two, for exactly the layouts where both happen: build the "
                 "inner layer with reduce_results=False, or condition the outer reduction on what "
                 "the inner one returned.",
       .not_repair = "Dividing by the group size: it is right only while both sums exist, rounds, "
                     "and breaks when either owner is mended.",
       .confirm = "Scale the branch's weight by 1/g at the smallest failing layout: the output "
                  "becomes right. A trace of collectives shows two sums between the two layers.",
       .examples =
           {{"https://github.com/vllm-project/vllm/pull/49366",
             "Aria's shared experts reduce in their MLP and again in the runner: a factor of tp on "
             "one branch, on CPUs as well."},
            {"https://github.com/sgl-project/sglang/pull/20110",
             "The layer reduces itself and the next layer's fused norm reduces again when fusion "
             "is "
             "on."},
            {"https://github.com/vllm-project/vllm-ascend/pull/9389",
             "The runner took over the reduction on one path; the model kept its own."}}},
      {.id = "wrong_group",
       .sentence = "The sum runs over another set of ranks than the addends are split over.",
       .algebra = "Too small a group: addends outside it have coefficient 0. Too large: other "
                  "ranks' tokens are added, or complete copies are counted again.",
       .cause =
           "Two groups coincide in the layouts that tests use (ep == 1 or ep == tp) and differ "
           "between; a default group stands for the whole world; an either/or where both "
           "groups are owed.",
       .repair = "Name the group by what the weight is split over; where two axes split it, reduce "
                 "over their product.",
       .not_repair =
           "Reducing over one of the groups and then over the other in every layout: where "
           "they are the same set, that is a double_reduce.",
       .confirm = "Test a proper factorisation (tp=4 as ep=2 x 2), not only the end points. Print "
                  "the ranks of the communicator next to those that hold shares.",
       .examples =
           {{"https://github.com/sgl-project/sglang/pull/32963",
             "A deferred sum spans the ep group or else the moe_tp group; tp=4 with ep=2 needs "
             "both."},
            {"https://github.com/PaddlePaddle/FastDeploy/pull/4187",
             "No group was passed, so replicas of data parallelism were summed as well."},
            {"https://github.com/NVIDIA/Megatron-LM/commit/38ca18b27f",
             "Tokens were gathered and scattered over tp x dp although the experts were not spread "
             "over dp."}}},
      {.id = "deferred_reduce",
       .sentence = "A reduction that was put off to a later step is lost or paid twice on the way.",
       .algebra =
           "Coefficient 0 for other ranks' shares where it is lost, g where it is paid twice; "
           "1 in the layers where producer and consumer agree.",
       .cause =
           "The producer that leaves a partial sum and the consumer that completes it decide by "
           "different conditions: first and last layer, dense and sparse layers, a variant of "
           "the norm, a pipeline cut, a draft model.",
       .repair = "Decide once, from one predicate both sides read, or carry the state with the "
                 "tensor; complete the sum before any boundary that does not carry it.",
       .not_repair = "Another exception at the consumer for the layer that was noticed: the next "
                     "exception of the producer opens the gap again.",
       .confirm =
           "Dump the residual stream at each layer: the first layer whose ranks disagree, or "
           "whose norm jumps by g, is the one after the lost or doubled sum.",
       .examples =
           {{"https://github.com/PaddlePaddle/FastDeploy/pull/7999",
             "One MLP class serves as first dense layer and as shared expert, with another "
             "reduce_results each."},
            {"https://github.com/PaddlePaddle/FastDeploy/pull/7947",
             "The fusion of the all-reduce into the norm was triggered in ep + tp, where nothing "
             "is owed."},
            {"https://github.com/sgl-project/sglang/pull/28619",
             "The pending sum is a mark on a tensor that a pipeline send does not carry."}}},
  };
}

}  // namespace reducecheck::class_texts
