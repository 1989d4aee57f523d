// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/device_work.hpp"

namespace reducecheck::real {

std::unique_ptr<LocalWork> device_work(Communicators&) {
  return nullptr;
}

std::string device_work_name() {
  return "no kernels in this build, which found no nvcc";
}

}  // namespace reducecheck::real
