// SPDX-License-Identifier: Apache-2.0
// What collectives compute, against loops over small numbers that every type holds exactly, and
// against the published examples of NCCL's orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "real/standin/ranks_test.hpp"

namespace reducecheck::standin {
namespace {

struct TypeLayout {
  ncclDataType_t type;
  int bytes;
  int exponent_bits;  // 0: an integer
  int fraction_bits;
};

constexpr TypeLayout layouts[] = {
    {ncclInt8, 1, 0, 0},     {ncclUint8, 1, 0, 0},      {ncclInt32, 4, 0, 0},
    {ncclUint32, 4, 0, 0},   {ncclInt64, 8, 0, 0},      {ncclUint64, 8, 0, 0},
    {ncclFloat16, 2, 5, 10}, {ncclFloat32, 4, 8, 23},   {ncclFloat64, 8, 11, 52},
    {ncclBfloat16, 2, 8, 7}, {ncclFloat8e4m3, 1, 4, 3}, {ncclFloat8e5m2, 1, 5, 2},
};

using TestBytes = std::vector<unsigned char>;

/// A small number in a type's own encoding.
void append_small(const TypeLayout& layout, unsigned value, TestBytes& bytes) {
  std::uint64_t encoding = value;
  if (layout.exponent_bits > 0 && value > 0) {
    const int exponent = static_cast<int>(std::bit_width(value)) - 1;
    const int bias = (1 << (layout.exponent_bits - 1)) - 1;
    const std::uint64_t fraction = value - (1U << exponent);
    const int shift = layout.fraction_bits - exponent;
    encoding = (static_cast<std::uint64_t>(exponent + bias) << layout.fraction_bits) +
               (shift >= 0 ? fraction << shift : fraction >> -shift);
  }
  for (int i = 0; i < layout.bytes; ++i) {
    bytes.push_back(static_cast<unsigned char>(encoding >> (8 * i)));
  }
}

/// Element i of rank r: 1 or 2, and for an average 0 or 4, so that every result is exact.
unsigned given(int r, std::size_t i, ncclRedOp_t op) {
  const auto odd = (static_cast<std::size_t>(r) * 5 + i * 3 + i / 7) % 2;
  return static_cast<unsigned>(op == ncclAvg ? 4 * odd : 1 + odd);
}

unsigned reduced(int ranks, std::size_t i, ncclRedOp_t op) {
  unsigned result = given(0, i, op);
  for (int r = 1; r < ranks; ++r) {
    const unsigned next = given(r, i, op);
    if (op == ncclSum || op == ncclAvg) result += next;
    if (op == ncclProd) result *= next;
    if (op == ncclMax) result = std::max(result, next);
    if (op == ncclMin) result = std::min(result, next);
  }
  return op == ncclAvg ? result / static_cast<unsigned>(ranks) : result;
}

/// One rank's view of one type and reduction.
class CheckedCollectives {
 public:
  CheckedCollectives(TestRank& rank, const TypeLayout& layout, ncclRedOp_t op)
      : rank_(rank), layout_(layout), op_(op) {
    cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking);
  }
  ~CheckedCollectives() { cudaStreamDestroy(stream_); }
  CheckedCollectives(const CheckedCollectives&) = delete;
  CheckedCollectives& operator=(const CheckedCollectives&) = delete;

  std::string all(std::size_t count) {
    count_ = count;
    std::string wrong;
    for (const bool in_place : {false, true}) {
      wrong += all_reduce(in_place) + reduce_scatter(in_place) + reduce(in_place);
      if (op_ == ncclSum) wrong += all_gather(in_place) + broadcast(in_place) + around();
    }
    return wrong;
  }

 private:
  /// Elements [first, first + count) that rank r gives, or what they are reduced to.
  [[nodiscard]] TestBytes own(int r, std::size_t first, std::size_t count) const {
    TestBytes bytes;
    for (std::size_t i = first; i < first + count; ++i) {
      append_small(layout_, given(r, i, op_), bytes);
    }
    return bytes;
  }
  [[nodiscard]] TestBytes result(std::size_t first, std::size_t count) const {
    TestBytes bytes;
    for (std::size_t i = first; i < first + count; ++i) {
      append_small(layout_, reduced(rank_.ranks, i, op_), bytes);
    }
    return bytes;
  }

