// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/order/draft.hpp"

namespace reducecheck::ordering {

void make_nccl_ring(Draft& draft);
void make_nccl_ring_reduce_scatter(Draft& draft);
void make_nccl_tree(Draft& draft);
void make_nccl_pat_reduce_scatter(Draft& draft);

}  // namespace reducecheck::ordering
