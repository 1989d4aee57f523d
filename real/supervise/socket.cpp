// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>

#include "real/calls/call_log.hpp"

namespace reducecheck::real {
namespace {

constexpr std::uint32_t frame_mark = 0x31434b52;  // what is no job of ours does not begin so

/// How long one of several addresses may be silent at first.
constexpr std::int64_t first_patience_milliseconds = 100;

struct FrameHead {
  std::uint32_t mark = frame_mark;
  std::uint32_t kind = 0;
  std::uint32_t peer = 0;
  std::uint32_t size = 0;
};

bool is_loopback(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

SocketName name_of(const void* bytes, std::size_t size) {
  SocketName name(size);
  std::memcpy(name.data(), bytes, size);
  return name;
}

/// The addresses to connect to, or to listen at; the family that has both kinds of peers first.
std::vector<SocketName> resolved(const ControlAddress& address, bool listens, std::string& why) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  const bool everywhere = listens && !is_loopback(address.host);
  hints.ai_flags = everywhere ? AI_PASSIVE : 0;
  addrinfo* found = nullptr;
  const char* host = everywhere ? nullptr : address.host.c_str();
  const int code = ::getaddrinfo(host, fmt::format("{}", address.port).c_str(), &hints, &found);
  if (code != 0) {
    why = ::gai_strerror(code);
    return {};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
  std::vector<SocketName> names;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    SocketName name = name_of(one->ai_addr, one->ai_addrlen);
    const bool first = everywhere && one->ai_family == AF_INET6;
    names.insert(first ? names.begin() : names.end(), std::move(name));
  }
  return names;
}

std::string last_error() {
  return std::error_code(errno, std::generic_category()).message();
}

/// False for a path that is too long for a socket.
bool fill(sockaddr_un& name, const std::filesystem::path& path) {
  name.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof name.sun_path) return false;
  std::ranges::copy(text, name.sun_path);
  return true;
}

/// A socket for an address of either kind, and the address as the system wants it.
struct Opened {
  Socket socket;
  sockaddr_storage storage{};
  socklen_t size = 0;

  Opened(const SocketName& name, int flags) : size(static_cast<socklen_t>(name.size())) {
    std::memcpy(&storage, name.data(), std::min(name.size(), sizeof storage));
    socket = Socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  }

  [[nodiscard]] const sockaddr* address() const {
    const void* bytes = &storage;
    return static_cast<const sockaddr*>(bytes);
  }
};

/// The name of a path, or nothing and why not.
SocketName path_name(const std::filesystem::path& path, std::string& why) {
  sockaddr_un name{};
  if (fill(name, path)) return name_of(&name, sizeof name);
  why = "the path is too long for a socket";
  return {};
}

/// Whether it listens there.
bool listens_at(const Opened& made, int waiting, std::string& why) {
  if (::bind(made.socket.file(), made.address(), made.size) == 0 &&
      ::listen(made.socket.file(), waiting) == 0) {
    return true;
  }
  why = last_error();
  return false;
}

/// A connection that exists before `until` or not at all.
Socket tried(const SocketName& name, std::int64_t until, std::string& why) {
  Opened made(name, SOCK_NONBLOCK);
  const int file = made.socket.file();
  if (::connect(file, made.address(), made.size) != 0) {
    if (errno != EINPROGRESS) {
      why = last_error();
      return {};
    }
    pollfd wait{file, POLLOUT, 0};
    const std::int64_t left = std::max<std::int64_t>(until - steady_milliseconds(), 1);
    if (::poll(&wait, 1, static_cast<int>(left)) != 1) {
      why = "nobody answers";
      return {};
    }
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    errno = error;
    why = last_error();
    return {};
  }
  const int at_once = 1;
  if (made.storage.ss_family != AF_UNIX) {
    ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  }
  ::fcntl(file, F_SETFL, 0);
  return std::move(made.socket);
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    if (file_ >= 0) ::close(file_);
    file_ = other.release();
  }
  return *this;
}

Socket::~Socket() {
  if (file_ >= 0) ::close(file_);
}

int Socket::release() {
  return std::exchange(file_, -1);
}

std::string told(const ControlAddress& address) {
  if (!address.path.empty()) return address.path.string();
  return fmt::format("{}:{}", address.host, address.port);
}

Socket listening(const ControlAddress& address, std::string& why) {
  if (!address.path.empty()) {
    const SocketName name = path_name(address.path, why);
    if (name.empty()) return {};
    Opened made(name, SOCK_NONBLOCK);
    return listens_at(made, 128, why) ? std::move(made.socket) : Socket();
  }
  for (const SocketName& name : resolved(address, true, why)) {
    Opened made(name, SOCK_NONBLOCK);
    const int again = 1;
    ::setsockopt(made.socket.file(), SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    const int one_family = is_loopback(address.host) ? 1 : 0;
    if (made.storage.ss_family == AF_INET6) {
      ::setsockopt(made.socket.file(), IPPROTO_IPV6, IPV6_V6ONLY, &one_family, sizeof one_family);
    }
    if (listens_at(made, 1024, why)) return std::move(made.socket);
  }
  return {};
}

Socket connected_to_one_of(const std::vector<SocketName>& names, std::int64_t until,
                           std::string& why) {
  std::int64_t patience = first_patience_milliseconds;
  for (;;) {
    for (const SocketName& name : names) {
      Socket made = tried(name, std::min(until, steady_milliseconds() + patience), why);
      if (made.open()) return made;
    }
    if (steady_milliseconds() >= until) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    patience *= 2;
  }
}

Socket connected(const ControlAddress& address, std::int64_t until, std::string& why) {
  for (;;) {
    // A name may be known later, and nothing waits for one that is not.
    const std::vector<SocketName> names =
        address.path.empty() ? resolved(address, false, why)
                             : std::vector<SocketName>{path_name(address.path, why)};
    if (!names.empty() && !names[0].empty()) return connected_to_one_of(names, until, why);
    if (steady_milliseconds() >= until) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void append_frame(std::vector<std::byte>& bytes, std::uint32_t kind, std::uint32_t peer,
                  const void* payload, std::size_t size) {
  const FrameHead head{frame_mark, kind, peer, static_cast<std::uint32_t>(size)};
  const std::size_t at = bytes.size();
  bytes.resize(at + sizeof head + size);
  std::memcpy(bytes.data() + at, &head, sizeof head);
  if (size > 0) std::memcpy(bytes.data() + at + sizeof head, payload, size);
}

std::optional<Frame> take_frame(std::vector<std::byte>& bytes, bool& broken) {
  FrameHead head;
  if (bytes.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, bytes.data(), sizeof head);
  broken = head.mark != frame_mark || head.size > most_frame_bytes;
  if (broken || bytes.size() < sizeof head + head.size) return std::nullopt;
  const auto begin = bytes.begin() + sizeof head;
  Frame frame{head.kind, head.peer, {begin, begin + head.size}};
  bytes.erase(bytes.begin(), begin + head.size);
  return frame;
}

}  // namespace reducecheck::real