  /// Fetches what the stream left and frees the buffers.
  std::string compare(const char* what, unsigned char* send, unsigned char* receive,
                      const unsigned char* at, const TestBytes& expected) {
    std::string wrong;
    if (cudaStreamSynchronize(stream_) != cudaSuccess) {
      wrong = std::string(what) + ": " + ncclGetLastError(rank_.comm) + "\n";
    } else if (!expected.empty() && from_device(at, expected.size()) != expected) {
      wrong = std::string(what) + " of type " + std::to_string(layout_.type) + ", reduction " +
              std::to_string(op_) + ", count " + std::to_string(count_) + " is wrong\n";
    }
    cudaFree(send);
    if (receive != send) cudaFree(receive);
    return wrong;
  }

  unsigned char* room(std::size_t elements) {
    return on_device(TestBytes(), elements * bytes() + 1);
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(layout_.bytes); }

  std::string all_reduce(bool in_place) {
    auto* send = on_device(own(rank_.rank, 0, count_), 1);
    auto* receive = in_place ? send : room(count_);
    ncclAllReduce(send, receive, count_, layout_.type, op_, rank_.comm, stream_);
    return compare("AllReduce", send, receive, receive, result(0, count_));
  }

  std::string reduce_scatter(bool in_place) {
    const auto r = static_cast<std::size_t>(rank_.rank);
    const std::size_t all = count_ * static_cast<std::size_t>(rank_.ranks);
    auto* send = on_device(own(rank_.rank, 0, all), 1);
    auto* receive = in_place ? send : room(count_);
    auto* at = in_place ? send + r * count_ * bytes() : receive;
    ncclReduceScatter(send, at, count_, layout_.type, op_, rank_.comm, stream_);
    return compare("ReduceScatter", send, receive, at, result(r * count_, count_));
  }

  std::string reduce(bool in_place) {
    const int root = rank_.ranks - 1;
    const bool is_root = rank_.rank == root;
    auto* send = on_device(own(rank_.rank, 0, count_), 1);
    auto* receive = in_place ? send : room(count_);
    ncclReduce(send, receive, count_, layout_.type, op_, root, rank_.comm, stream_);
    const TestBytes left = is_root    ? result(0, count_)
                           : in_place ? own(rank_.rank, 0, count_)
                                      : TestBytes();
    return compare("Reduce", send, receive, receive, left);
  }

  std::string all_gather(bool in_place) {
    const auto r = static_cast<std::size_t>(rank_.rank);
    TestBytes all;
    for (int i = 0; i < rank_.ranks; ++i) {
      const TestBytes part = own(i, 0, count_);
      all.insert(all.end(), part.begin(), part.end());
    }
    const TestBytes mine = own(rank_.rank, 0, count_);
    auto* receive = room(count_ * static_cast<std::size_t>(rank_.ranks));
    auto* send = in_place ? receive : on_device(mine, 1);
    auto* at = in_place ? receive + r * mine.size() : send;
    cudaMemcpy(at, mine.data(), mine.size(), cudaMemcpyHostToDevice);
    ncclAllGather(at, receive, count_, layout_.type, rank_.comm, stream_);
    return compare("AllGather", send, receive, receive, all);
  }

  std::string broadcast(bool in_place) {
    const int root = rank_.ranks > 1 ? 1 : 0;
    auto* send = on_device(own(rank_.rank, 0, count_), 1);
    auto* receive = in_place ? send : room(count_);
    ncclBroadcast(send, receive, count_, layout_.type, root, rank_.comm, stream_);
    return compare("Broadcast", send, receive, receive, own(root, 0, count_));
  }

