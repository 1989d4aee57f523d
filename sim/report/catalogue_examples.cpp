// SPDX-License-Identifier: Apache-2.0
#include "sim/report/catalogue_examples.hpp"

#include <algorithm>
#include <array>

namespace reducecheck {
namespace {

/// In the order of the classes; a test checks that each variant is wrong in this way.
constexpr std::array shipped_examples = {
    CatalogueExample{"missing_reduce", "aiconfigurator/missing_row_reductions.toml", "buggy"},
    CatalogueExample{"missing_reduce", "fastdeploy/merge_allreduce.toml", "never_reduced"},
    CatalogueExample{"missing_reduce", "nnsight/deferred_partials.toml", "read_partial"},
    CatalogueExample{"missing_reduce", "sglang/glm_mhc_dense_double.toml", "never_combined"},
    CatalogueExample{"double_reduce", "atom/mimo_mtp_always_double.toml", "buggy"},
    CatalogueExample{"double_reduce", "fastdeploy/merge_allreduce.toml", "always_merged"},
    CatalogueExample{"double_reduce", "sglang/glm4_mirrored_code.toml", "buggy"},
    CatalogueExample{"double_reduce", "sglang/glm_mhc_dense_double.toml", "half_fixed"},
    CatalogueExample{"wrong_group", "fastdeploy/glm_tp_group.toml", "buggy"},
    CatalogueExample{"wrong_group", "megatron/switchmlp_sp_no_ep.toml", "buggy"},
    CatalogueExample{"wrong_group", "sglang/fusion_mixed_ep_tp.toml", "buggy"},
    CatalogueExample{"wrong_group", "sglang/pp_flush_either_or.toml", "buggy"},
    CatalogueExample{"deferred_reduce", "atom/mtp_trailing_ar.toml", "buggy"},
    CatalogueExample{"deferred_reduce", "fastdeploy/fusion_ep_tp.toml", "buggy"},
    CatalogueExample{"deferred_reduce", "fastdeploy/glm_first_dense_layer.toml", "buggy"},
    CatalogueExample{"deferred_reduce", "fastdeploy/glm_moe_chain.toml", "deferred"},
    CatalogueExample{"replicated_branch_in_sum", "atlas/gate_on_world.toml", "buggy"},
    CatalogueExample{"replicated_branch_in_sum", "megatron/switchmlp_sp_no_ep.toml", "buggy"},
    CatalogueExample{"replicated_branch_in_sum", "sglang/fused_shared_slot_ep.toml", "buggy"},
    CatalogueExample{"replicated_branch_in_sum", "sglang/shared_tp1_cp_dp_ep1.toml", "buggy"},
    CatalogueExample{"addend_in_sum", "automodel/te_bias_unweighted.toml", "buggy"},
    CatalogueExample{"addend_in_sum", "fastdeploy/row_bias_v1_loader.toml", "buggy"},
    CatalogueExample{"addend_in_sum", "mirage/moe_residual_doubled.toml", "buggy"},
    CatalogueExample{"addend_in_sum", "mirage/partial_residual_dropped.toml", "before_722"},
    CatalogueExample{"once_guard_wrong", "mirage/partial_residual_dropped.toml", "buggy"},
    CatalogueExample{"once_guard_wrong", "vllm/fork_tp3_output_scale_sp.toml", "buggy"},
    CatalogueExample{"scale_placement", "flashinfer/route_scale_one.toml", "buggy"},
    CatalogueExample{"scale_placement", "kt_sglang/mixed_owner_rsf.toml", "buggy"},
    CatalogueExample{"scale_placement", "sglang/epmoe_rsf_missing.toml", "buggy"},
    CatalogueExample{"scale_placement", "sglang/npu_rsf_renorm.toml", "buggy"},
    CatalogueExample{"ownership_count", "atom/fused_shared_mapping.toml", "buggy"},
    CatalogueExample{"ownership_count", "vllm/mori_combine_ids.toml", "buggy"},
    CatalogueExample{"ownership_count", "vllm_ascend/eplb_redundant_map.toml", "buggy"},
    CatalogueExample{"ownership_count", "vllm_ascend/static_eplb_review.toml", "every_replica"},
    CatalogueExample{"token_layout", "atom/pad_uninitialised.toml", "buggy"},
    CatalogueExample{"token_layout", "fastdeploy/ep_tp_token_split.toml", "buggy"},
    CatalogueExample{"token_layout", "sglang/moe_mask_local_count.toml", "buggy"},
    CatalogueExample{"token_layout", "tokenspeed/moe_collective_rows.toml", "buggy"},
    CatalogueExample{"nonlinear_on_unreduced", "exllamav3/minimax_qknorm.toml", "buggy"},
    CatalogueExample{"nonlinear_on_unreduced", "gpt_neox/qknorm_across_heads.toml", "buggy"},
    CatalogueExample{"nonlinear_on_unreduced", "megatron/label_smoothing.toml", "buggy"},
    CatalogueExample{"nonlinear_on_unreduced", "transformer_engine/amax_missing_ar_review.toml",
                     "buggy"},
    CatalogueExample{"mismatched_collective", "synthetic/guarded_collective.toml", "skipped"},
};

}  // namespace

std::span<const CatalogueExample> catalogue_examples() {
  return shipped_examples;
}

std::vector<CatalogueExample> catalogue_examples(std::string_view defect_class) {
  std::vector<CatalogueExample> found;
  std::ranges::copy_if(
      shipped_examples, std::back_inserter(found),
      [&](const CatalogueExample& one) { return one.defect_class == defect_class; });
  return found;
}

}  // namespace reducecheck
