// SPDX-License-Identifier: Apache-2.0
#include "real/standin/wire.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "real/record/nccl_call.hpp"

namespace reducecheck::standin {
namespace {

constexpr std::uint64_t most_bytes_of_body = std::uint64_t{1} << 33;
constexpr std::size_t kinds = 14;

constexpr std::array<const char*, kinds> kind_words = {
    "CommInit",  "CommDestroy", "CommAbort", "AllReduce", "ReduceScatter", "Reduce", "AllGather",
    "Broadcast", "CommSplit",   "Send",      "Recv",      "welcome",       "result", "failure"};

bool reduces(PacketKind kind) {
  return kind == PacketKind::all_reduce || kind == PacketKind::reduce_scatter ||
         kind == PacketKind::reduce;
}

/// An address in the kernel's own name space, which leaves no file behind.
socklen_t fill_address(const std::string& name, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  const std::size_t size = std::min(name.size(), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path + 1, name.data(), size);
  return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
}

int open_socket() {
  return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

}  // namespace

std::string kind_name(PacketKind kind) {
  return kind_words[static_cast<std::size_t>(kind)];
}

std::string told(const PacketHead& call) {
  const std::string number = std::to_string(call.sequence);
  if (call.kind == PacketKind::hello) return "CommInit";
  if (call.kind == PacketKind::split) return "CommSplit #" + number;
  std::string text = kind_name(call.kind);
  if (call.kind == PacketKind::send) {
    text += " to rank " + std::to_string(call.root);
  } else if (call.kind == PacketKind::receive) {
    text += " from rank " + std::to_string(call.root);
  } else {
    text += " #" + number;
  }
  text += " count " + std::to_string(call.count) + " " + real::nccl_type_name(call.type);
  if (reduces(call.kind)) text += " " + real::nccl_reduction_name(call.reduction);
  if (call.kind == PacketKind::reduce || call.kind == PacketKind::broadcast) {
    text += " root " + std::to_string(call.root);
  }
  return text;
}

PacketStream::PacketStream(int file) : file_(file) {
  ::fcntl(file_, F_SETFL, ::fcntl(file_, F_GETFL) | O_NONBLOCK);
}

PacketStream::~PacketStream() {
  ::close(file_);
}

void PacketStream::put(PacketHead head, std::span<const std::byte> body) {
  head.bytes = body.size();
  const auto* begin = reinterpret_cast<const std::byte*>(&head);
  out_.insert(out_.end(), begin, begin + sizeof head);
  out_.insert(out_.end(), body.begin(), body.end());
  flush();
}

void PacketStream::flush() {
  while (unsent()) {
    const auto sent = ::send(file_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) {
      // What the other end had written before it closed can still be read.
      sent_ = out_.size();
      break;
    }
    sent_ += static_cast<std::size_t>(sent);
  }
  out_.clear();
  sent_ = 0;
}

bool PacketStream::read_into(std::byte* to, std::size_t size, std::size_t& filled) {
  while (filled < size) {
    const auto got = ::recv(file_, to + filled, size - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return false;
    if (got <= 0) {
      closed_ = true;
      return false;
    }
    filled += static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<Packet> PacketStream::take() {
  if (closed_) return std::nullopt;
  const bool had_head = head_filled_ == sizeof in_.head;
  if (!had_head) {
    auto* head = reinterpret_cast<std::byte*>(&in_.head);
    if (!read_into(head, sizeof in_.head, head_filled_)) return std::nullopt;
    const bool sound = in_.head.magic == PacketHead().magic &&
                       static_cast<std::size_t>(in_.head.kind) < kinds &&
                       in_.head.bytes <= most_bytes_of_body;
    if (!sound) {
      closed_ = true;
      return std::nullopt;
    }
    in_.body.resize(in_.head.bytes);
  }
  if (!read_into(in_.body.data(), in_.body.size(), body_filled_)) return std::nullopt;
  head_filled_ = 0;
  body_filled_ = 0;
  return std::move(in_);
}

int listen_locally(std::string& name) {
  const int file = open_socket();
  if (file < 0) return -1;
  for (int i = 0; i < 10'000; ++i) {
    name = "reducecheck-" + std::to_string(::getpid()) + "-" + std::to_string(i);
    sockaddr_un address;
    const socklen_t size = fill_address(name, address);
    if (::bind(file, reinterpret_cast<const sockaddr*>(&address), size) != 0) continue;
    if (::listen(file, 1024) == 0) return file;
  }
  ::close(file);
  return -1;
}

int connect_locally(const std::string& name) {
  const int file = open_socket();
  if (file < 0) return -1;
  sockaddr_un address;
  const socklen_t size = fill_address(name, address);
  if (::connect(file, reinterpret_cast<const sockaddr*>(&address), size) == 0) return file;
  ::close(file);
  return -1;
}

pid_t peer_process(int file) {
  ucred facts{};
  socklen_t size = sizeof facts;
  if (::getsockopt(file, SOL_SOCKET, SO_PEERCRED, &facts, &size) != 0) return 0;
  return facts.uid == ::geteuid() ? facts.pid : 0;
}

bool is_stopped(pid_t process) {
  std::ifstream stream("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(stream, text);
  const std::size_t name = text.rfind(") ");
  if (name == std::string::npos || name + 2 >= text.size()) return false;
  return text[name + 2] == 'T' || text[name + 2] == 't';
}

}  // namespace reducecheck::standin
