// SPDX-License-Identifier: Apache-2.0
// Some of NCCL's pnccl* functions as a communicator that does not block shows them: a split gives
// its handle later.
#pragma once

#include <nccl.h>

namespace reducecheck::real {

/// The handle that the n-th communicator has, of 8; 0 is the first of all.
ncclComm_t late_handle(int n);

}  // namespace reducecheck::real
