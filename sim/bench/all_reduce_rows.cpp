// SPDX-License-Identifier: Apache-2.0
// The replay of reduction orders against reading the same bytes, against a naive loop, against MPI.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <optional>
#include <thread>

#include "sim/bench/bench_options.hpp"
#include "sim/bench/buffers.hpp"
#include "sim/bench/literal_ring.hpp"
#include "sim/bench/native_loops.hpp"
#include "sim/bench/timing.hpp"
#include "sim/domain/hash.hpp"
#include "sim/order/orders.hpp"
#include "sim/order/replay.hpp"

namespace reducecheck::bench {
namespace {

constexpr std::size_t reduced_ranks = 8;
constexpr const char* ring = "openmpi_ring";

std::uint64_t digest = 0;  // of what is read, so that it is read

template <class Encoding>
void fill(Format format, RankBuffers<Encoding>& buffers) {
  for (std::size_t rank = 0; rank < buffers.ranks().size(); ++rank) {
    for (std::size_t i = 0; i < buffers.count(); ++i) {
      const auto random = static_cast<std::int32_t>(mix(rank * buffers.count() + i) >> 40);
      buffers.ranks()[rank][i] = static_cast<Encoding>(
          round_to(format, static_cast<float>(random - (1 << 23)) * 0x1p-23F));
    }
  }
}

/// A ring's sum of what all ranks hold, for rank 0, by any number of threads.
template <class Encoding>
class RingSum {
 public:
  RingSum(Format format, std::size_t bytes)
      : inputs_(reduced_ranks, bytes / sizeof(Encoding)),
        out_(1, bytes / sizeof(Encoding)),
        order_(*make_order(ring, {inputs_.count(), reduced_ranks, format, {}}).order),
        replay_(order_) {
    fill(format, inputs_);
    std::memset(out_.ranks()[0], 0, bytes);
  }

  void sum(std::size_t first, std::size_t count) const {
    const Encoding* pointers[reduced_ranks];
    for (std::size_t r = 0; r < reduced_ranks; ++r) pointers[r] = inputs_.ranks()[r] + first;
    replay_.sum(0, first, count, pointers, out_.ranks()[0] + first);
  }

  [[nodiscard]] std::size_t count() const { return inputs_.count(); }
  [[nodiscard]] std::size_t input_bytes() const {
    return reduced_ranks * count() * sizeof(Encoding);
  }
  [[nodiscard]] const std::vector<Encoding*>& inputs() const { return inputs_.ranks(); }
  [[nodiscard]] const Encoding* result() const { return out_.ranks()[0]; }

  void read(std::size_t first_byte, std::size_t bytes) const {
    digest ^= read_all(reinterpret_cast<const char*>(inputs_.ranks()[0]) + first_byte, bytes);
  }

