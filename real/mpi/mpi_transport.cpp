// SPDX-License-Identifier: Apache-2.0
#include "real/mpi/mpi_transport.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "real/calls/call_failure.hpp"
#include "real/calls/deadline_alarm.hpp"
#include "real/mpi/element_sum.hpp"
#include "real/mpi/error.hpp"

namespace reducecheck::real {
namespace {

constexpr int header_tag = 7;

/// MPI 3 counts in int.
int as_count(std::size_t count) {
  if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw BackendError(fmt::format("{} elements or bytes in one call; MPI's limit is {}", count,
                                   std::numeric_limits<int>::max()));
  }
  return static_cast<int>(count);
}

/// Sizes and the places where each begins, as MPI wants them.
struct Parts {
  std::vector<int> counts;
  std::vector<int> begins;
  std::size_t total = 0;

  explicit Parts(std::span<const std::size_t> sizes) {
    for (const std::size_t size : sizes) {
      counts.push_back(as_count(size));
      begins.push_back(as_count(total));
      total += size;
    }
    as_count(total);
  }
};

}  // namespace

MpiTransport::MpiTransport(MPI_Comm world, int deadline_milliseconds, CallLog& log)
    : world_(world), deadline_(deadline_milliseconds), log_(log) {
  check_mpi(MPI_Comm_dup(world, &handshake_), "MPI_Comm_dup");
  check_mpi(MPI_Comm_rank(world, &rank_), "MPI_Comm_rank");
}

MpiTransport::~MpiTransport() {
  if (std::uncaught_exceptions() > 0) return;  // freeing waits for ranks that may be gone
  for (auto& [members, comm] : groups_) MPI_Comm_free(&comm);
  MPI_Comm_free(&handshake_);
}

void MpiTransport::add_group(const std::vector<int>& members) {
  MPI_Comm comm = MPI_COMM_NULL;
  const auto place = std::ranges::find(members, rank_) - members.begin();
  const int colour = *std::ranges::min_element(members);
  check_mpi(MPI_Comm_split(world_, colour, static_cast<int>(place), &comm), "MPI_Comm_split");
  const auto [at, is_new] = groups_.try_emplace(members, comm);
  if (!is_new) MPI_Comm_free(&comm);
}

MPI_Comm MpiTransport::group(const Call& call) const {
  const auto found = groups_.find(call.members);
  if (found == groups_.end()) throw BackendError("a collective over a group that was not made");
  return found->second;
}

void MpiTransport::give_up(const std::string& text, bool mismatch) {
  log_.write(mismatch ? CallEvent::mismatch : CallEvent::failure, text);
  throw CallFailure(text, mismatch);
}

void MpiTransport::compare(const CallHeader& own, int other, const CallHeader& theirs) {
  const std::string different = disagreement(own, theirs);
  if (different.empty()) return;
  const std::string mine = fmt::format("rank {} calls {}", rank_, told(own));
  const std::string its = fmt::format("rank {} calls {}", other, told(theirs));
  give_up(fmt::format("{} do not match: {}; {}", different, rank_ < other ? mine : its,
                      rank_ < other ? its : mine),
          true);
}

void MpiTransport::agree(const Call& call) {
  const CallHeader own = header_of(call, sequence_++);
  log_.write(CallEvent::enter, told(own));
  std::vector<int> others;
  std::ranges::remove_copy(call.members, std::back_inserter(others), rank_);
  std::vector<CallHeader> headers(others.size());
  std::vector<MPI_Request> requests(2 * others.size(), MPI_REQUEST_NULL);
  for (std::size_t i = 0; i < others.size(); ++i) {
    check_mpi(MPI_Irecv(&headers[i], sizeof(CallHeader), MPI_BYTE, others[i], header_tag,
                        handshake_, &requests[i]),
              "MPI_Irecv");
    check_mpi(MPI_Isend(&own, sizeof(CallHeader), MPI_BYTE, others[i], header_tag, handshake_,
                        &requests[others.size() + i]),
              "MPI_Isend");
  }
  std::vector<bool> came(others.size(), false);
  const std::int64_t until = steady_milliseconds() + deadline_;
  for (;;) {
    std::vector<int> done(requests.size());
    int count = 0;
    check_mpi(MPI_Testsome(static_cast<int>(requests.size()), requests.data(), &count, done.data(),
                           MPI_STATUSES_IGNORE),
              "MPI_Testsome");
    if (count == MPI_UNDEFINED) return;  // no request is left
    for (int k = 0; k < count; ++k) {
      const auto i = static_cast<std::size_t>(done[static_cast<std::size_t>(k)]);
      if (i >= others.size()) continue;
      came[i] = true;
      compare(own, others[i], headers[i]);
    }
    if (count > 0) continue;
    if (steady_milliseconds() > until) break;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  std::vector<int> missing;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (!came[i]) missing.push_back(others[i]);
  }
  give_up(fmt::format("rank {} did not come within {} ms to what rank {} calls: {}",
                      fmt::join(missing, ", "), deadline_, rank_, told(own)),
          false);
}

