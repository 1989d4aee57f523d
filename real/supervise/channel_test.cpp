// SPDX-License-Identifier: Apache-2.0
// Who is let into a job, and how a rank finds it.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <filesystem>

#include "real/calls/call_failure.hpp"
#include "real/calls/call_log.hpp"
#include "real/supervise/control_client.hpp"
#include "real/supervise/control_server.hpp"
#include "scenarios/text/files_test.hpp"

namespace reducecheck::real {
namespace {

constexpr int quick_deadline = 2000;

/// Whether a rank that brings `own` is let into a job whose word is `token`.
bool let_in(const std::string& token, const std::string& own) {
  const ControlAddress address{.path = fresh_directory() / "control", .host = "", .port = 0};
  std::string why;
  ControlServer server(listening(address, why), token, 2, quick_deadline);
  const RankPlace place{.launcher = "--launch",
                        .rank = 1,
                        .world = 2,
                        .local_rank = 1,
                        .control = address,
                        .token = own};
  ControlClient client(place, 7, quick_deadline);
  for (int i = 0; i < 4; ++i) server.serve(20);
  const bool begun = server.board().has_begun(1);
  if (begun) return true;
  EXPECT_FALSE(server.board().failed());  // a stranger is no concern of the job
  try {
    client.check();
    ADD_FAILURE() << "a stranger is not turned away";
  } catch (const CallFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("is REDUCECHECK_TOKEN the same"), std::string::npos)
        << failure.what();
  }
  return false;
}

TEST(Channel, OnlyWhoBringsTheTokenIsARank) {
  const std::string token = random_token();
  EXPECT_EQ(token.size(), 32U);
  EXPECT_NE(token, random_token());
  EXPECT_TRUE(let_in(token, token));
  EXPECT_FALSE(let_in(token, ""));
  EXPECT_FALSE(let_in(token, random_token()));
  EXPECT_FALSE(let_in(token, token + "0"));
  EXPECT_FALSE(let_in("", token));
  EXPECT_TRUE(let_in("", ""));
}

/// A port of the loopback of which nobody takes a connection, once it has taken as many as it
/// holds.
struct SilentPort {
  Socket listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::vector<Socket> waiting;
  SocketName name;

  explicit SilentPort(int held) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    void* bytes = &address;
    ::bind(listener.file(), static_cast<sockaddr*>(bytes), size);
    ::listen(listener.file(), held);
    ::getsockname(listener.file(), static_cast<sockaddr*>(bytes), &size);
    name.resize(sizeof address);
    std::memcpy(name.data(), &address, sizeof address);
    for (int i = 0; i <= held && held == 0; ++i) {
      waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      ::connect(waiting.back().file(), static_cast<sockaddr*>(bytes), size);
    }
  }
};

TEST(Channel, EveryAddressIsTriedAndASilentOneCostsLittle) {
  const SilentPort silent(0);
  const SilentPort open(8);
  std::string why;
  const std::int64_t begin = steady_milliseconds();
  EXPECT_FALSE(connected_to_one_of({silent.name}, begin + 150, why).open());
  EXPECT_EQ(why, "nobody answers");
  EXPECT_TRUE(connected_to_one_of({silent.name, open.name}, begin + 20'000, why).open());
  EXPECT_LT(steady_milliseconds() - begin, 5000);
}

TEST(Channel, ANameOfSeveralAddressesFindsTheOneThatListens) {
  const SilentPort open(8);
  sockaddr_in address{};
  std::memcpy(&address, open.name.data(), sizeof address);
  const ControlAddress named{.path = {}, .host = "localhost", .port = ntohs(address.sin_port)};
  std::string why;
  EXPECT_TRUE(connected(named, steady_milliseconds() + 2000, why).open()) << why;
}

}  // namespace
}  // namespace reducecheck::real
