// SPDX-License-Identifier: Apache-2.0
// Which rank of which job this process is, by what launchers leave in the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "real/supervise/socket.hpp"

namespace reducecheck::real {

struct RankPlace {
  std::string launcher;  // `torchrun`, `Open MPI`, `Slurm`, `--launch`
  int rank = 0;
  int world = 1;
  int local_rank = 0;
  int local_world = 0;  // ranks on this machine; 0 where the launcher does not say
  ControlAddress control;
  std::string token;           // that the control process asks for
  bool hosts_control = false;  // this rank starts the control process of the job
};

/// The value of a variable, or nullptr.
using Environment = std::function<const char*(const char*)>;

/// The environment of this process.
Environment process_environment();

/// The variable that names the socket of the supervisor of `--launch`.
inline constexpr const char* control_variable = "REDUCECHECK_CONTROL";

/// The variable that names the port of the control process where a launcher starts the ranks.
inline constexpr const char* port_variable = "REDUCECHECK_PORT";

/// The variable with the word that lets a rank into its job. `--launch` draws one; whoever starts
/// ranks otherwise may set one, the same for all.
inline constexpr const char* token_variable = "REDUCECHECK_TOKEN";

/// This process as a rank, or nothing where no launcher started it. Variables that are broken or
/// that contradict each other are a sentence in `wrong`, which names them, and nothing else.
///
/// A launcher inside another counts: torchrun before Open MPI before Slurm. The control process of
/// a job listens on the machine of rank 0 at REDUCECHECK_PORT, else at MASTER_PORT + 1, because
/// torchrun listens at MASTER_PORT itself, else at a port made of the job's name.
std::optional<RankPlace> rank_place(const Environment& environment, std::string& wrong);

/// The first name of a Slurm list: `gpu[07-09,12],big3` begins with `gpu07`.
std::string first_host(const std::string& nodes);

}  // namespace reducecheck::real
