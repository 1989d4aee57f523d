// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "real/record/nccl_log.hpp"
#include "scenarios/text/printable.hpp"

namespace reducecheck::real {
namespace {

constexpr std::size_t most_bytes_of_log = std::size_t{64} << 20;
constexpr std::size_t most_differences = 20;

/// The text of a regular file that is not too large, or why there is none in `error`.
std::string read_log_file(const std::filesystem::path& path, std::string& error) {
  const std::string name = printable(path.string());
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat facts {};
  if (file < 0 || ::fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    error = name + ": expected a log or a folder with logs, cannot read one";
  } else if (static_cast<std::size_t>(facts.st_size) > most_bytes_of_log) {
    error = name + ": expected a log of at most 64 MiB";
  }
  std::string text;
  if (error.empty()) {
    text.resize(static_cast<std::size_t>(facts.st_size));
    std::size_t read = 0;
    while (read < text.size()) {
      const auto got = ::read(file, text.data() + read, text.size() - read);
      if (got <= 0) break;
      read += static_cast<std::size_t>(got);
    }
    text.resize(read);
  }
  if (file >= 0) ::close(file);
  return text;
}

/// The rank in `rank2.nccl`.
std::optional<int> rank_in_name(const std::string& name) {
  if (!name.starts_with("rank")) return std::nullopt;
  int rank = 0;
  const char* end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + 4, end, rank);
  if (read.ec != std::errc() || nccl_log_name(rank) != name) return std::nullopt;
  return rank;
}

/// The logs at a path by their rank; a single file is rank 0 if its name does not say. A folder
/// that cannot be listed is told in `errors`.
std::map<int, std::filesystem::path> logs_at(const std::filesystem::path& path,
                                             std::vector<std::string>& errors) {
  std::map<int, std::filesystem::path> found;
  std::error_code wrong;
  if (!std::filesystem::is_directory(path, wrong)) {
    found[rank_in_name(path.filename().string()).value_or(0)] = path;
    return found;
  }
  std::filesystem::directory_iterator entry(path, wrong);
  // Not a range: to go on to the next entry throws.
  for (; !wrong && entry != std::filesystem::directory_iterator(); entry.increment(wrong)) {
    const std::optional<int> rank = rank_in_name(entry->path().filename().string());
    if (rank) found[*rank] = entry->path();
  }
  if (wrong) {
    errors.push_back(
        fmt::format("{}: cannot be listed: {}", printable(path.string()), wrong.message()));
  }
  return found;
}

std::vector<LoggedCall> parsed_log(const std::filesystem::path& path, NcclLogDiff& diff) {
  std::string error;
  const std::string text = read_log_file(path, error);
  if (!error.empty()) {
    diff.errors.push_back(error);
    return {};
  }
  ParsedNcclLog log = parse_nccl_log(text);
  if (!log.errors.empty()) {
    diff.errors.push_back(render(log.errors, printable(path.string()), text));
  }
  return std::move(log.calls);
}

/// How two calls differ, field by field.
std::string what_differs(const NcclCall& a, const NcclCall& b) {
  if (a.operation != b.operation) return "another operation";
  std::string text;
  for (std::size_t i = 0; i < a.fields.size(); ++i) {
    if (a.fields[i] == b.fields[i]) continue;
    if (!text.empty()) text += ", ";
    text +=
        fmt::format("{} differs: {} and {}", a.fields[i].key, a.fields[i].value, b.fields[i].value);
  }
  return text;
}

/// Walks two logs of one rank side by side.
class Aligned {
 public:
  Aligned(int rank, const std::vector<LoggedCall>& a, const std::vector<LoggedCall>& b,
          NcclLogDiff& diff)
      : rank_(rank), a_(a), b_(b), diff_(diff) {}

  void walk() {
    std::size_t found = 0;
    while (i_ < a_.size() || j_ < b_.size()) {
      if (same(i_, j_)) {
        ++diff_.calls;
        ++i_;
        ++j_;
        continue;
      }
      if (++found > most_differences) return;
      step();
    }
  }

 private:
  /// The sequence follows from the calls before; it would make one lost call a hundred.
  static bool alike(const NcclCall& a, const NcclCall& b) {
    return a.operation == b.operation && a.fields.size() == b.fields.size() &&
           std::ranges::equal(a.fields, b.fields, [](const CallField& x, const CallField& y) {
             return x == y || (x.key == "seq" && y.key == "seq");
           });
  }

