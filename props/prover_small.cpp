// SPDX-License-Identifier: Apache-2.0
#include "props/prover_small.hpp"

#include "props/layer_generator.hpp"

namespace reducecheck::props {

std::string scenario_text(const Small& small) {
  std::string text = "title = \"" + small.name + "\"\nsource = \"none\"\n" + small.frame + '\n';
  const auto unless = [&](const std::string& key, const std::string& line) {
    if (small.frame.find(key + " =") == std::string::npos) text += key + " = " + line + '\n';
  };
  unless("mesh", "{ axes = [\"a\", \"b\"] }");
  unless("input", "{ x = \"tokens, hidden\" }");
  unless("output", "{ y = \"tokens, hidden\" }");
  text += "[weights]\n" + small.weights + "\n[program]\n";
  text += "reference = '''\n" + small.reference + "\n'''\n";
  return text + "distributed = '''\n" + small.distributed + "\n'''\n";
}

Scenario scenario_of(const Small& small) {
  return loaded(scenario_text(small));
}

}  // namespace reducecheck::props
