// SPDX-License-Identifier: Apache-2.0
#include "props/prover_program.hpp"

#include "props/prover_program_writer.hpp"

namespace reducecheck::props {

std::string scenario_text(const StraightLine& line) {
  return ProgramWriter(line).text();
}

void showValue(const StraightLine& line, std::ostream& out) {
  out << scenario_text(line);
}

rc::Gen<StraightLine> straight_lines() {
  const auto step = rc::gen::build<LineStep>(
      rc::gen::set(&LineStep::kind, rc::gen::inRange(0, 28)),
      rc::gen::set(&LineStep::from, rc::gen::inRange(0, 12)),
      rc::gen::set(&LineStep::other, rc::gen::inRange(0, 12)),
      rc::gen::set(&LineStep::group, rc::gen::inRange(0, 12)),
      rc::gen::set(&LineStep::detail, rc::gen::inRange(0, 60)),
      rc::gen::set(&LineStep::odd,
                   rc::gen::map(rc::gen::inRange(0, 7), [](int i) { return 6 - i; })));
  return rc::gen::build<StraightLine>(
      rc::gen::set(&StraightLine::axes, rc::gen::inRange(1, 4)),
      rc::gen::set(&StraightLine::input, rc::gen::inRange(0, 6)),
      rc::gen::set(&StraightLine::assume, rc::gen::inRange(0, 3)),
      rc::gen::set(&StraightLine::steps, rc::gen::container<std::array<LineStep, 14>>(step)));
}

}  // namespace reducecheck::props
