// SPDX-License-Identifier: Apache-2.0
// Packets between a rank and the hub of its communicator, over a local socket that never blocks.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace reducecheck::standin {

enum class PacketKind : std::uint32_t {
  hello,    // rank, count: of how many
  leave,    // group: the rank makes no more calls
  abandon,  // group: it gives up
  all_reduce,
  reduce_scatter,
  reduce,
  all_gather,
  broadcast,
  split,  // root: the color, extra: the key
  send,   // root: the peer
  receive,
  // To the rank:
  welcome,  // body: the processes of all ranks
  result,   // token; of a split: group, rank, count of the new one
  failure,  // group, extra: the code; body: what happened
};

struct PacketHead {
  std::uint32_t magic = 0x7263'6b31;
  PacketKind kind = PacketKind::hello;
  std::uint32_t group = 0;  // the communicator, as the hub counts
  std::int32_t rank = 0;    // of the sender in it
  std::uint64_t token = 0;  // comes back with the result
  std::uint64_t sequence = 0;
  std::uint64_t count = 0;
  std::int32_t type = 0;
  std::int32_t reduction = 0;
  std::int32_t root = 0;
  std::int32_t extra = 0;
  std::array<std::byte, 8> scalar{};  // of a reduction that multiplies first
  std::uint64_t bytes = 0;            // of the body
};
static_assert(std::is_trivially_copyable_v<PacketHead>);

struct Packet {
  PacketHead head;
  std::vector<std::byte> body;
};

/// `AllReduce`.
std::string kind_name(PacketKind kind);

/// `AllReduce #7 count 1000 float32 sum`: two calls match if and only if this is the same.
std::string told(const PacketHead& call);

/// One end of a socket. Nothing here waits.
class PacketStream {
 public:
  explicit PacketStream(int file);
  ~PacketStream();
  PacketStream(const PacketStream&) = delete;
  PacketStream& operator=(const PacketStream&) = delete;

  /// Takes the packet and sends what goes now.
  void put(PacketHead head, std::span<const std::byte> body);
  void flush();

  /// The next packet that is here whole.
  std::optional<Packet> take();

  /// Whether nothing will come any more, and all that came was taken.
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool unsent() const { return sent_ < out_.size(); }
  [[nodiscard]] int file() const { return file_; }

 private:
  bool read_into(std::byte* to, std::size_t size, std::size_t& filled);

  int file_;
  bool closed_ = false;
  std::vector<std::byte> out_;
  std::size_t sent_ = 0;
  Packet in_;
  std::size_t head_filled_ = 0;
  std::size_t body_filled_ = 0;
};

/// A socket that listens under a name of this process, which is put into `name`; -1 if there is
/// none to be had.
int listen_locally(std::string& name);

/// A socket connected to that name, or -1.
int connect_locally(const std::string& name);

/// The process at the other end; 0 if it is not of the same user.
pid_t peer_process(int file);

/// Whether a process is stopped, as by SIGSTOP.
bool is_stopped(pid_t process);

}  // namespace reducecheck::standin
