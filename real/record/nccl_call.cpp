// SPDX-License-Identifier: Apache-2.0
#include "real/record/nccl_call.hpp"

#include <algorithm>
#include <array>

namespace reducecheck::real {
namespace {

struct LoggedOperation {
  std::string name;
  std::vector<std::string> keys;
};

// The tables are never destroyed: threads that log may outlive main.

const std::vector<LoggedOperation>& operation_table() {
  static const auto& table = *new const std::vector<LoggedOperation>{
      {"GetVersion", {}},
      {"GetUniqueId", {}},
      {"CommInit", {"comm", "ranks", "rank"}},
      {"CommSplit", {"comm", "color", "key", "made"}},
      {"CommFinalize", {"comm"}},
      {"CommDestroy", {"comm"}},
      {"CommAbort", {"comm"}},
      {"GroupStart", {}},
      {"GroupEnd", {}},
      {"AllReduce", {"comm", "seq", "count", "type", "redop", "stream", "place"}},
      {"ReduceScatter", {"comm", "seq", "count", "type", "redop", "stream", "place"}},
      {"Reduce", {"comm", "seq", "count", "type", "redop", "root", "stream", "place"}},
      {"AllGather", {"comm", "seq", "count", "type", "stream", "place"}},
      {"Broadcast", {"comm", "seq", "count", "type", "root", "stream", "place"}},
      {"Send", {"comm", "seq", "count", "type", "peer", "stream"}},
      {"Recv", {"comm", "seq", "count", "type", "peer", "stream"}},
      {"Failed", {"call", "result"}},
  };
  return table;
}

constexpr std::size_t nccl_types = 12;
constexpr std::size_t nccl_reductions = 6;

const std::array<std::string, nccl_types>& type_table() {
  static const auto& table = *new const std::array<std::string, nccl_types>{
      "int8",    "uint8",   "int32",   "uint32",   "int64",      "uint64",
      "float16", "float32", "float64", "bfloat16", "float8e4m3", "float8e5m2"};
  return table;
}

const std::array<std::string, nccl_reductions>& reduction_table() {
  static const auto& table = *new const std::array<std::string, nccl_reductions>{
      "sum", "prod", "max", "min", "avg", "premulsum"};
  return table;
}

}  // namespace

std::string nccl_log_name(int rank) {
  return "rank" + std::to_string(rank) + ".nccl";
}

std::string line_of(const NcclCall& call) {
  std::string line = call.operation;
  for (const CallField& field : call.fields) {
    line += ' ';
    line += field.key;
    line += '=';
    line += field.value;
  }
  return line;
}

std::span<const std::string> logged_operations() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const LoggedOperation& each : operation_table()) all.push_back(each.name);
    return all;
  }();
  return names;
}

const std::vector<std::string>* call_fields(std::string_view operation) {
  const auto& table = operation_table();
  const auto found = std::ranges::find(table, operation, &LoggedOperation::name);
  return found == table.end() ? nullptr : &found->keys;
}

std::span<const std::string> nccl_type_names() {
  return type_table();
}

std::span<const std::string> nccl_reduction_names() {
  return reduction_table();
}

std::string nccl_type_name(int number) {
  if (number < 0 || static_cast<std::size_t>(number) >= nccl_types) return "unknown";
  return type_table()[static_cast<std::size_t>(number)];
}

std::string nccl_reduction_name(int number) {
  if (number < 0) return "unknown";
  return reduction_table()[std::min(static_cast<std::size_t>(number), nccl_reductions - 1)];
}

}  // namespace reducecheck::real
