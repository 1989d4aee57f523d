// SPDX-License-Identifier: Apache-2.0
#include "scenarios/frame/frame_reader.hpp"

namespace reducecheck {
namespace {

using Kind = TomlNode::Kind;

Program read_text(const TomlNode& node, const std::string& path, const std::string& broken_name,
                  Reading& reading) {
  Diagnostics& diagnostics = reading.diagnostics;
  const std::size_t before = diagnostics.size();
  Program program;
  if (expect_kind(node, Kind::text, path, "the text of a program", "", diagnostics)) {
    program = reducecheck::read_program(node.text, diagnostics);
  }
  if (diagnostics.size() != before) reading.broken.insert(broken_name);
  return program;
}

Variant read_variant(const TomlNode& node, Reading& reading) {
  const std::string path = "variant." + node.key;
  Variant variant{node.key, node.key_at, {}, {}};
  if (node.kind == Kind::text) {
    variant.program = read_text(node, path, path, reading);
    return variant;
  }
  if (!expect_kind(node, Kind::table, path, "a program text or a table of `program` and `weights`",
                   "buggy = \"reduce_results = True\"", reading.diagnostics)) {
    reading.broken.insert(path);
    return variant;
  }
  const std::size_t before = reading.diagnostics.size();
  refuse_unknown_keys(node, {"program", "weights"}, path, reading.diagnostics);
  if (reading.diagnostics.size() != before) reading.broken.insert(path);  // it may hide the text
  if (const TomlNode* text = node.find("program")) {
    variant.program = read_text(*text, path + ".program", path, reading);
  }
  if (const TomlNode* weights = node.find("weights")) {
    variant.weights = read_weights(*weights, path + ".weights", reading);
  }
  return variant;
}

void read_program_table(const TomlNode& program, bool has_variants, Reading& reading) {
  Diagnostics& diagnostics = reading.diagnostics;
  if (!expect_kind(program, Kind::table, "program", "a table of `reference` and `distributed`", "",
                   diagnostics)) {
    reading.broken = {"reference", "distributed"};
    return;
  }
  refuse_unknown_keys(program, {"reference", "distributed"}, "program", diagnostics);
  if (const TomlNode* text = program.find("reference")) {
    reading.scenario.reference = read_text(*text, "program.reference", "reference", reading);
  } else {
    report_missing(program.at, "program.reference", "reference = \"y = shared(x)\"", diagnostics);
    reading.broken.insert("reference");
  }
  if (const TomlNode* text = program.find("distributed")) {
    reading.scenario.distributed = read_text(*text, "program.distributed", "distributed", reading);
  } else if (!has_variants) {
    report_missing(program.at, "program.distributed",
                   "distributed = \"y = all_reduce(shared(x), tp)\"", diagnostics);
    reading.broken.insert("distributed");
  }
}

}  // namespace

void read_programs(const TomlNode* program, const TomlNode* variants, Reading& reading) {
  const auto children =
      variants == nullptr
          ? std::span<const TomlNode>{}
          : named_children(variants, "variant", "variant = { buggy = \"reduce_results = True\" }",
                           reading.diagnostics);
  if (program != nullptr) {
    read_program_table(*program, !children.empty(), reading);
  } else {
    report_missing({}, "program", "[program]", reading.diagnostics);
    reading.broken = {"reference", "distributed"};
  }
  for (const TomlNode& child : children) {
    reading.scenario.variants.push_back(read_variant(child, reading));
  }
  if (children.empty()) {
    reading.scenario.variants.push_back(
        {"program", program == nullptr ? Position{} : program->at, {}, {}});
  }
}

}  // namespace reducecheck
