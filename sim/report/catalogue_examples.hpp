// SPDX-License-Identifier: Apache-2.0
// Shipped scenarios that show a class of defect.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace reducecheck {

/// A variant of a file of the catalogue that is wrong in the way of a class.
struct CatalogueExample {
  std::string_view defect_class;
  std::string_view file;  // below scenarios/catalogue
  std::string_view variant;
};

/// Up to four files for each class that the catalogue shows, in the order of the classes.
std::span<const CatalogueExample> catalogue_examples();

/// Those of one class; none for what no shipped file shows.
std::vector<CatalogueExample> catalogue_examples(std::string_view defect_class);

}  // namespace reducecheck
