// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target without libFuzzer: the corpus as it is, then seeded changes of it. A crash, an
// exception, a `require` that fails, more than a second of computing or a process 64 MiB larger
// than at its start is a finding: the input is saved, and the exit status is 1.
//   fuzz_NAME [--inputs N] [--seconds N] [--seed N] [--save FILE] PATH...
// PATH is an input or a folder of inputs. Seconds are those that the process computes. Without
// either number only the corpus runs, as when a saved input is tried again.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "props/fuzz/mutator.hpp"
#include "props/fuzz/target.hpp"

// A sanitizer's report ends in a signal too, so that the input is saved.
extern "C" const char* __asan_default_options() {  // NOLINT: the name that the sanitizer looks for
  return "abort_on_error=1:handle_abort=0:allocator_may_return_null=0";
}
extern "C" const char* __ubsan_default_options() {  // NOLINT
  return "abort_on_error=1:print_stacktrace=1";
}

namespace reducecheck::fuzz {
namespace {

constexpr long most_kibibytes = 64L << 10U;

struct Options {
  std::uint64_t inputs = 0;
  double seconds = 0;  // 0: no limit
  std::uint64_t seed = 1;
  std::string save = "finding";
  std::vector<std::string> paths;
};

/// What runs now, for the handler of a signal, which may allocate nothing.
struct Running {
  const char* save = "";
  const char* data = nullptr;
  std::size_t size = 0;
  std::uint64_t number = 0;              // counted from 1; the corpus comes first
  volatile std::sig_atomic_t ticks = 0;  // seconds that it has computed, at most one too many
};
Running running;

void say(std::string_view text) {
  static_cast<void>(!::write(STDOUT_FILENO, text.data(), text.size()));
}

void say(std::uint64_t number) {
  std::array<char, 24> digits{};
  char* const end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  say({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

[[noreturn]] void found(std::string_view what) {
  const int file = ::open(running.save, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  static_cast<void>(!::write(file, running.data, running.size));
  say("FOUND ");
  say(what);
  say(" at input ");
  say(running.number);
  say(", saved as ");
  say(running.save);
  say("\n");
  ::_exit(1);
}

void on_signal(int signal) {
  switch (signal) {
    case SIGABRT: found("an abort");
    case SIGFPE: found("a wrong division");
    default: found("an access to memory that is not there");
  }
}

void on_tick(int /*signal*/) {
  running.ticks = running.ticks + 1;
  if (running.ticks > 1) found("more than a second");
}

void watch() {
  static std::array<char, std::size_t{64} << 10U>
      stack;  // a handler also runs when the stack is full
  const stack_t other = {.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  ::sigaltstack(&other, nullptr);
  struct sigaction action = {};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = on_signal;
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    ::sigaction(signal, &action, nullptr);
  }
  action.sa_handler = on_tick;
  ::sigaction(SIGPROF, &action, nullptr);
  const itimerval each_second = {{1, 0}, {1, 0}};
  ::setitimer(ITIMER_PROF, &each_second, nullptr);
}

double computed_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The most memory that the process has had.
long kibibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

class FuzzRun {
 public:
  explicit FuzzRun(const Options& options) : options_(options) {
    running.save = options_.save.c_str();
    watch();
  }

  void run(const Mutator& mutator) {
    for (const std::string& text : mutator.corpus()) try_one(text);
    std::string text;
    text.reserve(std::size_t{1} << 17U);
    const std::uint64_t corpus = done_;
    while (goes_on(done_ - corpus)) {
      mutator.write(options_.seed, done_ - corpus, text);
      try_one(text);
    }
    const double seconds = computed_seconds() - began_;
    fmt::print(
        "{} inputs, {} of them the corpus, in {:.2f} s: {:.0f} inputs/s, slowest {:.1f} ms, "
        "{} KiB more memory, seed {}, nothing found\n",
        done_, corpus, seconds, static_cast<double>(done_) / seconds, 1e3 * slowest_,
        kibibytes() - before_, options_.seed);
  }

 private:
  [[nodiscard]] bool goes_on(std::uint64_t changed) const {
    if (options_.seconds > 0 && now_ - began_ >= options_.seconds) return false;
    return changed < options_.inputs || (options_.inputs == 0 && options_.seconds > 0);
  }

  void try_one(const std::string& text) {
    running.data = text.data();
    running.size = text.size();
    running.number = ++done_;
    running.ticks = 0;
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const double end = computed_seconds();
    slowest_ = std::max(slowest_, end - now_);
    now_ = end;
    if (watches_memory && kibibytes() - before_ > most_kibibytes) found("more than 64 MiB");
  }

#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool watches_memory = false;  // it keeps what is freed for a while
#else
  static constexpr bool watches_memory = true;
#endif

  Options options_;
  std::uint64_t done_ = 0;
  double began_ = computed_seconds();
  double now_ = began_;
  double slowest_ = 0;
  long before_ = kibibytes();
};

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> corpus_in(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    if (std::filesystem::is_directory(path)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    } else if (std::filesystem::is_regular_file(path)) {
      files.emplace_back(path);
    }
  }
  std::ranges::sort(files);  // not in the order of the disk
  std::vector<std::string> corpus;
  for (const auto& file : files) corpus.push_back(bytes_of(file));
  return corpus;
}

bool take_number(std::string_view text, std::uint64_t& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

/// Nothing where the words are no command.
std::optional<Options> options_in(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) {
      options.paths.emplace_back(word);
      continue;
    }
    if (++i == count) return std::nullopt;
    std::uint64_t number = 0;
    const bool numeric = take_number(words[i], number);
    if (word == "--inputs" && numeric) {
      options.inputs = number;
    } else if (word == "--seconds" && numeric) {
      options.seconds = static_cast<double>(number);
    } else if (word == "--seed" && numeric) {
      options.seed = number;
    } else if (word == "--save") {
      options.save = words[i];
    } else {
      return std::nullopt;
    }
  }
  return options;
}

}  // namespace
}  // namespace reducecheck::fuzz

int main(int count, char** words) {
  using namespace reducecheck::fuzz;
  const auto options = options_in(count, words);
  if (!options) {
    fmt::print(stderr, "usage: {} [--inputs N] [--seconds N] [--seed N] [--save FILE] PATH...\n",
               words[0]);
    return 2;
  }
  for (const std::string& path : options->paths) {
    if (std::filesystem::exists(path)) continue;
    fmt::print(stderr, "{}: no such file or folder: {}\n", words[0], path);
    return 2;
  }
  std::vector<std::string> corpus = corpus_in(options->paths);
  if (corpus.empty()) {
    fmt::print(stderr, "{}: no input to begin with: expected a file or a folder of files\n",
               words[0]);
    return 2;
  }
  FuzzRun(*options).run(Mutator(std::move(corpus)));
  return 0;
}
