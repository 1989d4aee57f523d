// SPDX-License-Identifier: Apache-2.0
// Collectives as a rank calls them: what it sends, what it gets.
#include <algorithm>

#include "real/execute/rank.hpp"

namespace reducecheck::real {
namespace {

std::string operation_of(StepKind kind) {
  switch (kind) {
    case StepKind::all_reduce_sum:
    case StepKind::all_reduce_avg:
    case StepKind::all_reduce_max: return "all_reduce";
    case StepKind::reduce_scatter:
    case StepKind::reduce_scatter_cols:
    case StepKind::reduce_scatter_v: return "reduce_scatter";
    case StepKind::broadcast: return "broadcast";
    case StepKind::dispatch: return "dispatch";
    case StepKind::combine: return "combine";
    default: return "all_gather";
  }
}

bool owned_by(const Step& step, std::int64_t expert, std::size_t member) {
  return expert >= 0 && expert < static_cast<std::int64_t>(step.experts.size()) &&
         step.experts[static_cast<std::size_t>(expert)] == static_cast<std::int64_t>(member);
}

std::size_t elements(const PlanValue& value) {
  return static_cast<std::size_t>(value.rows) * static_cast<std::size_t>(value.width);
}

}  // namespace

std::size_t RankExecutor::place(const Step& step) const {
  return static_cast<std::size_t>(std::ranges::find(step.members, rank_) - step.members.begin());
}

Call RankExecutor::call_of(const Step& step) const {
  const PlanValue& own = plan_.values[static_cast<std::size_t>(step.operands[place(step)])];
  Call call{.operation = operation_of(step.kind),
            .reduction = "",
            .type = own.integer ? "int64" : std::string(facts(arithmetic_.type()).name),
            .count = 0,
            .members = step.members,
            .text = step.text,
            .at = step.at};
  if (call.operation == "all_reduce" || call.operation == "reduce_scatter") {
    call.reduction = step.kind == StepKind::all_reduce_max ? "max" : "sum";
    call.count = elements(own);
  }
  if (step.kind == StepKind::broadcast) {
    call.count = elements(own);
    call.root = step.members.front();
  }
  return call;
}

std::size_t RankExecutor::bytes_of(const LocalTensor& tensor) const {
  return tensor.elements.size() * (tensor.integer ? 8 : facts(arithmetic_.type()).bytes);
}

std::vector<std::byte> RankExecutor::packed(const LocalTensor& tensor) const {
  const ElementType type = tensor.integer ? ElementType::mod64 : arithmetic_.type();
  std::vector<std::byte> bytes(bytes_of(tensor));
  for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
    store(type, bytes.data(), i, tensor.elements[i]);
  }
  return bytes;
}

void RankExecutor::unpack(std::span<const std::byte> bytes, LocalTensor& tensor) const {
  const ElementType type = tensor.integer ? ElementType::mod64 : arithmetic_.type();
  for (std::size_t i = 0; i < tensor.elements.size(); ++i) {
    tensor.elements[i] = load(type, bytes.data(), i);
  }
}

void RankExecutor::collective(const Step& step) {
  const Call call = call_of(step);
  if (call.operation == "all_reduce") return reduce(step, call);
  if (call.operation == "reduce_scatter") return scatter(step, call);
  if (step.kind == StepKind::dispatch) return dispatch(step, call);
  if (step.kind == StepKind::combine) return combine(step, call);
  if (step.kind != StepKind::broadcast) return gather(step, call);
  // Only the first member need have the value; the others bring a buffer.
  LocalTensor result = blank(step.results[0]);
  std::vector<std::byte> bytes(bytes_of(result));
  if (place(step) == 0) bytes = packed(operand(step, 0));
  transport_.broadcast(call, bytes);
  unpack(bytes, result);
  values_.insert_or_assign(step.results[0], std::move(result));
}

void RankExecutor::reduce(const Step& step, const Call& call) {
  std::vector<std::byte> bytes = packed(operand(step, place(step)));
  const bool maximum = step.kind == StepKind::all_reduce_max;
  transport_.all_reduce(call, arithmetic_.type(), maximum ? Reduction::max : Reduction::sum, bytes);
  LocalTensor& result = make(step);
  unpack(bytes, result);
  if (step.kind != StepKind::all_reduce_avg) return;
  const std::uint64_t members = arithmetic_.number(static_cast<std::int64_t>(step.members.size()));
  for (std::uint64_t& x : result.elements) x = arithmetic_.divide(x, members);
}

/// Rows in equal parts, and anything where sums are exact, go by a reduce-scatter. Of floating sums
/// in other parts the order of a reduce-scatter is not known: they are summed whole and cut.
void RankExecutor::scatter(const Step& step, const Call& call) {
  const LocalTensor& whole = operand(step, place(step));
  LocalTensor& out = make(step, place(step));
  const bool by_rows = step.kind != StepKind::reduce_scatter_cols;
  int first_row = 0;
  int first_column = 0;
  std::vector<std::size_t> counts;
  for (std::size_t m = 0; m < step.results.size(); ++m) {
    const PlanValue& part = plan_.values[static_cast<std::size_t>(step.results[m])];
    counts.push_back(elements(part));
    if (m >= place(step)) continue;
    first_row += by_rows ? part.rows : 0;
    first_column += by_rows ? 0 : part.width;
  }
  if (step.kind == StepKind::reduce_scatter || (by_rows && arithmetic_.exact())) {
    std::vector<std::byte> bytes(bytes_of(out));
    transport_.reduce_scatter(call, arithmetic_.type(), packed(whole), counts, bytes);
    return unpack(bytes, out);
  }
  std::vector<std::byte> bytes = packed(whole);
  transport_.all_reduce(call, arithmetic_.type(), Reduction::sum, bytes);
  LocalTensor sum = whole;
  unpack(bytes, sum);
  for (int r = 0; r < out.rows; ++r) {
    for (int j = 0; j < out.width; ++j) {
      out.at(r, j) = sum.at(first_row + r, first_column + j);
    }
  }
}

