// SPDX-License-Identifier: Apache-2.0
// What the checker accepts, what it refuses, and that it shares nothing with the prover.
#include "sim/proof_check/proof_check_test.hpp"

#include <iostream>

namespace reducecheck::proof_check {
namespace {

TEST(ProofCheck, AcceptsTheMergedAllReduceAndThePerBranchOne) {
  int accepted = 0;
  for (const Certified& one : certified(merge)) {
    if (!one.proof) continue;
    const Answer answer = check(merge, one.variant, *one.proof);
    EXPECT_EQ(answer.status, 0) << answer.text;
    EXPECT_TRUE(answer.text.starts_with("accepted: " + one.variant + " of " + merge))
        << answer.text;
    ++accepted;
  }
  EXPECT_EQ(accepted, 2);
}

TEST(ProofCheck, AcceptsMostOfTheCatalogueAndSaysWhyNotTheRest) {
  int accepted = 0;
  int held = 0;
  for (const std::string& file : catalogue_files()) {
    for (const Certified& one : certified(file)) {
      if (!one.proof) continue;
      ++held;
      const Answer answer = check(file, one.variant, *one.proof);
      EXPECT_TRUE(answer.status == 0 || answer.status == 1) << file << ": " << answer.text;
      if (answer.status == 0) ++accepted;
      if (answer.status == 1) std::cout << answer.text;
    }
  }
  std::cout << accepted << " of " << held << " certificates accepted\n";
  EXPECT_GE(accepted * 10, held * 7);
}

TEST(ProofCheck, RefusesTheCertificateOfTheFixedTwinForTheWrongVariant) {
  int offered = 0;
  for (const std::string& file : catalogue_files()) {
    const std::vector<Certified> variants = certified(file);
    for (const Certified& right : variants) {
      if (!right.proof) continue;
      for (const Certified& wrong : variants) {
        if (wrong.proof) continue;
        json proof = json::parse(*right.proof);
        EXPECT_EQ(check(file, wrong.variant, *right.proof).status, 1);
        proof["variant"] = wrong.variant;
        const Answer answer = check(file, wrong.variant, proof.dump());
        EXPECT_EQ(answer.status, 1) << file << " " << wrong.variant << ": " << answer.text;
        ++offered;
      }
    }
  }
  EXPECT_GE(offered, 50);
}

TEST(ProofCheck, CertificatesAreTheSameBytesInTwoRuns) {
  for (const std::string& file : {merge, catalogue + "atom/mtp_trailing_ar.toml"}) {
    const std::vector<Certified> first = certified(file);
    const std::vector<Certified> second = certified(file);
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].proof, second[i].proof);
  }
}

TEST(ProofCheck, AnswersUnusableInputWithASentence) {
  const std::string proof = *certified(merge)[0].proof;
  const std::vector<std::string> texts = {"",
                                          "{",
                                          "[]",
                                          "null",
                                          "{\"format\":\"other\"}",
                                          std::string(100'000, '['),
                                          proof.substr(0, 5000)};
  for (const std::string& text : texts) {
    const Answer answer = check(merge, "merged", text);
    EXPECT_EQ(answer.status, 2) << answer.text;
    EXPECT_TRUE(answer.text.starts_with("reducecheck-proof-check: ")) << answer.text;
    EXPECT_EQ(answer.text.find("json.exception"), std::string::npos) << answer.text;
  }
  EXPECT_EQ(check(merge, "no_such", proof).status, 2);
  EXPECT_EQ(check(catalogue + "absent.toml", "merged", proof).status, 2);
  EXPECT_EQ(check("/dev/zero", "merged", proof).status, 2);
}

TEST(ProofCheck, SurvivesTheLossOfAnyPart) {
  const std::string variant = "merged";
  const json whole = json::parse(*certified(merge)[1].proof);
  const json flat = whole.flatten();
  std::size_t tried = 0;
  for (const auto& [path, value] : flat.items()) {
    if (++tried % 7 != 0) continue;  // each costs a run of the checker
    json broken = whole;
    broken[json::json_pointer(path)] = value.is_string() ? json(-1) : json("nothing");
    const int status = check(merge, variant, broken.dump()).status;
    EXPECT_TRUE(status == 1 || status == 2) << path << ": " << status;
  }
  EXPECT_GE(tried, 500U);
}

TEST(ProofCheck, IncludesNothingOfTheProverAndStaysSmall) {
  std::size_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator("sim/proof_check")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("pp") || name.find("_test.") != std::string::npos) continue;
    std::istringstream text(file_text(entry.path()));
    for (std::string line; std::getline(text, line); ++lines) {
      if (!line.starts_with("#include \"")) continue;
      const bool own = line.starts_with("#include \"sim/proof_check/");
      EXPECT_TRUE(own || line.starts_with("#include \"scenarios/")) << name << ": " << line;
    }
  }
  EXPECT_GE(lines, 1000U);
  EXPECT_LE(lines, 2200U);
}

}  // namespace
}  // namespace reducecheck::proof_check
