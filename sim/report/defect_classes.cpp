// SPDX-License-Identifier: Apache-2.0
#include "sim/report/defect_classes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/catalogue_examples.hpp"
#include "sim/report/defect_class_texts.hpp"
#include "sim/report/words.hpp"

namespace reducecheck {
namespace {

std::string section(const char* heading, const char* text) {
  return fmt::format("{}\n{}", heading, wrapped(text, 2));
}

}  // namespace

std::span<const DefectClass> defect_classes() {
  static const std::vector<DefectClass> all = [] {
    std::vector<DefectClass> classes;
    for (auto part :
         {class_texts::sums, class_texts::addends, class_texts::layouts, class_texts::training}) {
      for (DefectClass& one : part()) classes.push_back(std::move(one));
    }
    return classes;
  }();
  return all;
}

const DefectClass* find_defect_class(std::string_view id) {
  const std::span<const DefectClass> all = defect_classes();
  const auto found =
      std::ranges::find_if(all, [&](const DefectClass& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string class_text(const DefectClass& defect_class) {
  std::string text = fmt::format("{}\n{}\n", defect_class.id, wrapped(defect_class.sentence, 2));
  text += section("In algebra", defect_class.algebra);
  text += section("How it happens", defect_class.cause);
  text += section("Repair", defect_class.repair);
  text += section("Not a repair", defect_class.not_repair);
  text += section("To see it on GPUs", defect_class.confirm);
  text += "Seen in\n";
  for (const DefectExample& example : defect_class.examples) {
    text += fmt::format("  {}\n{}", example.url, wrapped(example.words, 4));
  }
  const std::vector<CatalogueExample> files = catalogue_examples(defect_class.id);
  if (files.empty()) return text;
  text += "To try (reducecheck explain FILE)\n";
  for (const CatalogueExample& one : files) {
    text += fmt::format("  scenarios/catalogue/{}  {}\n", one.file, one.variant);
  }
  return text;
}

}  // namespace reducecheck
