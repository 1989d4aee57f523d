// SPDX-License-Identifier: Apache-2.0
#include "real/supervise/launcher.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "real/supervise/control_message.hpp"
#include "scenarios/text/printable.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::real {
namespace {

constexpr int most_ranks = 1 << 20;

/// What one launcher calls its things; empty where it has none.
struct LauncherWords {
  const char* name;
  const char* rank;
  const char* world;
  const char* local_rank;
  const char* local_world;
  const char* sign;  // set by this launcher only; empty: rank or world
};

constexpr LauncherWords torchrun = {"torchrun",         "RANK", "WORLD_SIZE", "LOCAL_RANK",
                                    "LOCAL_WORLD_SIZE", ""};
constexpr LauncherWords open_mpi = {"Open MPI",
                                    "OMPI_COMM_WORLD_RANK",
                                    "OMPI_COMM_WORLD_SIZE",
                                    "OMPI_COMM_WORLD_LOCAL_RANK",
                                    "OMPI_COMM_WORLD_LOCAL_SIZE",
                                    ""};
// A batch script has SLURM_PROCID as well; only what srun starts has a step.
constexpr LauncherWords slurm = {
    "Slurm",        "SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE",
    "SLURM_STEP_ID"};

class Reader {
 public:
  Reader(const Environment& environment, std::string& wrong)
      : environment_(environment), wrong_(wrong) {}

  [[nodiscard]] std::string text(const char* name) const {
    const char* value = *name == '\0' ? nullptr : environment_(name);
    return value == nullptr ? "" : value;
  }

  [[nodiscard]] bool has(const char* name) const { return !text(name).empty(); }

  /// An integer, least to most, or `missing` where the variable is not set.
  int number(const char* name, int least, int most, int missing) {
    const std::string value = text(name);
    if (value.empty()) return missing;
    int read = 0;
    const char* end = value.data() + value.size();
    const auto result = std::from_chars(value.data(), end, read);
    if (result.ec == std::errc() && result.ptr == end && read >= least && read <= most) return read;
    complain(fmt::format("{} is `{}`: expected an integer, {} to {}", name, printable(value), least,
                         most));
    return missing;
  }

  void complain(const std::string& sentence) {
    if (wrong_.empty()) wrong_ = sentence;
  }

