// SPDX-License-Identifier: Apache-2.0
// Collectives on tangents: sums are the events that coefficients are explained by.
#include <algorithm>

#include "sim/judge/tangent_run.hpp"

namespace reducecheck {
namespace {

bool names(const Step& table, std::size_t member, const std::int64_t* ids, int width) {
  return std::any_of(ids, ids + width, [&](std::int64_t expert) {
    return expert >= 0 && expert < static_cast<std::int64_t>(table.experts.size()) &&
           table.experts[static_cast<std::size_t>(expert)] == static_cast<std::int64_t>(member);
  });
}

/// How many members bring an addend to one row, at most.
class Multiplicity {
 public:
  void count(int addend, int row) { ++brought_[{addend, row}]; }

  [[nodiscard]] std::map<int, int> most() const {
    std::map<int, int> result;
    for (const auto& [key, members] : brought_) {
      int& most = result[key.first];
      most = std::max(most, members);
    }
    return result;
  }

 private:
  std::map<std::pair<int, int>, int> brought_;
};

}  // namespace

void TangentRun::defer(const History& history, int addend, int step) {
  const int section = plan_.steps[static_cast<std::size_t>(step)].section;
  if (history.events.empty() && section > history.section) {
    deferrals_.insert({step, this->addend(addend).source});
  }
}

/// Every addend of the result has now been through `event`.
void TangentRun::pass_event(TangentBuilder& out, int event) {
  for (const auto& [addend, count] : events_[static_cast<std::size_t>(event)].multiplicity) {
    out.history(addend).events.push_back(event);
  }
}

void TangentRun::sum(int index) {
  const Step& s = plan_.steps[static_cast<std::size_t>(index)];
  Multiplicity multiplicity;
  for (const int operand : s.operands) {
    for (const Term& term : of(operand).terms) multiplicity.count(term.addend, term.row);
    for (const auto& [addend, history] : of(operand).history) defer(history, addend, index);
  }
  events_.push_back({index, multiplicity.most()});
  const int event = static_cast<int>(events_.size()) - 1;
  int begin = 0;
  for (const int result : s.results) {
    const PlanValue& y = shape(result);
    TangentBuilder out(y.rows, y.width);
    const bool columns = s.kind == StepKind::reduce_scatter_cols;
    for (const int operand : s.operands) {
      add_rows(out, of(operand), columns ? 0 : begin, y.rows, 0, columns ? -begin : 0);
    }
    begin += columns ? y.width : y.rows;
    pass_event(out, event);
    Tangent tangent = out.finish();
    if (s.kind == StepKind::all_reduce_avg) {
      const auto n = Prime::integer(static_cast<std::int64_t>(s.operands.size()));
      const std::uint64_t inverse = Prime::divide(1, n);
      for (std::uint64_t& x : tangent.data) x = Prime::multiply(x, inverse);
    }
    set(result, std::move(tangent));
  }
}

void TangentRun::combine(int index) {
  const Step& s = plan_.steps[static_cast<std::size_t>(index)];
  const std::size_t members = s.results.size();
  if (s.numbers[0] < 0) return stop(s);
  const Step& sent = plan_.steps[static_cast<std::size_t>(s.numbers[0])];
  // The senders and their rows, in the order of delivery.
  std::vector<std::pair<std::size_t, int>> senders;
  for (std::size_t m = 0; m < members; ++m) {
    for (int r = 0; r < shape(sent.operands[m]).rows; ++r) senders.emplace_back(m, r);
  }
  events_.push_back({index, {}});
  const int event = static_cast<int>(events_.size()) - 1;
  Multiplicity multiplicity;
  std::vector<TangentBuilder> outs;
  std::size_t row = 0;
  for (std::size_t m = 0; m < members; ++m) {
    const PlanValue& y = shape(s.results[m]);
    TangentBuilder& out = outs.emplace_back(y.rows, y.width);
    const int ids = s.operands[members + m];
    for (int r = 0; r < y.rows; ++r, ++row) {
      const auto [sender, sender_row] = senders[row];
      const int sent_width = shape(sent.operands[sender]).width;
      for (std::size_t holder = 0; holder < members; ++holder) {
        if (!names(s, holder, values_.ids(ids) + r * shape(ids).width, shape(ids).width) ||
            !names(sent, holder, values_.ids(sent.operands[sender]) + sender_row * sent_width,
                   sent_width)) {
          continue;
        }
        const Tangent& in = of(s.operands[holder]);
        for (const auto& [addend, history] : in.history) {
          if (in.find(addend, static_cast<int>(row)).empty()) continue;
          multiplicity.count(addend, static_cast<int>(row));
          if (members > 1) defer(history, addend, index);
        }
        add_rows(out, in, static_cast<int>(row), 1, r);
      }
    }
  }
  events_[static_cast<std::size_t>(event)].multiplicity = multiplicity.most();
  for (std::size_t m = 0; m < members; ++m) {
    if (members > 1) pass_event(outs[m], event);  // one rank alone sums nothing
    set(s.results[m], outs[m].finish());
  }
}

void TangentRun::gather(const Step& s) {
  const PlanValue& y = shape(s.results[0]);
  if (s.kind == StepKind::broadcast) {
    set(s.results[0], Tangent(of(s.operands[0])));
    return;
  }
  TangentBuilder out(y.rows, y.width);
  int at = 0;
  for (const int operand : s.operands) {
    const PlanValue& x = shape(operand);
    const bool columns = s.kind == StepKind::all_gather_cols;
    if (!x.integer) add_rows(out, of(operand), 0, x.rows, columns ? 0 : at, columns ? at : 0);
    at += columns ? x.width : x.rows;
  }
  set(s.results[0], out.finish());
}

}  // namespace reducecheck
