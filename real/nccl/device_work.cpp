// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/device_work.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "kernels/launch.hpp"
#include "real/calls/backend_error.hpp"
#include "real/nccl/check.hpp"

namespace reducecheck::real {
namespace {

using kernels::Element;

/// The types that kernels have; fp8 is left to the executor.
std::optional<Element> element_of(ElementType type) {
  switch (type) {
    case ElementType::mod64: return Element::u64;
    case ElementType::fp32: return Element::fp32;
    case ElementType::bf16: return Element::bf16;
    case ElementType::fp16: return Element::fp16;
    case ElementType::fp8_e4m3:
    case ElementType::fp8_e5m2: break;
  }
  return std::nullopt;
}

/// For kernels of the host, which then wait for their turn as those of a device do.
int enqueue_callback(void* stream, void (*callback)(void*), void* data) {
  return cudaLaunchHostFunc(static_cast<cudaStream_t>(stream), callback, data) == cudaSuccess ? 0
                                                                                              : 1;
}

std::size_t size_of(int size) {
  return static_cast<std::size_t>(size);
}

class DeviceWork final : public LocalWork {
 public:
  explicit DeviceWork(Communicators& communicators) : communicators_(communicators) {}

  bool product(ElementType type, const LocalTensor& x, const WeightBlock& weight,
               LocalTensor& out) override {
    const std::optional<Element> element = element_of(type);
    if (!element || x.integer) return false;
    const std::size_t inner = size_of(x.width);
    const std::size_t columns = size_of(out.width);
    const void* in = to_device(0, type, x);
    void* weights = room(1, type, inner * columns);
    kernels::fill(queue_, *element, weights, contents(weight), inner, columns);
    void* result = room(2, type, out.elements.size());
    kernels::linear(queue_, *element, result, in, weights, size_of(x.rows), inner, columns);
    return to_host(2, type, out);
  }

  bool gate(ElementType type, const LocalTensor& gate, const LocalTensor& up,
            LocalTensor& out) override {
    return elementwise(type, gate, &up, out,
                       [&](Element element, void* y, const void* a, const void* b, std::size_t n) {
                         kernels::swiglu(queue_, element, y, a, b, n);
                       });
  }

  bool add(ElementType type, const LocalTensor& a, const LocalTensor& b,
           LocalTensor& out) override {
    return elementwise(type, a, &b, out,
                       [&](Element element, void* y, const void* left, const void* right,
                           std::size_t n) { kernels::add(queue_, element, y, left, right, n); });
  }

  bool multiply(ElementType type, const LocalTensor& a, const LocalTensor& b,
                LocalTensor& out) override {
    return elementwise(
        type, a, &b, out,
        [&](Element element, void* y, const void* left, const void* right, std::size_t n) {
          kernels::multiply(queue_, element, y, left, right, n);
        });
  }

  bool scale(ElementType type, const LocalTensor& x, std::uint64_t factor,
             LocalTensor& out) override {
    return elementwise(type, x, nullptr, out,
                       [&](Element element, void* y, const void* in, const void*, std::size_t n) {
                         kernels::scale(queue_, element, y, in, factor, n);
                       });
  }

  bool norm(ElementType type, const LocalTensor& x, const LocalTensor* weight,
            LocalTensor& out) override {
    const std::optional<Element> element = element_of(type);
    if (!element || *element == Element::u64 || x.integer) return false;
    const kernels::Norm norm{.residual_out = nullptr,
                             .x = to_device(0, type, x),
                             .residual = nullptr,
                             .weight = weight == nullptr ? nullptr : to_device(1, type, *weight),
                             .rows = size_of(x.rows),
                             .columns = size_of(x.width)};
    kernels::rms_norm(queue_, *element, room(2, type, out.elements.size()), norm);
    return to_host(2, type, out);
  }

  bool experts(ElementType type, const LocalTensor& x, const LocalTensor& p, const ExpertWork& work,
               LocalTensor& out) override;

 private:
  /// Places for what a step needs on the device.
  static constexpr std::size_t most_places = 12;

  static kernels::Contents contents(const WeightBlock& weight) {
    return {.key = weight.key,
            .first_row = static_cast<std::uint64_t>(weight.row),
            .first_column = static_cast<std::uint64_t>(weight.column),
            .shift = weight.shift,
            .row_numbers = nullptr};
  }

  void* room(std::size_t place, ElementType type, std::size_t elements) {
    return places_[place].reserve(elements * facts(type).bytes);
  }

  const void* to_device(std::size_t place, ElementType type, const LocalTensor& tensor) {
    std::vector<std::byte> bytes(tensor.elements.size() * facts(type).bytes);
    for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
      store(type, bytes.data(), i, tensor.elements[i]);
    }
    return copied(place, bytes);
  }

  const void* copied(std::size_t place, std::span<const std::byte> bytes) {
    void* data = places_[place].reserve(bytes.size());
    if (!bytes.empty()) {
      check_cuda(
          cudaMemcpyAsync(data, bytes.data(), bytes.size(), cudaMemcpyHostToDevice, stream_.get()),
          "cudaMemcpyAsync");
    }
    finish();
    return data;
  }

