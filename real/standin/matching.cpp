// SPDX-License-Identifier: Apache-2.0
#include "real/standin/matching.hpp"

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <span>

#include <nccl.h>

#include "real/standin/numbers.hpp"
#include "real/standin/rounds.hpp"

namespace reducecheck::standin {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

bool sound(const Packet& packet, int ranks) {
  const PacketHead& head = packet.head;
  const bool split = head.kind == PacketKind::split;
  const bool in_range = split || (head.root >= 0 && head.root < ranks && is_type(head.type));
  return in_range && head.count <= (std::uint64_t{1} << 32) && head.reduction >= 0 &&
         packet.body.size() == given_bytes(head, ranks);
}

}  // namespace

std::string whereabouts(const HubLink& link) {
  std::string text = link.doing.empty() ? "before its first call"
                     : link.pending > 0 ? "in " + link.doing
                                        : "after " + link.doing;
  if (link.gone) return " (gone, " + text + ")";
  if (is_stopped(link.process)) {
    text = "process " + std::to_string(link.process) + " is stopped, " + text;
  }
  return " (" + text + ")";
}

std::string told_ranks(const std::vector<int>& ranks) {
  std::string text = ranks.size() == 1 ? "rank " : "ranks ";
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (i > 0) text += i + 1 == ranks.size() ? " and " : ", ";
    text += std::to_string(ranks[i]);
  }
  return text;
}

int HubGroup::rank_of(const HubLink& link) const {
  for (int rank = 0; rank < size(); ++rank) {
    if (&member(rank) == &link) return rank;
  }
  return -1;
}

std::vector<int> HubGroup::own_process_last() const {
  std::vector<int> ranks(members_.size());
  std::iota(ranks.begin(), ranks.end(), 0);
  std::ranges::stable_partition(ranks,
                                [&](int rank) { return member(rank).process != ::getpid(); });
  return ranks;
}

void HubGroup::answer(int rank, PacketHead head, const std::vector<std::byte>& body) {
  HubLink& link = member(rank);
  if (link.pending > 0) --link.pending;
  if (!link.gone) link.stream.put(head, body);
}

void HubGroup::fail(int code, const std::string& text) {
  if (!failure_.empty()) return;
  failure_ = text;
  code_ = code;
  for (const int rank : own_process_last()) {
    HubLink& link = member(rank);
    if (has_left(rank) || link.gone) continue;
    link.stream.put({.kind = PacketKind::failure, .group = id_, .extra = code}, bytes_of(text));
  }
  rounds_.clear();
  lanes_.clear();
}

std::vector<int> HubGroup::missing_in(const Round& round) const {
  std::vector<int> missing;
  for (int rank = 0; rank < size(); ++rank) {
    if (!round.given.contains(rank)) missing.push_back(rank);
  }
  return missing;
}

/// `ranks 0 and 1 AllReduce #7 count 5 float32 sum; rank 2 AllReduce #7 count 4 float32 sum`.
std::string HubGroup::mismatch_text(const Round& round) const {
  std::vector<std::pair<std::string, std::vector<int>>> calls;
  for (const auto& [rank, packet] : round.given) {
    const std::string text = told(packet.head);
    auto known = std::ranges::find(calls, text, &decltype(calls)::value_type::first);
    if (known == calls.end()) known = calls.insert(known, {text, {}});
    known->second.push_back(rank);
  }
  if (calls.size() < 2) return "";
  std::string text = "mismatch: ";
  for (const auto& [call, ranks] : calls) {
    if (!text.ends_with(": ")) text += "; ";
    text += told_ranks(ranks) + " " + call;
  }
  const std::vector<int> missing = missing_in(round);
  if (!missing.empty()) text += "; " + told_ranks(missing) + " did not come";
  return text;
}

void HubGroup::fail_incomplete(const PacketHead& call, const Round& round,
                               const std::string& also) {
  const std::vector<int> missing = missing_in(round);
  std::string text = kind_name(call.kind) + " #" + std::to_string(call.sequence) + ": " +
                     std::to_string(round.given.size()) + " of " + std::to_string(size()) +
                     " ranks arrived, missing " + told_ranks(missing);
  for (const int rank : missing) text += whereabouts(member(rank));
  fail(ncclRemoteError, text + also);
}

void HubGroup::call(Packet packet, Moment now, Made& made) {
  const int rank = packet.head.rank;
  if (rank < 0 || rank >= size()) return;
  member(rank).doing = told(packet.head);
  ++member(rank).pending;
  if (!failure_.empty()) {
    answer(rank, {.kind = PacketKind::failure, .group = id_, .extra = code_}, {});
    return;
  }
  if (!sound(packet, size())) return fail(ncclInternalError, told(packet.head) + ": not sound");
  const bool one_way =
      packet.head.kind == PacketKind::send || packet.head.kind == PacketKind::receive;
  if (one_way) {
    join_lane(std::move(packet), now);
  } else {
    join_round(std::move(packet), now, made);
  }
}

void HubGroup::join_round(Packet packet, Moment now, Made& made) {
  const std::uint64_t sequence = packet.head.sequence;
  const PacketHead head = packet.head;
  Round& round = rounds_[sequence];
  if (round.given.empty()) round.first = now;
  const bool agrees = round.given.empty() || told(round.given.begin()->second.head) == told(head);
  round.given[head.rank] = std::move(packet);
  if (!agrees && !round.disagrees) {
    round.disagrees = true;
    round.disagreed = now;
  }
  if (static_cast<int>(round.given.size()) < size()) {
    if (left_.empty()) return;
    const std::vector<int> gone(left_.begin(), left_.end());
    return fail_incomplete(head, round,
                           "; " + told_ranks(gone) + " destroyed the communicator before");
  }
  if (round.disagrees) return fail(ncclInvalidUsage, mismatch_text(round));
  finish(sequence, made);
}

