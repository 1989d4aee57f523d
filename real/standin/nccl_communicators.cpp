// SPDX-License-Identifier: Apache-2.0
// Making, splitting, asking and ending communicators.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

#include "real/standin/hub.hpp"
#include "real/standin/nccl_state.hpp"

namespace reducecheck::standin {
namespace {

constexpr const char* id_word = "reducecheck-standin";

/// What is in a unique id.
struct HubAddress {
  std::string name;
  pid_t process = 0;
};

bool read_id(const ncclUniqueId& id, HubAddress& address) {
  std::istringstream stream(std::string(id.internal, ::strnlen(id.internal, sizeof id.internal)));
  std::string word;
  return stream >> word >> address.name >> address.process && word == id_word;
}

/// The links of this process, to tell when the last rank of a hub here goes.
std::vector<std::weak_ptr<Member>>& members_here() {
  static auto* all = new std::vector<std::weak_ptr<Member>>;
  return *all;
}

/// The rank of this process that uses the device for this hub, or -1.
int rank_with_device(const std::string& hub, int device) {
  for (const auto& weak : members_here()) {
    const std::shared_ptr<Member> member = weak.lock();
    if (member != nullptr && member->hub == hub && member->device == device) return member->rank;
  }
  return -1;
}

/// The hub of this process serves the others until they are done, or for that many milliseconds.
void serve_the_others(const std::string& hub, pid_t process, int milliseconds) {
  if (process != ::getpid()) return;
  {
    const auto held = Engine::the().lock();
    std::erase_if(members_here(), [](const auto& member) { return member.expired(); });
    for (const auto& weak : members_here()) {
      if (const auto member = weak.lock(); member != nullptr && member->hub == hub) return;
    }
  }
  const auto begin = std::chrono::steady_clock::now();
  const std::chrono::milliseconds patience(milliseconds);
  while (!hub_is_over(hub) && std::chrono::steady_clock::now() - begin < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

ncclResult_t init(ncclComm_t* handle, int ranks, const ncclUniqueId& id, int rank, bool blocking) {
  const int device = Engine::current_device();
  const int number = nccl_log().init(device, ranks, rank);
  const auto refused = [&](ncclResult_t code, const std::string& text) {
    nccl_log().failed("CommInit", device, code);
    return nccl_result(code, text);
  };
  HubAddress address;
  if (handle == nullptr) return refused(ncclInvalidArgument, "CommInit: comm is null");
  *handle = nullptr;
  if (ranks < 1 || rank < 0 || rank >= ranks) {
    return refused(ncclInvalidArgument, fmt::format("CommInit: rank {} of {}", rank, ranks));
  }
  if (!read_id(id, address)) {
    return refused(ncclInvalidArgument, "CommInit: the unique id is not of this library");
  }
  JoiningCommunicator joining;
  {
    const auto held = Engine::the().lock();
    if (const int other = rank_with_device(address.name, device); other >= 0) {
      return refused(ncclInvalidUsage,
                     fmt::format("CommInit: ranks {} and {} of one process both use device {}",
                                 other, rank, device));
    }
    joining.made = std::make_shared<ncclComm>();
    joining.handle = handle;
    joining.made->rank = rank;
    joining.made->size = ranks;
    joining.made->device = device;
    joining.made->blocking = blocking;
    joining.made->member =
        std::make_shared<Member>(address.name, address.process, ranks, rank, device);
    members_here().push_back(joining.made->member);
    Engine::the().add_source(joining.made->member);
    keep_communicator(joining.made);
    nccl_log().made(device, number, joining.made.get());
    *handle = joining.made.get();
  }
  if (open_group().depth > 0) {
    open_group().joining.push_back(joining);
    return ncclSuccess;
  }
  if (!blocking) return ncclInProgress;
  const ncclResult_t result = finish_joining(joining);
  if (result == ncclSuccess) return result;
  nccl_log().failed("CommInit", device, result);
  joining.made.reset();
  // Whoever is about to come should hear why there is no communicator.
  serve_the_others(address.name, address.process, settings().deadline_milliseconds / 4);
  return result;
}

/// Lets what was issued come to its end.
ncclResult_t drain(const std::shared_ptr<ncclComm>& communicator) {
  const Driven driven =
      Engine::the().drive([&] { return communicator->steps_done == communicator->steps; },
                          [&] { return is_error(communicator->state); });
  if (driven == Driven::reached) return ncclSuccess;
  const auto held = Engine::the().lock();
  if (driven == Driven::broken) return nccl_result(communicator->state, communicator->error);
  return nccl_result(ncclInternalError, "CommFinalize: calls of the communicator do not end");
}

/// A group that nobody closed would be lost with the communicator.
ncclResult_t group_must_be_closed(const char* operation) {
  if (open_group().depth == 0) return ncclSuccess;
  last_nccl_text() = fmt::format("{}: ncclGroupStart without ncclGroupEnd: {} calls were not made",
                                 operation, open_group().calls.size());
  return ncclInvalidUsage;
}

ncclResult_t finalise(const std::shared_ptr<ncclComm>& communicator) {
  if (communicator->finalised) return ncclSuccess;
  const ncclResult_t result = drain(communicator);
  const auto held = Engine::the().lock();
  communicator->finalised = true;
  communicator->member->tell(PacketKind::leave, communicator->group);
  return result;
}

}  // namespace
}  // namespace reducecheck::standin

using namespace reducecheck::standin;

extern "C" {

ncclResult_t ncclGetUniqueId(ncclUniqueId* uniqueId) {
  nccl_log().plain("GetUniqueId", Engine::current_device());
  if (uniqueId == nullptr) return nccl_result(ncclInvalidArgument, "GetUniqueId: null");
  const std::string name = start_hub();
  if (name.empty()) return nccl_result(ncclSystemError, "GetUniqueId: no local socket can be had");
  const std::string text = fmt::format("{} {} {}", id_word, name, ::getpid());
  *uniqueId = {};
  std::memcpy(uniqueId->internal, text.data(), std::min(text.size(), sizeof uniqueId->internal));
  return ncclSuccess;
}

ncclResult_t ncclCommInitRank(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank) {
  return init(comm, nranks, commId, rank, true);
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t* comm, int nranks, ncclUniqueId commId, int rank,
                                    ncclConfig_t* config) {
  const ncclConfig_t sound = NCCL_CONFIG_INITIALIZER;
  if (config != nullptr && config->magic != sound.magic) {
    return nccl_result(ncclInvalidArgument,
                       "CommInitRankConfig: config was not begun as NCCL_CONFIG_INITIALIZER");
  }
  return init(comm, nranks, commId, rank, config == nullptr || config->blocking != 0);
}

ncclResult_t ncclCommInitAll(ncclComm_t* comm, int ndev, const int* devlist) {
  const int before = Engine::current_device();
  if (comm == nullptr || ndev < 1 || ndev > settings().devices) {
    return nccl_result(ncclInvalidArgument,
                       fmt::format("CommInitAll: {} devices of {}", ndev, settings().devices));
  }
  ncclUniqueId id;
  ncclResult_t result = ncclGetUniqueId(&id);
  if (result != ncclSuccess) return result;
  ncclGroupStart();
  for (int i = 0; i < ndev && result == ncclSuccess; ++i) {
    const int device = devlist == nullptr ? i : devlist[i];
    if (cudaSetDevice(device) != cudaSuccess) {
      result = nccl_result(ncclInvalidArgument, fmt::format("CommInitAll: no device {}", device));
    } else {
      result = init(comm + i, ndev, id, i, true);
    }
  }
  Engine::current_device() = before;
  const ncclResult_t ended = ncclGroupEnd();
  return result == ncclSuccess ? ended : result;
}

ncclResult_t ncclCommSplit(ncclComm_t comm, int color, int key, ncclComm_t* newcomm,
                           ncclConfig_t*) {
  const std::shared_ptr<ncclComm> parent = known_communicator(comm, "CommSplit");
  if (parent == nullptr || newcomm == nullptr) return nccl_result(ncclInvalidArgument);
  *newcomm = nullptr;
  if (color < 0 && color != NCCL_SPLIT_NOCOLOR) {
    return nccl_result(ncclInvalidArgument, fmt::format("CommSplit: color {}", color));
  }
  JoiningCommunicator joining;
  {
    const auto held = Engine::the().lock();
    const int number = nccl_log().split(parent->device, comm, color, key, color >= 0);
    if (parent->state != ncclSuccess) return nccl_result(parent->state, parent->error);
    joining.made = std::make_shared<ncclComm>();
    joining.made->member = parent->member;
    joining.made->device = parent->device;
    joining.made->group = ~std::uint32_t{0};  // of no failure yet
    joining.handle = newcomm;
    joining.parent = parent;
    keep_communicator(joining.made);
    nccl_log().made(parent->device, number, joining.made.get());
    PacketHead head{.kind = PacketKind::split, .group = parent->group, .rank = parent->rank};
    head.sequence = parent->collectives++;
    head.root = color;
    head.extra = key;
    joining.answer = parent->member->ask(head, {}, nullptr, 0);
    ++parent->member->calls;
  }
  if (open_group().depth > 0) {
    open_group().joining.push_back(joining);
    return ncclSuccess;
  }
  return finish_joining(joining);
}

ncclResult_t ncclCommFinalize(ncclComm_t comm) {
  const std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommFinalize");
  if (communicator == nullptr) return ncclInvalidArgument;
  nccl_log().communicator("CommFinalize", communicator->device, comm);
  const ncclResult_t open = group_must_be_closed("CommFinalize");
  return open != ncclSuccess ? open : finalise(communicator);
}

ncclResult_t ncclCommDestroy(ncclComm_t comm) {
  std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommDestroy");
  if (communicator == nullptr) return ncclInvalidArgument;
  nccl_log().communicator("CommDestroy", communicator->device, comm);
  const ncclResult_t open = group_must_be_closed("CommDestroy");
  if (open != ncclSuccess) return open;
  const ncclResult_t result = finalise(communicator);
  const std::string hub = communicator->member->hub;
  const pid_t process = communicator->member->hub_process;
  bool sound = false;
  {
    const auto held = Engine::the().lock();
    sound = !is_error(communicator->state);
    communicator->aborted = true;  // what is left in streams is nothing any more
    forget_communicator(comm);
    communicator.reset();
  }
  if (sound) serve_the_others(hub, process, settings().deadline_milliseconds);
  return result;
}

ncclResult_t ncclCommAbort(ncclComm_t comm) {
  std::shared_ptr<ncclComm> communicator = known_communicator(comm, "CommAbort");
  if (communicator == nullptr) return ncclInvalidArgument;
  nccl_log().communicator("CommAbort", communicator->device, comm);
  const auto held = Engine::the().lock();
  communicator->aborted = true;
  if (!communicator->finalised) {
    communicator->member->tell(PacketKind::abandon, communicator->group);
  }
  forget_communicator(comm);
  return ncclSuccess;
}

}  // extern "C"
