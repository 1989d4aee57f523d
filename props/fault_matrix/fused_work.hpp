// SPDX-License-Identifier: Apache-2.0
// Internal to the fault matrix: a rank's products, either as they should be or with every product
// added before it is rounded.
#pragma once

#include "real/execute/local_work.hpp"

namespace reducecheck::matrix {

class FusedWork final : public real::LocalWork {
 public:
  explicit FusedWork(bool fused) : fused_(fused) {}

  bool product(real::ElementType type, const real::LocalTensor& x, const real::WeightBlock& weight,
               real::LocalTensor& out) override;

  // The rest is left to the executor.
  bool gate(real::ElementType, const real::LocalTensor&, const real::LocalTensor&,
            real::LocalTensor&) override {
    return false;
  }
  bool experts(real::ElementType, const real::LocalTensor&, const real::LocalTensor&,
               const real::ExpertWork&, real::LocalTensor&) override {
    return false;
  }
  bool add(real::ElementType, const real::LocalTensor&, const real::LocalTensor&,
           real::LocalTensor&) override {
    return false;
  }
  bool multiply(real::ElementType, const real::LocalTensor&, const real::LocalTensor&,
                real::LocalTensor&) override {
    return false;
  }
  bool scale(real::ElementType, const real::LocalTensor&, std::uint64_t,
             real::LocalTensor&) override {
    return false;
  }
  bool norm(real::ElementType, const real::LocalTensor&, const real::LocalTensor*,
            real::LocalTensor&) override {
    return false;
  }

 private:
  bool fused_;
};

}  // namespace reducecheck::matrix
