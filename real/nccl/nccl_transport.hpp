// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "real/execute/transport.hpp"
#include "real/nccl/communicators.hpp"
#include "real/nccl/device.hpp"

namespace reducecheck::real {

/// Collectives of NCCL over buffers on the device, each copied there and back. Before each, the
/// control process compares what the members call; CallFailure says what does not match and who
/// does not come. Refusals of NCCL and CUDA are BackendError.
///
/// all_gather of equal parts is ncclAllGather, of other parts one ncclBroadcast from each member in
/// one group. reduce_scatter of equal parts is ncclReduceScatter, of other parts ncclAllReduce and
/// a cut. all_to_all is grouped ncclSend and ncclRecv, first of sizes. Bytes go as ncclUint8.
class NcclTransport final : public Transport {
 public:
  NcclTransport(ControlClient& control, Communicators& communicators, DeviceScratch& scratch);

  /// This rank's group of a partition. Collective over all ranks.
  void add_group(const Partition& partition);

  /// This rank makes no more calls of this run; compared with the others as a call is. Collective
  /// over all ranks.
  void finish();

  void all_reduce(const Call& call, ElementType type, Reduction reduction,
                  std::span<std::byte> elements) override;
  void reduce_scatter(const Call& call, ElementType type, std::span<const std::byte> in,
                      std::span<const std::size_t> counts, std::span<std::byte> out) override;
  void all_gather(const Call& call, std::span<const std::byte> own,
                  std::span<const std::size_t> bytes, std::span<std::byte> all) override;
  void broadcast(const Call& call, std::span<std::byte> elements) override;
  std::vector<std::vector<std::byte>> all_to_all(
      const Call& call, const std::vector<std::vector<std::byte>>& to) override;

 private:
  /// Waits until the copy is done.
  void to_device(DeviceBuffer& buffer, std::span<const std::byte> bytes);
  void to_host(std::span<std::byte> bytes, const DeviceBuffer& buffer);
  template <class Launch>
  void run(const Call& call, const char* function, Launch launch);
  [[nodiscard]] ncclComm_t group(const Call& call) const;
  /// What the members send each other, piece i to and from member i, as one call.
  std::vector<std::byte> exchanged(const Call& call, std::span<const std::byte> out,
                                   const std::vector<std::size_t>& sent,
                                   const std::vector<std::size_t>& received);

  ControlClient& control_;
  Communicators& communicators_;
  std::map<std::vector<int>, ncclComm_t> groups_;
  Stream& stream_;
  DeviceBuffer& in_;
  DeviceBuffer& out_;
  std::uint64_t sequence_ = 0;
};

}  // namespace reducecheck::real