void HubGroup::finish(std::uint64_t sequence, Made& made) {
  auto node = rounds_.extract(sequence);
  std::vector<Packet> given;
  for (auto& [rank, packet] : node.mapped().given) given.push_back(std::move(packet));
  if (given.front().head.kind == PacketKind::split) return finish_split(given, made);
  std::vector<std::uint64_t> tokens;
  for (const Packet& packet : given) tokens.push_back(packet.head.token);
  const std::vector<std::vector<std::byte>> results = results_of(given, settings_);
  for (const int rank : own_process_last()) {
    const auto r = static_cast<std::size_t>(rank);
    answer(rank, {.kind = PacketKind::result, .group = id_, .token = tokens[r]}, results[r]);
  }
}

void HubGroup::finish_split(const std::vector<Packet>& given, Made& made) {
  const std::vector<SplitPlace> places = split_places(given);
  for (const int rank : own_process_last()) {
    const SplitPlace& place = places[static_cast<std::size_t>(rank)];
    PacketHead head{.kind = PacketKind::result, .group = id_};
    head.token = given[static_cast<std::size_t>(rank)].head.token;
    if (place.group >= 0) {
      const auto group = static_cast<std::size_t>(place.group);
      if (made.size() <= group) made.resize(group + 1);
      made[group].resize(static_cast<std::size_t>(place.ranks));
      made[group][static_cast<std::size_t>(place.rank)] = members_[static_cast<std::size_t>(rank)];
      head.root = static_cast<std::int32_t>(next_group_) + place.group;
      head.rank = place.rank;
      head.count = static_cast<std::uint64_t>(place.ranks);
    }
    answer(rank, head, {});
  }
}

void HubGroup::join_lane(Packet packet, Moment now) {
  const bool sends = packet.head.kind == PacketKind::send;
  const int from = sends ? packet.head.rank : packet.head.root;
  const int to = sends ? packet.head.root : packet.head.rank;
  Lane& lane = lanes_[{from, to}];
  if (lane.sent.empty() && lane.awaited.empty()) lane.first = now;
  (sends ? lane.sent : lane.awaited).push_back(std::move(packet));
  if (lane.sent.empty() || lane.awaited.empty()) {
    const int peer = sends ? to : from;
    if (!has_left(peer)) return;
    const PacketHead& head = (sends ? lane.sent : lane.awaited).back().head;
    return fail(ncclRemoteError, "rank " + std::to_string(head.rank) + " " + told(head) +
                                     ": rank " + std::to_string(peer) +
                                     " destroyed the communicator before");
  }
  const Packet sent = std::move(lane.sent.front());
  const Packet awaited = std::move(lane.awaited.front());
  lane.sent.pop_front();
  lane.awaited.pop_front();
  lane.first = now;
  if (lane.sent.empty() && lane.awaited.empty()) lanes_.erase({from, to});
  if (sent.head.count != awaited.head.count || sent.head.type != awaited.head.type) {
    return fail(ncclInvalidUsage, "mismatch: rank " + std::to_string(from) + " " + told(sent.head) +
                                      "; rank " + std::to_string(to) + " " + told(awaited.head));
  }
  for (const int rank : own_process_last()) {
    PacketHead head{.kind = PacketKind::result, .group = id_};
    head.token = sent.head.token;
    if (rank == from) answer(from, head, {});
    head.token = awaited.head.token;
    if (rank == to) answer(to, head, sent.body);
  }
}

void HubGroup::left(int rank) {
  left_.insert(rank);
  for (const auto& [sequence, round] : rounds_) {
    if (round.given.contains(rank)) continue;
    return fail_incomplete(round.given.begin()->second.head, round,
                           "; " + told_ranks({rank}) + " destroyed the communicator");
  }
}

void HubGroup::abandoned(int rank) {
  left_.insert(rank);
  fail(ncclRemoteError,
       "rank " + std::to_string(rank) + " aborted the communicator" + whereabouts(member(rank)));
}

void HubGroup::died(const HubLink& link) {
  const int rank = rank_of(link);
  if (rank < 0 || has_left(rank)) return;
  std::string text = "rank " + std::to_string(rank) + " died (process " +
                     std::to_string(link.process) + " is gone) ";
  text += link.doing.empty() ? "before its first call"
          : link.pending > 0 ? "in " + link.doing
                             : "after " + link.doing;
  for (const auto& [sequence, round] : rounds_) {
    if (round.given.contains(rank)) continue;
    const PacketHead& call = round.given.begin()->second.head;
    text = kind_name(call.kind) + " #" + std::to_string(sequence) + ": " + text;
    break;
  }
  fail(ncclRemoteError, text);
}

void HubGroup::look(Moment now) {
  const std::chrono::milliseconds deadline(settings_.deadline_milliseconds);
  // Who else calls what is worth a short wait.
  const auto patience = std::min(deadline / 4, std::chrono::milliseconds(250));
  for (const auto& [sequence, round] : rounds_) {
    if (round.disagrees && now - round.disagreed >= patience) {
      return fail(ncclInvalidUsage, mismatch_text(round));
    }
    if (now - round.first >= deadline) {
      return fail_incomplete(round.given.begin()->second.head, round, "");
    }
  }
  for (const auto& [ends, lane] : lanes_) {
    if (now - lane.first < deadline) continue;
    const bool sent = !lane.sent.empty();
    const PacketHead& head = (sent ? lane.sent : lane.awaited).front().head;
    return fail(ncclRemoteError, "rank " + std::to_string(head.rank) + " " + told(head) +
                                     ": missing rank " + std::to_string(head.root) +
                                     whereabouts(member(head.root)));
  }
}

}  // namespace reducecheck::standin
