// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "real/execute/local_work.hpp"
#include "real/nccl/communicators.hpp"

namespace reducecheck::real {

/// The arithmetic that the library of kernels has, on this rank's device; or nothing in a build
/// without kernels. The communicators' waits are used, so that a kernel that never ends does not
/// hang the rank.
std::unique_ptr<LocalWork> device_work(Communicators& communicators);

/// What kernels run on, in words.
std::string device_work_name();

}  // namespace reducecheck::real
