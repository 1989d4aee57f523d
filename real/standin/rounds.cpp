// SPDX-License-Identifier: Apache-2.0
#include "real/standin/rounds.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "real/standin/numbers.hpp"
#include "real/standin/orders.hpp"
#include "sim/domain/hash.hpp"

namespace reducecheck::standin {
namespace {

using Bytes = std::vector<std::byte>;

/// The reduction of one call, as far as all ranks have it alike.
class Reducer {
 public:
  Reducer(std::vector<Packet>& given, const Settings& settings)
      : given_(given),
        settings_(settings),
        call_(given.front().head),
        type_(static_cast<ncclDataType_t>(call_.type)),
        bytes_(type_bytes(type_)) {
    const bool average = call_.reduction == ncclAvg;
    if (call_.reduction > ncclAvg || (average && !is_integer(type_))) multiply_first(average);
  }

  /// Of `count` elements from `first` on; `last` is who gets it alone, or -1.
  Bytes reduce(std::size_t first, std::size_t count, int last) {
    const OrderRequest request{.order = settings_.order,
                               .ranks = static_cast<int>(given_.size()),
                               .count = count,
                               .element_bytes = bytes_,
                               .chunk_bytes = settings_.chunk_bytes,
                               .last = last,
                               .seed = mix(settings_.seed ^ mix(call_.sequence ^ first))};
    Bytes result(count * bytes_);
    for (const CombinedRange& range : combined_ranges(request)) {
      for (const auto& [into, from] : range.steps) {
        combine(type_, how(), at(into, first), at(from, first), range.begin, range.end);
      }
      std::copy(at(range.result, first) + range.begin * bytes_,
                at(range.result, first) + range.end * bytes_, result.data() + range.begin * bytes_);
    }
    if (call_.reduction == ncclAvg && is_integer(type_)) {
      divide(type_, result.data(), count, static_cast<int>(given_.size()));
    }
    return result;
  }

 private:
  void multiply_first(bool average) {
    for (Packet& packet : given_) {
      if (average) {
        store_reciprocal(type_, static_cast<int>(given_.size()), packet.head.scalar.data());
      }
      scale(type_, packet.body.data(), packet.body.size() / bytes_, packet.head.scalar.data());
    }
  }

  [[nodiscard]] Combine how() const {
    constexpr std::array<Combine, 4> built_in = {Combine::sum, Combine::product, Combine::maximum,
                                                 Combine::minimum};
    return call_.reduction < ncclAvg ? built_in[static_cast<std::size_t>(call_.reduction)]
                                     : Combine::sum;
  }

  std::byte* at(int rank, std::size_t element) {
    return given_[static_cast<std::size_t>(rank)].body.data() + element * bytes_;
  }

  std::vector<Packet>& given_;
  const Settings& settings_;
  PacketHead call_;
  ncclDataType_t type_;
  std::size_t bytes_;
};

}  // namespace

std::vector<Bytes> results_of(std::vector<Packet>& given, const Settings& settings) {
  const PacketHead call = given.front().head;
  const auto root = static_cast<std::size_t>(call.root);
  std::vector<Bytes> results(given.size());
  if (call.kind == PacketKind::all_gather) {
    Bytes all;
    for (const Packet& packet : given)
      all.insert(all.end(), packet.body.begin(), packet.body.end());
    std::ranges::fill(results, all);
    return results;
  }
  if (call.kind == PacketKind::broadcast) {
    std::ranges::fill(results, given[root].body);
    return results;
  }
  Reducer reducer(given, settings);
  if (call.kind == PacketKind::all_reduce) {
    std::ranges::fill(results, reducer.reduce(0, call.count, -1));
  } else if (call.kind == PacketKind::reduce) {
    results[root] = reducer.reduce(0, call.count, call.root);
  } else {
    for (std::size_t rank = 0; rank < given.size(); ++rank) {
      results[rank] = reducer.reduce(rank * call.count, call.count, static_cast<int>(rank));
    }
  }
  return results;
}

std::uint64_t given_bytes(const PacketHead& call, int ranks) {
  if (call.kind == PacketKind::split || call.kind == PacketKind::receive) return 0;
  if (call.kind == PacketKind::broadcast && call.rank != call.root) return 0;
  const auto parts =
      call.kind == PacketKind::reduce_scatter ? static_cast<std::uint64_t>(ranks) : 1;
  return call.count * parts * type_bytes(static_cast<ncclDataType_t>(call.type));
}

std::vector<SplitPlace> split_places(const std::vector<Packet>& given) {
  // By color, then by key, then by rank.
  std::vector<std::tuple<int, int, std::size_t>> order;
  for (std::size_t rank = 0; rank < given.size(); ++rank) {
    order.emplace_back(given[rank].head.root, given[rank].head.extra, rank);
  }
  std::ranges::sort(order);
  std::vector<SplitPlace> places(given.size());
  std::map<int, int> groups;
  std::map<int, int> sizes;
  for (const auto& [color, key, rank] : order) {
    if (color < 0) continue;
    const int group = groups.try_emplace(color, static_cast<int>(groups.size())).first->second;
    places[rank] = {group, sizes[group]++, 0};
  }
  for (SplitPlace& place : places) {
    if (place.group >= 0) place.ranks = sizes[place.group];
  }
  return places;
}

}  // namespace reducecheck::standin
