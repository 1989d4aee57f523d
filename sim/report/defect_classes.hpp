// SPDX-License-Identifier: Apache-2.0
// What each class of defect means, why it happens, what mends it and what does not. The ids are
// stable: files expect them, reports name them, `reducecheck explain ID` prints them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reducecheck {

/// A public case of a class.
struct DefectExample {
  const char* url;
  const char* words;
};

struct DefectClass {
  const char* id;
  const char* sentence;  // what is wrong
  const char* algebra;   // what the result is instead
  const char* cause;     // how code comes to do it
  const char* repair;
  const char* not_repair;  // what looks like a repair and is not
  const char* confirm;     // how to see it on GPUs
  std::vector<DefectExample> examples;
};

/// Every class, forward ones first, in the order of the documentation.
std::span<const DefectClass> defect_classes();

/// The class of that id, or nullptr.
const DefectClass* find_defect_class(std::string_view id);

/// The page on one class, as plain text.
std::string class_text(const DefectClass& defect_class);

}  // namespace reducecheck