 private:
  RankBuffers<Encoding> inputs_;
  RankBuffers<Encoding> out_;
  SumOrder order_;
  OrderReplay replay_;
};

/// Copies, adds rank after rank in whole passes, copies to every rank.
void naive_loop(const std::vector<std::uint32_t*>& inputs, const RankBuffers<std::uint32_t>& out) {
  const std::size_t count = out.count();
  auto* const sum = reinterpret_cast<float*>(out.ranks()[0]);
  std::memcpy(sum, inputs[0], count * 4);
  for (std::size_t rank = 1; rank < inputs.size(); ++rank) {
    const auto* const x = reinterpret_cast<const float*>(inputs[rank]);
    for (std::size_t i = 0; i < count; ++i) sum[i] += x[i];
  }
  for (std::size_t rank = 1; rank < inputs.size(); ++rank) {
    std::memcpy(out.ranks()[rank], sum, count * 4);
  }
}

/// Seconds of MPI_Allreduce of that many bytes over as many processes.
std::optional<double> mpi_seconds(const BenchOptions& options, std::size_t bytes) {
  // More ranks than cores, as root in a container.
  for (const char* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                           "OMPI_MCA_rmaps_base_oversubscribe", "OMPI_MCA_mpi_yield_when_idle"}) {
    ::setenv(name, "1", 0);
  }
  const std::string command = fmt::format("'{}' -n {} '{}' {} {}", options.mpiexec, reduced_ranks,
                                          options.mpi_program, bytes, options.quick ? 1 : 9);
  std::FILE* const job = popen(command.c_str(), "r");
  if (job == nullptr) return std::nullopt;
  double seconds = 0;
  const bool read = std::fscanf(job, "%lf", &seconds) == 1;
  if (pclose(job) != 0 || !read) return std::nullopt;
  return seconds;
}

void sums_of_fp32(const BenchOptions& options, BenchTable& table) {
  const std::size_t bytes = std::size_t{options.quick ? 1U : 64U} << 20;
  const RingSum<std::uint32_t> ours(Format::fp32, bytes);
  const RankBuffers<std::uint32_t> naive(reduced_ranks, ours.count());
  const Rounds times =
      in_turn(options.quick ? 1 : 11, Meter::processor,
              {[&] { ours.sum(0, ours.count()); }, [&] { ours.read(0, ours.input_bytes()); },
               [&] { naive_loop(ours.inputs(), naive); }});
  const char* const what = "simulated all_reduce fp32, 64 MiB, 8 ranks, against";
  table.add(at_least(fmt::format("{} a plain read", what), 0.8, times.ratio(1, 0), Unit::percent,
                     "an eighth as much is written as is read, so 89 % is the limit; and eight "
                     "streams are fetched later than one"));
  table.add(at_least(fmt::format("{} a naive loop that ends with 8 copies", what), 2.5,
                     times.ratio(2, 0), Unit::times, "both wait for memory"));
  const std::string mpi = fmt::format("{} MPI_Allreduce of 8 processes", what);
  if (options.mpiexec.empty()) {
    table.add(not_measured(mpi, "at least 4.00x", "no MPI was found when this was configured"));
  } else if (const auto seconds = mpi_seconds(options, bytes)) {
    table.add(
        at_least(mpi, 4, *seconds / times.seconds(0), Unit::times, "MPI copies between processes"));
  } else {
    table.add(not_measured(mpi, "at least 4.00x", "mpiexec could not start 8 processes"));
  }
}

/// The bits of the replay of what `ours` holds are those of the literal ring.
bool ring_bits_agree(const RingSum<std::uint16_t>& ours) {
  std::vector<std::vector<std::uint16_t>> held;
  for (const std::uint16_t* input : ours.inputs()) held.emplace_back(input, input + ours.count());
  literal_ring(held);
  return is_ring_result(held, {ours.result(), ours.count()});
}

void sums_of_bf16(const BenchOptions& options, BenchTable& table) {
  const std::size_t bytes = std::size_t{options.quick ? 1U : 64U} << 20;
  const RingSum<std::uint16_t> ours(Format::bf16, bytes);
  const auto halves = [](auto half) {
    return [half] {
      std::jthread second(half, 1);
      half(0);
    };
  };
  const std::size_t count = ours.count();
  const std::size_t read = ours.input_bytes();
  const int rounds = options.quick ? 1 : 11;
  const Rounds one =
      in_turn(rounds, Meter::processor, {[&] { ours.sum(0, count); }, [&] { ours.read(0, read); }});
  const Rounds two =
      in_turn(rounds, Meter::wall,
              {halves([&](std::size_t half) { ours.sum(half * count / 2, count / 2); }),
               halves([&](std::size_t half) { ours.read(half * read / 2, read / 2); })});
  const char* const what = "simulated bf16 ring with a rounding a hop,";
  const char* const arithmetic =
      "bound by arithmetic: a hop widens, adds and rounds in five integer operations; from the "
      "caches it is hardly faster than from memory";
  table.add(at_least(fmt::format("{} one thread, against a plain read", what), 0.6, one.ratio(1, 0),
                     Unit::percent, arithmetic));
  table.add(at_least(fmt::format("{} two threads, against a plain read by two", what), 0.85,
                     two.ratio(1, 0), Unit::percent, arithmetic));
  const bool agree = ring_bits_agree(ours);
  table.add({fmt::format("{} bits against the literal ring", what), "all equal",
             agree ? fmt::format("{} of {}", count, count) : "different", agree,
             agree ? "" : "a fault of the replay"});
}

/// In the nearest caches, where the loop itself is what takes time.
void native_build(const BenchOptions& options, BenchTable& table) {
  constexpr std::size_t count = 8 * 1024;
  RankBuffers<std::uint16_t> inputs(reduced_ranks, count);
  fill(Format::bf16, inputs);
  std::vector<std::uint16_t> out(count);
  ordering::ReplayProgram program;
  program.steps = {{.slot = 0, .begins = true, .other = -1, .first = 0, .count = reduced_ranks}};
  program.operands.resize(reduced_ranks);
  std::iota(program.operands.begin(), program.operands.end(), 0);
  const std::vector<const std::uint16_t*> pointers(inputs.ranks().begin(), inputs.ranks().end());
  const ordering::ReplayStretch<std::uint16_t> stretch{&program, 0, count, pointers.data(),
                                                       out.data()};
  const int calls = options.quick ? 1 : 2000;
  const auto repeat = [&](auto replay) {
    return [&stretch, calls, replay] {
      for (int i = 0; i < calls; ++i) replay(stretch, ordering::ReplayManner{});
    };
  };
  const Rounds times =
      in_turn(options.quick ? 1 : 15, Meter::processor,
              {repeat(&ordering::replay_bf16), repeat(&ordering::native_replay_bf16)});
  table.add(at_least("bf16 loops of the generic build against a native build", 0.9,
                     times.ratio(1, 0), Unit::percent,
                     "the compiler tunes a native build for the processor beyond its level"));
}

}  // namespace

void all_reduce_rows(const BenchOptions& options, BenchTable& table) {
  sums_of_fp32(options, table);
  sums_of_bf16(options, table);
  native_build(options, table);
}

}  // namespace reducecheck::bench
