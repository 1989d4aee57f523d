// SPDX-License-Identifier: Apache-2.0
// The gate must refuse this: a body that calls a function of the host.
#include <cstdlib>

struct HostCaller {
  int* out;
  template <class Ctx>
  __device__ void operator()(const Ctx&) const {
    *out = std::atoi("7");
  }
};
template <class B>
__global__ void run(B body) {
  body(0);
}
void launch(HostCaller body) {
  run<<<1, 1>>>(body);
}
