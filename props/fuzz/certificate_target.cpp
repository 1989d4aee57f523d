// SPDX-License-Identifier: Apache-2.0
// Certificates: the proof checker, on two variants of one scenario. Of each certificate it says
// that it is accepted, refused or unusable; and of a variant that is wrong none is ever accepted. A
// first byte `w` asks for the wrong variant, any other for the right one.
#include <fstream>
#include <iterator>
#include <string>

#include "props/fuzz/target.hpp"
#include "scenarios/frame/load.hpp"
#include "sim/proof_check/walk.hpp"

namespace reducecheck::fuzz {
namespace {

Scenario certified() {
  std::ifstream stream(REDUCECHECK_SOURCE_DIR "/props/fuzz/test_data/certified.toml");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  Diagnostics diagnostics;
  auto scenario = load_scenario(text, "certified.toml", diagnostics);
  require(scenario && scenario->variants.size() == 2, "test_data/certified.toml cannot be read");
  return std::move(*scenario);
}

/// The planted checker looks at the right variant, whichever the certificate is of.
std::string asked_about(bool wrong, std::string& certificate) {
  if (!wrong) return "fixed";
  if (!planted) return "buggy";
  const std::size_t at = certificate.find("\"buggy\"");
  if (at != certificate.npos) certificate.replace(at, 7, "\"fixed\"");
  return "fixed";
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck;
  if (size == 0) return 0;
  static const Scenario scenario = fuzz::certified();
  const bool wrong = data[0] == 'w';
  std::string certificate(fuzz::text_of(data, size).substr(1));
  const std::string name = fuzz::asked_about(wrong, certificate);
  const Variant& variant = scenario.variants[scenario.variants[0].name == name ? 0 : 1];
  try {
    const auto [accepted, said] =
        proof_check::verdict(scenario, variant, "certified.toml", certificate);
    fuzz::require_printable(said);
    fuzz::require(accepted == said.starts_with(name + " of certified.toml, "),
                  "an answer that is not what the sentence says");
    fuzz::require(!wrong || !accepted, "a certificate of a wrong variant is accepted");
  } catch (const proof_check::Unusable& unusable) {
    fuzz::require_printable(unusable.why);
  }
  return 0;
}
