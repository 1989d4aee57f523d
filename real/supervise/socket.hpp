// SPDX-License-Identifier: Apache-2.0
// Stream sockets of the control channel: small frames, bounded reads, no wait without an end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace reducecheck::real {

/// A file descriptor that is closed once.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int file) : file_(file) {}
  Socket(Socket&& other) noexcept : file_(other.release()) {}
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] bool open() const { return file_ >= 0; }
  int release();

 private:
  int file_ = -1;
};

/// Where a job's control listens: a path on this machine, or a host and a port.
struct ControlAddress {
  std::filesystem::path path;  // empty: TCP
  std::string host;
  int port = 0;
};

/// An address as the system has it: the bytes of a sockaddr.
using SocketName = std::vector<std::byte>;

/// `host:port`, or the path.
std::string told(const ControlAddress& address);

/// Listens, and does not wait: where the host is this machine's own loopback only there, else at
/// all its addresses. A socket that is not open where that cannot be; `why` says why not.
Socket listening(const ControlAddress& address, std::string& why);

/// Connects as soon as somebody listens there, or gives up at `until` (steady_milliseconds()). Of a
/// host with several addresses all are tried, again and again, the next one before the last has let
/// the time pass.
Socket connected(const ControlAddress& address, std::int64_t until, std::string& why);

/// The same with the addresses themselves.
Socket connected_to_one_of(const std::vector<SocketName>& names, std::int64_t until,
                           std::string& why);

/// One message of the control channel.
struct Frame {
  std::uint32_t kind = 0;
  std::uint32_t peer = 0;  // a rank, where the kind has one
  std::vector<std::byte> payload;
};

/// Longer payloads are not a frame of ours.
inline constexpr std::size_t most_frame_bytes = std::size_t{1} << 20;

/// The frame as bytes, behind `bytes`.
void append_frame(std::vector<std::byte>& bytes, std::uint32_t kind, std::uint32_t peer,
                  const void* payload, std::size_t size);

/// Takes the first whole frame from the front of `bytes`, if there is one. `broken` becomes true
/// where the bytes are no frame.
std::optional<Frame> take_frame(std::vector<std::byte>& bytes, bool& broken);

}  // namespace reducecheck::real
