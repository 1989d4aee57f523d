// SPDX-License-Identifier: Apache-2.0
// Programs that are right by construction, each in a layout, a format and an order of summation of
// its own, beside another text of the same program: nothing may be called a defect, neither by the
// exact judge nor by the rounding judge.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "props/equivalents.hpp"
#include "props/faults.hpp"
#include "props/judged.hpp"
#include "props/layer_generator.hpp"
#include "sim/fuzz/random_layer.hpp"
#include "sim/order/orders.hpp"

namespace reducecheck::props {
namespace {

/// Another seed after so many programs.
constexpr std::uint64_t programs_of_seed = 50'000;
constexpr std::uint64_t told_every = 10'000;

struct Totals {
  std::uint64_t programs = 0;
  std::uint64_t cells = 0;        // variants that were judged
  std::uint64_t comparisons = 0;  // of two variants in a format
  std::uint64_t elements = 0;     // that were compared
  std::uint64_t differing = 0;    // of them, in bits
  std::uint64_t undecided_cells = 0;
  std::uint64_t undecided_elements = 0;
  std::uint64_t without_order = 0;  // comparisons that the order refused
  std::vector<std::string> alarms;
};

/// A layer in two forms: branches added before the sum, and after it.
Scenario two_forms(FuzzDraw& draw) {
  const auto at_most = [&](int n) {
    return 1 + static_cast<int>(draw.below(static_cast<std::uint64_t>(n)));
  };
  LayerSpec spec;
  spec.family = static_cast<Family>(draw.below(3));
  spec.dp = at_most(2);
  spec.tp = at_most(4);
  spec.ep = spec.dp * spec.tp > 4 ? 1 : at_most(8 / (spec.dp * spec.tp));
  spec.branches = Branches::both;
  spec.gated = draw.chance(50);
  spec.bias = static_cast<Bias>(draw.below(4));
  spec.scale = static_cast<Scale>(draw.below(3));
  spec.residual = draw.chance(50);
  spec.normed = draw.chance(50);
  spec.merged = true;
  spec.cut = draw.chance(50);
  spec.uneven = draw.chance(50);
  spec.axes_reversed = draw.chance(50);
  spec.shuffle = static_cast<int>(draw.below(4));
  spec = effective(spec);
  LayerSpec per_branch = spec;
  per_branch.merged = false;
  Scenario scenario = scenario_of(spec);
  const Scenario other = scenario_of(per_branch);
  Variant merged = scenario.variants.front();
  merged.program = whole_program(scenario, merged);
  Variant apart = other.variants.front();
  apart.program = whole_program(other, apart);
  apart.name = "per_branch";
  scenario.distributed.clear();
  scenario.variants = {merged, apart};
  return scenario;
}

/// A random right layer, and one in which something is said otherwise.
Scenario two_texts(FuzzDraw& draw) {
  Scenario scenario = right_layer(draw);
  Variant right = scenario.variants.front();
  right.program = whole_program(scenario, right);
  scenario.distributed.clear();
  scenario.variants = {right};
  const std::vector<Change> all = changes(right.program);
  if (all.empty()) return scenario;
  Variant other = right;
  other.name = "otherwise";
  other.program = apply_change(right.program, all[draw.below(all.size())]);
  scenario.variants.push_back(other);
  return with_idle_group(std::move(scenario));
}

/// One layout of the scenario, a format and an order.
CheckOptions drawn_options(const Scenario& scenario, FuzzDraw& draw, std::uint64_t seed) {
  CheckOptions options;
  options.seed = seed;
  options.threads = 1;
  options.dtypes = {static_cast<Format>(draw.below(std::size(format_traits)))};
  const auto orders = known_orders();
  const OrderFacts* order = &orders[draw.below(orders.size())];
  while (order->reduce_scatter) order = &orders[draw.below(orders.size())];
  options.order = order->name;
  std::int64_t left = 8;
  for (const Axis& axis : scenario.axes) {
    std::int64_t size = 1 + static_cast<std::int64_t>(draw.below(4));
    if (!axis.sizes.empty()) size = axis.sizes[draw.below(axis.sizes.size())];
    if (size > left) size = axis.sizes.empty() ? left : axis.sizes.front();
    options.mesh[axis.name] = size;
    left = std::max<std::int64_t>(1, left / size);
  }
  return options;
}

class Counter {
 public:
  explicit Counter(std::uint64_t seed) : seed_(seed) {}

  void program(std::uint64_t number) {
    const std::uint64_t seed = seed_ + number / programs_of_seed;
    FuzzDraw draw(seed, number);
    const Scenario scenario = number % 2 == 0 ? two_forms(draw) : two_texts(draw);
    const CheckOptions options = drawn_options(scenario, draw, 1 + draw.below(1'000'000));
    Diagnostics diagnostics;
    const ScenarioResult result = check_scenario(scenario, options, diagnostics);
    // Sizes that do not divide: that layout is none.
    if (!diagnostics.empty() || result.cells.empty()) return;
    ++totals_.programs;
    count(result, fmt::format("program {} of seed {}: false_alarms --seed {} --program {}", number,
                              seed, seed_, number));
  }

  [[nodiscard]] const Totals& totals() const { return totals_; }

