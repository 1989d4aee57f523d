// SPDX-License-Identifier: Apache-2.0
// Open MPI's all-reduce, each algorithm forced, against the order that the simulator predicts for
// it: no element may differ in a bit. Run on every rank of a job.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cstdlib>

#include "real/mpi/algorithm.hpp"
#include "real/mpi/element_sum.hpp"
#include "real/mpi/error.hpp"
#include "real/parity/patterns.hpp"
#include "real/parity/prediction.hpp"

namespace reducecheck::real {
namespace {

constexpr ElementType types[] = {ElementType::fp32, ElementType::bf16, ElementType::fp16};
constexpr std::uint64_t seed = 20240607;
constexpr std::size_t control_count = 4099;

/// All counts only where the environment asks for them: a minute of two cores.
std::vector<std::size_t> counts() {
  if (std::getenv("REDUCECHECK_ALL_COUNTS") != nullptr) {
    return {1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 63, 64, 1000, 1024, 4099, 65537, 100'003, 1'048'577};
  }
  return {1, 2, 3, 5, 7, 8, 9, 63, 1000, 4099};
}

int world_rank() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

int world_size() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  return size;
}

/// A communicator that must be had.
class Forced {
 public:
  explicit Forced(const Algorithm& algorithm) {
    std::string refusal;
    comm_ = forced_communicator(MPI_COMM_WORLD, algorithm, refusal);
    if (comm_ == MPI_COMM_NULL) throw BackendError(refusal);
  }
  ~Forced() { MPI_Comm_free(&comm_); }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;
  [[nodiscard]] MPI_Comm comm() const { return comm_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

RankElements all_inputs(Pattern pattern, ElementType type, std::size_t count) {
  RankElements inputs;
  for (int r = 0; r < world_size(); ++r) {
    inputs.push_back(pattern_elements(pattern, type, seed, r, count));
  }
  return inputs;
}

std::vector<std::byte> summed(MPI_Comm comm, ElementType type, const std::vector<std::byte>& own) {
  std::vector<std::byte> got(own.size());
  const auto count = static_cast<int>(own.size() / facts(type).bytes);
  check_mpi(MPI_Allreduce(own.data(), got.data(), count, datatype(type),
                          operation(type, Reduction::sum), comm),
            "MPI_Allreduce");
  return got;
}

/// Of all ranks together.
std::size_t over_all_ranks(std::size_t mine) {
  auto sum = static_cast<unsigned long>(mine);
  MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_UNSIGNED_LONG, MPI_SUM, MPI_COMM_WORLD);
  return sum;
}

/// The first rank predicts for all, which saves the others the work.
std::vector<std::byte> predicted_for_all(const SumOrder& order, ElementType type,
                                         const RankElements& inputs) {
  std::vector<std::byte> sum(order.count * facts(type).bytes);
  if (world_rank() == 0) sum = predicted_sum(order, type, 0, inputs);
  MPI_Bcast(sum.data(), static_cast<int>(sum.size()), MPI_BYTE, 0, MPI_COMM_WORLD);
  return sum;
}

struct Compared {
  std::size_t elements = 0;
  std::size_t different = 0;
  std::size_t nan = 0;
};

/// Mismatches are told where none is wanted.
Compared compare(const Forced& forced, const std::string& order_name, ElementType type,
                 Pattern pattern, std::size_t count, bool tells = true) {
  const SumOrder order = order_for(order_name, type, world_size(), count);
  RankElements inputs;
  if (world_rank() == 0) inputs = all_inputs(pattern, type, count);
  const auto got =
      summed(forced.comm(), type, pattern_elements(pattern, type, seed, world_rank(), count));
  const auto predicted = predicted_for_all(order, type, inputs);
  const Mismatches found = mismatches(type, predicted, got);
  if (found.count > 0 && tells) {
    inputs = all_inputs(pattern, type, count);
    fmt::print(stderr, "{}\n", told_mismatch(order, type, world_rank(), inputs, got));
  }
  return {over_all_ranks(count), over_all_ranks(found.count), over_all_ranks(found.nan)};
}

TEST(AllReduceBits, TheOrderThatRanIsThePredictedOne) {
  for (const Algorithm& algorithm : algorithms()) {
    const Forced forced(algorithm);
    for (const std::size_t count : counts()) {
      std::vector<std::uint64_t> prints(count, own_fingerprint(world_rank()));
      MPI_Allreduce(MPI_IN_PLACE, prints.data(), static_cast<int>(count), MPI_UINT64_T,
                    fingerprint_operation(), forced.comm());
      const SumOrder order =
          order_for(std::string(algorithm.order), ElementType::fp32, world_size(), count);
      const auto predicted =
          predicted_fingerprints(order, world_rank(), own_fingerprint, combined_fingerprint);
      EXPECT_EQ(over_all_ranks(prints == predicted ? 0 : 1), 0U)
          << algorithm.name << " of " << count;
    }
  }
}

TEST(AllReduceBits, EveryBitIsPredicted) {
  Compared all;
  for (const Algorithm& algorithm : algorithms()) {
    const Forced forced(algorithm);
    for (const ElementType type : types) {
      for (const Pattern pattern : {Pattern::spread, Pattern::close, Pattern::adversarial}) {
        for (const std::size_t count : counts()) {
          const Compared one = compare(forced, std::string(algorithm.order), type, pattern, count);
          EXPECT_EQ(one.different, 0U) << algorithm.name << ' ' << facts(type).name << ' ' << count;
          all.elements += one.elements;
          all.nan += one.nan;
        }
      }
    }
  }
  EXPECT_GT(all.nan, 0U);  // the adversarial inputs have been there
  EXPECT_LT(all.nan, all.elements / 5);
  if (world_rank() == 0) {
    fmt::print("{} ranks: {} elements compared, {} of them NaN on both sides\n", world_size(),
               all.elements, all.nan);
  }
}

TEST(ReduceScatterBits, AreThoseOfALinearReduce) {
  const Forced forced(*algorithm_named("ring"));
  constexpr std::size_t of_each[] = {1, 3, 1000};
  for (const std::size_t part : of_each) {
    const std::size_t count = part * static_cast<std::size_t>(world_size());
    const std::vector<int> parts(static_cast<std::size_t>(world_size()), static_cast<int>(part));
    const std::size_t begin = part * static_cast<std::size_t>(world_rank());
    const SumOrder order =
        order_for("openmpi_basic_linear", ElementType::bf16, world_size(), count);
    const std::vector<std::uint64_t> prints(count, own_fingerprint(world_rank()));
    std::vector<std::uint64_t> got(part);
    MPI_Reduce_scatter(prints.data(), got.data(), parts.data(), MPI_UINT64_T,
                       fingerprint_operation(), forced.comm());
    const auto predicted =
        predicted_fingerprints(order, world_rank(), own_fingerprint, combined_fingerprint);
    EXPECT_TRUE(std::equal(got.begin(), got.end(), predicted.begin() + static_cast<int>(begin)));

    const RankElements inputs = all_inputs(Pattern::adversarial, ElementType::bf16, count);
    const std::vector<std::byte>& own = inputs[static_cast<std::size_t>(world_rank())];
    std::vector<std::byte> sum(2 * part);
    MPI_Reduce_scatter(own.data(), sum.data(), parts.data(), MPI_UINT16_T,
                       operation(ElementType::bf16, Reduction::sum), forced.comm());
    const auto all = predicted_sum(order, ElementType::bf16, world_rank(), inputs);
    const std::vector<std::byte> expected(all.begin() + static_cast<int>(2 * begin),
                                          all.begin() + static_cast<int>(2 * (begin + part)));
    EXPECT_EQ(mismatches(ElementType::bf16, expected, sum).count, 0U) << part;
  }
}

/// What an algorithm that sums otherwise would give, for three ranks and more.
std::string other_order(const Algorithm& algorithm) {
  return algorithm.order.find("ring") != std::string_view::npos ? "openmpi_basic_linear"
                                                                : "openmpi_ring";
}

TEST(AllReduceBits, AWrongOrderMispredictsMoreThanATenth) {
  if (world_size() == 2) GTEST_SKIP() << "two ranks have one order";
  double least = 1;
  double most = 0;
  for (const Algorithm& algorithm : algorithms()) {
    const Forced forced(algorithm);
    for (const ElementType type : types) {
      const Compared one =
          compare(forced, other_order(algorithm), type, Pattern::close, control_count, false);
      const double share = static_cast<double>(one.different) / static_cast<double>(one.elements);
      EXPECT_GT(share, 0.1) << algorithm.name << ' ' << facts(type).name;
      least = std::min(least, share);
      most = std::max(most, share);
    }
  }
  if (world_rank() == 0) {
    fmt::print("{} ranks: a wrong order mispredicts {:.1f} to {:.1f} % of the elements\n",
               world_size(), 100 * least, 100 * most);
  }
}

TEST(AllReduceBits, AMismatchSaysWhichOrderWouldHaveFitted) {
  if (world_size() == 2) GTEST_SKIP() << "two ranks have one order";
  const Forced forced(*algorithm_named("ring"));
  const auto inputs = all_inputs(Pattern::spread, ElementType::bf16, control_count);
  const auto got =
      summed(forced.comm(), ElementType::bf16, inputs[static_cast<std::size_t>(world_rank())]);
  const SumOrder order =
      order_for("openmpi_recursive_doubling", ElementType::bf16, world_size(), control_count);
  const std::string told = told_mismatch(order, ElementType::bf16, world_rank(), inputs, got);
  for (const char* part : {"elements differ; first element ", "by openmpi_recursive_doubling = (",
                           "x0 = ", "this is what openmpi_ring"}) {
    EXPECT_NE(told.find(part), std::string::npos) << part << '\n' << told;
  }
  const SumOrder right = order_for("openmpi_ring", ElementType::bf16, world_size(), control_count);
  EXPECT_EQ(told_mismatch(right, ElementType::bf16, world_rank(), inputs, got), "");
}

TEST(AllReduceBits, AnAlgorithmThatIsNotConfirmedIsRefused) {
  std::string refusal;
  ASSERT_TRUE(write_control("coll_tuned_reduce_algorithm", 3));
  EXPECT_EQ(forced_communicator(MPI_COMM_WORLD, *algorithm_named("ring"), refusal), MPI_COMM_NULL);
  EXPECT_NE(refusal.find("coll_tuned_reduce_algorithm is 3, not 1"), std::string::npos) << refusal;
  ASSERT_TRUE(write_control("coll_tuned_reduce_algorithm", 1));
  const Forced again(*algorithm_named("ring"));
  EXPECT_NE(again.comm(), MPI_COMM_NULL);
}

}  // namespace
}  // namespace reducecheck::real
