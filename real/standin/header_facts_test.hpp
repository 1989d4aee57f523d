// SPDX-License-Identifier: Apache-2.0
// For the test of the stand-in's headers: what a header says, as texts that can be compared.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace reducecheck::standin {

using HeaderFacts = std::map<std::string, std::string>;

namespace own {
HeaderFacts cuda_facts();
HeaderFacts nccl_facts();
}  // namespace own

namespace installed {
HeaderFacts cuda_facts();
HeaderFacts nccl_facts();
}  // namespace installed

}  // namespace reducecheck::standin
