// SPDX-License-Identifier: Apache-2.0
// report ARCH LOG: registers and theoretical occupancy of each kernel in what `ptxas -v` said.
// Exit status 1 when a kernel takes more registers than the house allows, or when there is none.
#include <cuda_occupancy.h>
#include <cxxabi.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <string>

namespace {

constexpr int block_threads = 256;
constexpr int most_registers = 96;

/// What a multiprocessor of the architecture holds; the CUDA C++ programming guide's table of
/// technical specifications.
struct Multiprocessor {
  int threads;
  std::size_t shared_bytes;
};
Multiprocessor multiprocessor(int arch) {
  switch (arch) {
    case 75: return {1024, 64 * 1024};
    case 80: return {2048, 164 * 1024};
    case 86:
    case 88:
    case 89: return {1536, 100 * 1024};
    case 87: return {1536, 164 * 1024};
    case 120:
    case 121: return {1536, 100 * 1024};
    default: return {2048, 228 * 1024};
  }
}

/// The dynamic shared memory of the two kernels that ask for some, at most.
std::size_t shared_bytes(const std::string& kernel) {
  if (kernel.starts_with("LinearByTile")) return 16384;
  if (kernel.starts_with("NormByBlock")) return 4112;
  if (kernel.starts_with("Permute")) return 4100;
  return 0;
}

std::string without(std::string text, const std::string& word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
    text.erase(at, word.size());
  }
  return text;
}

/// From a symbol to the body in it: `Binary<Bf16, Plus>`.
std::string body_of(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  std::string name = demangled ? demangled.get() : symbol;
  name = without(name, "reducecheck::kernels::");
  name = without(without(name, "device::Context, "), "<device::Context>");
  const std::string open = "device::run_body<";
  const std::size_t begin = name.find(open);
  const std::size_t end = name.rfind(">(");
  if (begin == std::string::npos || end == std::string::npos) return name;
  name = name.substr(begin + open.size(), end - begin - open.size());
  while (name.ends_with(' ')) name.pop_back();
  return name;
}

/// Threads that are resident at once, of those that could be; negative when the library refuses.
int occupancy_percent(int arch, int registers, std::size_t shared) {
  const Multiprocessor limits = multiprocessor(arch);
  cudaOccDeviceProp device;
  device.computeMajor = arch / 10;
  device.computeMinor = arch % 10;
  device.maxThreadsPerBlock = 1024;
  device.maxThreadsPerMultiprocessor = limits.threads;
  device.regsPerBlock = 65536;
  device.regsPerMultiprocessor = 65536;
  device.warpSize = 32;
  device.sharedMemPerBlock = 48 * 1024;
  device.sharedMemPerMultiprocessor = limits.shared_bytes;
  device.numSms = 1;
  device.sharedMemPerBlockOptin = limits.shared_bytes - 1024;
  device.reservedSharedMemPerBlock = arch >= 80 ? 1024 : 0;
  cudaOccFuncAttributes kernel;
  kernel.maxThreadsPerBlock = 1024;
  kernel.numRegs = registers;
  kernel.sharedSizeBytes = 0;
  kernel.partitionedGCConfig = PARTITIONED_GC_OFF;
  kernel.shmemLimitConfig = FUNC_SHMEM_LIMIT_DEFAULT;
  kernel.maxDynamicSharedSizeBytes = 48 * 1024;
  kernel.numBlockBarriers = 1;
  const cudaOccDeviceState state;
  cudaOccResult result;
  const cudaOccError error = cudaOccMaxActiveBlocksPerMultiprocessor(&result, &device, &kernel,
                                                                     &state, block_threads, shared);
  if (error != CUDA_OCC_SUCCESS) return -1;
  return result.activeBlocksPerMultiprocessor * block_threads * 100 / limits.threads;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("expected: report ARCH LOG\n", stderr);
    return 2;
  }
  const int arch = std::atoi(argv[1]);
  std::ifstream log(argv[2]);
  const std::regex entry("Compiling entry function '([^']+)'");
  const std::regex used("Used ([0-9]+) registers");
  std::map<std::string, int> registers;
  std::string kernel;
  for (std::string line; std::getline(log, line);) {
    std::smatch match;
    if (std::regex_search(line, match, entry)) kernel = body_of(match[1]);
    if (std::regex_search(line, match, used)) registers[kernel] = std::stoi(match[1]);
  }
  int status = registers.empty() ? 1 : 0;
  std::printf("sm_%d: %zu kernels\n  registers  occupancy  kernel\n", arch, registers.size());
  for (const auto& [name, count] : registers) {
    const int percent = occupancy_percent(arch, count, shared_bytes(name));
    const bool refused = count > most_registers || percent <= 0;
    std::printf("  %9d  %8d%%  %s%s\n", count, percent, name.c_str(), refused ? "  REFUSED" : "");
    if (refused) status = 1;
  }
  return status;
}
