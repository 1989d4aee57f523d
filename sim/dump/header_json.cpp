// SPDX-License-Identifier: Apache-2.0
#include "sim/dump/header_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "scenarios/text/diagnostic.hpp"
#include "scenarios/text/printable.hpp"
#include "sim/dump/safetensors.hpp"

namespace reducecheck {
namespace {

using nlohmann::json;

// Known to safetensors, but no type of a sum that is read here.
constexpr std::array other_types = {"BOOL", "U16",     "U32",     "U64",    "C64",
                                    "F4",   "F6_E2M3", "F6_E3M2", "F8_E8M0"};

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(DumpType::u8); ++i) {
    names.emplace_back(spelling(static_cast<DumpType>(i)));
  }
  return names;
}

/// Characters of the header that say how far they were read, which the library does not tell.
class Reading {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Reading(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
  reference operator*() const { return *at_; }
  Reading& operator++() {
    ++at_;
    ++*taken_;
    return *this;
  }
  Reading operator++(int) {
    Reading old = *this;
    ++*this;
    return old;
  }
  friend bool operator==(const Reading& a, const Reading& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  std::size_t* taken_;
};

/// Takes the events of the library's parser, which does not recurse, and stops it at the first one
/// that does not belong where it stands. So nesting is bounded by what the format allows.
class HeaderReader : public nlohmann::json_sax<json> {
 public:
  HeaderReader(const std::size_t& taken, std::vector<std::string>& errors)
      : taken_(taken), errors_(errors) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { return unexpected("null"); }
  bool boolean(bool value) override { return unexpected(value ? "true" : "false"); }
  bool number_integer(number_integer_t /*value*/) override {
    return unexpected("a negative number");
  }
  bool number_float(number_float_t /*value*/, const string_t& digits) override {
    return unexpected(back_quoted(digits));
  }
  bool binary(binary_t& /*value*/) override { return unexpected("bytes"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (state_ == State::shape) {
      if (tensor().shape.size() == SafetensorsLimits::dimensions) {
        return fail(fmt::format("`shape` has more than {} sizes", SafetensorsLimits::dimensions));
      }
      tensor().shape.push_back(value);
      return true;
    }
    if (state_ != State::offsets || offsets_ == 2) return unexpected(fmt::format("{}", value));
    (offsets_++ == 0 ? tensor().begin : tensor().end) = value;
    return true;
  }

  bool string(string_t& value) override {
    if (state_ == State::metadata) {
      header_.metadata[key_] = std::move(value);
      return true;
    }
    if (state_ != State::tensor || key_ != "dtype") return unexpected(back_quoted(value));
    const std::optional<DumpType> type = dump_type_named(value);
    if (!type) return unknown_type(value);
    tensor().type = *type;
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (state_ == State::start) {
      state_ = State::tensors;
      return true;
    }
    if (state_ != State::tensors) return unexpected("an object");
    keys_.clear();
    if (key_ == "__metadata__") {
      state_ = State::metadata;
      return true;
    }
    state_ = State::tensor;
    header_.tensors.emplace_back().name = key_;
    return true;
  }

  bool end_object() override {
    if (state_ == State::tensor && keys_.size() != tensor_keys.size()) {
      const auto missing =
          std::ranges::find_if(tensor_keys, [&](const char* key) { return !keys_.contains(key); });
      return fail(fmt::format("has no `{}`", *missing));
    }
    state_ = state_ == State::tensors ? State::end : State::tensors;
    return true;
  }

  bool start_array(std::size_t /*elements*/) override {
    const bool in_tensor = state_ == State::tensor && key_ != "dtype";
    if (!in_tensor) return unexpected("a list");
    state_ = key_ == "shape" ? State::shape : State::offsets;
    offsets_ = 0;
    return true;
  }

  bool end_array() override {
    if (state_ == State::offsets && offsets_ != 2) {
      return fail(fmt::format("`data_offsets` has {} of 2 numbers", offsets_));
    }
    state_ = State::tensor;
    return true;
  }

  bool key(string_t& name) override {
    std::set<std::string>& keys = state_ == State::tensors ? names_ : keys_;
    if (state_ == State::tensor && std::ranges::find(tensor_keys, name) == tensor_keys.end()) {
      return fail(
          fmt::format("unknown key {}; expected dtype, shape and data_offsets", back_quoted(name)));
    }
    if (!keys.insert(name).second) return fail(fmt::format("{} stands twice", back_quoted(name)));
    key_ = name;
    return true;
  }

  bool parse_error(std::size_t /*offset*/, const std::string& /*token*/,
                   const json::exception& error) override {
    std::string_view what = error.what();
    if (const std::size_t colon = what.find(": "); colon != what.npos)
      what.remove_prefix(colon + 2);
    return fail("not JSON: " + printable(what.substr(0, 160)));
  }

 private:
  enum class State : std::uint8_t { start, tensors, metadata, tensor, shape, offsets, end };

  static constexpr std::array tensor_keys = {"dtype", "shape", "data_offsets"};

  HeaderTensor& tensor() { return header_.tensors.back(); }

  bool fail(const std::string& sentence) {
    std::string where;
    if (state_ == State::tensor || state_ == State::shape || state_ == State::offsets) {
      where = fmt::format(", tensor {}", back_quoted(tensor().name));
    } else if (state_ == State::metadata) {
      where = ", `__metadata__`";
    }
    errors_.push_back(
        fmt::format("header byte {}{}: {}", taken_ > 0 ? taken_ - 1 : 0, where, sentence));
    return false;
  }

  bool unknown_type(const std::string& name) {
    const std::vector<std::string> names = type_names();
    const bool other = std::ranges::find(other_types, name) != other_types.end();
    const std::string meant = other ? "" : did_you_mean(name, names);
    return fail(fmt::format("type {} is {}; {}{}types that are read: {}", back_quoted(name),
                            other ? "none of a sum" : "unknown", meant, meant.empty() ? "" : " ",
                            fmt::join(names, ", ")));
  }

  /// Something of the wrong kind for its place.
  bool unexpected(const std::string& found) {
    switch (state_) {
      case State::start: return fail(fmt::format("found {}; expected an object of tensors", found));
      case State::tensors:
        return fail(
            fmt::format("{} is {}; expected an object with {}", back_quoted(key_), found,
                        key_ == "__metadata__" ? "texts" : "dtype, shape and data_offsets"));
      case State::metadata:
        return fail(fmt::format("{} is {}; expected a text", back_quoted(key_), found));
      case State::tensor:
        return fail(fmt::format("`{}` is {}; expected {}", key_, found,
                                key_ == "dtype"   ? "the name of a type"
                                : key_ == "shape" ? "a list of sizes"
                                                  : "a list of 2 numbers"));
      case State::shape:
        return fail(fmt::format("`shape` has {}; expected whole numbers below 2^64", found));
      case State::offsets:
        return fail(
            fmt::format("`data_offsets` has {}; expected 2 whole numbers below 2^64", found));
      case State::end: return fail(fmt::format("found {} after the object", found));
    }
    return false;
  }

  const std::size_t& taken_;
  std::vector<std::string>& errors_;
  SafetensorsHeader header_;
  State state_ = State::start;
  std::set<std::string> names_;  // of the whole header
  std::set<std::string> keys_;   // of the open tensor, or of the metadata
  std::string key_;
  int offsets_ = 0;
};

}  // namespace

std::optional<SafetensorsHeader> read_header_json(std::string_view text,
                                                  std::vector<std::string>& errors) {
  // The library would skip blanks and a byte order mark, which the format does not allow.
  if (!text.starts_with('{')) {
    errors.push_back(
        fmt::format("header byte 0: found {}; expected `{{`: is it a safetensors file?",
                    text.empty() ? "nothing" : back_quoted(text.substr(0, 1))));
    return std::nullopt;
  }
  // The library would take it for the end.
  if (const std::size_t zero = text.find('\0'); zero != text.npos) {
    errors.push_back(fmt::format("header byte {}: not JSON: a zero byte", zero));
    return std::nullopt;
  }
  std::size_t taken = 0;
  HeaderReader reader(taken, errors);
  const char* const end = text.data() + text.size();
  const std::size_t before = errors.size();
  if (!json::sax_parse(Reading(text.data(), &taken), Reading(end, &taken), &reader)) {
    if (errors.size() == before) errors.emplace_back("the header is not JSON");
    return std::nullopt;
  }
  return reader.take();
}

}  // namespace reducecheck
