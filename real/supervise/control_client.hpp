// SPDX-License-Identifier: Apache-2.0
// A rank's end of the control channel.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "real/supervise/control_message.hpp"
#include "real/supervise/launcher.hpp"
#include "real/supervise/socket.hpp"

namespace reducecheck::real {

/// What a rank says to the control process of its job and hears from it. Every function throws
/// CallFailure once the control process has told that the job is over, or is gone.
class ControlClient {
 public:
  /// Connects and says who this is. `job` is a hash of what is run. Throws: CallFailure where
  /// nobody listens within the deadline.
  ControlClient(const RankPlace& place, std::uint64_t job, int deadline_milliseconds);

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] int deadline_milliseconds() const { return deadline_; }

  /// Returns as soon as all members have called the same; the control process keeps the deadline.
  void agree(const CallHeader& header, const std::vector<int>& members);

  /// The call is over.
  void leave();

  /// Hears whether the job is over; does not wait.
  void check();

  /// For the rank `to`, which receives it.
  void send(int to, std::span<const std::byte> bytes);

  /// The next `size` bytes that `from` has sent, which may have much to do first.
  std::vector<std::byte> receive(int from, std::size_t size);

  /// Gives up: what the others are told. Does not throw.
  void say(const std::string& text, bool mismatch);

  /// Everything is done: from here on this rank may go.
  void end();

  /// Whether the control process has said why the job is over; then it has told the user as well.
  [[nodiscard]] bool told() const { return told_; }

 private:
  /// Takes in what there is, waiting at most that long.
  void take(int wait_milliseconds);
  /// Takes in until that holds; a control process that is silent for too long is lost.
  void take_until(int deadlines, const std::function<bool()>& holds);
  void put(const std::vector<std::byte>& bytes);
  [[noreturn]] void lost();

  Socket socket_;
  int rank_;
  int size_;
  int deadline_;
  int proceeds_ = 0;
  bool told_ = false;
  bool heard_ = false;  // anything from the control process
  std::vector<std::byte> in_;
  std::map<int, std::vector<std::byte>> received_;
};

}  // namespace reducecheck::real
