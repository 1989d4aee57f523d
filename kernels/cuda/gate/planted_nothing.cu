// SPDX-License-Identifier: Apache-2.0
// The gate must let this pass: the twin of the planted ones.
struct Copier {
  int* out;
  const int* in;
  template <class Ctx>
  __device__ void operator()(const Ctx& thread) const {
    out[thread] = in[thread & 15];
  }
};
template <class B>
__global__ void run(B body) {
  body(threadIdx.x);
}
void launch(Copier body) {
  run<<<1, 32>>>(body);
}
