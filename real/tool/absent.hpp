// SPDX-License-Identifier: Apache-2.0
// A backend that the build did not find.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "real/tool/backend.hpp"

namespace reducecheck::real {

class AbsentBackend final : public Backend {
 public:
  AbsentBackend(std::string_view name, std::string_view why) : name_(name), why_(why) {}

  [[nodiscard]] std::string_view name() const override { return name_; }
  [[nodiscard]] bool built() const override { return false; }
  [[nodiscard]] std::vector<std::string> algorithms() const override { return {}; }
  std::string state() override {
    return fmt::format("  {:6} not in this build: {}\n", name_, why_);
  }
  int run(const Request&, const std::vector<std::string>&) override {
    fmt::print(stderr, "reducecheck-real: error: this build has no {}: {}\n", name_, why_);
    return ExitStatus::backend;
  }

 private:
  std::string_view name_;
  std::string_view why_;
};

}  // namespace reducecheck::real
