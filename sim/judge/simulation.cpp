// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/simulation.hpp"

#include <fmt/format.h>

#include <bit>
#include <type_traits>
#include <utility>

#include "sim/order/orders.hpp"
#include "sim/run/interpreter.hpp"
#include "sim/run/sum_orders.hpp"

namespace reducecheck {

class Simulation::Values {
 public:
  virtual ~Values() = default;
  [[nodiscard]] virtual std::vector<std::uint64_t> value(int id) const = 0;
};

namespace {

template <class Scalar>
std::uint64_t encoding(Scalar x) {
  if constexpr (std::is_same_v<Scalar, float>) {
    return std::bit_cast<std::uint32_t>(x);
  } else {
    return static_cast<std::uint64_t>(x);
  }
}

}  // namespace

template <class D, class Base>
class ValuesOf final : public Base {
 public:
  ValuesOf(const Plan& plan, std::uint64_t seed, std::unique_ptr<SumOrders> orders)
      : plan_(plan), orders_(std::move(orders)) {
    interpreter_.load(plan, orders_.get());
    interpreter_.run(seed);
  }

  [[nodiscard]] std::vector<std::uint64_t> value(int id) const override {
    const PlanValue& shape = plan_.values[static_cast<std::size_t>(id)];
    const auto size = static_cast<std::size_t>(shape.rows) * static_cast<std::size_t>(shape.width);
    std::vector<std::uint64_t> elements(size);
    for (std::size_t i = 0; i < size; ++i) {
      elements[i] = shape.integer ? static_cast<std::uint64_t>(interpreter_.ids(id)[i])
                                  : encoding(interpreter_.numbers(id)[i]);
    }
    return elements;
  }

 private:
  const Plan& plan_;
  std::unique_ptr<SumOrders> orders_;
  Interpreter<D> interpreter_;
};

std::optional<Simulation> Simulation::run(const Plan& plan, const SimulationOptions& options,
                                          std::string& refusal) {
  const std::uint64_t seed = options.seed;
  if (options.type == "mod64") {
    if (!runs_in<Mod64>(plan)) {
      refusal = "the program divides, which integers modulo 2^64 cannot";
      return std::nullopt;
    }
    return Simulation(std::make_unique<ValuesOf<Mod64, Values>>(plan, seed, nullptr));
  }
  const std::optional<Format> format = format_named(options.type);
  if (!format) {
    refusal = fmt::format("`{}` is no type of the simulator", options.type);
    return std::nullopt;
  }
  std::unique_ptr<SumOrders> orders;
  if (!options.all_reduce.empty()) {
    orders = std::make_unique<SumOrders>(*format, [options, format](const SumNeed& need) {
      OrderRequest request{.count = need.count, .ranks = need.ranks, .format = *format};
      if (!need.reduce_scatter) request.settings = options.all_reduce_settings;
      return make_order(need.reduce_scatter ? options.reduce_scatter : options.all_reduce, request);
    });
    refusal = orders->prepare(plan);
    if (!refusal.empty()) return std::nullopt;
  }
  return with_domain(*format, [&]<class D>() {
    return std::optional(
        Simulation(std::make_unique<ValuesOf<D, Values>>(plan, seed, std::move(orders))));
  });
}

Simulation::Simulation(std::unique_ptr<Values> values) : values_(std::move(values)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

std::vector<std::uint64_t> Simulation::value(int id) const {
  return values_->value(id);
}

}  // namespace reducecheck
