// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <nccl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "real/nccl/check.hpp"
#include "real/nccl/library.hpp"

namespace reducecheck::real {
namespace {

/// NCCL's log of this process, which goes with it.
struct DebugFile {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("reducecheck-nccl-{}", ::getpid());
  DebugFile() = default;
  DebugFile(const DebugFile&) = delete;
  DebugFile& operator=(const DebugFile&) = delete;
  ~DebugFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

const std::filesystem::path& debug_file() {
  static const DebugFile file;
  return file.path;
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

/// What stands behind `before` in a line, or nothing.
std::string behind(const std::string& line, const std::string& before) {
  const std::size_t at = line.find(before);
  return at == std::string::npos ? "" : line.substr(at + before.size());
}

}  // namespace

std::string nccl_library_name() {
  int version = 0;
  check_nccl(ncclGetVersion(&version), "ncclGetVersion", nullptr);
  return fmt::format("NCCL {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

void pin_nccl(const std::string& text) {
  const NcclAlgorithm algorithm = nccl_algorithm(text);
  const std::map<std::string, std::string> variables = {
      {"NCCL_ALGO", fmt::format("allreduce:{};reducescatter:ring", algorithm.name)},
      {"NCCL_PROTO", algorithm.protocol == "ll" ? "LL" : "Simple"},
      {"NCCL_MIN_NCHANNELS", "1"},
      {"NCCL_MAX_NCHANNELS", "1"},
      {"NCCL_NVLS_ENABLE", "0"},
      {"NCCL_COLLNET_ENABLE", "0"},
      {"NCCL_PAT_ENABLE", "0"},
      {"NCCL_WIN_ENABLE", "0"},
      {"NCCL_DEBUG", "INFO"},
      {"NCCL_DEBUG_SUBSYS", "INIT,ENV,GRAPH,TUNING"},
      {"NCCL_DEBUG_FILE", debug_file().string()}};
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
}

PinnedOrder pinned_order(const std::string& text, bool hosts) {
  const NcclAlgorithm algorithm = nccl_algorithm(text);
  PinnedOrder order{.all_reduce = "nccl_" + algorithm.name,
                    .settings = {{"protocol", algorithm.protocol}},
                    .reduce_scatter = "nccl_ring_reduce_scatter"};
  if (algorithm.name == "tree" && hosts) order.settings["ranks_per_node"] = "1";
  return order;
}

std::string unconfirmed_nccl(const std::string& text) {
  const NcclAlgorithm algorithm = nccl_algorithm(text);
  std::ifstream stream(debug_file());
  std::string line;
  std::size_t sums = 0;
  std::string wrong;
  const std::string wanted =
      in_capitals(algorithm.name + " proto " + algorithm.protocol) + " CHANNEL{LO..HI}={0..0}";
  while (std::getline(stream, line)) {
    const std::string said = behind(line, "AllReduce: ");
    if (said.empty()) continue;
    ++sums;
    const std::string how = in_capitals(behind(said, "-> Algo "));
    if (!how.starts_with(wanted) && wrong.empty()) wrong = said;
  }
  if (!wrong.empty()) return fmt::format("NCCL's log has `{}`, not {}", wrong, text);
  return sums == 0 ? "NCCL's log says nothing of the sums" : "";
}

void share_device(int rank) {
  const std::map<std::string, std::string> variables = {
      {"NCCL_HOSTID", fmt::format("rank{}", rank)},
      {"NCCL_NET", "Socket"},
      {"NCCL_SOCKET_IFNAME", "lo"},
      {"NCCL_IB_DISABLE", "1"},
      {"NCCL_P2P_DISABLE", "1"},
      {"NCCL_SHM_DISABLE", "1"},
      {"NCCL_NVLS_ENABLE", "0"},
      {"NCCL_MNNVL_ENABLE", "0"},
      {"NCCL_MIN_NCHANNELS", "1"},
      {"NCCL_MAX_NCHANNELS", "1"}};
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 0);
}

}  // namespace reducecheck::real