  [[nodiscard]] bool same(std::size_t i, std::size_t j) const {
    return i < a_.size() && j < b_.size() && alike(a_[i].call, b_[j].call);
  }

  void step() {
    if (same(i_ + 1, j_) && same(i_, j_ + 1)) {
      add(true, true, "in another order");
      i_ += 2;
      j_ += 2;
    } else if (j_ >= b_.size() || (same(i_ + 1, j_) && i_ < a_.size())) {
      add(true, false, "only in the first");
      ++i_;
    } else if (i_ >= a_.size() || same(i_, j_ + 1)) {
      add(false, true, "only in the second");
      ++j_;
    } else {
      add(true, true, what_differs(a_[i_].call, b_[j_].call));
      ++i_;
      ++j_;
    }
  }

  void add(bool in_a, bool in_b, std::string what) {
    CallDifference found{.rank = rank_, .what = std::move(what)};
    if (in_a) {
      found.line_a = a_[i_].line;
      found.call_a = line_of(a_[i_].call);
    }
    if (in_b) {
      found.line_b = b_[j_].line;
      found.call_b = line_of(b_[j_].call);
    }
    diff_.differences.push_back(std::move(found));
  }

  int rank_;
  const std::vector<LoggedCall>& a_;
  const std::vector<LoggedCall>& b_;
  NcclLogDiff& diff_;
  std::size_t i_ = 0;
  std::size_t j_ = 0;
};

std::string side(std::string_view name, std::size_t line, const std::string& call) {
  if (line == 0) return fmt::format("  {}: no call\n", name);
  return fmt::format("  {}:{}: {}\n", name, line, call);
}

}  // namespace

NcclLogDiff diff_nccl_logs(const std::filesystem::path& a, const std::filesystem::path& b) {
  NcclLogDiff diff;
  const auto logs_a = logs_at(a, diff.errors);
  const auto logs_b = logs_at(b, diff.errors);
  if (!diff.errors.empty()) return diff;
  std::set<int> ranks;
  for (const auto& [rank, path] : logs_a) ranks.insert(rank);
  for (const auto& [rank, path] : logs_b) ranks.insert(rank);
  // Two single files are of one rank, whatever they are called.
  std::error_code ignored;
  const bool two_files = ranks.size() == 2 && !std::filesystem::is_directory(a, ignored) &&
                         !std::filesystem::is_directory(b, ignored);
  if (two_files) ranks.erase(logs_b.begin()->first);
  for (const int rank : ranks) {
    const auto in_a = logs_a.find(rank);
    const auto in_b = two_files ? logs_b.begin() : logs_b.find(rank);
    if (in_a == logs_a.end() || in_b == logs_b.end()) {
      const char* only = in_a == logs_a.end() ? "the second" : "the first";
      diff.differences.push_back({.rank = rank, .what = fmt::format("a log only in {}", only)});
      continue;
    }
    ++diff.ranks;
    const std::vector<LoggedCall> calls_a = parsed_log(in_a->second, diff);
    const std::vector<LoggedCall> calls_b = parsed_log(in_b->second, diff);
    if (diff.errors.empty()) Aligned(rank, calls_a, calls_b, diff).walk();
  }
  if (ranks.empty()) {
    diff.errors.push_back(fmt::format("{} and {}: expected logs called rank0.nccl and so on",
                                      printable(a.string()), printable(b.string())));
  }
  if (!diff.errors.empty()) diff.differences.clear();
  return diff;
}

std::string told(const NcclLogDiff& diff, std::string_view a, std::string_view b) {
  std::string text;
  for (const std::string& error : diff.errors) {
    text += error;
    if (!error.ends_with('\n')) text += '\n';
  }
  for (const CallDifference& each : diff.differences) {
    text += fmt::format("rank {}: {}\n", each.rank, each.what);
    if (each.line_a == 0 && each.line_b == 0) continue;
    text += side(a, each.line_a, each.call_a) + side(b, each.line_b, each.call_b);
  }
  if (text.empty()) {
    text = fmt::format("{} rank{}, {} calls: equal\n", diff.ranks, diff.ranks == 1 ? "" : "s",
                       diff.calls);
  }
  return text;
}

}  // namespace reducecheck::real
