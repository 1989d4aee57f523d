// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "real/tool/planned_calls_test.hpp"

namespace reducecheck::real {
namespace {

std::string field(const NcclCall& call, const std::string& key) {
  const auto found = std::ranges::find(call.fields, key, &CallField::key);
  return found == call.fields.end() ? "" : found->value;
}

/// The communicators of a job by what all ranks logged of them, in the numbers of a rank.
class Groups {
 public:
  Groups(const std::vector<ParsedNcclLog>& logs, std::string& wrong) {
    std::vector<std::vector<NcclCall>> splits(logs.size());
    for (std::size_t r = 0; r < logs.size(); ++r) {
      for (const LoggedCall& logged : logs[r].calls) {
        if (logged.call.operation == "CommSplit") splits[r].push_back(logged.call);
      }
      members_.push_back({{"0", {}}});
      for (std::size_t all = 0; all < logs.size(); ++all) {
        members_[r]["0"].push_back(static_cast<int>(all));
      }
    }
    for (const auto& these : splits) {
      if (these.size() != splits[0].size()) wrong = "ranks split a different number of times";
    }
    if (!wrong.empty()) return;
    for (std::size_t s = 0; s < splits[0].size(); ++s) {
      for (std::size_t r = 0; r < splits.size(); ++r) add(splits, s, r);
    }
  }

  [[nodiscard]] std::string of(std::size_t rank, const std::string& comm) const {
    const auto found = members_[rank].find(comm);
    if (found == members_[rank].end()) return "nobody";
    return fmt::format("{}", fmt::join(found->second, ","));
  }

 private:
  void add(const std::vector<std::vector<NcclCall>>& splits, std::size_t s, std::size_t r) {
    const NcclCall& own = splits[r][s];
    std::vector<std::pair<int, int>> by_key;
    for (std::size_t other = 0; other < splits.size(); ++other) {
      if (field(splits[other][s], "color") != field(own, "color")) continue;
      by_key.emplace_back(std::stoi(field(splits[other][s], "key")), static_cast<int>(other));
    }
    std::ranges::sort(by_key);
    std::vector<int>& group = members_[r][field(own, "made")];
    group.clear();
    for (const auto& [key, member] : by_key) group.push_back(member);
  }

  std::vector<std::map<std::string, std::vector<int>>> members_;
};

/// What makes and ends communicators, of one rank.
struct Lives {
  std::map<std::string, int> made;
  std::map<std::string, int> ended;

  /// Whether the call is of that kind.
  bool take(const NcclCall& call) {
    if (call.operation == "GetVersion" || call.operation == "GetUniqueId") return true;
    if (call.operation == "CommInit") ++made[field(call, "comm")];
    if (call.operation == "CommSplit") ++made[field(call, "made")];
    if (call.operation == "CommDestroy") ++ended[field(call, "comm")];
    return call.operation.starts_with("Comm");
  }
};

/// The call as a plan has it; what a plan does not say must be as it always is.
std::string as_planned(const NcclCall& call, std::size_t rank, const Groups& groups,
                       std::map<std::string, std::int64_t>& sequences) {
  std::string text = call.operation;
  const bool transfers = call.operation == "Send" || call.operation == "Recv";
  for (const CallField& each : call.fields) {
    if (each.key == "comm") continue;
    if (each.key == "seq") {
      std::int64_t& next = sequences[field(call, "comm") + (transfers ? " transfers" : "")];
      if (each.value != fmt::format("{}", next)) text += " out of sequence";
      if (transfers || field(call, "count") != "0") ++next;
    } else if (each.key == "stream" || each.key == "place") {
      if (each.value != (each.key == "stream" ? "1" : "out")) text += ' ' + each.value;
    } else {
      text += fmt::format(" {}={}", each.key, each.value);
    }
  }
  if (!call.fields.empty()) text += " by " + groups.of(rank, field(call, "comm"));
  return text;
}

bool is_probe(const JobCall& logged, std::size_t ranks) {
  std::vector<std::size_t> all;
  for (std::size_t r = 0; r < ranks; ++r) all.push_back(r);
  return logged.call.starts_with("AllReduce count=") &&
         logged.call.ends_with(fmt::format("redop=sum by {}", fmt::join(all, ",")));
}

}  // namespace

JobCalls logged_calls(const std::vector<ParsedNcclLog>& logs, std::string& wrong) {
  const Groups groups(logs, wrong);
  JobCalls calls(logs.size());
  for (std::size_t rank = 0; rank < logs.size() && wrong.empty(); ++rank) {
    Lives lives;
    std::map<std::string, std::int64_t> sequences;
    for (const LoggedCall& logged : logs[rank].calls) {
      if (logged.call.operation == "CommSplit") ++sequences[field(logged.call, "comm")];
      if (lives.take(logged.call)) continue;
      calls[rank].push_back(
          {as_planned(logged.call, rank, groups, sequences), fmt::format("line {}", logged.line)});
    }
    const bool once =
        std::ranges::all_of(lives.made, [](const auto& one) { return one.second == 1; });
    if (logs[rank].calls.empty() || !once || lives.made != lives.ended) {
      wrong = fmt::format("rank {} did not make and end each communicator once", rank);
    }
  }
  return calls;
}

std::string parting(const JobCalls& planned, const JobCalls& logged, bool probes) {
  for (std::size_t rank = 0; rank < planned.size(); ++rank) {
    const std::vector<JobCall>& wanted = planned[rank];
    const std::vector<JobCall>& got = logged[rank];
    std::size_t at = 0;
    while (probes && got.size() - at > wanted.size() && is_probe(got[at], planned.size())) ++at;
    for (std::size_t i = 0; i < wanted.size() || at < got.size(); ++i, ++at) {
      if (i < wanted.size() && at < got.size() && wanted[i].call == got[at].call) continue;
      return fmt::format("rank {}, call {}: planned {}, logged {}", rank, i,
                         i < wanted.size() ? wanted[i].call + " (" + wanted[i].where + ")" : "none",
                         at < got.size() ? got[at].call + " (" + got[at].where + ")" : "none");
    }
  }
  return "";
}

}  // namespace reducecheck::real
