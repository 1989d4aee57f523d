// SPDX-License-Identifier: Apache-2.0
// Ranks that fail or call something else, as processes over the stand-in: what the supervisor says,
// and what the stand-in's hub says where nobody supervises.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "props/fault_matrix/process_cells.hpp"
#include "real/supervise/rank_job.hpp"

namespace reducecheck::matrix {
namespace {

/// Beyond that a job of this machine says nothing more.
constexpr int most_ranks = 8;
constexpr int short_deadline = 1500;
constexpr int long_deadline = 30'000;

struct Drill {
  const char* id;
  FaultClass of;
  const char* sentence;
  const char* standin = "";  // a fault of the stand-in, in which `R` is the rank
  bool waits = false;        // somebody waits until the deadline
};

constexpr FaultClass matching = FaultClass::matching;
constexpr FaultClass failure = FaultClass::failure;

constexpr Drill drills[] = {
    {"operation", matching, "one rank calls another operation"},
    {"count", matching, "one rank gives another number of elements"},
    {"type", matching, "one rank gives elements of another type"},
    {"reduction", matching, "one rank takes the maximum instead of the sum"},
    {"skip", matching, "one rank leaves a call out"},
    {"extra", matching, "one rank calls once more"},
    {"before", failure, "a rank is killed before a call"},
    {"inside", failure, "a rank is killed in a call", "kill rank=R call=1"},
    {"after", failure, "a rank is killed after a call"},
    {"stopped", failure, "a rank is stopped", "stop rank=R call=1", true},
    {"slow", failure, "a rank is slower than the deadline", "delay rank=R call=1 value=6000", true},
};

int ranks_of(const Setting& at) {
  return std::min(at.ranks(), most_ranks);
}

real::RankJob job_of(const std::string& drill, const Drill* facts, const Setting& at) {
  const int ranks = ranks_of(at);
  const int deadline = facts != nullptr && facts->waits ? short_deadline : long_deadline;
  real::RankJob job{.command = {REDUCECHECK_MATRIX_RANK, drill, std::string(traits(at.format).name),
                                fmt::format("{}", deadline)},
                    .ranks = ranks,
                    .deadline_milliseconds = deadline,
                    .environment = {}};
  job.environment["REDUCECHECK_STANDIN_DEADLINE_MS"] = fmt::format("{}", deadline);
  job.environment["REDUCECHECK_STANDIN_SEED"] = fmt::format("{}", at.seed);
  static constexpr const char* orders[] = {"rank", "ring", "tree", "random"};
  job.environment["REDUCECHECK_STANDIN_ORDER"] =
      orders[(at.seed + static_cast<std::uint64_t>(at.tp + at.ep)) % std::size(orders)];
  std::string planted = facts == nullptr ? "" : facts->standin;
  if (const std::size_t r = planted.find("=R"); r != std::string::npos) {
    planted.replace(r + 1, 1, fmt::format("{}", ranks - 1));
  }
  if (!planted.empty()) job.environment["REDUCECHECK_STANDIN_FAULT"] = planted;
  return job;
}

/// Whether the words say of that rank alone what they say: `rank 3 died`, `rank 3 calls`.
bool blames(const std::string& words, int rank, int ranks) {
  const auto said = [&](int r) {
    for (const char* of : {" AllReduce", " Broadcast", " died", " is stopped", " calls", " hangs",
                           " ended", " (", " left", " did not", " does not", " is late"}) {
      if (words.find(fmt::format("rank {}{}", r, of)) != std::string::npos) return true;
    }
    return false;
  };
  if (!said(rank)) return false;
  int others = 0;
  for (int r = 0; r < ranks; ++r) others += r != rank && said(r) ? 1 : 0;
  // Two that differ are both named, as nobody knows which is right.
  return others <= 1;
}

class ProcessCell {
 public:
  ProcessCell(std::string drill, const Setting& at) : drill_(std::move(drill)), at_(at) {
    for (const Drill& one : drills) {
      if (drill_ == one.id) facts_ = &one;
    }
  }

  std::vector<Report> reports() {
    supervisor();
    hub();
    return std::move(reports_);
  }

  /// A rank alone waits for nobody and disagrees with nobody: where all ranks of the bare job did
  /// all their calls, the fault has changed nothing.
  Cell run() {
    Cell cell;
    cell.reports = reports();
    cell.applies = at_.ranks() > 1 || !all_done_;
    if (!cell.applies) cell.reports.clear();
    return cell;
  }

 private:
  void add(const std::string& property, FaultClass of, const std::string& words, bool blamed) {
    const int last = ranks_of(at_) - 1;
    Report report{property, true, false, false, words};
    report.class_right = facts_ != nullptr && of == facts_->of;
    report.place_right = blamed || blames(words, last, ranks_of(at_));
    reports_.push_back(std::move(report));
  }

  void supervisor() {
    const real::JobReport report = real::run_ranks(job_of(drill_, facts_, at_));
    if (report.outcome == real::JobOutcome::ended) return;
    const bool mismatch = report.outcome == real::JobOutcome::mismatched;
    const bool blamed = report.ranks == std::vector<int>{ranks_of(at_) - 1};
    add("supervisor", mismatch ? matching : failure,
        fmt::format("{}", fmt::join(report.told, "; ")), blamed);
  }

  void hub() {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        fmt::format("reducecheck_matrix_{}_{}", ::getpid(), turn_++);
    std::filesystem::create_directories(folder);
    real::RankJob job = job_of(drill_, facts_, at_);
    job.environment["REDUCECHECK_MATRIX_BARE"] = folder.string();
    job.deadline_milliseconds = long_deadline;
    static_cast<void>(real::run_ranks(job));  // which knows nothing of a bare job
    std::string words;
    for (int rank = 0; rank < ranks_of(at_) && words.empty(); ++rank) {
      std::ifstream file(folder / fmt::format("said{}", rank));
      all_done_ = all_done_ && file.good();
      std::getline(file, words);
    }
    all_done_ = all_done_ && words.empty();
    std::filesystem::remove_all(folder);
    if (words.empty()) return;
    // `mismatch: ...`, or a call to which not all ranks came.
    const bool mismatch = words.rfind("mismatch", 0) == 0;
    add("hub of the stand-in", mismatch ? matching : failure, words, false);
  }

  std::string drill_;
  Setting at_;
  const Drill* facts_ = nullptr;
  bool all_done_ = true;  // by the bare job
  std::vector<Report> reports_;
  static inline int turn_ = 0;
};

}  // namespace

std::vector<Report> process_reports(const std::string& drill, const Setting& at) {
  return ProcessCell(drill, at).reports();
}

std::vector<Fault> process_faults() {
  std::vector<Fault> all;
  for (const Drill& drill : drills) {
    // The others of matching stand in the text of the layer, and are run as processes from there.
    if (drill.of == matching && std::string(drill.id) != "type") continue;
    const std::string id = drill.id;
    all.push_back({fmt::format("{}.{}", spelling(drill.of), id), drill.of, drill.sentence,
                   [id](const Setting& at) { return ProcessCell(id, at).run(); }});
  }
  return all;
}

Twin process_twin() {
  return {"processes", [](const Setting& at) { return process_reports("none", at); }, true};
}

}  // namespace reducecheck::matrix