  bool to_host(std::size_t place, ElementType type, LocalTensor& tensor) {
    finish();
    std::vector<std::byte> bytes(tensor.elements.size() * facts(type).bytes);
    if (!bytes.empty()) {
      check_cuda(cudaMemcpyAsync(bytes.data(), places_[place].data(), bytes.size(),
                                 cudaMemcpyDeviceToHost, stream_.get()),
                 "cudaMemcpyAsync");
    }
    finish();
    for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
      tensor.elements[i] = load(type, bytes.data(), i);
    }
    return true;
  }

  /// Waits for the kernels, and says what they did wrong.
  void finish() {
    communicators_.idle(stream_, "kernels");
    const std::optional<std::string> failure = kernels::take_failure(queue_);
    if (failure) throw BackendError(*failure);
  }

  template <class Kernel>
  bool elementwise(ElementType type, const LocalTensor& a, const LocalTensor* b, LocalTensor& out,
                   Kernel kernel) {
    const std::optional<Element> element = element_of(type);
    if (!element || a.integer) return false;
    const void* left = to_device(0, type, a);
    const void* right = b == nullptr ? nullptr : to_device(1, type, *b);
    kernel(*element, room(2, type, out.elements.size()), left, right, out.elements.size());
    return to_host(2, type, out);
  }

  Communicators& communicators_;
  Stream stream_;
  kernels::Queue queue_{.stream = stream_.get(), .enqueue = enqueue_callback};
  std::array<DeviceBuffer, most_places> places_;
};

/// One weight for each row and choice, also where one stands for all.
LocalTensor spread(const LocalTensor& p, int rows, int choices) {
  LocalTensor all{rows, choices, false, {}};
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < choices; ++c) {
      all.elements.push_back(p.at(p.rows == 1 ? 0 : r, p.width == 1 ? 0 : c));
    }
  }
  return all;
}

bool DeviceWork::experts(ElementType type, const LocalTensor& x, const LocalTensor& p,
                         const ExpertWork& work, LocalTensor& out) {
  const std::optional<Element> element = element_of(type);
  const std::size_t slots = work.slots.size();
  const auto placed = static_cast<std::size_t>(
      std::ranges::count_if(work.chosen, [](std::int32_t slot) { return slot >= 0; }));
  if (!element || x.integer || slots == 0 || slots > 1024 || placed == 0) return false;
  const std::size_t hidden = size_of(x.width);
  const std::size_t inner = size_of(work.slots.front().width);
  const void* in = to_device(0, type, x);
  const void* weights_of_rows =
      to_device(1, type, spread(p, x.rows, static_cast<int>(work.choices)));
  const void* ids = copied(2, std::as_bytes(std::span(work.chosen)));
  const std::size_t pairs = work.chosen.size();
  auto* offsets = static_cast<std::int32_t*>(places_[3].reserve((slots + 1) * 4));
  auto* tokens = static_cast<std::int32_t*>(places_[4].reserve(pairs * 4));
  auto* where = static_cast<std::int32_t*>(places_[5].reserve(pairs * 4));
  kernels::permute(queue_, {offsets, tokens, where}, static_cast<const std::int32_t*>(ids),
                   size_of(x.rows), work.choices, slots);
  void* rows = room(6, type, placed * hidden);
  kernels::gather_rows(queue_, *element, rows, in, tokens, placed, size_of(x.rows), hidden);
  const std::size_t block = hidden * inner * facts(type).bytes;
  std::array<std::byte*, 3> weights{};
  for (std::size_t part = 0; part < 3; ++part) {
    weights[part] = static_cast<std::byte*>(places_[7 + part].reserve(slots * block));
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const GatedWeights& gated = work.slots[slot];
      const bool down = part == 2;
      const WeightBlock one{.key = gated.keys[part],
                            .row = down ? gated.begin : 0,
                            .column = down ? 0 : gated.begin,
                            .shift = fan_in_exponent(down ? gated.total : x.width)};
      kernels::fill(queue_, *element, weights[part] + slot * block, contents(one),
                    down ? inner : hidden, down ? hidden : inner);
    }
  }
  void* gate = room(10, type, placed * inner);
  void* up = room(11, type, placed * inner);
  kernels::grouped_linear(queue_, *element, gate, rows, weights[0], offsets, slots, placed, hidden,
                          inner);
  kernels::grouped_linear(queue_, *element, up, rows, weights[1], offsets, slots, placed, hidden,
                          inner);
  kernels::swiglu(queue_, *element, gate, gate, up, placed * inner);
  kernels::grouped_linear(queue_, *element, rows, gate, weights[2], offsets, slots, placed, inner,
                          hidden);
  const kernels::Combine combine{.returned = rows,
                                 .places = where,
                                 .weights = weights_of_rows,
                                 .tokens = size_of(x.rows),
                                 .choices = work.choices,
                                 .columns = hidden,
                                 .order = kernels::CombineOrder::by_place,
                                 .accumulation = kernels::Accumulation::each_addition};
  // What the rows were read from is no longer needed.
  void* result = room(0, type, out.elements.size());
  kernels::combine(queue_, *element, result, combine);
  return to_host(0, type, out);
}

}  // namespace

std::unique_ptr<LocalWork> device_work(Communicators& communicators) {
  return std::make_unique<DeviceWork>(communicators);
}

std::string device_work_name() {
  return "kernels";
}

}  // namespace reducecheck::real
