// SPDX-License-Identifier: Apache-2.0
#include "sim/mutate/mutation_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

using Json = nlohmann::ordered_json;

std::string edit_text(const Mutant& mutant) {
  return fmt::format("{} -> {}  [{}]\n", one_line(mutant.before),
                     mutant.after.empty() ? "(nothing)" : one_line(mutant.after),
                     spelling(mutant.kind));
}

/// ` in fixed`, where a file has several variants.
std::string of_variant(const MutationResult& result, const MutatedVariant& variant) {
  return result.variants.size() > 1 ? " in " + variant.variant : "";
}

std::string shown_by(const JudgedMutant& judged) {
  std::string text;
  if (judged.layout) {
    const bool error = judged.outcome == MutantOutcome::invalid;
    const std::string what = defect_text(judged.defect_class, judged.branches);
    text = fmt::format("{} at {}{}{}", error ? "an error" : "wrong", layout_text(*judged.layout),
                       what.empty() ? "" : ": ", what);
  }
  if (!judged.addition.empty()) text += fmt::format("; to catch it, in mesh: {}", judged.addition);
  if (!judged.reason.empty()) text += (text.empty() ? "" : "; ") + one_line(judged.reason);
  return text.empty() ? "" : wrapped(text, 2);
}

std::string sizes_text(const MutatedVariant& variant) {
  return fmt::format("not mutated: wrong in {} of {}", variant.wrong,
                     counted(variant.layouts, "layout"));
}

std::string limit_text(const MutationResult& result, const MutatedVariant& variant) {
  if (!variant.limited) return "";
  return fmt::format("{}: {}: the first {} only, the text is too long for all\n",
                     one_line(result.file), variant.variant,
                     counted(variant.mutants.size(), "mutant"));
}

Json mutant_json(const MutatedVariant& variant, const JudgedMutant& judged, bool only_list) {
  const Mutant& mutant = judged.mutant;
  Json object = {{"variant", variant.variant},
                 {"line", mutant.at.line},
                 {"column", mutant.at.column},
                 {"kind", spelling(mutant.kind)},
                 {"before", mutant.before},
                 {"after", mutant.after},
                 {"outcome", only_list ? "listed" : spelling(judged.outcome)}};
  if (judged.layout) {
    Json mesh = Json::object();
    for (const auto& [name, size] : judged.layout->mesh) mesh[name] = size;
    Json switches = Json::object();
    for (const auto& [name, value] : judged.layout->switches) {
      std::visit([&, key = name](const auto& held) { switches[key] = held; }, value);
    }
    object["mesh"] = std::move(mesh);
    object["switch"] = std::move(switches);
    object["world"] = judged.layout->ranks;
  }
  if (!judged.defect_class.empty()) object["class"] = judged.defect_class;
  if (!judged.branches.empty()) object["branches"] = judged.branches;
  if (!judged.addition.empty()) object["add"] = judged.addition;
  if (!judged.reason.empty()) object["reason"] = judged.reason;
  return object;
}

Json counts_json(const OutcomeCounts& counts) {
  Json object = {{"mutants", std::accumulate(counts.begin(), counts.end(), std::size_t{0})}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    object[spelling(static_cast<MutantOutcome>(i))] = counts[i];
  }
  return object;
}

}  // namespace

std::string mutation_text(const MutationResult& result, bool all) {
  std::string text;
  for (const MutatedVariant& variant : result.variants) {
    if (variant.wrong > 0) {
      text +=
          fmt::format("{}: {}: {}\n", one_line(result.file), variant.variant, sizes_text(variant));
    }
    text += limit_text(result, variant);
    for (const JudgedMutant& judged : variant.mutants) {
      const bool open =
          judged.outcome == MutantOutcome::missed || judged.outcome == MutantOutcome::undecided;
      if (!open && !all) continue;
      text += fmt::format("{}: {}{}: ", place_text(result.file, judged.mutant.at),
                          spelling(judged.outcome), of_variant(result, variant));
      text += edit_text(judged.mutant) + shown_by(judged);
    }
  }
  return text;
}

std::string mutant_list(const MutationResult& result) {
  std::string text;
  for (const MutatedVariant& variant : result.variants) {
    text += limit_text(result, variant);
    for (const JudgedMutant& judged : variant.mutants) {
      text += fmt::format("{}:{} ", place_text(result.file, judged.mutant.at),
                          of_variant(result, variant));
      text += edit_text(judged.mutant);
    }
  }
  return text;
}

std::string mutation_summary(const OutcomeCounts& counts) {
  std::string text =
      counted(std::accumulate(counts.begin(), counts.end(), std::size_t{0}), "mutant");
  const char* before = ": ";
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += fmt::format("{}{} {}", before, counts[i], spelling(static_cast<MutantOutcome>(i)));
    before = ", ";
  }
  return text + '\n';
}

std::string mutation_json(const std::vector<MutationResult>& results, bool only_list,
                          const std::string& version, std::uint64_t seed) {
  Json object = {{"format", "reducecheck.mutants/1"}, {"version", version}, {"seed", seed}};
  object["scenarios"] = Json::array();
  OutcomeCounts all{};
  for (const MutationResult& result : results) {
    Json scenario = {{"file", result.file}, {"title", result.title}};
    scenario["variants"] = Json::array();
    scenario["mutants"] = Json::array();
    for (const MutatedVariant& variant : result.variants) {
      scenario["variants"].push_back({{"variant", variant.variant},
                                      {"layouts", variant.layouts},
                                      {"wrong", variant.wrong},
                                      {"limited", variant.limited}});
      for (const JudgedMutant& judged : variant.mutants) {
        scenario["mutants"].push_back(mutant_json(variant, judged, only_list));
      }
    }
    const OutcomeCounts own = counts_of(result);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += own[i];
    if (!only_list) scenario["summary"] = counts_json(own);
    object["scenarios"].push_back(std::move(scenario));
  }
  if (!only_list) object["summary"] = counts_json(all);
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
