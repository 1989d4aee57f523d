// SPDX-License-Identifier: Apache-2.0
#include "real/nccl/nccl_transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "real/calls/backend_error.hpp"
#include "real/nccl/check.hpp"

namespace reducecheck::real {
namespace {

constexpr int first_with_fp8 = 22'400;

/// fp8 by number: older headers have no name for it.
ncclDataType_t nccl_type(ElementType type) {
  switch (type) {
    case ElementType::mod64: return ncclUint64;
    case ElementType::fp32: return ncclFloat32;
    case ElementType::bf16: return ncclBfloat16;
    case ElementType::fp16: return ncclFloat16;
    case ElementType::fp8_e4m3:
    case ElementType::fp8_e5m2: break;
  }
  int version = 0;
  check_nccl(ncclGetVersion(&version), "ncclGetVersion", nullptr);
  if (version < first_with_fp8) {
    throw BackendError(fmt::format("NCCL {}.{} has no {}; 2.24 is the first that has",
                                   version / 10000, version / 100 % 100, facts(type).name));
  }
  return static_cast<ncclDataType_t>(type == ElementType::fp8_e4m3 ? 10 : 11);
}

ncclRedOp_t nccl_operation(Reduction reduction) {
  return reduction == Reduction::max ? ncclMax : ncclSum;
}

std::size_t total(std::span<const std::size_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
}

bool all_equal(std::span<const std::size_t> sizes) {
  return std::ranges::adjacent_find(sizes, std::ranges::not_equal_to()) == sizes.end();
}

std::byte* bytes_of(void* data) {
  return static_cast<std::byte*>(data);
}

/// What is called between its two ends is one call. An error inside is told after the end, because
/// a group that stays open swallows every later call.
template <class Calls>
ncclResult_t grouped(Calls calls) {
  const ncclResult_t begun = ncclGroupStart();
  const ncclResult_t inside = begun == ncclSuccess ? calls() : begun;
  const ncclResult_t ended = ncclGroupEnd();
  return inside == ncclSuccess || inside == ncclInProgress ? ended : inside;
}

/// One for each member, until the first that fails.
template <class OfMember>
ncclResult_t each_member(std::size_t members, OfMember of_member) {
  for (std::size_t m = 0; m < members; ++m) {
    const ncclResult_t result = of_member(m);
    if (result != ncclSuccess && result != ncclInProgress) return result;
  }
  return ncclSuccess;
}

}  // namespace

NcclTransport::NcclTransport(ControlClient& control, Communicators& communicators,
                             DeviceScratch& scratch)
    : control_(control),
      communicators_(communicators),
      stream_(scratch.stream),
      in_(scratch.in),
      out_(scratch.out) {}

void NcclTransport::add_group(const Partition& partition) {
  groups_[group_of(partition, control_.rank())] = communicators_.of(partition);
}

void NcclTransport::finish() {
  const Call end{.operation = "the end",
                 .reduction = "",
                 .type = "",
                 .members = whole_world(control_.size()).front(),
                 .text = "",
                 .at = {}};
  control_.agree(header_of(end, sequence_++), end.members);
  control_.leave();
}

ncclComm_t NcclTransport::group(const Call& call) const {
  const auto found = groups_.find(call.members);
  if (found == groups_.end()) throw BackendError("a collective over a group that was not made");
  return found->second;
}

void NcclTransport::to_device(DeviceBuffer& buffer, std::span<const std::byte> bytes) {
  void* data = buffer.reserve(bytes.size());
  if (bytes.empty()) return;
  check_cuda(
      cudaMemcpyAsync(data, bytes.data(), bytes.size(), cudaMemcpyHostToDevice, stream_.get()),
      "cudaMemcpyAsync");
  communicators_.idle(stream_, "cudaMemcpyAsync");
}

/// Only ever behind a wait: a copy to memory that is not pinned blocks until the stream is done.
void NcclTransport::to_host(std::span<std::byte> bytes, const DeviceBuffer& buffer) {
  if (bytes.empty()) return;
  check_cuda(cudaMemcpyAsync(bytes.data(), buffer.data(), bytes.size(), cudaMemcpyDeviceToHost,
                             stream_.get()),
             "cudaMemcpyAsync");
  communicators_.idle(stream_, "cudaMemcpyAsync");
}

template <class Launch>
void NcclTransport::run(const Call& call, const char* function, Launch launch) {
  const ncclComm_t comm = group(call);
  communicators_.run(header_of(call, sequence_++), call.members, function, comm, stream_,
                     [&] { return launch(comm); });
}

void NcclTransport::all_reduce(const Call& call, ElementType type, Reduction reduction,
                               std::span<std::byte> elements) {
  const ncclDataType_t nccl = nccl_type(type);
  to_device(in_, elements);
  out_.reserve(elements.size());
  run(call, "ncclAllReduce", [&](ncclComm_t comm) {
    return ncclAllReduce(in_.data(), out_.data(), elements.size() / facts(type).bytes, nccl,
                         nccl_operation(reduction), comm, stream_.get());
  });
  to_host(elements, out_);
}

void NcclTransport::reduce_scatter(const Call& call, ElementType type,
                                   std::span<const std::byte> in,
                                   std::span<const std::size_t> counts, std::span<std::byte> out) {
  const std::size_t bytes = facts(type).bytes;
  if (!all_equal(counts)) {
    std::vector<std::byte> sum(in.begin(), in.end());
    all_reduce(call, type, Reduction::sum, sum);
    const auto place = static_cast<std::size_t>(std::ranges::find(call.members, control_.rank()) -
                                                call.members.begin());
    const auto begin = static_cast<std::ptrdiff_t>(total(counts.first(place)) * bytes);
    std::copy_n(sum.begin() + begin, out.size(), out.begin());
    return;
  }
  const ncclDataType_t nccl = nccl_type(type);
  to_device(in_, in);
  out_.reserve(out.size());
  run(call, "ncclReduceScatter", [&](ncclComm_t comm) {
    return ncclReduceScatter(in_.data(), out_.data(), out.size() / bytes, nccl, ncclSum, comm,
                             stream_.get());
  });
  to_host(out, out_);
}

void NcclTransport::all_gather(const Call& call, std::span<const std::byte> own,
                               std::span<const std::size_t> bytes, std::span<std::byte> all) {
  to_device(in_, own);
  out_.reserve(all.size());
  if (all_equal(bytes)) {
    run(call, "ncclAllGather", [&](ncclComm_t comm) {
      return ncclAllGather(in_.data(), out_.data(), own.size(), ncclUint8, comm, stream_.get());
    });
  } else {
    run(call, "ncclBroadcast from each member", [&](ncclComm_t comm) {
      return grouped([&] {
        return each_member(bytes.size(), [&](std::size_t m) {
          return ncclBroadcast(in_.data(), bytes_of(out_.data()) + total(bytes.first(m)), bytes[m],
                               ncclUint8, static_cast<int>(m), comm, stream_.get());
        });
      });
    });
  }
  to_host(all, out_);
}

void NcclTransport::broadcast(const Call& call, std::span<std::byte> elements) {
  const auto root = std::ranges::find(call.members, call.root) - call.members.begin();
  to_device(in_, elements);
  out_.reserve(elements.size());
  run(call, "ncclBroadcast", [&](ncclComm_t comm) {
    return ncclBroadcast(in_.data(), out_.data(), elements.size(), ncclUint8,
                         static_cast<int>(root), comm, stream_.get());
  });
  to_host(elements, out_);
}

std::vector<std::byte> NcclTransport::exchanged(const Call& call, std::span<const std::byte> out,
                                                const std::vector<std::size_t>& sent,
                                                const std::vector<std::size_t>& received) {
  to_device(in_, out);
  std::vector<std::byte> in(total(received));
  out_.reserve(in.size());
  run(call, "ncclSend and ncclRecv", [&](ncclComm_t comm) {
    std::byte* from = bytes_of(in_.data());
    std::byte* to = bytes_of(out_.data());
    return grouped([&] {
      return each_member(sent.size(), [&](std::size_t m) {
        const auto peer = static_cast<int>(m);
        ncclResult_t result = ncclSuccess;
        if (sent[m] > 0) result = ncclSend(from, sent[m], ncclUint8, peer, comm, stream_.get());
        from += sent[m];
        if (received[m] == 0 || result != ncclSuccess) return result;
        result = ncclRecv(to, received[m], ncclUint8, peer, comm, stream_.get());
        to += received[m];
        return result;
      });
    });
  });
  to_host(in, out_);
  return in;
}

std::vector<std::vector<std::byte>> NcclTransport::all_to_all(
    const Call& call, const std::vector<std::vector<std::byte>>& to) {
  std::vector<std::size_t> sent;
  for (const std::vector<std::byte>& one : to) sent.push_back(one.size());
  const std::vector<std::size_t> one_size(to.size(), sizeof(std::size_t));
  Call sizes = call;
  sizes.text += " (sizes)";
  const std::vector<std::byte> announced =
      exchanged(sizes, std::as_bytes(std::span(sent)), one_size, one_size);
  std::vector<std::size_t> received(to.size());
  std::ranges::copy(announced, std::as_writable_bytes(std::span(received)).begin());
  return in_pieces(exchanged(call, joined(to), sent, received), received);
}

}  // namespace reducecheck::real
