// SPDX-License-Identifier: Apache-2.0
// Boost.Program_options splits the words; everything that it gets wrong for a person is done here.
// Its default style takes `--t` for `--tp`, it reads -1 into an unsigned, its messages name no
// choice. So: exact names, every value a string, our own sentences.
#include "sim/tool/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>

#include "scenarios/text/diagnostic.hpp"

namespace reducecheck::tool {
namespace {

namespace po = boost::program_options;

po::options_description described(std::span<const OptionSpec> options) {
  po::options_description description;
  for (const OptionSpec& option : options) {
    std::string name = option.name;
    if (option.letter != '\0') name += fmt::format(",{}", option.letter);
    if (option.value_name == nullptr) {
      description.add_options()(name.c_str(), option.help);
    } else {
      description.add_options()(
          name.c_str(), po::value<std::string>()->value_name(option.value_name), option.help);
    }
  }
  return description;
}

UsageMessage unknown_option(std::string word, std::span<const OptionSpec> options) {
  std::vector<std::string> names;
  for (const OptionSpec& option : options) names.push_back(fmt::format("--{}", option.name));
  // `--jsn=x` is reported as one word; only the name is misspelled.
  word.resize(std::min(word.find('='), word.size()));
  const std::string meant = did_you_mean(word, names);
  return fmt::format("unknown option `{}`{}", word, meant.empty() ? "" : "; " + meant);
}

const OptionSpec* find_option(std::span<const OptionSpec> options, const std::string& name) {
  const auto found =
      std::ranges::find_if(options, [&](const OptionSpec& one) { return one.name == name; });
  return found == options.end() ? nullptr : &*found;
}

UsageMessage take(const po::option& parsed, std::span<const OptionSpec> options,
                  Arguments& arguments) {
  if (parsed.string_key.empty()) {
    for (const std::string& input : parsed.value) arguments.inputs.push_back(input);
    return "";
  }
  const OptionSpec* option = find_option(options, parsed.string_key);
  if (option == nullptr) return unknown_option("--" + parsed.string_key, options);
  std::vector<std::string>& values = arguments.values[option->name];
  if (!values.empty() && !option->repeatable && option->value_name != nullptr) {
    return fmt::format("option `--{}` is given more than once", option->name);
  }
  const std::string value = parsed.value.empty() ? "" : parsed.value.front();
  if (option->value_name != nullptr && value.empty()) {
    return fmt::format("option `--{}` needs a value: --{} {}", option->name, option->name,
                       option->value_name);
  }
  values.push_back(value);
  return "";
}

/// The library's complaint in our words; its own texts name no choice.
UsageMessage complaint(const po::error_with_option_name& error,
                       std::span<const OptionSpec> options) {
  std::string name = error.get_option_name();
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  const OptionSpec* option = find_option(options, name);
  if (option == nullptr) return fmt::format("`{}` is not understood", error.get_option_name());
  if (option->value_name == nullptr) return fmt::format("option `--{}` takes no value", name);
  return fmt::format("option `--{}` needs a value: --{} {}", name, name, option->value_name);
}

}  // namespace

std::vector<std::string> Arguments::all(const std::string& option) const {
  const auto found = values.find(option);
  return found == values.end() ? std::vector<std::string>{} : found->second;
}

std::optional<std::string> Arguments::one(const std::string& option) const {
  const auto found = values.find(option);
  if (found == values.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

UsageMessage parse_arguments(std::span<const OptionSpec> options,
                             const std::vector<std::string>& words, Arguments& arguments) {
  const po::options_description description = described(options);
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    const po::parsed_options parsed =
        po::command_line_parser(words).options(description).style(style).run();
    for (const po::option& one : parsed.options) {
      UsageMessage message = take(one, options, arguments);
      if (!message.empty()) return message;
    }
  } catch (const po::unknown_option& error) {
    return unknown_option(error.get_option_name(), options);
  } catch (const po::error_with_option_name& error) {
    return complaint(error, options);
  } catch (const po::error&) {
    return "the command line is not understood";
  }
  return "";
}

std::string options_text(std::span<const OptionSpec> options) {
  constexpr std::size_t column = 26;
  std::string text;
  for (const OptionSpec& option : options) {
    std::string left = option.letter == '\0' ? "      " : fmt::format("  -{}, ", option.letter);
    left += fmt::format("--{}", option.name);
    if (option.value_name != nullptr) left += fmt::format(" {}", option.value_name);
    if (left.size() + 2 > column) {
      text += left + '\n';
      left.clear();
    }
    text += fmt::format("{:<{}}{}\n", left, column, option.help);
  }
  return text;
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t least,
                                          std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  if (number < least || number > most) return std::nullopt;
  return number;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace reducecheck::tool
