// SPDX-License-Identifier: Apache-2.0
// The contents of inputs and weights: a counter hash of (seed, tensor, logical index), so that
// every shard is cut from one logical tensor, on every rank, in any order, the same bits
// everywhere.
//
// Element (i, j) of a tensor with key K is mix(mix(K ^ i) + j * golden): row i is the SplitMix64
// stream that starts at mix(K ^ i). A library generator (Philox) costs several times as much, and
// at real model sizes generated weights are half the work; nothing here needs its statistics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reducecheck {

inline constexpr std::uint64_t golden = 0x9e3779b97f4a7c15U;

/// SplitMix64's output for the state `z` (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t z) {
  z += golden;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// FNV-1a, 64 bits; `hash` is that of the letters before `name`.
constexpr std::uint64_t name_hash(std::string_view name, std::uint64_t hash = 0xcbf29ce484222325U) {
  for (const char c : name) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

/// The key of one matrix: part 0 of a linear, vector, scalar, table or input; parts 0, 1, 2 are the
/// gate, up and down projections of an mlp or an expert.
constexpr std::uint64_t matrix_key(std::uint64_t seed, std::string_view name, std::int64_t layer,
                                   std::int64_t expert, std::uint64_t part) {
  std::uint64_t key = mix(seed);
  key = mix(key ^ name_hash(name));
  key = mix(key ^ static_cast<std::uint64_t>(layer));
  key = mix(key ^ static_cast<std::uint64_t>(expert));
  return mix(key ^ part);
}

/// The row key that `element` continues.
constexpr std::uint64_t row_key(std::uint64_t key, std::uint64_t row) {
  return mix(key ^ row);
}

constexpr std::uint64_t element(std::uint64_t row, std::uint64_t column) {
  return mix(row + column * golden);
}

/// The row of token `index` of `owner` in an input.
constexpr std::uint64_t token_row(std::int64_t owner, std::int64_t index) {
  return (static_cast<std::uint64_t>(owner) << 32) | static_cast<std::uint64_t>(index);
}

}  // namespace reducecheck
