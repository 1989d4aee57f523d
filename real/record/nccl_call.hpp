// SPDX-License-Identifier: Apache-2.0
// One call of NCCL as it stands in a log: a line of text that a rank leaves behind.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck::real {

/// The first line of a log.
inline constexpr std::string_view nccl_log_format = "reducecheck.calls/1";

/// The file of a rank in the folder of a run: `rank2.nccl`.
std::string nccl_log_name(int rank);

/// `count=1000`.
struct CallField {
  std::string key;
  std::string value;

  bool operator==(const CallField&) const = default;
};

/// `AllReduce comm=0 seq=7 count=1000 type=float32 redop=sum stream=1 place=out`. Which fields an
/// operation has, and in which order, is in call_fields.
struct NcclCall {
  std::string operation;
  std::vector<CallField> fields;

  bool operator==(const NcclCall&) const = default;
};

/// The call as a line, without its end.
std::string line_of(const NcclCall& call);

/// The operations that a log may hold.
std::span<const std::string> logged_operations();

/// The keys of an operation in their order; nullptr for a word that is no operation.
const std::vector<std::string>* call_fields(std::string_view operation);

/// The names of NCCL's types by their number in ncclDataType_t.
std::span<const std::string> nccl_type_names();

/// The names of NCCL's reductions by their number in ncclRedOp_t; the last one stands for every
/// reduction that the program made itself.
std::span<const std::string> nccl_reduction_names();

/// The entry for `number`, or `unknown`; above the last reduction the last one.
std::string nccl_type_name(int number);
std::string nccl_reduction_name(int number);

}  // namespace reducecheck::real