  /// To the next rank and from the one before.
  std::string around() {
    const int next = (rank_.rank + 1) % rank_.ranks;
    const int before = (rank_.rank + rank_.ranks - 1) % rank_.ranks;
    auto* send = on_device(own(rank_.rank, 0, count_), 1);
    auto* receive = room(count_);
    ncclGroupStart();
    ncclSend(send, count_, layout_.type, next, rank_.comm, stream_);
    ncclRecv(receive, count_, layout_.type, before, rank_.comm, stream_);
    ncclGroupEnd();
    return compare("Send and Recv", send, receive, receive, own(before, 0, count_));
  }

  TestRank& rank_;
  TypeLayout layout_;
  ncclRedOp_t op_;
  cudaStream_t stream_ = nullptr;
  std::size_t count_ = 0;
};

std::string every_type_and_reduction(TestRank& rank) {
  std::string wrong;
  for (const TypeLayout& layout : layouts) {
    for (const ncclRedOp_t op : {ncclSum, ncclProd, ncclMax, ncclMin, ncclAvg}) {
      // An average over three is not exact.
      if (op == ncclAvg && rank.ranks == 3) continue;
      CheckedCollectives checked(rank, layout, op);
      if (op == ncclSum) wrong += checked.all(0) + checked.all(1);
      wrong += checked.all(37);
    }
  }
  return wrong;
}

class Collectives : public testing::TestWithParam<RankRun> {};

TEST_P(Collectives, AreRightForEveryTypeReductionAndPlace) {
  const RanEnd end = run_ranks(GetParam(), every_type_and_reduction);
  for (const std::string& said : end.said) EXPECT_EQ(said, "");
  EXPECT_EQ(end.status, std::vector<int>(end.status.size(), 0)) << all_said(end);
}

INSTANTIATE_TEST_SUITE_P(
    Ranks, Collectives,
    testing::Values(RankRun{.ranks = 4, .processes = false, .environment = {}},
                    RankRun{.ranks = 3, .environment = {{"STANDIN_ORDER", "tree"}}},
                    RankRun{.ranks = 2, .environment = {{"STANDIN_ORDER", "random"}}},
                    RankRun{.ranks = 1, .environment = {}}));

/// The sums of four addends whose order shows, one of each of NCCL's chunks, which are 16 bytes
/// here.
template <class T>
std::vector<T> sums(TestRank& rank, ncclDataType_t type, const std::vector<T>& addends) {
  constexpr std::size_t chunk = 16 / sizeof(T);
  T* buffer = on_device(std::vector<T>(4 * chunk, addends[static_cast<std::size_t>(rank.rank)]));
  ncclAllReduce(buffer, buffer, 4 * chunk, type, ncclSum, rank.comm, nullptr);
  cudaStreamSynchronize(nullptr);
  std::vector<T> chunks;
  for (std::size_t c = 0; c < 4; ++c) chunks.push_back(from_device(buffer + c * chunk, 1)[0]);
  return chunks;
}

std::string ordered_sums(TestRank& rank) {
  std::string text;
  for (const float x : sums<float>(rank, ncclFloat32, {1e8F, 1, -1e8F, 1})) {
    text += std::to_string(static_cast<int>(x)) + " ";
  }
  // 256, 1, 1, 1: in bfloat16 256 is 0x4380 and 260 is 0x4382.
  const std::vector<std::uint16_t> bf16 = {0x4380, 0x3f80, 0x3f80, 0x3f80};
  for (const std::uint16_t x : sums(rank, ncclBfloat16, bf16)) {
    text += std::to_string(256 + 2 * (x - 0x4380)) + " ";
  }
  return text;
}

TEST(Orders, AreThoseOfThePublishedExamples) {
  const std::pair<const char*, const char*> table[] = {
      {"ring", "0 1 0 1 260 260 256 256 "},
      {"tree", "0 0 0 0 260 260 260 260 "},
      {"rank", "1 1 1 1 256 256 256 256 "},
  };
  for (const auto& [order, expected] : table) {
    const RanEnd end = run_ranks(
        {.ranks = 4, .processes = false, .environment = {{"STANDIN_ORDER", order}}}, ordered_sums);
    for (const std::string& said : end.said) EXPECT_EQ(said, expected) << order;
  }
}

}  // namespace
}  // namespace reducecheck::standin