 private:
  const Environment& environment_;
  std::string& wrong_;
};

bool present(const Reader& reader, const LauncherWords& words) {
  if (*words.sign != '\0') return reader.has(words.sign) && reader.has(words.rank);
  return reader.has(words.rank) || reader.has(words.world);
}

/// `4(x2),1`: how many are on the first machine, which has the most; 0 where that is not said.
int tasks_of_node(const std::string& text, int world) {
  int tasks = 0;
  std::from_chars(text.data(), text.data() + text.size(), tasks);
  return tasks >= 1 && tasks <= world ? tasks : 0;
}

RankPlace read_place(Reader& reader, const LauncherWords& words) {
  RankPlace place{.launcher = words.name};
  for (const auto& [set, missing] :
       {std::pair(words.rank, words.world), {words.world, words.rank}}) {
    if (reader.has(set) && !reader.has(missing)) {
      reader.complain(
          fmt::format("{} is set and {} is not; {} sets both", set, missing, words.name));
    }
  }
  place.world = reader.number(words.world, 1, most_ranks, 1);
  place.rank = reader.number(words.rank, 0, place.world - 1, 0);
  place.local_world = place.launcher == slurm.name
                          ? tasks_of_node(reader.text(words.local_world), place.world)
                          : reader.number(words.local_world, 1, place.world, 0);
  const int most = place.local_world > 0 ? place.local_world - 1 : place.world - 1;
  place.local_rank = reader.number(words.local_rank, 0, most, place.rank);
  if (!reader.has(words.local_rank) && place.world > 1) {
    reader.complain(fmt::format("{} is not set, which says the GPU of a rank; {} sets it",
                                words.local_rank, words.name));
  }
  return place;
}

/// Two launchers may be at work, one inside the other; two that speak of the same job must agree.
void contradict(Reader& reader, const RankPlace& inner, const RankPlace& outer) {
  const bool nested = reader.has("TORCHELASTIC_RUN_ID");
  if (inner.world == outer.world && inner.rank == outer.rank) return;
  if (inner.world != outer.world && nested) return;
  const bool sizes = inner.world != outer.world;
  reader.complain(fmt::format(
      "{} is {} and {} is {}: two launchers contradict each other; unset the variables of one",
      sizes ? torchrun.world : torchrun.rank, sizes ? inner.world : inner.rank,
      sizes ? open_mpi.world : open_mpi.rank, sizes ? outer.world : outer.rank));
}

int control_port(Reader& reader) {
  const int own = reader.number(port_variable, 1, 65'535, 0);
  if (own > 0) return own;
  const int master = reader.number("MASTER_PORT", 1, 65'534, 0);
  if (master > 0) return master + 1;
  std::string job;
  for (const char* name : {"PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "SLURM_JOB_ID",
                           "SLURM_STEP_ID", "TORCHELASTIC_RUN_ID"}) {
    job += reader.text(name) + '/';
  }
  // Below the ports that a system hands out by itself: a rank that tries to connect before anybody
  // listens could be given that very port, and then talks to itself.
  return 20'000 + static_cast<int>(name_hash(job) % 12'000);
}

void find_control(Reader& reader, RankPlace& place) {
  place.hosts_control = place.rank == 0;
  place.control.port = control_port(reader);
  place.control.host = reader.text("MASTER_ADDR");
  if (place.control.host.empty() && place.launcher == slurm.name) {
    for (const char* name : {"SLURM_STEP_NODELIST", "SLURM_JOB_NODELIST"}) {
      if (place.control.host.empty()) place.control.host = first_host(reader.text(name));
    }
    if (place.control.host.empty()) place.control.host = reader.text("SLURM_LAUNCH_NODE_IPADDR");
  }
  const bool one_machine = place.world == 1 || place.local_world == place.world;
  if (place.control.host.empty() && one_machine) place.control.host = "127.0.0.1";
  if (place.control.host.empty()) {
    reader.complain(
        fmt::format("MASTER_ADDR is not set: {} does not say where rank 0 is; set it to "
                    "that machine's name",
                    place.launcher));
  }
}

}  // namespace

Environment process_environment() {
  return [](const char* name) -> const char* { return std::getenv(name); };
}

std::string first_host(const std::string& nodes) {
  const std::size_t end = nodes.find_first_of(",[");
  std::string name = nodes.substr(0, end);
  if (end == std::string::npos || nodes[end] == ',') return name;
  const std::size_t number = nodes.find_first_of(",-]", end + 1);
  name += nodes.substr(end + 1, number == std::string::npos ? number : number - end - 1);
  const std::size_t close = nodes.find(']', end);
  if (close == std::string::npos) return name;
  return name + nodes.substr(close + 1, nodes.find(',', close) - close - 1);
}

std::optional<RankPlace> rank_place(const Environment& environment, std::string& wrong) {
  Reader reader(environment, wrong);
  std::optional<RankPlace> place;
  if (present(reader, torchrun)) {
    place = read_place(reader, torchrun);
    if (wrong.empty() && present(reader, open_mpi) && !reader.has(control_variable)) {
      contradict(reader, *place, read_place(reader, open_mpi));
    }
  } else if (present(reader, open_mpi)) {
    place = read_place(reader, open_mpi);
  } else if (present(reader, slurm)) {
    place = read_place(reader, slurm);
  }
  if (!place || !wrong.empty()) return wrong.empty() ? place : std::nullopt;
  place->token = reader.text(token_variable);
  if (place->token.size() > most_token_characters) {
    reader.complain(fmt::format("{} has {} characters: expected at most {}", token_variable,
                                place->token.size(), most_token_characters));
  }
  if (reader.has(control_variable)) {
    place->launcher = "--launch";
    place->control.path = reader.text(control_variable);
  } else {
    find_control(reader, *place);
  }
  if (!wrong.empty()) return std::nullopt;
  return place;
}

}  // namespace reducecheck::real
