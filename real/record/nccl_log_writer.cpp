// SPDX-License-Identifier: Apache-2.0
#include "real/record/nccl_log_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace reducecheck::real {
namespace {

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
    before_ += line;
  } else {
    put_all(rank->second.file, line);
  }
}

std::string NcclLogWriter::number(Rank& rank, const void* communicator) const {
  const auto found = rank.numbers.find(communicator);
  return found == rank.numbers.end() ? "unknown" : std::to_string(found->second);
}

void NcclLogWriter::plain(const std::string& operation, int device) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  write(device, {operation, {}});
}

void NcclLogWriter::init(int device, int ranks, int rank) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  // A call with a handle of no communicator may have come before.
  if (!ranks_.contains(device) || ranks_[device].file < 0) {
    const std::string name = folder_ + "/" + nccl_log_name(rank);
    const int file =
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    ranks_[device].file = file;
    put_all(file, std::string(nccl_log_format) + '\n' + std::exchange(before_, ""));
  }
  Rank& own = ranks_[device];
  own.unnamed.push_back(own.communicators);
  write(device, {"CommInit",
                 {{"comm", std::to_string(own.communicators++)},
                  {"ranks", std::to_string(ranks)},
                  {"rank", std::to_string(rank)}}});
}

void NcclLogWriter::split(int device, const void* parent, int color, int key, bool joins) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  Rank& own = ranks_[device];
  std::string made = "none";
  if (joins) {
    own.unnamed.push_back(own.communicators);
    made = std::to_string(own.communicators++);
  }
  write(device, {"CommSplit",
                 {{"comm", number(own, parent)},
                  {"color", std::to_string(color)},
                  {"key", std::to_string(key)},
                  {"made", made}}});
}

void NcclLogWriter::made(int device, const void* communicator) {
  if (!enabled()) return;
  const std::lock_guard lock(mutex_);
  Rank& own = ranks_[device];
  if (own.unnamed.empty()) return;
  // A handle may be that of a communicator that was destroyed.
  own.numbers[communicator] = own.unnamed.front();
  own.unnamed.erase(own.unnamed.begin());
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
