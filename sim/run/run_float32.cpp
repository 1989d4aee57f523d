// SPDX-License-Identifier: Apache-2.0
#include "sim/run/collectives_impl.hpp"
#include "sim/run/elementwise_impl.hpp"
#include "sim/run/families_impl.hpp"
#include "sim/run/interpreter_impl.hpp"
#include "sim/run/rows_impl.hpp"
#include "sim/run/tables_impl.hpp"
#include "sim/run/weights_impl.hpp"

namespace reducecheck {

template bool runs_in<Float32>(const Plan&);
template class Interpreter<Float32>;

}  // namespace reducecheck
