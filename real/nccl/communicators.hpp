// SPDX-License-Identifier: Apache-2.0
// NCCL's communicators of one rank. None blocks: every wait looks at the control channel and at the
// deadline.
#pragma once

#include <nccl.h>

#include <map>
#include <string>

#include "real/calls/call_log.hpp"
#include "real/execute/groups.hpp"
#include "real/nccl/device.hpp"
#include "real/supervise/control_client.hpp"

namespace reducecheck::real {

class Communicators {
 public:
  /// None yet.
  Communicators(ControlClient& control, const CallLog& log) : control_(control), log_(log) {}

  /// Destroys them, unless abort() has ended them; on the way of an exception nothing.
  ~Communicators();
  Communicators(const Communicators&) = delete;
  Communicators& operator=(const Communicators&) = delete;

  /// Makes the communicator of all ranks. The device of this rank is chosen already. When it
  /// throws, what is half made is abort()'s to end. Collective. Throws: CallFailure, BackendError.
  void join();

  /// The communicator of this rank's group, made when it is first asked for. Collective over all
  /// ranks, also those whose group is another.
  ncclComm_t of(const Partition& partition);

  /// Runs `launch`, which calls NCCL for `comm` on `stream`, as one call that all members make, and
  /// returns when it is done. `function` is what NCCL calls it.
  template <class Launch>
  void run(const CallHeader& header, const std::vector<int>& members, const char* function,
           ncclComm_t comm, const Stream& stream, Launch launch) {
    begin(header, members);
    check_nccl_of(launch(), function, comm);
    settle(comm, function);
    idle(stream, comm, function);
    end();
  }

  /// Waits until the stream is idle, with an eye on the communicator of all ranks.
  void idle(const Stream& stream, const char* function) { idle(stream, world_, function); }

  /// Aborts all communicators, as every rank must when one gives up. Returns within a second or
  /// ends the process: an abort may hang.
  void abort() noexcept;

 private:
  void idle(const Stream& stream, ncclComm_t comm, const char* function);
  void begin(const CallHeader& header, const std::vector<int>& members);
  void end();
  void check_nccl_of(ncclResult_t code, const char* function, ncclComm_t comm) const;
  /// Waits until what was begun on the communicator is launched.
  void settle(ncclComm_t comm, const char* function);
  /// A wait begins; its turns are look().
  void begin_wait();
  void look(const char* function);
  /// `made` must live as long as this does.
  void split(const Partition& partition, ncclComm_t& made);

  ControlClient& control_;
  const CallLog& log_;
  ncclComm_t world_ = nullptr;
  std::map<Partition, ncclComm_t> groups_;
  std::int64_t until_ = 0;
  int turns_ = 0;
  std::string call_;
};

}  // namespace reducecheck::real