/// The rows of all members, one below the other.
LocalTensor RankExecutor::gathered(const std::vector<int>& operands, const Call& call) {
  const std::size_t own =
      static_cast<std::size_t>(std::ranges::find(call.members, rank_) - call.members.begin());
  std::vector<std::size_t> bytes;
  LocalTensor all = blank(operands[0]);
  all.rows = 0;
  all.elements.clear();
  for (const int operand : operands) {
    const LocalTensor part = blank(operand);
    bytes.push_back(bytes_of(part));
    all.rows += part.rows;
    all.elements.insert(all.elements.end(), part.elements.begin(), part.elements.end());
  }
  std::vector<std::byte> received(bytes_of(all));
  transport_.all_gather(call, packed(values_.at(operands[own])), bytes, received);
  unpack(received, all);
  return all;
}

void RankExecutor::gather(const Step& step, const Call& call) {
  const LocalTensor all = gathered(step.operands, call);
  LocalTensor& out = make(step);
  if (step.kind == StepKind::all_gather) {
    out.elements = all.elements;
    return;
  }
  // What came is one block of columns after the other.
  std::size_t next = 0;
  int column = 0;
  for (const int operand : step.operands) {
    const int width = plan_.values[static_cast<std::size_t>(operand)].width;
    for (int r = 0; r < out.rows; ++r) {
      for (int j = 0; j < width; ++j) out.at(r, column + j) = all.elements[next++];
    }
    column += width;
  }
}

/// The ids of all rows; only experts that this member answers for stay.
void RankExecutor::dispatch(const Step& step, const Call& call) {
  const LocalTensor all = gathered(step.operands, call);
  LocalTensor& out = make(step, place(step));
  for (std::size_t i = 0; i < all.elements.size(); ++i) {
    const auto expert = static_cast<std::int64_t>(all.elements[i]);
    const bool mine = owned_by(step, expert, place(step));
    out.elements[i] = static_cast<std::uint64_t>(mine ? expert : -1);
  }
}

/// Of each row that this member returns, whether the dispatch gave it to it.
std::vector<bool> RankExecutor::was_sent(const Step& step) const {
  const LocalTensor& returned = operand(step, place(step));
  std::vector<bool> sent(static_cast<std::size_t>(returned.rows), false);
  if (step.numbers[0] < 0) return sent;
  const Step& dispatch = plan_.steps[static_cast<std::size_t>(step.numbers[0])];
  const LocalTensor& delivered = values_.at(dispatch.results[place(dispatch)]);
  for (int r = 0; r < returned.rows; ++r) {
    for (int c = 0; c < delivered.width; ++c) {
      if (delivered.id(r, c) >= 0) sent[static_cast<std::size_t>(r)] = true;
    }
  }
  return sent;
}

/// The rows that the dispatch gave this member, for the members that they belong to: one byte a row
/// says whether it follows.
std::vector<std::vector<std::byte>> RankExecutor::returned_rows(const Step& step) const {
  const LocalTensor& returned = operand(step, place(step));
  const std::vector<bool> sent = was_sent(step);
  std::vector<std::vector<std::byte>> to(step.members.size());
  int at = 0;
  for (std::size_t m = 0; m < to.size(); ++m) {
    const int rows = plan_.values[static_cast<std::size_t>(step.results[m])].rows;
    for (int r = 0; r < rows; ++r, ++at) {
      const bool follows = sent[static_cast<std::size_t>(at)];
      to[m].push_back(std::byte{follows});
      if (!follows) continue;
      LocalTensor row{1, returned.width, false, {}};
      for (int j = 0; j < returned.width; ++j) row.elements.push_back(returned.at(at, j));
      const std::vector<std::byte> bytes = packed(row);
      to[m].insert(to[m].end(), bytes.begin(), bytes.end());
    }
  }
  return to;
}

/// The owner of a row adds what its ids ask for, in the order of the group.
void RankExecutor::combine(const Step& step, const Call& call) {
  const auto from = transport_.all_to_all(call, returned_rows(step));
  const LocalTensor& asked = operand(step, step.members.size() + place(step));
  LocalTensor& out = make(step, place(step));
  LocalTensor row{1, out.width, false, {}};
  row.elements.assign(static_cast<std::size_t>(out.width), 0);
  for (std::size_t holder = 0; holder < from.size(); ++holder) {
    std::span<const std::byte> rest = from[holder];
    for (int r = 0; r < out.rows; ++r) {
      const bool follows = rest.front() != std::byte{0};
      rest = rest.subspan(1);
      if (!follows) continue;
      unpack(rest, row);
      rest = rest.subspan(bytes_of(row));
      bool wanted = false;
      for (int c = 0; c < asked.width; ++c) wanted |= owned_by(step, asked.id(r, c), holder);
      for (int j = 0; wanted && j < out.width; ++j) {
        out.at(r, j) = arithmetic_.add(out.at(r, j), row.at(0, j));
      }
    }
  }
}

}  // namespace reducecheck::real
