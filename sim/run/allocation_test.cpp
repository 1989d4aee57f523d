// SPDX-License-Identifier: Apache-2.0
// The hot path allocates nothing: every allocation of this executable is counted.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <string>

#include "scenarios/frame/load.hpp"
#include "scenarios/unroll/sweep.hpp"
#include "scenarios/unroll/unroll.hpp"
#include "sim/run/interpreter.hpp"
#include "sim/run/sum_orders.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

// Eigen calls malloc itself, past operator new. Where the C library offers its malloc under a
// second name, the first is taken over; a sanitizer has done that already, and then only new is
// counted.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
#endif

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const auto line = static_cast<std::size_t>(alignment);
  if (void* memory = std::aligned_alloc(line, (size + line - 1) / line * line)) return memory;
  throw std::bad_alloc();
}
// Not inlined: GCC 12 would pair the free inside with the new that it did not inline, and warn.
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}

namespace reducecheck {
namespace {

// `moe` has an expert for every rank, sequence parallelism and a route through dispatch; the names
// are longer than what a std::string holds without memory of its own.
const std::string frame = R"toml(title = "moe"
mesh = { axes = ["dp", "tp"], dp = [1, 4], tp = [1, 4], ranks = 16, ep = "dp * tp" }
input = { hidden_states_of_the_tokens = "tokens / dp, hidden" }
output = { y = "tokens / dp, hidden" }

[weights]
gate = "linear(hidden, E)"
experts_of_the_mixture = "experts(E / ep, inter)"
shared = "mlp(shared_inter / tp)"
scale = "scalar"
bias = "vector(hidden)"
[program]
reference = '''
x = hidden_states_of_the_tokens
p, ids = topk(sigmoid(gate(x)), k)
y = act(experts_of_the_mixture(x, ids, p) * scale + shared(x) + bias)
'''
distributed = '''
x = chunk(hidden_states_of_the_tokens, tp)
p, ids = topk(sigmoid(gate(x)), k)
if dispatches:
    rx, rids, rp = dispatch(x, ids, p, experts_of_the_mixture, ep)
    routed = combine(experts_of_the_mixture(rx, rids, rp), ids, experts_of_the_mixture, ep)
else:
    every = all_gather(x, ep)
    p, ids = topk(sigmoid(gate(every)), k)
    routed = reduce_scatter(experts_of_the_mixture(every, ids, p), ep)
shared_out = reduce_scatter(shared(hidden_states_of_the_tokens), tp)
y = all_gather(act(routed * scale + shared_out + bias), tp)
)toml";

Scenario moe(bool divides) {
  const std::string variants = R"toml('''
[variant]
gathers = "dispatches = False"
exchanges = "dispatches = True"
)toml";
  const std::string normal = divides ? "y = norm(y) / sum(y)\n" : "";
  std::string text = frame + normal + variants;
  if (divides) text.insert(text.find("'''\ndistributed"), normal);
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "moe.toml", diagnostics);
  if (!scenario) throw std::runtime_error(render(diagnostics, "moe.toml", text));
  return *scenario;
}

Plan moe_plan(const Scenario& scenario, std::int64_t dp, std::int64_t tp) {
  const Scope scope(scenario, {{dp, tp}, {}});
  return unroll(scope, {&scenario.variants[0], &scenario.variants[1]});
}

template <class D>
class Allocations : public testing::Test {};

using Domains = testing::Types<Prime, Mod64, Float32, BFloat16, Float16, Fp8E4M3, Fp8E5M2>;
TYPED_TEST_SUITE(Allocations, Domains);

TEST(AllocationCount, CountsEveryAllocation) {
  const std::size_t before = allocations;
  const auto number = std::make_unique<int>(1);
  EXPECT_GT(allocations, before) << *number;
}

// The first run of a seed may allocate: scratch grows with the rows that the routing sends to the
// busiest expert, and room for the worst routing would be far more than any run needs.
TYPED_TEST(Allocations, NoneInARunOfASeenSeed) {
  const Scenario scenario = moe(TypeParam::divides);
  for (const std::int64_t ranks : {1, 4}) {
    const Plan plan = moe_plan(scenario, ranks, ranks);
    ASSERT_TRUE(runs_in<TypeParam>(plan));
    for (const Run& run : plan.variants) ASSERT_FALSE(run.finding) << run.finding->detail;
    Interpreter<TypeParam> interpreter;
    interpreter.load(plan);
    for (std::uint64_t seed = 1; seed <= 8; ++seed) interpreter.run(seed);
    const std::size_t before = allocations;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) interpreter.run(seed);
    EXPECT_EQ(allocations - before, 0U) << ranks << " x " << ranks << " ranks";
  }
}

/// Loads and runs both plans twice; the second time nothing may be allocated.
template <class D>
void expect_none_in_a_seen_plan(SumOrders* orders) {
  const Scenario scenario = moe(D::divides);
  const Plan small = moe_plan(scenario, 1, 1);
  const Plan large = moe_plan(scenario, 4, 4);
  Interpreter<D> interpreter;
  for (const bool seen : {false, true}) {
    for (const Plan* plan : {&small, &large}) {
      const std::size_t before = allocations;
      const bool prepared = orders == nullptr || orders->prepare(*plan).empty();
      interpreter.load(*plan, orders);
      interpreter.run(1);
      const std::size_t after = allocations;
      ASSERT_TRUE(prepared);
      EXPECT_EQ(seen ? after - before : 0U, 0U) << (plan == &small ? "1 x 1" : "4 x 4") << " ranks";
    }
  }
}

TYPED_TEST(Allocations, NoneInLoadingAndRunningASeenPlan) {
  expect_none_in_a_seen_plan<TypeParam>(nullptr);
}

TYPED_TEST(Allocations, NoneInOrdersThatWereMade) {
  Format format = Format::fp32;
  if constexpr (!TypeParam::exact) format = TypeParam::format;
  SumOrders orders = orders_named("nccl_ring", {}, format);
  expect_none_in_a_seen_plan<TypeParam>(&orders);
}

}  // namespace
}  // namespace reducecheck
