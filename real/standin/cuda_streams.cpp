// SPDX-License-Identifier: Apache-2.0
// Streams and events.
#include <fmt/format.h>

#include <map>
#include <memory>
#include <vector>

#include "real/standin/cuda_api.hpp"

namespace reducecheck::standin {

cudaError_t wait_for_point(const StreamPoint& point, const char* function) {
  const Driven driven = Engine::the().drive(
      [&] { return point.reached(); },
      [&] { return point.stream != nullptr && Engine::is_broken(*point.stream); });
  if (driven == Driven::reached) return cudaSuccess;
  if (driven == Driven::broken) return cuda_result(cudaErrorLaunchFailure);
  return cuda_result(cudaErrorLaunchFailure,
                     fmt::format("{}: the stream does not get to its end; it waits for work of "
                                 "another stream that nobody has enqueued or that cannot go on",
                                 function));
}

namespace {

/// The events that are not destroyed, under the engine's lock.
std::map<cudaEvent_t, std::unique_ptr<CUevent_st>>& events() {
  static auto* all = new std::map<cudaEvent_t, std::unique_ptr<CUevent_st>>;
  return *all;
}

cudaError_t create_stream(cudaStream_t* stream, unsigned int flags, const char* function) {
  if (const cudaError_t code = may_call(function); code != cudaSuccess) return code;
  if (stream == nullptr || flags > cudaStreamNonBlocking) {
    return cuda_result(cudaErrorInvalidValue);
  }
  if (!is_device_number(Engine::current_device())) return cuda_result(cudaErrorNoDevice);
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  *stream = engine.create_stream(flags == cudaStreamDefault);
  return cudaSuccess;
}

}  // namespace
}  // namespace reducecheck::standin

using namespace reducecheck::standin;

extern "C" {

cudaError_t cudaStreamCreate(cudaStream_t* pStream) {
  return create_stream(pStream, cudaStreamDefault, "cudaStreamCreate");
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* pStream, unsigned int flags) {
  return create_stream(pStream, flags, "cudaStreamCreateWithFlags");
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto known = stream == nullptr ? nullptr : engine.stream(stream);
  if (known == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
  known->destroyed = true;
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (const auto code = may_call("cudaStreamSynchronize"); code != cudaSuccess) return code;
  StreamPoint end;
  {
    Engine& engine = Engine::the();
    const auto held = engine.lock();
    const auto known = engine.stream(stream);
    if (known == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
    end = Engine::end_of(known);
  }
  return wait_for_point(end, "cudaStreamSynchronize");
}

cudaError_t cudaStreamQuery(cudaStream_t stream) {
  if (const auto code = may_call("cudaStreamQuery"); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto known = engine.stream(stream);
  if (known == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
  engine.drift();
  return Engine::end_of(known).reached() ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaDeviceSynchronize(void) {
  if (const auto code = may_call("cudaDeviceSynchronize"); code != cudaSuccess) return code;
  std::vector<StreamPoint> ends;
  {
    Engine& engine = Engine::the();
    const auto held = engine.lock();
    ends = engine.ends_of_device(Engine::current_device());
  }
  cudaError_t result = cudaSuccess;
  for (const StreamPoint& end : ends) {
    const cudaError_t code = wait_for_point(end, "cudaDeviceSynchronize");
    if (code != cudaSuccess) result = code;
  }
  return result;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned int flags) {
  if (const auto code = may_call("cudaStreamWaitEvent"); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto known = engine.stream(stream);
  const auto of_event = events().find(event);
  if (known == nullptr || of_event == events().end()) {
    return cuda_result(cudaErrorInvalidResourceHandle);
  }
  if (flags != 0) return cuda_result(cudaErrorInvalidValue);
  engine.wait_for(known, of_event->second->point);
  return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return cudaEventCreateWithFlags(event, cudaEventDefault);
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned int flags) {
  constexpr unsigned int known = cudaEventBlockingSync | cudaEventDisableTiming;
  if (event == nullptr || (flags & ~known) != 0) return cuda_result(cudaErrorInvalidValue);
  const auto held = Engine::the().lock();
  auto made = std::make_unique<CUevent_st>();
  *event = made.get();
  events()[*event] = std::move(made);
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  if (const auto code = may_call("cudaEventRecord"); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto known = engine.stream(stream);
  const auto of_event = events().find(event);
  if (known == nullptr || of_event == events().end()) {
    return cuda_result(cudaErrorInvalidResourceHandle);
  }
  of_event->second->point = Engine::end_of(known);
  return cudaSuccess;
}

cudaError_t cudaEventQuery(cudaEvent_t event) {
  if (const auto code = may_call("cudaEventQuery"); code != cudaSuccess) return code;
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto of_event = events().find(event);
  if (of_event == events().end()) return cuda_result(cudaErrorInvalidResourceHandle);
  engine.drift();
  return of_event->second->point.reached() ? cudaSuccess : cudaErrorNotReady;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (const auto code = may_call("cudaEventSynchronize"); code != cudaSuccess) return code;
  StreamPoint point;
  {
    const auto held = Engine::the().lock();
    const auto of_event = events().find(event);
    if (of_event == events().end()) return cuda_result(cudaErrorInvalidResourceHandle);
    point = of_event->second->point;
  }
  return wait_for_point(point, "cudaEventSynchronize");
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  const auto held = Engine::the().lock();
  if (events().erase(event) == 0) return cuda_result(cudaErrorInvalidResourceHandle);
  return cudaSuccess;
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t fn, void* userData) {
  if (const auto code = may_call("cudaLaunchHostFunc"); code != cudaSuccess) return code;
  if (fn == nullptr) return cuda_result(cudaErrorInvalidValue);
  Engine& engine = Engine::the();
  const auto held = engine.lock();
  const auto known = engine.stream(stream);
  if (known == nullptr) return cuda_result(cudaErrorInvalidResourceHandle);
  engine.enqueue(known, work_of([fn, userData] {
                   inside_host_function() = true;
                   fn(userData);
                   inside_host_function() = false;
                 }));
  return cudaSuccess;
}

}  // extern "C"
