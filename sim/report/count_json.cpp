// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sim/report/count_diff.hpp"

namespace reducecheck {
namespace {

using Json = nlohmann::ordered_json;

const char* spelling_of(CountStanding standing) {
  switch (standing) {
    case CountStanding::absent: return "absent";
    case CountStanding::right: return "right";
    case CountStanding::wrong: return "wrong";
    case CountStanding::unknown: return "unknown";
  }
  return "";
}

Json layout_json(const Configured& configuration) {
  Json object = Json::object();
  object["mesh"] = Json::object();
  for (const auto& [name, size] : configuration.mesh) object["mesh"][name] = size;
  object["groups"] = Json::object();
  for (const auto& [name, size] : configuration.groups) object["groups"][name] = size;
  object["switch"] = Json::object();
  for (const auto& [name, value] : configuration.switches) {
    std::visit([&, key = name](const auto& held) { object["switch"][key] = held; }, value);
  }
  object["world"] = configuration.ranks;
  return object;
}

Json cell_json(const CountedCell& cell) {
  Json object = Json::object();
  object["verdict"] = spelling(cell.verdict);
  if (!cell.defect_class.empty()) {
    object["class"] = cell.defect_class;
    object["branches"] = cell.branches;
  }
  if (!cell.reason.empty()) object["reason"] = cell.reason;
  object["counts"] = Json::array();
  for (const LayoutCount& count : cell.counts) {
    object["counts"].push_back({{"name", count.name},
                                {"layer", count.layer},
                                {"count", count.count},
                                {"wanted", count.wanted},
                                {"standing", spelling_of(count.standing)}});
  }
  return object;
}

Json block_json(const CountBlock& block) {
  Json object = Json::object();
  object["condition"] = block.condition;
  object["layouts"] = block.layouts;
  object["smallest"] = block.smallest;
  object["right"] = block.right;
  object["rows"] = Json::array();
  for (const CountRow& row : block.rows) {
    Json counts = Json::array();
    for (const CountField& field : row.fields) counts.push_back(field.count);
    object["rows"].push_back({{"name", row.name},
                              {"layers", row.layers},
                              {"wanted", row.wanted},
                              {"counts", std::move(counts)}});
  }
  return object;
}

Json changes_json(const std::vector<CountChange>& changes) {
  Json list = Json::array();
  for (const CountChange& change : changes) {
    list.push_back({{"name", change.name},
                    {"layers", change.layers},
                    {"from", change.from},
                    {"to", change.to},
                    {"layouts", change.layouts}});
  }
  return list;
}

}  // namespace

std::string counts_json(const CountTable& table, const CountDiff& diff,
                        const std::string& version) {
  Json object = Json::object();
  object["format"] = "reducecheck.diff/1";
  object["version"] = version;
  object["columns"] = Json::array();
  for (const CountedColumn& column : table.columns) {
    object["columns"].push_back({{"file", column.file}, {"variant", column.variant}});
  }
  object["layouts"] = Json::array();
  for (std::size_t i = 0; i < table.layouts.size(); ++i) {
    Json layout = layout_json(table.layouts[i].configuration);
    layout["cells"] = Json::array();
    for (const CountedColumn& column : table.columns) {
      layout["cells"].push_back(cell_json(column.cells[i]));
    }
    object["layouts"].push_back(std::move(layout));
  }
  object["blocks"] = Json::array();
  for (const CountBlock& block : diff.blocks) object["blocks"].push_back(block_json(block));
  object["changed"] = diff.changed;
  object["steps"] = Json::array();
  for (const CountStep& step : diff.steps) {
    object["steps"].push_back({{"from", step.to - 1},
                               {"to", step.to},
                               {"layouts", step.layouts},
                               {"better", changes_json(step.better)},
                               {"worse", changes_json(step.worse)},
                               {"neither", changes_json(step.neither)}});
  }
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace reducecheck
