// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/algorithm.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "real/mpi/error.hpp"

namespace reducecheck::real {
namespace {

constexpr Algorithm all[] = {{"basic_linear", 1, "openmpi_basic_linear"},
                             {"recursive_doubling", 3, "openmpi_recursive_doubling"},
                             {"ring", 4, "openmpi_ring"},
                             {"segmented_ring", 5, "openmpi_segmented_ring"},
                             {"rabenseifner", 6, "openmpi_rabenseifner"}};

constexpr const char* algorithm_variable = "coll_tuned_allreduce_algorithm";

struct PinnedControl {
  const char* name;
  int value;
};

/// Short enough that arrays of a few thousand elements are several segments.
constexpr int segment_bytes = 4096;

constexpr PinnedControl pinned[] = {
    {"coll_tuned_use_dynamic_rules", 1},
    {"coll_tuned_allreduce_algorithm_segmentsize", segment_bytes},
    {"coll_tuned_reduce_algorithm", 1},
    {"coll_tuned_reduce_scatter_algorithm", 1},
};

/// Components that serve what coll/tuned does not; none of them serves what it does.
constexpr const char* components = "tuned,basic,libnbc,inter,self,sync";

/// An integer variable of the library, open while this lives.
class Control {
 public:
  explicit Control(const std::string& name) {
    int index = 0;
    if (MPI_T_cvar_get_index(name.c_str(), &index) != MPI_SUCCESS) return;
    int name_length = 0;
    int verbosity = 0;
    int text_length = 0;
    int bind = 0;
    int scope = 0;
    if (MPI_T_cvar_get_info(index, nullptr, &name_length, &verbosity, &type_, nullptr, nullptr,
                            &text_length, &bind, &scope) != MPI_SUCCESS) {
      return;
    }
    open_ = MPI_T_cvar_handle_alloc(index, nullptr, &handle_, &count_) == MPI_SUCCESS;
  }
  ~Control() {
    if (open_) MPI_T_cvar_handle_free(&handle_);
  }
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  [[nodiscard]] std::optional<int> read() const {
    int bytes = 0;
    if (!open_ || type_ == MPI_CHAR || count_ != 1) return std::nullopt;
    MPI_Type_size(type_, &bytes);
    std::array<std::byte, 16> value{};
    if (static_cast<std::size_t>(bytes) > value.size()) return std::nullopt;
    if (MPI_T_cvar_read(handle_, value.data()) != MPI_SUCCESS) return std::nullopt;
    // A truth value may have one byte; what is read is little-endian and small.
    int number = 0;
    std::memcpy(&number, value.data(), static_cast<std::size_t>(bytes < 4 ? bytes : 4));
    return number;
  }

  bool write(int value) {
    return open_ && type_ == MPI_INT && MPI_T_cvar_write(handle_, &value) == MPI_SUCCESS;
  }

 private:
  MPI_T_cvar_handle handle_{};
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
  int count_ = 0;
  bool open_ = false;
};

/// The first thing that is not as pinned, or an empty sentence.
std::string unconfirmed(const Algorithm& algorithm) {
  for (const PinnedControl& one : pinned) {
    const std::optional<int> value = read_control(one.name);
    if (!value) return fmt::format("the library has no variable {}", one.name);
    if (*value != one.value) return fmt::format("{} is {}, not {}", one.name, *value, one.value);
  }
  const std::optional<int> value = read_control(algorithm_variable);
  if (value == algorithm.number) return "";
  return fmt::format("{} is {}, not {}", algorithm_variable, value.value_or(-1), algorithm.number);
}

}  // namespace

std::span<const Algorithm> algorithms() {
  return all;
}

const Algorithm* algorithm_named(std::string_view name) {
  for (const Algorithm& one : all) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

void pin_algorithms() {
  for (const PinnedControl& one : pinned) {
    setenv(fmt::format("OMPI_MCA_{}", one.name).c_str(), fmt::format("{}", one.value).c_str(), 1);
  }
  setenv("OMPI_MCA_coll", components, 1);
}

std::optional<int> read_control(const std::string& name) {
  return Control(name).read();
}

bool write_control(const std::string& name, int value) {
  return Control(name).write(value);
}

MPI_Comm forced_communicator(MPI_Comm parent, const Algorithm& algorithm, std::string& refusal) {
  refusal.clear();
  if (!write_control(algorithm_variable, algorithm.number)) {
    refusal = fmt::format("the library does not let {} be set", algorithm_variable);
  }
  MPI_Comm forced = MPI_COMM_NULL;
  check_mpi(MPI_Comm_dup(parent, &forced), "MPI_Comm_dup");
  if (refusal.empty()) refusal = unconfirmed(algorithm);
  // One rank that cannot confirm is enough: the others must not believe it.
  int refused = refusal.empty() ? 0 : 1;
  check_mpi(MPI_Allreduce(MPI_IN_PLACE, &refused, 1, MPI_INT, MPI_MAX, parent), "MPI_Allreduce");
  if (refused == 0) return forced;
  if (refusal.empty()) refusal = "another rank could not confirm the algorithm";
  MPI_Comm_free(&forced);
  return MPI_COMM_NULL;
}

}  // namespace reducecheck::real
