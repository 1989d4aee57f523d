// SPDX-License-Identifier: Apache-2.0
#include "real/record/nccl_log_writer.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <utility>

namespace reducecheck::real {
namespace {

/// A program may call without ever making a communicator.
constexpr std::size_t most_bytes_before = std::size_t{64} << 10;

/// The pointer that stands at `place` now, or nothing where there is no memory any more, or where a
/// process may not read its own so.
std::optional<const void*> pointer_at(const void* place) {
  const void* value = nullptr;
  const iovec here{&value, sizeof value};
  const iovec there{const_cast<void*>(place), sizeof value};
  if (::process_vm_readv(::getpid(), &here, 1, &there, 1, 0) != sizeof value) return std::nullopt;
  return value;
}

void put_all(int file, const std::string& text) {
  // A full disk loses the log only.
  const auto written = ::write(file, text.data(), text.size());
  static_cast<void>(written);
}

/// The value for `key`.
std::string field_value(const std::string& key, const LoggedTransfer& call) {
  if (key == "seq") return std::to_string(call.sequence);
  if (key == "count") return std::to_string(call.count);
  if (key == "type") return nccl_type_name(call.type);
  if (key == "redop") return nccl_reduction_name(call.reduction);
  if (key == "root" || key == "peer") return std::to_string(call.root);
  return call.in_place ? "in" : "out";
}

}  // namespace

NcclLogWriter::NcclLogWriter() {
  const char* folder = std::getenv(nccl_log_variable);
  if (folder != nullptr) folder_ = folder;
}

NcclLogWriter::~NcclLogWriter() {
  for (const auto& [device, rank] : ranks_) {
    if (rank.file >= 0) ::close(rank.file);
  }
}

void NcclLogWriter::write(int device, const NcclCall& call) {
  const auto rank = ranks_.find(device);
  const std::string line = line_of(call) + '\n';
  if (rank == ranks_.end() || rank->second.file < 0) {
    if (before_.size() + line.size() <= most_bytes_before) before_ += line;
  } else {
    put_all(rank->second.file, line);
  }
}

void NcclLogWriter::settle(Rank& rank) {
  std::erase_if(rank.later, [&](const auto& one) {
    const void* communicator = pointer_at(one.second).value_or(nullptr);
    // A handle may be that of a communicator that was destroyed.
    if (communicator != nullptr) rank.numbers[communicator] = one.first;
    return communicator != nullptr;
  });
}

std::string NcclLogWriter::number(Rank& rank, const void* communicator) {
  settle(rank);
  auto found = rank.numbers.find(communicator);
  if (found == rank.numbers.end() && rank.later.size() == 1 &&
      !pointer_at(rank.later.begin()->second)) {
    // No other communicator is on its way.
    found = rank.numbers.emplace(communicator, rank.later.begin()->first).first;
    rank.later.clear();
  }
  return found == rank.numbers.end() ? "unknown" : std::to_string(found->second);
}

void NcclLogWriter::plain(const std::string& operation, int device) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  write(device, {operation, {}});
}

int NcclLogWriter::init(int device, int ranks, int rank) {
  if (!enabled()) return -1;
  const std::lock_guard lock(mutex_);
  // A call with a handle of no communicator may have come before.
  if (!ranks_.contains(device) || ranks_[device].file < 0) {
    const std::string name = folder_ + "/" + nccl_log_name(rank);
    const int file =
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    ranks_[device].file = file;
    put_all(file, std::string(nccl_log_format) + '\n' + std::exchange(before_, ""));
  }
  const int made = ranks_[device].communicators++;
  write(device, {"CommInit",
                 {{"comm", std::to_string(made)},
                  {"ranks", std::to_string(ranks)},
                  {"rank", std::to_string(rank)}}});
  return made;
}

int NcclLogWriter::split(int device, const void* parent, int color, int key, bool joins) {
  if (!enabled()) return -1;
  const std::lock_guard lock(mutex_);
  Rank& own = ranks_[device];
  const int made = joins ? own.communicators++ : -1;
  write(device, {"CommSplit",
                 {{"comm", number(own, parent)},
                  {"color", std::to_string(color)},
                  {"key", std::to_string(key)},
                  {"made", joins ? std::to_string(made) : "none"}}});
  return made;
}

void NcclLogWriter::made(int device, int number, const void* communicator) {
  if (number < 0) return;
  const std::lock_guard lock(mutex_);
  ranks_[device].numbers[communicator] = number;
}

void NcclLogWriter::made_later(int device, int number, const void* place) {
  if (number < 0) return;
  const std::lock_guard lock(mutex_);
  Rank& own = ranks_[device];
  own.later[number] = place;
  settle(own);
}

void NcclLogWriter::look(int device) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  settle(ranks_[device]);
}

void NcclLogWriter::communicator(const std::string& operation, int device,
                                 const void* communicator) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  write(device, {operation, {{"comm", number(ranks_[device], communicator)}}});
}

void NcclLogWriter::transfer(int device, const LoggedTransfer& call) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  Rank& own = ranks_[device];
  if (call.stream != nullptr) {
    own.streams.try_emplace(call.stream, static_cast<int>(own.streams.size()) + 1);
  }
  NcclCall line{call.operation, {}};
  for (const std::string& key : *call_fields(call.operation)) {
    std::string value;
    if (key == "comm") {
      value = number(own, call.communicator);
    } else if (key == "stream") {
      value = std::to_string(call.stream == nullptr ? 0 : own.streams[call.stream]);
    } else {
      value = field_value(key, call);
    }
    line.fields.push_back({key, value});
  }
  write(device, line);
}

void NcclLogWriter::failed(const std::string& operation, int device, int result) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  write(device, {"Failed", {{"call", operation}, {"result", std::to_string(result)}}});
}

}  // namespace reducecheck::real
