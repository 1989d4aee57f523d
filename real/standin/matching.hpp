// SPDX-License-Identifier: Apache-2.0
// One communicator as its hub sees it: which calls wait for which ranks.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "real/standin/settings.hpp"
#include "real/standin/wire.hpp"

namespace reducecheck::standin {

using Moment = std::chrono::steady_clock::time_point;

/// A rank as the hub sees it.
struct HubLink {
  explicit HubLink(int file) : stream(file), process(peer_process(file)) {}

  PacketStream stream;
  pid_t process;
  int rank = -1;      // in the first communicator
  bool gone = false;  // its socket is closed
  std::string doing;  // its last call
  std::size_t pending = 0;
};

/// ` (in AllReduce #7)`: what the rank was last seen doing, in brackets.
std::string whereabouts(const HubLink& link);

/// `rank 2`, `ranks 0, 1 and 3`.
std::string told_ranks(const std::vector<int>& ranks);

/// Matches the calls of the members of one communicator. Whatever does not match is told to all
/// members, once, and ends it: the member that did not come hears of it when it comes.
class HubGroup {
 public:
  /// `settings` and `next_group`, the number that the next group to be made will have, must outlive
  /// it.
  HubGroup(std::uint32_t id, std::vector<std::shared_ptr<HubLink>> members,
           const Settings& settings, const std::uint32_t& next_group)
      : id_(id), members_(std::move(members)), settings_(settings), next_group_(next_group) {}

  /// A call of one of its members. What a split makes goes into `made`.
  void call(Packet packet, Moment now, std::vector<std::vector<std::shared_ptr<HubLink>>>& made);

  void left(int rank);
  void abandoned(int rank);
  /// The process of the member is gone.
  void died(const HubLink& link);

  /// Looks whether somebody is late.
  void look(Moment now);

  /// The rank of the link in this communicator, or -1.
  [[nodiscard]] int rank_of(const HubLink& link) const;
  [[nodiscard]] bool has_left(int rank) const { return left_.contains(rank); }
  [[nodiscard]] bool waits() const { return !rounds_.empty() || !lanes_.empty(); }

 private:
  /// The calls with one number.
  struct Round {
    std::map<int, Packet> given;
    Moment first;
    Moment disagreed;
    bool disagrees = false;
  };
  /// From one rank to another.
  struct Lane {
    std::deque<Packet> sent;
    std::deque<Packet> awaited;
    Moment first;
  };
  using Made = std::vector<std::vector<std::shared_ptr<HubLink>>>;

  void join_round(Packet packet, Moment now, Made& made);
  void join_lane(Packet packet, Moment now);
  void finish(std::uint64_t sequence, Made& made);
  void finish_split(const std::vector<Packet>& given, Made& made);
  void fail(int code, const std::string& text);
  void fail_incomplete(const PacketHead& call, const Round& round, const std::string& also);
  [[nodiscard]] std::string mismatch_text(const Round& round) const;
  [[nodiscard]] std::vector<int> missing_in(const Round& round) const;
  /// The ranks in the order in which they are told something: those of the hub's own process last,
  /// because they may end it, and the hub with it, as soon as they know.
  [[nodiscard]] std::vector<int> own_process_last() const;
  void answer(int rank, PacketHead head, const std::vector<std::byte>& body);
  [[nodiscard]] int size() const { return static_cast<int>(members_.size()); }
  HubLink& member(int rank) { return *members_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] const HubLink& member(int rank) const {
    return *members_[static_cast<std::size_t>(rank)];
  }

  std::uint32_t id_;
  std::vector<std::shared_ptr<HubLink>> members_;
  const Settings& settings_;
  const std::uint32_t& next_group_;
  std::map<std::uint64_t, Round> rounds_;
  std::map<std::pair<int, int>, Lane> lanes_;
  std::set<int> left_;
  int code_ = 0;
  std::string failure_;
};

}  // namespace reducecheck::standin
