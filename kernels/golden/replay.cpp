// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/replay.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <map>

namespace reducecheck::kernels::golden {
namespace {

/// What is known of the age of the vectors.
void print_age(const StoredVectors& stored, const std::string& sources) {
  const std::int64_t days = std::max<std::int64_t>(0, (seconds_now() - stored.made) / 86'400);
  const char* since = stored.sources == sources ? "unchanged" : "CHANGED";
  if (stored.sources == "unknown" || sources == "unknown") since = "not known to be the same";
  std::printf("evidence of %s, %" PRId64 " day%s old; the kernels' sources are %s since\n",
              stored.site.c_str(), days, days == 1 ? "" : "s", since);
}

/// Prints the first byte that differs, if one does.
bool same_bytes(const StoredVector& stored, const Bytes& now) {
  if (stored.bytes == now) return true;
  std::size_t at = 0;
  while (at < now.size() && at < stored.bytes.size() && now[at] == stored.bytes[at]) ++at;
  if (at == now.size() || at == stored.bytes.size()) {
    std::printf("DIFFERENT %s: %zu bytes stored, %zu now\n", stored.name.c_str(),
                stored.bytes.size(), now.size());
  } else {
    std::printf("DIFFERENT %s: byte %zu of %zu is %02x, and %02x was stored\n", stored.name.c_str(),
                at, now.size(), static_cast<unsigned>(now[at]),
                static_cast<unsigned>(stored.bytes[at]));
  }
  return false;
}

}  // namespace

std::int64_t seconds_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

bool read_number(const std::string& text, std::uint64_t& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool print_replay(const StoredVectors& stored, const std::string& sources) {
  print_age(stored, sources);
  std::map<std::string, GoldenCase> known;
  for (GoldenCase& each : golden_cases(false)) known.emplace(each.name, std::move(each));
  std::size_t equal = 0;
  std::size_t different = 0;
  std::size_t unknown = 0;
  for (const StoredVector& each : stored.vectors) {
    const auto found = known.find(each.name);
    if (found == known.end()) {
      std::printf("UNKNOWN %s: this build has no such case, or it is stored twice\n",
                  each.name.c_str());
      ++unknown;
      continue;
    }
    const bool same = same_bytes(each, left_by(found->second, 0, Rung::fast));
    ++(same ? equal : different);
    known.erase(found);
  }
  for (const auto& [name, one] : known) std::printf("NOT STORED %s\n", name.c_str());
  std::printf("%zu equal, %zu different, %zu unknown, %zu not stored\n", equal, different, unknown,
              known.size());
  return different == 0 && unknown == 0 && known.empty();
}

}  // namespace reducecheck::kernels::golden
