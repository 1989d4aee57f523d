// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "kernels/body/contents.hpp"
#include "kernels/golden/cases.hpp"

namespace reducecheck::kernels::golden {
namespace {

template <class E>
Bytes encodings_of(std::uint64_t key, std::size_t n, bool tame) {
  using Stored = typename E::Stored;
  Bytes bytes(n * sizeof(Stored));
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t hash = mixed(mixed(key) + i * weyl_step);
    const Stored value = tame ? content<E>(hash, 0) : static_cast<Stored>(hash >> 13);
    std::memcpy(bytes.data() + i * sizeof(Stored), &value, sizeof(Stored));
  }
  return bytes;
}

Bytes encodings(Element type, std::uint64_t key, std::size_t n, bool tame) {
  switch (type) {
    case Element::fp32: return encodings_of<Fp32>(key, n, tame);
    case Element::bf16: return encodings_of<Bf16>(key, n, tame);
    case Element::fp16: return encodings_of<Fp16>(key, n, tame);
    case Element::u64: break;
  }
  return encodings_of<U64>(key, n, tame);
}

template <class E>
void make_nan_one(Bytes& bytes) {
  using Stored = typename E::Stored;
  for (std::size_t at = 0; at + sizeof(Stored) <= bytes.size(); at += sizeof(Stored)) {
    Stored value = 0;
    std::memcpy(&value, bytes.data() + at, sizeof(Stored));
    if (E::is_nan(value)) std::memset(bytes.data() + at, 0xff, sizeof(Stored));
  }
}

}  // namespace

const void* GoldenRun::held(const Bytes& bytes) {
  held_.emplace_back(bytes.size());
  held_.back().write(bytes.data(), bytes.size());
  return held_.back().data();
}

const void* GoldenRun::tame(std::uint64_t key, std::size_t n) {
  return held(encodings(type, key, n, true));
}

const void* GoldenRun::wild(std::uint64_t key, std::size_t n) {
  return held(encodings(type, key, n, false));
}

const std::int32_t* GoldenRun::table(const std::vector<std::int32_t>& values) {
  Bytes bytes(values.size() * sizeof(std::int32_t));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return static_cast<const std::int32_t*>(held(bytes));
}

Bytes left_by(const GoldenCase& one, std::uint64_t repetition, Rung rung) {
  Bytes bytes(one.bytes, 0xa5);
  const SiteMemory out(one.bytes);
  out.write(bytes.data(), bytes.size());
  GoldenRun run(one.type, queue_of(repetition), rung);
  one.launch(run, out.data());
  finish(run.queue);
  out.read(bytes.data(), bytes.size());
  const bool numbers = !one.name.starts_with("compare");
  if (numbers && one.type == Element::fp32) make_nan_one<Fp32>(bytes);
  if (numbers && one.type == Element::bf16) make_nan_one<Bf16>(bytes);
  if (numbers && one.type == Element::fp16) make_nan_one<Fp16>(bytes);
  return bytes;
}

std::uint64_t digest_of(const Bytes& bytes) {
  std::uint64_t digest = 0xcbf29ce484222325U;
  for (const unsigned char byte : bytes) digest = (digest ^ byte) * 0x100000001b3U;
  return digest;
}

std::string name_of(Element type) {
  switch (type) {
    case Element::fp32: return "fp32";
    case Element::bf16: return "bf16";
    case Element::fp16: return "fp16";
    case Element::u64: break;
  }
  return "u64";
}

}  // namespace reducecheck::kernels::golden