void MpiTransport::finish() {
  Call end{
      .operation = "the end", .reduction = "", .type = "", .members = {}, .text = "", .at = {}};
  int size = 1;
  check_mpi(MPI_Comm_size(world_, &size), "MPI_Comm_size");
  for (int r = 0; r < size; ++r) end.members.push_back(r);
  agree(end);
  log_.write(CallEvent::leave);
}

template <class Collective>
void MpiTransport::run(const Call& call, const char* function, Collective collective) {
  {
    const DeadlineAlarm alarm(log_, deadline_,
                              fmt::format("rank {} is {} ms in {}, which all members began: {}",
                                          rank_, deadline_, function, told(header_of(call, 0))));
    check_mpi(collective(), function);
  }
  log_.write(CallEvent::leave);
}

void MpiTransport::all_reduce(const Call& call, ElementType type, Reduction reduction,
                              std::span<std::byte> elements) {
  const std::vector<std::byte> own(elements.begin(), elements.end());
  agree(call);
  run(call, "MPI_Allreduce", [&] {
    return MPI_Allreduce(own.data(), elements.data(), as_count(own.size() / facts(type).bytes),
                         datatype(type), operation(type, reduction), group(call));
  });
}

void MpiTransport::reduce_scatter(const Call& call, ElementType type, std::span<const std::byte> in,
                                  std::span<const std::size_t> counts, std::span<std::byte> out) {
  const Parts parts(counts);
  agree(call);
  run(call, "MPI_Reduce_scatter", [&] {
    return MPI_Reduce_scatter(in.data(), out.data(), parts.counts.data(), datatype(type),
                              operation(type, Reduction::sum), group(call));
  });
}

void MpiTransport::all_gather(const Call& call, std::span<const std::byte> own,
                              std::span<const std::size_t> bytes, std::span<std::byte> all) {
  const Parts parts(bytes);
  agree(call);
  run(call, "MPI_Allgatherv", [&] {
    return MPI_Allgatherv(own.data(), as_count(own.size()), MPI_BYTE, all.data(),
                          parts.counts.data(), parts.begins.data(), MPI_BYTE, group(call));
  });
}

void MpiTransport::broadcast(const Call& call, std::span<std::byte> elements) {
  agree(call);
  run(call, "MPI_Bcast", [&] {
    return MPI_Bcast(elements.data(), as_count(elements.size()), MPI_BYTE, 0, group(call));
  });
}

std::vector<std::vector<std::byte>> MpiTransport::all_to_all(
    const Call& call, const std::vector<std::vector<std::byte>>& to) {
  std::vector<std::size_t> sent;
  for (const std::vector<std::byte>& one : to) sent.push_back(one.size());
  const std::vector<std::byte> out = joined(to);
  std::vector<std::size_t> received(to.size());
  agree(call);
  std::vector<std::byte> in;
  run(call, "MPI_Alltoallv", [&] {
    const int sizes = MPI_Alltoall(sent.data(), 1, MPI_UNSIGNED_LONG, received.data(), 1,
                                   MPI_UNSIGNED_LONG, group(call));
    if (sizes != MPI_SUCCESS) return sizes;
    const Parts going(sent);
    const Parts coming(received);
    in.resize(coming.total);
    return MPI_Alltoallv(out.data(), going.counts.data(), going.begins.data(), MPI_BYTE, in.data(),
                         coming.counts.data(), coming.begins.data(), MPI_BYTE, group(call));
  });
  return in_pieces(in, received);
}

}  // namespace reducecheck::real
