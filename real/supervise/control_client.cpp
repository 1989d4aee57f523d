// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/control_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "real/calls/call_failure.hpp"
#include "real/calls/call_log.hpp"

namespace reducecheck::real {
namespace {

constexpr std::size_t relayed_bytes = std::size_t{1} << 18;

/// The control process ends a wait for other ranks after one deadline; nothing ends a rank's work,
/// such as to simulate a layer.
constexpr int call_deadlines = 3;
constexpr int work_deadlines = 360;

}  // namespace

ControlClient::ControlClient(const RankPlace& place, std::uint64_t job, int deadline_milliseconds)
    : rank_(place.rank), size_(place.world), deadline_(deadline_milliseconds) {
  std::string why;
  socket_ = connected(place.control, steady_milliseconds() + deadline_, why);
  if (!socket_.open()) {
    throw CallFailure(fmt::format("rank {} finds no control process at {}: {}", rank_,
                                  real::told(place.control), why),
                      false);
  }
  const Hello hello{job, rank_, size_, ::getpid(), this_machine(), token_words(place.token)};
  std::vector<std::byte> bytes;
  append_frame(bytes, static_cast<std::uint32_t>(ControlKind::hello), 0, &hello, sizeof hello);
  put(bytes);
}

void ControlClient::lost() {
  if (!heard_) {
    throw CallFailure(
        fmt::format("rank {} was not let in by the control process of its job, or has "
                    "lost it: is {} the same on all ranks?",
                    rank_, token_variable),
        false);
  }
  throw CallFailure(fmt::format("rank {} has lost the control process of its job", rank_), false);
}

void ControlClient::put(const std::vector<std::byte>& bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t sent = ::send(socket_.file(), bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {
      // The last word may be there still.
      take(0);
      lost();
    }
    at += static_cast<std::size_t>(sent);
  }
}

void ControlClient::take(int wait_milliseconds) {
  pollfd wait{socket_.file(), POLLIN, 0};
  if (::poll(&wait, 1, wait_milliseconds) <= 0) return;
  std::array<std::byte, 65'536> bytes{};
  const ssize_t got = ::recv(socket_.file(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) lost();
  if (got < 0) return;
  in_.insert(in_.end(), bytes.begin(), bytes.begin() + got);
  heard_ = true;
  bool broken = false;
  while (const std::optional<Frame> frame = take_frame(in_, broken)) {
    switch (static_cast<ControlKind>(frame->kind)) {
      case ControlKind::proceed: ++proceeds_; break;
      case ControlKind::relay: {
        std::vector<std::byte>& from = received_[static_cast<int>(frame->peer)];
        from.insert(from.end(), frame->payload.begin(), frame->payload.end());
        break;
      }
      case ControlKind::verdict: {
        std::string text;
        const bool mismatch = read_sentence(*frame, text);
        told_ = true;
        throw CallFailure(text, mismatch);
      }
      default: lost();
    }
  }
  if (broken) lost();
}

void ControlClient::take_until(int deadlines, const std::function<bool()>& holds) {
  const std::int64_t until = steady_milliseconds() + std::int64_t{deadlines} * deadline_;
  while (!holds()) {
    const std::int64_t left = until - steady_milliseconds();
    if (left <= 0) lost();
    take(static_cast<int>(std::min<std::int64_t>(left, 1000)));
  }
}

void ControlClient::agree(const CallHeader& header, const std::vector<int>& members) {
  std::vector<std::byte> bytes;
  append_call(bytes, header, members);
  put(bytes);
  take_until(call_deadlines, [&] { return proceeds_ > 0; });
  --proceeds_;
}

void ControlClient::leave() {
  std::vector<std::byte> bytes;
  append_plain(bytes, ControlKind::leave);
  put(bytes);
}

void ControlClient::check() {
  take(0);
}

void ControlClient::send(int to, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), relayed_bytes));
    std::vector<std::byte> frame;
    append_frame(frame, static_cast<std::uint32_t>(ControlKind::relay),
                 static_cast<std::uint32_t>(to), part.data(), part.size());
    put(frame);
    bytes = bytes.subspan(part.size());
  }
}

std::vector<std::byte> ControlClient::receive(int from, std::size_t size) {
  std::vector<std::byte>& there = received_[from];
  take_until(work_deadlines, [&] { return there.size() >= size; });
  const auto end = there.begin() + static_cast<std::ptrdiff_t>(size);
  std::vector<std::byte> bytes(there.begin(), end);
  there.erase(there.begin(), end);
  return bytes;
}

void ControlClient::say(const std::string& text, bool mismatch) {
  std::vector<std::byte> bytes;
  append_sentence(bytes, ControlKind::say, mismatch, text);
  try {
    put(bytes);
  } catch (const CallFailure&) {
    // The job is over already.
  }
}

void ControlClient::end() {
  std::vector<std::byte> bytes;
  append_plain(bytes, ControlKind::end);
  put(bytes);
}

}  // namespace reducecheck::real
