// SPDX-License-Identifier: Apache-2.0
// Certificates: the whole proof checker, its `main` under another name, on one scenario. Of each
// certificate it says that it is accepted, refused or unusable; and of a variant that is wrong none
// is ever accepted. A first byte `w` asks for the wrong variant, any other for the right one.
#include <array>
#include <iostream>
#include <sstream>
#include <string>

#include "props/fuzz/memory_file.hpp"

int reducecheck_proof_check_main(int count, char** arguments);

namespace reducecheck::fuzz {
namespace {

struct Answer {
  int status = 0;
  std::string text;  // of both streams
};

/// What the checker says of the file.
Answer checked(std::string variant, std::string certificate) {
  std::string name = "reducecheck-proof-check";
  std::string scenario = REDUCECHECK_SOURCE_DIR "/props/fuzz/test_data/certified.toml";
  std::array<char*, 4> arguments = {name.data(), scenario.data(), variant.data(),
                                    certificate.data()};
  std::ostringstream written;
  std::streambuf* const out = std::cout.rdbuf(written.rdbuf());
  std::streambuf* const err = std::cerr.rdbuf(written.rdbuf());
  const int status = reducecheck_proof_check_main(4, arguments.data());
  std::cout.rdbuf(out);
  std::cerr.rdbuf(err);
  return {status, written.str()};
}

/// The planted checker looks at the right variant, whichever the certificate is of.
std::string asked_about(bool wrong, std::string& certificate) {
  if (!wrong) return "fixed";
  if (!planted) return "buggy";
  const std::size_t at = certificate.find("\"buggy\"");
  if (at != certificate.npos) certificate.replace(at, 7, "\"fixed\"");
  return "fixed";
}

}  // namespace
}  // namespace reducecheck::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace reducecheck::fuzz;
  if (size == 0) return 0;
  static const MemoryFile file;
  const bool wrong = data[0] == 'w';
  std::string certificate(text_of(data, size).substr(1));
  const std::string variant = asked_about(wrong, certificate);
  file.fill(certificate);
  const auto [status, text] = checked(variant, file.path());
  require_printable(text);
  require(status >= 0 && status <= 2, "an exit status that nobody knows");
  const std::string_view begin = status == 0   ? "accepted: "
                                 : status == 1 ? "refused: "
                                               : "reducecheck-proof-check: ";
  require(text.starts_with(begin), "an answer that is not what the exit status says");
  require(!wrong || status != 0, "a certificate of a wrong variant is accepted");
  return 0;
}
