// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: a layer whose text can be wrong in one line.
#pragma once

#include <string>
#include <vector>

#include "props/fault_matrix/cell.hpp"

namespace reducecheck::matrix {

/// One line of the layer, said otherwise.
struct LayerFault {
  std::string id;
  FaultClass of = FaultClass::contribution;
  std::string sentence;
  std::string line;  // of the right layer: the name that it gives a value, `total`
  std::string text;  // instead of it
  /// The class of defect that says what is wrong, where it is not one of the class's own.
  std::string defect{};
};

const std::vector<LayerFault>& faults_of_text();

/// Whether a defect of that class, of these weights or inputs, is the fault's kind of fault.
bool is_kind(const LayerFault& fault, const std::string& defect,
             const std::vector<std::string>& branches);

/// The layer in that configuration: variants `right` and, with a fault, `faulty`. A line is found
/// again as the last one that begins with its name.
std::string layer_text(const Setting& at, const LayerFault* fault);

/// The line of the text that gives a name its value in `reference` or a variant, from 1; 0 where
/// none does.
std::uint32_t line_of(const std::string& text, const std::string& program, const std::string& name);

}  // namespace reducecheck::matrix