 private:
  void count(const ScenarioResult& result, const std::string& replay) {
    for (const Cell& cell : result.cells) {
      ++totals_.cells;
      if (cell.verdict == Verdict::undecided) ++totals_.undecided_cells;
      if (cell.verdict != Verdict::defect) continue;
      totals_.alarms.push_back(
          fmt::format("{}: {} is called {}", replay, cell.variant, cell.finding->defect_class));
    }
    for (const BitComparison& bits : result.bits) {
      if (!bits.refusal.empty()) {
        ++totals_.without_order;
        continue;
      }
      ++totals_.comparisons;
      totals_.elements += static_cast<std::uint64_t>(bits.elements);
      totals_.differing += static_cast<std::uint64_t>(bits.differing);
      totals_.undecided_elements += static_cast<std::uint64_t>(bits.rounding.undecided);
      if (bits.rounding.verdict != RoundingVerdict::defect) continue;
      totals_.alarms.push_back(fmt::format("{}: {} against {} in {} by {} is no rounding", replay,
                                           bits.left, bits.right, bits.dtype, bits.order));
    }
  }

  std::uint64_t seed_;
  Totals totals_;
};

std::string text(const Totals& t) {
  std::string all = fmt::format(
      "{} programs, {} alarms; {} variants judged, {} undecided; {} comparisons in a format of {} "
      "elements, {} with other bits, {} undecided; {} times no such order\n",
      t.programs, t.alarms.size(), t.cells, t.undecided_cells, t.comparisons, t.elements,
      t.differing, t.undecided_elements, t.without_order);
  for (const std::string& alarm : t.alarms) all += fmt::format("  alarm: {}\n", alarm);
  return all;
}

std::string record(const Totals& t, std::uint64_t seed, double seconds) {
  const std::time_t now = std::time(nullptr);
  char date[16] = {};
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  const double bound = 3.0 / static_cast<double>(std::max<std::uint64_t>(1, t.programs));
  nlohmann::ordered_json json;
  json["title"] = "False alarms";
  json["date"] = date;
  json["command"] = fmt::format("false_alarms --seed {} --programs 300000", seed);
  json["seconds"] = std::round(seconds);
  json["machine"] = "2 cores, gcc 12.2, release";
  json["says"] = fmt::format(
      "{} programs that are right by construction, each in a layout of up to 8 ranks, one of {} "
      "formats and one of the known orders of summation, beside another text of the same program, "
      "by the exact judge and the rounding judge.",
      t.programs, std::size(format_traits));
  json["rows"] = nlohmann::ordered_json::array();
  const auto row = [&](const char* what, const char* bar, const std::string& measured, bool holds) {
    json["rows"].push_back(
        {{"what", what}, {"bar", bar}, {"measured", measured}, {"holds", holds}});
  };
  row("right programs", "300,000", fmt::format("{}", t.programs), t.programs >= 300'000);
  row("alarms", "0",
      fmt::format("{}, so at most one in {:.0f} programs at 95 % (3/N = {:.1e})", t.alarms.size(),
                  1 / bound, bound),
      t.alarms.empty());
  json["tables"] = nlohmann::ordered_json::array();
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  const auto line = [&](const char* what, std::uint64_t n) {
    rows.push_back({what, fmt::format("{}", n)});
  };
  line("variants judged exactly", t.cells);
  line("of them undecided", t.undecided_cells);
  line("comparisons in a format", t.comparisons);
  line("elements compared", t.elements);
  line("elements with other bits", t.differing);
  line("elements undecided (no sums of the same terms, or beyond the range)", t.undecided_elements);
  line("comparisons left out: the order is none for that sum", t.without_order);
  json["tables"].push_back(
      {{"caption", "What was counted"}, {"columns", {"what", "number"}}, {"rows", rows}});
  json["falls_short"] = nlohmann::ordered_json::array();
  if (t.programs < 300'000) {
    json["falls_short"].push_back(fmt::format("{} programs instead of 300,000", t.programs));
  }
  for (const std::string& alarm : t.alarms) json["falls_short"].push_back(alarm);
  return json.dump(2) + "\n";
}

struct Request {
  std::uint64_t seed = 1;
  std::uint64_t programs = 1000;
  std::optional<std::uint64_t> program;  // one alone
  std::string file;
};

std::optional<Request> request_of(const std::vector<std::string>& words) {
  Request request;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    char* end = nullptr;
    const std::uint64_t number = std::strtoull(words[i + 1].c_str(), &end, 10);
    const bool is_number = *end == '\0' && !words[i + 1].empty();
    if (words[i] == "--record") {
      request.file = words[i + 1];
    } else if (words[i] == "--seed" && is_number) {
      request.seed = number;
    } else if (words[i] == "--programs" && is_number) {
      request.programs = number;
    } else if (words[i] == "--program" && is_number) {
      request.program = number;
    } else {
      return std::nullopt;
    }
  }
  return words.size() % 2 == 0 ? std::optional(request) : std::nullopt;
}

int run(const Request& request) {
  fmt::print("seed={}\n", request.seed);
  const auto begin = std::chrono::steady_clock::now();
  Counter counter(request.seed);
  if (request.program) {
    counter.program(*request.program);
  }
  for (std::uint64_t i = 0; !request.program && counter.totals().programs < request.programs; ++i) {
    counter.program(i);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const bool last = counter.totals().programs == request.programs;
    if ((i + 1) % told_every != 0 && !last) continue;
    fmt::print("{:.0f} s: {}", took.count(), text(counter.totals()));
    std::fflush(stdout);
    if (!request.file.empty()) {
      std::ofstream(request.file) << record(counter.totals(), request.seed, took.count());
    }
  }
  if (request.program) fmt::print("{}", text(counter.totals()));
  fmt::print("again with: false_alarms --seed {} --programs {}\n", request.seed, request.programs);
  return counter.totals().alarms.empty() ? 0 : 1;
}

}  // namespace
}  // namespace reducecheck::props

int main(int count, char** words) {
  const auto request = reducecheck::props::request_of({words + 1, words + count});
  if (!request) {
    fmt::print(stderr, "false_alarms [--seed N] [--programs N] [--program N] [--record FILE]\n");
    return 2;
  }
  return reducecheck::props::run(*request);
}
