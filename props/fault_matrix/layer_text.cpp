// SPDX-License-Identifier: Apache-2.0
#include "props/fault_matrix/layer_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace reducecheck::matrix {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

/// Tokens are cut unevenly over tp and owned over ep, experts lie over ep, inner features over tp.
constexpr const char* frame = R"toml(title = "a layer of the fault matrix"
source = "none"
mesh = {{ axes = ["ep", "tp"], ep = [{ep}], tp = [{tp}], ranks = 32 }}
sizes = {{ tokens = {tokens} }}
input = {{ x = "tokens / ep // tp, hidden" }}
output = {{ y = "tokens / ep // tp, hidden" }}

[weights]
gate = "linear(hidden, E)"
experts = "experts(E / ep, inter / tp)"
shared = "mlp(inter / tp)"
bias = "vector(hidden)"

[program]
reference = '''
p, ids = topk(gate(x), k)
p = p / sum(p)
routed = experts(x, ids, p)
branch = shared(x)
part = routed + branch
y = part + bias + x
'''

[variant]
)toml";

const Lines& right_lines() {
  static const Lines lines = {
      {"n", "n = ceil_div(tokens, tp)"},
      {"full", "full = all_gather(pad(x, n), tp)[:tokens]"},
      {"scores", "scores, ids = topk(gate(full), k)"},
      {"p", "p = scores / sum(scores)"},
      {"rx", "rx, rids, rp = dispatch(full, ids, p, experts, ep)"},
      {"out", "out = experts(rx, rids, rp)"},
      {"routed", "routed = combine(out, ids, experts, ep)"},
      {"branch", "branch = shared(full)"},
      {"part", "part = routed + branch"},
      {"total", "total = all_reduce(part, tp)"},
      {"mine", "mine = chunk(total, tp)"},
      {"y", "y = mine + bias + x"},
  };
  return lines;
}

std::string program(const char* name, const LayerFault* fault) {
  std::string text = fmt::format("{} = '''\n", name);
  for (const auto& [of, line] : right_lines()) {
    text += (fault != nullptr && fault->line == of ? fault->text : line) + '\n';
  }
  return text + "'''\n";
}

using C = FaultClass;

std::vector<LayerFault> contribution_faults() {
  return {
      {"drop", C::contribution, "one rank's part is not in the sum", "total",
       "total = all_reduce(0 * part if rank(tp) == tp - 1 else part, tp)"},
      {"twice", C::contribution, "one rank's part is in the sum twice", "total",
       "total = all_reduce(part, tp) + all_reduce(part if rank(tp) == tp - 1 else 0 * part, tp)"},
      {"swap", C::contribution, "two ranks are taken for each other", "full",
       "g = all_gather(pad(x, n), tp)\nfull = cat(g[n:2 * n], g[:n], g[2 * n:])[:tokens]",
       "token_layout"},
      {"stale", C::contribution, "one rank gives what its buffer held before", "total",
       "total = all_reduce(full if rank(tp) == tp - 1 else part, tp)"},
      {"own", C::contribution, "each rank leaves its own part out", "total",
       "total = all_reduce(part, tp) - part"},
      {"root", C::contribution, "a broadcast from a rank that has not the sum", "total",
       "s = all_reduce(part, tp)\ntotal = broadcast(s if rank(tp) == tp - 1 else part, tp)"},
  };
}

std::vector<LayerFault> placement_faults() {
  return {
      {"offset", C::layout, "a chunk begins one row late", "mine",
       "mine = chunk(cat(total[1:], total[:1]), tp)"},
      {"partial", C::layout, "the last, partial chunk is dropped", "full",
       "g = all_gather(pad(x, n), tp)\nfull = pad(g[:n * (tokens // n)], tokens)"},
      {"unpadded", C::layout, "the rest is not padded before it is gathered", "full",
       "full = all_gather(x, tp)"},
      {"overlap", C::layout, "chunks overlap by one row", "mine",
       "mine = chunk(cat(total[:n], total[n - 1:tokens - 1]), tp)"},
      {"alias", C::layout, "a gather in place overwrites what is read later", "y",
       "y = mine + bias + chunk(cat(full[:n], full[:tokens - n]), tp)"},
      {"stride", C::layout, "rows are read with another stride than they were written", "full",
       "g = all_gather(pad(x, n), tp)\ns = g[:0]\nfor i in range(n):\n    for j in range(tp): "
       "s = cat(s, g[j * n + i:j * n + i + 1])\nfull = s[:tokens]"},
      {"group_order", C::order, "rows are gathered in another order of the axes", "full",
       "full = chunk(all_gather(pad(x, n), tp * ep), ep)[:tokens]", "token_layout"},
  };
}

