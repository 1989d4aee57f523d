// SPDX-License-Identifier: Apache-2.0
// Kernels of inference engines: peers' buffers are read directly and the sum is local.
#include <algorithm>

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {
namespace {

const std::vector<Format> wide_formats = {Format::fp32, Format::bf16, Format::fp16};

SumTree rank_tree(const Draft& draft) {
  return fold_tree(around(0, draft.ranks()));
}

void make_vllm_one_shot(Draft& draft) {
  draft.order().rounding = SumRounding::once;
  draft.run_all(rank_tree(draft));
}

/// Each rank owns a contiguous part of the 16-byte packs, the last one also the remainder.
void make_vllm_two_shot(Draft& draft) {
  draft.order().rounding = SumRounding::once;
  const auto ranks = static_cast<std::size_t>(draft.ranks());
  const std::size_t pack = 16 / draft.element_bytes();
  const std::size_t part = draft.count() / pack / ranks * pack;
  for (std::size_t owner = 0; owner < ranks; ++owner) {
    const bool last = owner + 1 == ranks;
    const auto first = static_cast<int>(owner);
    draft.run(last ? draft.count() - (ranks - 1) * part : part,
              draft.tree(owner, [&] { return fold_tree(around(first, draft.ranks())); }));
  }
}

void make_two_shot(Draft& draft) {
  accumulate(draft);
  draft.run_all(rank_tree(draft));
}

void make_trtllm_one_shot(Draft& draft) {
  make_two_shot(draft);
  draft.order().minus_zero = MinusZero::lost_in_words;
}

void make_flashinfer_one_shot(Draft& draft) {
  make_two_shot(draft);
  draft.order().minus_zero = MinusZero::lost;
}

void make_flashinfer_legacy(Draft& draft) {
  draft.order().from_zero = true;
  draft.run_all(rank_tree(draft));
}

void make_flashinfer_lamport(Draft& draft) {
  draft.order().minus_zero = MinusZero::lost;
  for (int rank = 0; rank < draft.ranks(); ++rank) {
    const int tree = draft.tree(static_cast<std::uint64_t>(rank),
                                [&] { return fold_tree(around(rank, draft.ranks())); });
    draft.run(draft.count(), tree, rank);
  }
}

/// Sums of groups of consecutive ranks, which are then added in turn.
SumTree grouped_tree(int ranks, int group) {
  Adder adder(ranks);
  std::vector<int> sums;
  for (int first = 0; first < ranks; first += group) {
    std::vector<int> members;
    for (int i = first; i < std::min(ranks, first + group); ++i) members.push_back(i);
    sums.push_back(adder.fold(members));
  }
  adder.fold(sums);
  return adder.take();
}

void make_mnnvl(Draft& draft) {
  draft.order().rounding = SumRounding::once;
  draft.order().from_zero = true;
  draft.run_all(grouped_tree(draft.ranks(), draft.settings().is("shot", "one") ? 8 : 16));
}

std::vector<Entry> vllm_orders() {
  return {{{.name = "vllm_one_shot",
            .sentence = "vLLM's and SGLang's custom all-reduce, one stage: rank order in fp32",
            .only_16_bytes = true,
            .world_sizes = {2, 4, 6, 8},
            .formats = wide_formats,
            .predictable = "yes",
            .source = "vllm: csrc/custom_all_reduce.cuh, cross_device_reduce_1stage, c9eabec7"},
           make_vllm_one_shot},
          {{.name = "vllm_two_shot",
            .sentence =
                "vLLM's and SGLang's custom all-reduce, two stages: from the part's owner, fp32",
            .only_16_bytes = true,
            .world_sizes = {2, 4, 6, 8},
            .formats = wide_formats,
            .predictable = "yes",
            .source = "vllm: csrc/custom_all_reduce.cuh, cross_device_reduce_2stage, c9eabec7"},
           make_vllm_two_shot}};
}

std::vector<Entry> trtllm_orders() {
  const std::string kernels =
      "TensorRT-LLM: cpp/tensorrt_llm/kernels/communicationKernels/allReduceFusionKernels.cu, ";
  return {{{.name = "trtllm_one_shot",
            .sentence = "TensorRT-LLM's fused all-reduce, one shot (Lamport): rank order",
            .settings = {accumulate_setting("element")},
            .formats = wide_formats,
            .predictable = "the sum; the norm fused behind it is not",
            .source = kernels + "allreduce_fusion_kernel_oneshot_lamport, 04c74656"},
           make_trtllm_one_shot},
          {{.name = "trtllm_two_shot",
            .sentence = "TensorRT-LLM's fused all-reduce, two shots: rank order",
            .settings = {accumulate_setting("element")},
            .formats = wide_formats,
            .predictable = "the sum; the norm fused behind it is not",
            .source = kernels + "allreduce_fusion_kernel_twoshot_sync, 04c74656"},
           make_two_shot}};
}

std::vector<Entry> flashinfer_fusion_orders() {
  const std::string normals =
      "the sum of normal numbers; subnormals may be flushed, the norm behind it is not predictable";
  const std::string kernels = "flashinfer: include/flashinfer/comm/trtllm_allreduce_fusion.cuh, ";
  return {{{.name = "flashinfer_one_shot",
            .sentence = "FlashInfer's fused all-reduce, one shot (Lamport): rank order",
            .settings = {accumulate_setting("fp32")},
            .formats = wide_formats,
            .predictable = normals,
            .source = kernels + "allreduce_fusion_kernel_oneshot_lamport, fb28d724"},
           make_flashinfer_one_shot},
          {{.name = "flashinfer_two_shot",
            .sentence = "FlashInfer's fused all-reduce, two shots: rank order",
            .settings = {accumulate_setting("fp32")},
            .formats = wide_formats,
            .predictable = normals,
            .source = kernels + "allreduce_fusion_kernel_twoshot_sync, fb28d724"},
           make_two_shot}};
}

std::vector<Entry> flashinfer_orders() {
  const std::string normals = "normal numbers; subnormals may be flushed";
  return {
      {{.name = "flashinfer_legacy",
        .sentence = "FlashInfer's older one-shot and two-shot all-reduce: rank order from +0",
        .formats = wide_formats,
        .predictable = normals,
        .source = "flashinfer: include/flashinfer/comm/trtllm_allreduce.cuh, fb28d724"},
       make_flashinfer_legacy},
      {{.name = "flashinfer_lamport",
        .sentence = "FlashInfer's older all-reduce with norm: every rank begins with its own",
        .ranks_agree = false,
        .formats = {Format::bf16, Format::fp16},
        .predictable = normals,
        .source = "flashinfer: include/flashinfer/comm/trtllm_allreduce.cuh, fb28d724"},
       make_flashinfer_lamport},
      {{.name = "mnnvl",
        .sentence = "FlashInfer's all-reduce over multi-node NVLink: rank order in groups, fp32",
        .settings = {{.name = "shot",
                      .sentence = "one: groups of 8; two: groups of 16",
                      .default_value = "one",
                      .words = {"one", "two"}}},
        .world_sizes = {2, 4, 8, 16, 32, 64},
        .formats = wide_formats,
        .predictable = normals,
        .source = "flashinfer: include/flashinfer/comm/trtllm_mnnvl_allreduce.cuh, "
                  "reduceLamportRanksChunked, fb28d724"},
       make_mnnvl}};
}

}  // namespace

std::vector<Entry> engine_orders() {
  std::vector<Entry> all;
  for (auto* const list :
       {vllm_orders, trtllm_orders, flashinfer_fusion_orders, flashinfer_orders}) {
    for (Entry& entry : list()) all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace reducecheck::ordering
