// SPDX-License-Identifier: Apache-2.0
// The gate must refuse this: a product and a sum with one rounding, asked for by name.
__global__ void fused(float* out, const float* in) {
  out[threadIdx.x] = __fmaf_rn(in[threadIdx.x], in[0], in[1]);
}