std::vector<LayerFault> routing_faults() {
  return {
      {"wrong_expert", C::routing, "each token goes to the next expert", "p",
       "p = scores / sum(scores)\nids = (ids + 1) % E"},
      {"duplicate", C::routing, "the first choice is taken for every choice", "p",
       "p = scores / sum(scores)\nq, one = topk(gate(full), 1)\nids = cat(one, one, dim=cols)"},
      {"gate", C::routing, "the weights of the choices are not made to sum to one", "p",
       "p = scores"},
      {"capacity", C::routing, "one rank drops an expert's tokens and the others do not", "out",
       "out = experts(rx, where(rids == 0, 0 * rids - 1, rids) if rank(tp) == 0 else rids, rp)"},
      {"inverse", C::routing, "results come back in another order than tokens went", "out",
       "r = experts(rx, rids, rp)\nout = cat(r[1:], r[:1])"},
      {"empty", C::routing, "an empty slot is taken for the rank's first expert", "out",
       "out = experts(rx, where(rids == -1, 0 * rids + rank(ep) * (E // ep), rids), rp)"},
  };
}

std::vector<LayerFault> matching_faults() {
  return {
      {"operation", C::matching, "one rank calls another operation", "total",
       "total = broadcast(part, tp) if rank(tp) == tp - 1 else all_reduce(part, tp)"},
      {"count", C::matching, "one rank gives another number of elements", "total",
       "total = all_reduce(cat(part, part[:1]) if rank(tp) == tp - 1 else part, tp)[:tokens]",
       "token_layout"},
      {"reduction", C::matching, "one rank takes the maximum instead of the sum", "total",
       "total = all_reduce(part, tp, op=\"max\") if rank(tp) == tp - 1 else all_reduce(part, tp)"},
      {"skip", C::matching, "one rank leaves a call out", "total",
       "total = part if rank(tp) == tp - 1 else all_reduce(part, tp)"},
      {"extra", C::matching, "one rank calls once more", "total",
       "total = all_reduce(part, tp)\nt = all_reduce(total, tp) if rank(tp) == tp - 1 else total"},
  };
}

}  // namespace

const std::vector<LayerFault>& faults_of_text() {
  static const std::vector<LayerFault> all = [] {
    std::vector<LayerFault> faults;
    for (const auto& some :
         {contribution_faults(), placement_faults(), routing_faults(), matching_faults()}) {
      faults.insert(faults.end(), some.begin(), some.end());
    }
    return faults;
  }();
  return all;
}

bool is_kind(const LayerFault& fault, const std::string& defect,
             const std::vector<std::string>& branches) {
  if (!fault.defect.empty()) return defect == fault.defect;
  // What says that an addend does not count once.
  static const std::set<std::string> counts = {
      "missing_reduce", "double_reduce", "wrong_group",     "once_guard_wrong",
      "missing_branch", "addend_in_sum", "scale_placement", "replicated_branch_in_sum",
      "ownership_count"};
  switch (fault.of) {
    case FaultClass::contribution: return counts.contains(defect);
    case FaultClass::layout: return defect == "token_layout";
    case FaultClass::routing:  // of the experts alone
      return (counts.contains(defect) || defect == "token_layout") &&
             branches == std::vector<std::string>{"experts"};
    case FaultClass::matching: return defect == "mismatched_collective";
    default: return false;
  }
}

std::string layer_text(const Setting& at, const LayerFault* fault) {
  std::string text = fmt::format(fmt::runtime(frame), fmt::arg("ep", at.ep), fmt::arg("tp", at.tp),
                                 fmt::arg("tokens", 4 * at.tp + 1));
  text += program("right", nullptr);
  if (fault != nullptr) text += program("faulty", fault);
  return text;
}

std::uint32_t line_of(const std::string& text, const std::string& program,
                      const std::string& name) {
  const std::size_t begin = text.find("\n" + program + " = '''");
  const std::size_t end = text.find("\n'''", begin + 1);
  const std::size_t at = text.rfind("\n" + name + " = ", end);
  if (at == std::string::npos || at < begin) return 0;
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return static_cast<std::uint32_t>(line + 2);
}

}  // namespace reducecheck::matrix
