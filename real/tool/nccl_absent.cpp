// SPDX-License-Identifier: Apache-2.0
#include "real/tool/absent.hpp"

namespace reducecheck::real {

Backend& nccl_backend() {
  static AbsentBackend absent("nccl", "install the CUDA Toolkit and NCCL, and build again");
  return absent;
}

}  // namespace reducecheck::real
