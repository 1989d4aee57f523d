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

struct FrameHead {
  std::uint32_t mark = frame_mark;
  std::uint32_t kind = 0;
  std::uint32_t peer = 0;
  std::uint32_t size = 0;
};

using AddressList = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

AddressList resolved(const ControlAddress& address, bool listens, std::string& why) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = listens ? AI_PASSIVE : 0;
  addrinfo* found = nullptr;
  const char* host = listens ? nullptr : address.host.c_str();
  const int code = ::getaddrinfo(host, fmt::format("{}", address.port).c_str(), &hints, &found);
  if (code != 0) why = ::gai_strerror(code);
  return {code == 0 ? found : nullptr, [](addrinfo* list) {
            if (list != nullptr) ::freeaddrinfo(list);
          }};
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

const sockaddr* generic(const sockaddr_un& name) {
  const void* bytes = &name;
  return static_cast<const sockaddr*>(bytes);
}

Socket listening_path(const ControlAddress& address, std::string& why) {
  sockaddr_un name{};
  Socket made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fill(name, address.path)) {
    why = "the path is too long for a socket";
    return {};
  }
  if (::bind(made.file(), generic(name), sizeof name) == 0 && ::listen(made.file(), 128) == 0) {
    return made;
  }
  why = last_error();
  return {};
}

/// A connection that exists at once or not at all.
Socket tried(const ControlAddress& address, std::int64_t until, std::string& why) {
  if (!address.path.empty()) {
    sockaddr_un name{};
    if (!fill(name, address.path)) {
      why = "the path is too long for a socket";
      return {};
    }
    Socket made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(made.file(), generic(name), sizeof name) == 0) return made;
    why = last_error();
    return {};
  }
  const AddressList list = resolved(address, false, why);
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    Socket made(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(made.file(), one->ai_addr, one->ai_addrlen) != 0 && errno != EINPROGRESS) {
      why = last_error();
      continue;
    }
    pollfd wait{made.file(), POLLOUT, 0};
    const std::int64_t left = std::max<std::int64_t>(until - steady_milliseconds(), 1);
    if (::poll(&wait, 1, static_cast<int>(left)) != 1) {
      why = "nobody answers";
      continue;
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(made.file(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) {
      const int at_once = 1;
      ::setsockopt(made.file(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
      ::fcntl(made.file(), F_SETFL, 0);
      return made;
    }
    errno = error;
    why = last_error();
  }
  return {};
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
  if (!address.path.empty()) return listening_path(address, why);
  const AddressList list = resolved(address, true, why);
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    Socket made(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int again = 1;
    ::setsockopt(made.file(), SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    if (::bind(made.file(), one->ai_addr, one->ai_addrlen) == 0 &&
        ::listen(made.file(), 1024) == 0) {
      return made;
    }
    why = last_error();
  }
  return {};
}

Socket connected(const ControlAddress& address, std::int64_t until, std::string& why) {
  for (;;) {
    Socket made = tried(address, until, why);
    if (made.open() || steady_milliseconds() >= until) return made;
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
