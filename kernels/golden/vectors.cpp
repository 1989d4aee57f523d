// SPDX-License-Identifier: Apache-2.0
#include "kernels/golden/vectors.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>

namespace reducecheck::kernels::golden {
namespace {

constexpr const char* format_name = "reducecheck.golden/1";
constexpr std::uintmax_t most_bytes = std::uintmax_t{16} << 20;

/// A sentence for a line of golden.txt.
std::string at_line(std::size_t line, const std::string& expected) {
  return "golden.txt:" + std::to_string(line) + ": expected " + expected;
}

template <class Number>
bool take_number(std::string_view text, Number& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// The text of a regular file that is not too large, or a sentence in `wrong`.
std::string file_text(const std::filesystem::path& path, std::string& wrong) {
  std::error_code error;
  const std::string name = path.filename().string();
  const bool regular = std::filesystem::is_regular_file(path, error);
  const auto size = regular ? std::filesystem::file_size(path, error) : 0;
  std::ifstream stream(path, std::ios::binary);
  if (!regular || error || !stream) {
    wrong = name + ": cannot be read; expected a folder that `golden` wrote";
  } else if (size > most_bytes) {
    wrong = name + ": expected at most 16 MiB";
  } else {
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  return "";
}

/// `key value` with that key.
bool take_field(const std::string& line, const std::string& key, std::string& value) {
  if (!line.starts_with(key + ' ')) return false;
  value = line.substr(key.size() + 1);
  // Printed later: what moves a terminal's cursor is no name.
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string read_head(std::istream& lines, StoredVectors& stored) {
  std::string line;
  std::string number;
  if (!std::getline(lines, line) || line != format_name) return at_line(1, format_name);
  if (!std::getline(lines, line) || !take_field(line, "made", number) ||
      !take_number(number, stored.made)) {
    return at_line(2, "`made` and seconds since 1970");
  }
  if (!std::getline(lines, line) || !take_field(line, "site", stored.site)) {
    return at_line(3, "`site` and what ran the kernels");
  }
  if (!std::getline(lines, line) || !take_field(line, "sources", stored.sources)) {
    return at_line(4, "`sources` and a hash");
  }
  return "";
}

}  // namespace

std::string write_vectors(const std::filesystem::path& folder, const StoredVectors& stored) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::ofstream text(folder / "golden.txt", std::ios::binary);
  std::ofstream binary(folder / "golden.bin", std::ios::binary);
  text << format_name << "\nmade " << stored.made << "\nsite " << stored.site << "\nsources "
       << stored.sources << '\n';
  for (const StoredVector& each : stored.vectors) {
    text << "case " << each.bytes.size() << ' ' << each.name << '\n';
    binary.write(reinterpret_cast<const char*>(each.bytes.data()),
                 static_cast<std::streamsize>(each.bytes.size()));
  }
  text.close();
  binary.close();
  if (text && binary) return "";
  return "golden.txt and golden.bin cannot be written to " + folder.string();
}

std::string read_vectors(const std::filesystem::path& folder, StoredVectors& stored) {
  std::string wrong;
  const std::string text = file_text(folder / "golden.txt", wrong);
  const std::string binary = wrong.empty() ? file_text(folder / "golden.bin", wrong) : "";
  std::istringstream lines(text);
  if (wrong.empty()) wrong = read_head(lines, stored);
  std::string line;
  std::size_t used = 0;
  for (std::size_t number = 5; wrong.empty() && std::getline(lines, line); ++number) {
    std::string rest;
    std::size_t bytes = 0;
    const bool is_case = take_field(line, "case", rest);
    const std::size_t space = std::min(rest.find(' '), rest.size());
    if (!is_case || space + 1 >= rest.size() ||
        !take_number(std::string_view(rest).substr(0, space), bytes)) {
      return at_line(number, "`case`, a number of bytes and a name");
    }
    if (bytes > binary.size() - used) {
      return at_line(number, "at most " + std::to_string(binary.size() - used) +
                                 " bytes, which golden.bin has left");
    }
    const auto begin = binary.begin() + static_cast<std::ptrdiff_t>(used);
    stored.vectors.push_back(
        {rest.substr(space + 1), Bytes(begin, begin + static_cast<std::ptrdiff_t>(bytes))});
    used += bytes;
  }
  if (wrong.empty() && used != binary.size()) {
    wrong = "golden.bin: expected " + std::to_string(used) + " bytes, as golden.txt says, not " +
            std::to_string(binary.size());
  }
  return wrong;
}

}  // namespace reducecheck::kernels::golden
