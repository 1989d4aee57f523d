// SPDX-License-Identifier: Apache-2.0
#include "real/standin/hub.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include <nccl.h>

#include "real/standin/matching.hpp"

namespace reducecheck::standin {
namespace {

/// The hubs of this process that still serve. Never destroyed: their threads outlive main.
struct RunningHubs {
  std::mutex mutex;
  std::vector<std::string> names;
};

RunningHubs& running_hubs() {
  static auto* hubs = new RunningHubs;
  return *hubs;
}

/// All communicators that come from one unique id, the links of their ranks, and the loop.
class Hub {
 public:
  Hub(int listener, const Settings& settings) : listener_(listener), settings_(settings) {}
  ~Hub() { ::close(listener_); }
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void run() {
    while (!over()) {
      wait();
      const Moment now = std::chrono::steady_clock::now();
      for (std::size_t i = 0; i < links_.size(); ++i) serve(links_[i], now);
      std::erase_if(links_, [](const auto& link) { return link->gone; });
      look(now);
    }
  }

 private:
  /// Whether nobody is left, and nobody is late who must still hear that there is no communicator.
  [[nodiscard]] bool over() const {
    if (!began_ || !links_.empty()) return false;
    const std::chrono::milliseconds deadline(settings_.deadline_milliseconds);
    return refused_.empty() || came_ >= ranks_ ||
           std::chrono::steady_clock::now() - first_ > 2 * deadline;
  }

  void wait() {
    std::vector<pollfd> files = {{listener_, POLLIN, 0}};
    for (const auto& link : links_) {
      const bool writes = link->stream.unsent();
      files.push_back(
          {link->stream.file(), static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0});
    }
    const bool watched = !joining_.empty() || std::ranges::any_of(groups_, [](const auto& group) {
      return group.second.waits();
    });
    ::poll(files.data(), files.size(), watched ? 10 : 1000);
    if ((files[0].revents & POLLIN) == 0) return;
    const int file = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (file < 0) return;
    auto link = std::make_shared<HubLink>(file);
    if (link->process > 0) links_.push_back(std::move(link));
  }

  void serve(const std::shared_ptr<HubLink>& link, Moment now) {
    link->stream.flush();
    while (std::optional<Packet> packet = link->stream.take()) {
      handle(link, std::move(*packet), now);
    }
    if (!link->stream.closed()) return;
    link->gone = true;
    for (auto& [id, group] : groups_) group.died(*link);
    const auto waiting = std::ranges::find(joining_, link, &std::pair<const int, Link>::second);
    if (waiting == joining_.end()) return;
    const int rank = waiting->first;
    joining_.erase(waiting);
    refuse_joining("CommInit: rank " + std::to_string(rank) + " died (process " +
                   std::to_string(link->process) + " is gone)");
  }

  void handle(const std::shared_ptr<HubLink>& link, Packet packet, Moment now) {
    const PacketKind kind = packet.head.kind;
    if (kind == PacketKind::hello) return join(link, packet.head, now);
    const auto group = groups_.find(packet.head.group);
    if (group == groups_.end()) return;
    packet.head.rank = group->second.rank_of(*link);
    if (kind == PacketKind::leave) return group->second.left(packet.head.rank);
    if (kind == PacketKind::abandon) return group->second.abandoned(packet.head.rank);
    if (kind >= PacketKind::welcome) return;
    std::vector<std::vector<Link>> made;
    group->second.call(std::move(packet), now, made);
    for (auto& members : made) add_group(std::move(members));
  }

  void add_group(std::vector<std::shared_ptr<HubLink>> members) {
    const std::uint32_t id = next_group_++;
    groups_.try_emplace(id, id, std::move(members), settings_, next_group_);
  }

  void join(const std::shared_ptr<HubLink>& link, const PacketHead& head, Moment now) {
    const int ranks = static_cast<int>(head.count);
    ++came_;
    if (!refused_.empty()) return refuse(*link, ncclRemoteError, refused_);
    if (began_) {
      return refuse(*link, ncclInvalidUsage, "CommInit: this unique id was used before");
    }
    if (joining_.empty()) {
      first_ = now;
      ranks_ = ranks;
    }
    joining_.try_emplace(head.rank, link);
    const std::string rank = "rank " + std::to_string(head.rank);
    if (joining_[head.rank] != link) {
      refuse(*link, ncclInvalidUsage, "CommInit: " + rank + " came twice");
      return refuse_joining("CommInit: " + rank + " came twice");
    }
    link->rank = head.rank;
    if (ranks != ranks_) {
      return refuse_joining("mismatch: CommInit of " + std::to_string(ranks_) + " ranks and, on " +
                            rank + ", of " + std::to_string(ranks));
    }
    if (static_cast<int>(joining_.size()) == ranks_) welcome();
  }

  void welcome() {
    began_ = true;
    std::vector<Link> members;
    std::vector<std::int32_t> processes;
    for (const auto& [rank, link] : joining_) {
      members.push_back(link);
      processes.push_back(link->process);
    }
    joining_.clear();
    add_group(members);
    for (const auto& link : members) {
      link->doing = "CommInit";
      link->stream.put({.kind = PacketKind::welcome}, std::as_bytes(std::span(processes)));
    }
  }

  void look(Moment now) {
    for (auto& [id, group] : groups_) group.look(now);
    const std::chrono::milliseconds deadline(settings_.deadline_milliseconds);
    if (joining_.empty() || now - first_ < deadline) return;
    std::vector<int> missing;
    for (int rank = 0; rank < ranks_; ++rank) {
      if (!joining_.contains(rank)) missing.push_back(rank);
    }
    refuse_joining("CommInit: " + std::to_string(joining_.size()) + " of " +
                   std::to_string(ranks_) + " ranks arrived, missing " + told_ranks(missing));
  }

  static void refuse(HubLink& link, int code, const std::string& text) {
    const auto body = std::as_bytes(std::span(text.data(), text.size()));
    link.stream.put({.kind = PacketKind::failure, .extra = code}, body);
  }

  void refuse_joining(const std::string& text) {
    began_ = true;
    refused_ = text;
    for (const auto& [rank, link] : joining_) {
      refuse(*link, text.starts_with("mismatch") ? ncclInvalidUsage : ncclRemoteError, text);
    }
    joining_.clear();
  }

  using Link = std::shared_ptr<HubLink>;

  int listener_;
  const Settings& settings_;
  std::vector<Link> links_;
  bool began_ = false;  // its first communicator was made, or refused
  std::string refused_;
  std::map<int, Link> joining_;
  int ranks_ = 0;
  int came_ = 0;
  Moment first_;
  std::map<std::uint32_t, HubGroup> groups_;
  std::uint32_t next_group_ = 0;
};

}  // namespace

std::string start_hub() {
  std::string name;
  const int listener = listen_locally(name);
  if (listener < 0) return "";
  RunningHubs& hubs = running_hubs();
  {
    const std::lock_guard lock(hubs.mutex);
    hubs.names.push_back(name);
  }
  const Settings& read = settings();
  std::thread([listener, name, &read, &hubs] {
    Hub(listener, read).run();
    const std::lock_guard lock(hubs.mutex);
    std::erase(hubs.names, name);
  }).detach();
  return name;
}

bool hub_is_over(const std::string& name) {
  RunningHubs& hubs = running_hubs();
  const std::lock_guard lock(hubs.mutex);
  return std::ranges::count(hubs.names, name) == 0;
}

}  // namespace reducecheck::standin
