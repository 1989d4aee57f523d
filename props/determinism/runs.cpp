// SPDX-License-Identifier: Apache-2.0
#include "props/determinism/runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sim/domain/hash.hpp"

namespace reducecheck::determinism {
namespace {

namespace fs = std::filesystem;

std::string bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

/// A JUnit report says how long each test took: the one number that may differ.
std::string without_times(std::string report) {
  constexpr std::string_view before = " time=\"";
  for (std::size_t at = 0; (at = report.find(before, at)) != report.npos;) {
    at += before.size();
    report.erase(at, report.find('"', at) - at);
  }
  return report;
}

}  // namespace

std::string outcome(const Surroundings& at, const Words& words, const fs::path& scratch) {
  const fs::path folder = scratch / at.folder;
  fs::remove_all(folder);
  fs::create_directories(folder);
  Words with_threads = words;
  if (const std::size_t found = words.find("THREADS"); found != words.npos) {
    with_threads.replace(found, 7, "--threads " + at.threads);
  }
  const std::string command =
      fmt::format("cd '{}' && {{ {} '{}' {}; }} > out 2> err", folder.string(), at.variables,
                  at.executable, with_threads);
  std::string text = fmt::format("status {}\n", std::system(command.c_str()));
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string bytes = bytes_of(file);
    text += fmt::format("file {}\n{}\n", file.lexically_relative(folder).string(),
                        file.extension() == ".xml" ? without_times(bytes) : bytes);
  }
  return text;
}

std::string first_difference(const std::string& a, const std::string& b) {
  if (a == b) return "";
  const auto one = lines_in(a);
  const auto other = lines_in(b);
  for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i) {
    const std::string left = i < one.size() ? one[i] : "(its end)";
    const std::string right = i < other.size() ? other[i] : "(its end)";
    if (left != right) return fmt::format("line {}: `{}` and `{}`", i + 1, left, right);
  }
  return "the ends of lines";
}

std::vector<std::string> sample(const std::vector<std::string>& names, std::uint64_t percent,
                                std::uint64_t seed) {
  const auto place = [&](const std::string& name) { return mix(name_hash(name) ^ mix(seed)); };
  std::vector<std::string> chosen;
  for (const std::string& name : names) {
    if (place(name) % 100 < percent) chosen.push_back(name);
  }
  if (chosen.empty()) chosen.push_back(*std::ranges::min_element(names, {}, place));
  return chosen;
}

std::vector<Words> commands_for(const std::string& scenario) {
  const std::string file = "'" + scenario + "'";
  return {"check " + file +
              " -v --dtype bf16 --json report.json --junit report.xml "
              "--html report.html --save-failures failures THREADS",
          "prove " + file + " --json report.json --certificate proofs",
          "explain " + file + " THREADS"};
}

std::vector<Words> commands_once(const std::string& dump_folder) {
  const std::string dump = "'" + dump_folder + "/";
  return {"orders", "orders nccl_tree --ranks 6 --json order.json",
          "certify " + dump + "forward' " + dump + "backward' --json certificate.json",
          "certify " + dump + "forward' " + dump + "backward' --partials " + dump +
              "partials' --json certificate.json",
          "certify --power --ranks 2,4"};
}

}  // namespace reducecheck::determinism
