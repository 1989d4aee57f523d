// SPDX-License-Identifier: Apache-2.0
// The gate must refuse this: an array that no register can hold, because its index is data.
__global__ void planted(int* out, const int* in, int n) {
  int counts[16] = {};
  for (int i = 0; i < n; ++i) ++counts[in[i] & 15];
  out[threadIdx.x] = counts[threadIdx.x & 15];
}
