// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/control_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "real/calls/call_log.hpp"

namespace reducecheck::real {
namespace {

/// What a rank that does not read may be owed.
constexpr std::size_t most_owed_bytes = std::size_t{1} << 30;

/// How often a connection is read in one turn, so that one that never pauses holds up nobody.
constexpr int most_reads = 64;

}  // namespace

ControlServer::ControlServer(Socket listener, const std::string& token, int ranks,
                             int deadline_milliseconds)
    : listener_(std::move(listener)),
      token_(token),
      ranks_(ranks),
      board_(ranks, deadline_milliseconds, steady_milliseconds()) {}

void ControlServer::serve(int wait_milliseconds) {
  std::vector<pollfd> waits = {{listener_.file(), POLLIN, 0}};
  for (const Peer& peer : peers_) {
    const int wanted = POLLIN | (peer.out.empty() ? 0 : POLLOUT);
    waits.push_back({peer.socket.file(), static_cast<short>(wanted), 0});
  }
  if (::poll(waits.data(), waits.size(), wait_milliseconds) > 0) {
    const std::size_t known = peers_.size();
    for (std::size_t i = 0; i < known; ++i) {
      if ((waits[i + 1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) receive(peers_[i]);
    }
    if (waits[0].revents != 0) accept_all();
  }
  for (Peer& peer : peers_) {
    if (!peer.out.empty()) send(peer);
  }
  std::erase_if(peers_, [](const Peer& peer) { return peer.over; });
  board_.look(steady_milliseconds(), process_state);
}

void ControlServer::accept_all() {
  for (;;) {
    Socket made(::accept4(listener_.file(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!made.open()) return;
    peers_.push_back({.socket = std::move(made), .rank = -1, .in = {}, .out = {}});
  }
}

void ControlServer::receive(Peer& peer) {
  std::array<std::byte, 65'536> bytes{};
  for (int i = 0; i < most_reads; ++i) {
    const ssize_t got = ::recv(peer.socket.file(), bytes.data(), bytes.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got <= 0) {
      frames(peer);
      return drop(peer);
    }
    peer.in.insert(peer.in.end(), bytes.begin(), bytes.begin() + got);
    // Frames are taken as they come, so that a flood does not pile up.
    frames(peer);
    if (peer.over) return;
  }
}

void ControlServer::send(Peer& peer) {
  while (peer.sent < peer.out.size()) {
    const ssize_t sent = ::send(peer.socket.file(), peer.out.data() + peer.sent,
                                peer.out.size() - peer.sent, MSG_NOSIGNAL);
    if (sent <= 0 && (errno == EAGAIN || errno == EINTR)) return;
    // A connection that is closed shows when it is read, behind what it said last.
    peer.sent = sent <= 0 ? peer.out.size() : peer.sent + static_cast<std::size_t>(sent);
  }
  peer.out.clear();
  peer.sent = 0;
}

void ControlServer::frames(Peer& peer) {
  bool broken = false;
  while (!peer.over) {
    const std::optional<Frame> frame = take_frame(peer.in, broken);
    if (!frame) break;
    const bool first = peer.rank < 0;
    if (!(first ? hello(peer, *frame) : message(peer, *frame))) broken = true;
    if (broken) break;
  }
  if (!broken) return;
  // A stranger at the door is no concern of the job; a rank that talks nonsense is.
  if (peer.rank >= 0) {
    board_.says(peer.rank, fmt::format("rank {} sent what is no message", peer.rank), false);
  }
  drop(peer);
}

bool ControlServer::hello(Peer& peer, const Frame& frame) {
  Hello hello;
  if (frame.kind != static_cast<std::uint32_t>(ControlKind::hello)) return false;
  if (frame.payload.size() != sizeof hello) return false;
  std::memcpy(&hello, frame.payload.data(), sizeof hello);
  if (hello.token != token_words(token_)) return false;
  if (hello.rank < 0 || hello.rank >= ranks_ || hello.world != ranks_) return false;
  if (board_.has_begun(hello.rank)) return false;
  if (job_ == 0) job_ = hello.job;
  peer.rank = hello.rank;
  board_.begins(hello.rank, hello.process, hello.machine == this_machine(), steady_milliseconds());
  if (hello.job != job_) {
    board_.says(hello.rank, fmt::format("rank {} runs another command than others", hello.rank),
                true);
  }
  return true;
}

bool ControlServer::message(Peer& peer, const Frame& frame) {
  const std::int64_t now = steady_milliseconds();
  switch (static_cast<ControlKind>(frame.kind)) {
    case ControlKind::call: {
      CallHeader header;
      std::vector<int> members;
      if (!read_call(frame, header, members)) return false;
      for (const int rank : board_.calls(peer.rank, header, members, now)) {
        Peer* member = of_rank(rank);
        if (member != nullptr) append_plain(member->out, ControlKind::proceed);
      }
      return true;
    }
    case ControlKind::leave: board_.leaves(peer.rank, now); return true;
    case ControlKind::relay: {
      if (frame.peer >= static_cast<std::uint32_t>(ranks_)) return false;
      Peer* to = of_rank(static_cast<int>(frame.peer));
      if (to == nullptr) return true;  // it is gone, which is told as such
      if (to->out.size() > most_owed_bytes) {
        const std::string text = fmt::format("rank {} does not read what it is sent", to->rank);
        if (!board_.failed()) board_.says(to->rank, text, false);
        return true;
      }
      append_frame(to->out, frame.kind, static_cast<std::uint32_t>(peer.rank), frame.payload.data(),
                   frame.payload.size());
      return true;
    }
    case ControlKind::say: {
      std::string text;
      const bool mismatch = read_sentence(frame, text);
      board_.says(peer.rank, text, mismatch);
      return true;
    }
    case ControlKind::end: board_.ends(peer.rank); return true;
    default: return false;
  }
}

void ControlServer::drop(Peer& peer) {
  if (peer.over) return;
  peer.over = true;
  if (peer.rank >= 0) board_.is_gone(peer.rank);
}

ControlServer::Peer* ControlServer::of_rank(int rank) {
  for (Peer& peer : peers_) {
    if (peer.rank == rank && !peer.over) return &peer;
  }
  return nullptr;
}

void ControlServer::broadcast(const JobReport& report) {
  std::string text;
  for (const std::string& sentence : report.told) {
    text += (text.empty() ? "" : "; ") + sentence;
  }
  for (Peer& peer : peers_) {
    if (peer.rank < 0) continue;  // it never said that it is of the job
    append_sentence(peer.out, ControlKind::verdict, report.outcome == JobOutcome::mismatched, text);
  }
}

bool ControlServer::alone() const {
  return std::ranges::none_of(peers_, [](const Peer& peer) { return peer.rank >= 0; });
}

}  // namespace reducecheck::real
