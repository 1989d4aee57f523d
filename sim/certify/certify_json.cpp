// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/certify/certify.hpp"

namespace reducecheck {
namespace {

using nlohmann::ordered_json;

/// What is no number becomes null.
ordered_json element_json(const OutputCertificate& output, const ComparedElement& at) {
  return {{"element", output.place(at.element)},
          {"rank", at.rank},
          {"a", at.left},
          {"b", at.right},
          {"exact", at.exact},
          {"bound_a", at.left_bound},
          {"bound_b", at.right_bound},
          {"difference", at.difference()},
          {"share_of_bounds", at.share_of_bounds()},
          {"wrong_a", at.left_wrong},
          {"wrong_b", at.right_wrong}};
}

ordered_json bound_json(const VersionBound& bound) {
  ordered_json json = {{"order", bound.not_used.empty() && !bound.order.empty()
                                     ? ordered_json(bound.order)
                                     : ordered_json(nullptr)}};
  if (!bound.not_used.empty()) json["not_used"] = {{bound.order, bound.not_used}};
  json["replayed"] = ordered_json::array();
  for (const ReplayedShare& share : bound.replays) {
    json["replayed"].push_back({{"way", share.way}, {"elements", share.elements}});
  }
  return json;
}

ordered_json output_json(const OutputCertificate& output) {
  const RoundingReport& report = output.report;
  ordered_json json = {{"name", output.name},
                       {"type", output.type},
                       {"shape", output.shape},
                       {"ranks", output.ranks},
                       {"verdict", spelling(report.verdict)},
                       {"elements", report.elements},
                       {"differing", report.differing},
                       {"undecided", report.undecided}};
  if (!output.reason.empty()) {
    json["reason"] = output.reason;
    json["ulps"] = ordered_json::array();
    for (std::size_t bin = 0; bin < output.ulps.size(); ++bin) {
      json["ulps"].push_back({{"up_to", std::uint64_t{1} << bin}, {"elements", output.ulps[bin]}});
    }
    json["most_ulps"] = output.most_ulps;
    return json;
  }
  json["branches"] = output.branches;
  json["addends"] = output.addends;
  json["group"] = output.group;
  json["group_ranks"] = output.group_ranks;
  json["a"] = bound_json(output.left);
  json["b"] = bound_json(output.right);
  json["a"]["outside"] = report.left_wrong;
  json["b"]["outside"] = report.right_wrong;
  json["median_bound_to_error"] = report.median_ratio;
  if (report.largest) json["largest"] = element_json(output, *report.largest);
  if (report.tightest) json["nearest_to_bound"] = element_json(output, *report.tightest);
  if (report.witness) {
    json["witness"] = element_json(output, *report.witness);
  }
  if (output.any_order) {
    const RoundingReport& any = *output.any_order;
    json["any_order"] = {{"verdict", spelling(any.verdict)},
                         {"outside_a", any.left_wrong},
                         {"outside_b", any.right_wrong}};
    if (any.witness) json["any_order"]["witness"] = element_json(output, *any.witness);
  }
  if (report.unbounded) json["unbounded"] = element_json(output, *report.unbounded);
  return json;
}

}  // namespace

std::string certify_json(const CertifyReport& report, const CertifiedVersion& left,
                         const CertifiedVersion& right, const std::string& version) {
  ordered_json json = {{"format", "reducecheck.certify/1"},
                       {"version", version},
                       {"a", left.path},
                       {"b", right.path},
                       {"outputs", ordered_json::array()},
                       {"only_a", report.only_left},
                       {"only_b", report.only_right}};
  for (const OutputCertificate& output : report.outputs) {
    json["outputs"].push_back(output_json(output));
  }
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
