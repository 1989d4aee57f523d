// SPDX-License-Identifier: Apache-2.0
// Inputs for a fuzz target, made by changing good ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace reducecheck::fuzz {

/// Draws numbers from a seed, the same on every machine.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  /// A number below `end`, which must not be 0.
  std::size_t below(std::size_t end);

 private:
  std::uint64_t state_;
};

class Mutator {
 public:
  /// Inputs to begin with, at least one. Their words and numbers are what is put into others.
  explicit Mutator(std::vector<std::string> corpus);

  /// `text` is input `number` of `seed`: one of the corpus after one to eight changes of bytes,
  /// words, numbers, lines and lengths. At most 64 KiB.
  void write(std::uint64_t seed, std::uint64_t number, std::string& text) const;

  [[nodiscard]] const std::vector<std::string>& corpus() const { return corpus_; }

 private:
  void change(std::string& text, Chance& chance) const;
  void change_bytes(std::string& text, std::size_t how, Chance& chance) const;
  [[nodiscard]] const std::string& any_word(Chance& chance) const;

  std::vector<std::string> corpus_;
  std::vector<std::string> words_;
};

}  // namespace reducecheck::fuzz
