// SPDX-License-Identifier: Apache-2.0
#include "sim/judge/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reducecheck {

bool is_expert(const Source& source) {
  return !source.is_input && source.kind == WeightKind::experts;
}

bool is_plain(const Source& source) {
  return source.is_input || source.kind == WeightKind::vector || source.kind == WeightKind::table ||
         source.kind == WeightKind::scalar;
}

Evidence::Evidence(const Plan& p, const Run& r, const Mesh& m, const TangentRun& t,
                   const Consumer& c, const std::vector<NamedSize>& names)
    : plan(p), run(r), mesh(m), tangents(t), consumer(c), group_names(names) {
  const int section = c.step >= 0 ? p.steps[static_cast<std::size_t>(c.step)].section : 0;
  reading = read_coefficients(p, t, c, section);
  // What a scalar multiplies is the branch; its own coefficient only mirrors the fault.
  const auto scalar = [this](const Observation& o) {
    return source(o.addend).kind == WeightKind::scalar;
  };
  if (!std::ranges::all_of(reading.wrong, scalar)) std::erase_if(reading.wrong, scalar);
  for (const auto& rank : r.executions) {
    for (const Execution& execution : rank) steps_.insert(execution.step);
  }
}

/// Values that are right but stand where the consumer's wrong ones do: the output of other ranks.
std::vector<int> Evidence::beside() const {
  std::vector<int> values;
  if (consumer.output >= 0) {
    values = run.outputs[static_cast<std::size_t>(consumer.output)];
  } else {
    for (const WrongValue& wrong : consumer.values) values.push_back(wrong.value);
  }
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

const History* Evidence::history(const Observation& o) const {
  const WrongValue& wrong = consumer.values[static_cast<std::size_t>(o.value)];
  const auto& all = tangents.of(wrong.value).history;
  const auto entry = all.find(o.addend);
  return entry == all.end() ? nullptr : &entry->second;
}

int Evidence::first_multiple(const Observation& o) const {
  const History* h = history(o);
  if (h == nullptr) return -1;
  for (const int e : h->events) {
    const auto& multiplicity = event(e).multiplicity;
    const auto count = multiplicity.find(o.addend);
    if (count != multiplicity.end() && count->second > 1) return e;
  }
  return -1;
}

bool Evidence::brought_by_guard(int addend) const {
  const Addend& key = tangents.addend(addend);
  bool any = false;
  for (const int id : beside()) {
    for (const auto& [other, h] : tangents.of(id).history) {
      const Addend& o = tangents.addend(other);
      if (o.source != key.source || o.layer != key.layer) continue;
      any = true;
      if (!h.guarded) return false;
    }
  }
  return any;
}

bool Evidence::counts_somewhere(const Addend& addend) const {
  return std::ranges::any_of(beside(), [&](int id) {
    return std::ranges::any_of(tangents.of(id).history, [&](const auto& entry) {
      const Addend& o = tangents.addend(entry.first);
      return o.source == addend.source && o.layer == addend.layer;
    });
  });
}

bool Evidence::evaluated(int addend) const {
  const Addend& key = tangents.addend(addend);
  return std::ranges::any_of(steps_, [&](int index) {
    const Step& s = step(index);
    if (s.source != key.source || s.layer != key.layer) return false;
    if (s.kind != StepKind::experts && s.kind != StepKind::table) return false;
    return std::ranges::any_of(tangents.of(s.results[0]).history, [&](const auto& entry) {
      return tangents.addend(entry.first).expert == key.expert;
    });
  });
}

bool Evidence::called(int source_index) const {
  return std::ranges::any_of(steps_, [&](int index) {
    const Step& s = step(index);
    return s.source == source_index && (s.kind == StepKind::experts || s.kind == StepKind::table);
  });
}

bool Evidence::sum_follows(int addend) const {
  if (consumer.step < 0) return false;
  return std::ranges::any_of(tangents.events(), [&](const Event& e) {
    return e.step > consumer.step && steps_.contains(e.step) && e.multiplicity.contains(addend);
  });
}

bool Evidence::on_the_way(const Observation& o) const {
  const Addend& addend = tangents.addend(o.addend);
  std::vector<int> open{consumer.values[static_cast<std::size_t>(o.value)].value};
  std::set<int> seen;
  while (!open.empty()) {
    const int maker = value(open.back()).step;
    open.pop_back();
    if (maker < 0 || !seen.insert(maker).second) continue;
    const Step& s = step(maker);
    if (s.source == addend.source && s.layer == addend.layer) return true;
    open.insert(open.end(), s.operands.begin(), s.operands.end());
  }
  return false;
}

bool Evidence::all_members_hold(const Step& e, int source_index, std::int64_t expert) const {
  return std::ranges::all_of(e.members, [&](int rank) {
    return std::ranges::any_of(run.executions[static_cast<std::size_t>(rank)],
                               [&](const Execution& execution) {
                                 const Step& s = step(execution.step);
                                 return s.kind == StepKind::experts && s.source == source_index &&
                                        std::ranges::find(s.experts, expert) != s.experts.end();
                               });
  });
}

std::vector<std::string> Evidence::names(const std::set<int>& sources) const {
  std::vector<std::string> result;
  for (const int s : sources) result.push_back(tangents.source(s).name);
  return result;
}

bool Evidence::is_group_size(std::int64_t size) const {
  std::set<std::int64_t> sizes{1};
  for (int axis = 0; axis < mesh.axes(); ++axis) {
    std::set<std::int64_t> with;
    for (const std::int64_t other : sizes) with.insert(other * mesh.size(axis));
    sizes.merge(with);
  }
  return size > 1 && sizes.contains(size);
}

std::string Evidence::group_text(const Group& group) const {
  return group.axes.empty() ? "" : to_string(mesh, group);
}

Finding Evidence::start(const std::string& defect_class) const {
  Finding finding;
  finding.defect_class = defect_class;
  std::set<int> ranks;
  for (const WrongValue& wrong : consumer.values)
    ranks.insert(wrong.ranks.begin(), wrong.ranks.end());
  finding.ranks.assign(ranks.begin(), ranks.end());
  finding.detail = consumer.detail;
  if (consumer.step >= 0) {
    const Step& s = step(consumer.step);
    finding.operation = s.text;
    finding.at = s.at;
  } else {
    finding.output = plan.output_names[static_cast<std::size_t>(consumer.output)];
    finding.operation = "output " + finding.output;
  }
  return finding;
}

std::string Evidence::name_coefficient(const Coefficient& c, const std::string& preferred) const {
  const std::string text = show(c, plan);
  if (c.kind != Coefficient::Kind::number || c.power != 0) return text;
  const bool inverse = c.value.numerator() == 1 && c.value.denominator() > 1;
  const std::int64_t size = inverse ? c.value.denominator() : c.value.numerator();
  if (size <= 1 || (!inverse && !c.value.is_integer())) return text;
  const auto named = [&](const std::string& name) {
    return fmt::format("{} = {}{}", text, inverse ? "1/" : "", name);
  };
  for (const auto& [name, n] : group_names) {
    if (name == preferred && n == size) return named(name);
  }
  for (const auto& [name, n] : group_names) {
    if (n == size) return named(name);
  }
  return text;
}

}  // namespace reducecheck
