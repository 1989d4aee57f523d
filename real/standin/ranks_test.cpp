// SPDX-License-Identifier: Apache-2.0
#include "real/standin/ranks_test.hpp"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>

namespace reducecheck::standin {
namespace {

constexpr std::size_t most_ranks = 8;
constexpr std::size_t most_words = 2000;
using TestClock = std::chrono::steady_clock;

/// What the processes of a run see of each other.
struct SharedPage {
  std::atomic<bool> has_id = false;
  ncclUniqueId id{};
  std::array<std::array<char, most_words>, most_ranks> said{};
};

void pause_shortly() {
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

std::string make_and_run(const RankRun& run, TestRank& rank, RankBody body) {
  if (run.make_communicator) {
    const ncclResult_t made = ncclCommInitRank(&rank.comm, rank.ranks, rank.id, rank.rank);
    if (made != ncclSuccess) return ncclGetLastError(nullptr);
  }
  const std::string said = body(rank);
  if (rank.comm == nullptr) return said;
  const ncclResult_t ended = said.empty() ? ncclCommDestroy(rank.comm) : ncclCommAbort(rank.comm);
  return ended == ncclSuccess ? said : std::string("end: ") + ncclGetLastError(nullptr);
}

void run_rank(const RankRun& run, int number, SharedPage& page, RankBody body) {
  TestRank rank{.rank = number, .ranks = run.ranks};
  cudaSetDevice(number);
  if (number == 0) {
    ncclGetUniqueId(&page.id);
    page.has_id = true;
  }
  while (!page.has_id) pause_shortly();
  rank.id = page.id;
  const std::string said = make_and_run(run, rank, body);
  const std::size_t size = std::min(said.size(), most_words - 1);
  std::memcpy(page.said[static_cast<std::size_t>(number)].data(), said.data(), size);
}

/// A child that runs the ranks [first, last).
pid_t start(const RankRun& run, int first, int last, SharedPage& page, RankBody body) {
  const pid_t child = ::fork();
  if (child < 0) std::abort();  // to kill -1 at the end would be to kill every process
  if (child > 0) return child;
  for (const auto& [name, value] : run.environment) {
    ::setenv(("REDUCECHECK_" + name).c_str(), value.c_str(), 1);
  }
  std::vector<std::thread> threads;
  for (int rank = first + 1; rank < last; ++rank) {
    threads.emplace_back([&, rank] { run_rank(run, rank, page, body); });
  }
  run_rank(run, first, page, body);
  for (std::thread& thread : threads) thread.join();
  ::_exit(0);
}

int status_of(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/// Waits for all, and kills what stops or does not end when the others have.
void wait_for_all(const std::vector<pid_t>& children, RanEnd& end) {
  const auto begin = TestClock::now();
  std::vector<bool> over(children.size());
  std::vector<bool> gone(children.size());  // its number may be another's by now
  for (std::size_t left = children.size(); left > 0;) {
    for (std::size_t i = 0; i < children.size(); ++i) {
      int raw = 0;
      if (over[i] || ::waitpid(children[i], &raw, WNOHANG | WUNTRACED) != children[i]) continue;
      if (WIFSTOPPED(raw)) {
        end.status[i] = 128 + WSTOPSIG(raw);
        --left;  // the others must end without it
        over[i] = true;
        continue;
      }
      end.status[i] = status_of(raw);
      over[i] = gone[i] = true;
      --left;
    }
    end.hung = TestClock::now() - begin > std::chrono::seconds(10);
    if (end.hung) break;
    pause_shortly();
  }
  const auto lasted = TestClock::now() - begin;
  end.milliseconds =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(lasted).count());
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!gone[i] && ::kill(children[i], SIGKILL) == 0) ::waitpid(children[i], nullptr, 0);
  }
}

}  // namespace

RanEnd run_ranks(const RankRun& run, RankBody body) {
  void* memory = ::mmap(nullptr, sizeof(SharedPage), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto& page = *new (memory) SharedPage;
  std::vector<pid_t> children;
  if (run.processes) {
    for (int rank = 0; rank < run.ranks; ++rank) {
      children.push_back(start(run, rank, rank + 1, page, body));
    }
  } else {
    children.push_back(start(run, 0, run.ranks, page, body));
  }
  RanEnd end;
  end.status.resize(children.size());
  wait_for_all(children, end);
  for (int rank = 0; rank < run.ranks; ++rank) {
    end.said.emplace_back(page.said[static_cast<std::size_t>(rank)].data());
  }
  ::munmap(memory, sizeof(SharedPage));
  return end;
}

std::string all_said(const RanEnd& end) {
  std::string text = end.hung ? "hung\n" : "";
  for (std::size_t rank = 0; rank < end.said.size(); ++rank) {
    text += "rank " + std::to_string(rank) + ": " + end.said[rank] + "\n";
  }
  for (const int status : end.status) text += "status " + std::to_string(status) + "\n";
  return text + "after " + std::to_string(end.milliseconds) + " ms\n";
}

std::string wait_carefully(ncclComm_t comm, cudaStream_t stream) {
  for (;;) {
    ncclResult_t state = ncclSuccess;
    if (ncclCommGetAsyncError(comm, &state) != ncclSuccess) return "no state";
    if (state != ncclSuccess && state != ncclInProgress) return ncclGetLastError(comm);
    const cudaError_t query = cudaStreamQuery(stream);
    if (query == cudaSuccess) return "";
    if (query != cudaErrorNotReady) return cudaGetErrorString(query);
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

}  // namespace reducecheck::standin
