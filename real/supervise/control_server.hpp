// SPDX-License-Identifier: Apache-2.0
// The control process's end of the channel: takes in what ranks say, and answers.
#pragma once

#include <string>
#include <vector>

#include "real/supervise/call_board.hpp"
#include "real/supervise/control_message.hpp"
#include "real/supervise/socket.hpp"

namespace reducecheck::real {

/// Serves one job. It never waits longer than it is told to, whatever a rank does or does not do.
class ControlServer {
 public:
  /// `listener` comes from listening(). Whoever does not bring the token is a stranger.
  ControlServer(Socket listener, const std::string& token, int ranks, int deadline_milliseconds);

  /// Waits at most that long for something to happen, and deals with it.
  void serve(int wait_milliseconds);

  /// Tells all ranks that the job is over, and why.
  void broadcast(const JobReport& report);

  /// Whether no rank is connected any more.
  [[nodiscard]] bool alone() const;

  [[nodiscard]] CallBoard& board() { return board_; }

 private:
  struct Peer {
    Socket socket;
    int rank = -1;  // before its hello
    std::vector<std::byte> in;
    std::vector<std::byte> out;
    std::size_t sent = 0;  // of `out`
    bool over = false;
  };

  void accept_all();
  void receive(Peer& peer);
  void send(Peer& peer);
  void frames(Peer& peer);
  /// False where the peer is none of ours.
  bool hello(Peer& peer, const Frame& frame);
  bool message(Peer& peer, const Frame& frame);
  void drop(Peer& peer);
  [[nodiscard]] Peer* of_rank(int rank);

  Socket listener_;
  std::string token_;
  int ranks_;
  std::uint64_t job_ = 0;  // as the first rank says
  std::vector<Peer> peers_;
  CallBoard board_;
};

}  // namespace reducecheck::real
