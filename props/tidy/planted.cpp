// SPDX-License-Identifier: Apache-2.0
#include "props/tidy/planted.hpp"

namespace reducecheck::tidy {
namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// A CMakeLists.txt that installs the header.
SourceFile installing(const std::string& folder, const std::string& header) {
  return {folder + "/CMakeLists.txt",
          "target_sources(lib PRIVATE own.hpp\n  PUBLIC FILE_SET HEADERS BASE_DIRS x FILES " +
              header + ")\n"};
}

Rule include_rule() {
  return {.name = "IncludeArrows",
          .violations = include_arrows,
          .planted = {{{"scenarios/a.cpp", "#include \"sim/run/run.hpp\"\n"}},
                      {{"scenarios/a.cpp", "#include <Eigen/Core>\n"}},
                      {{"scenarios/a.cpp", "#include <gtest/gtest.h>\n"}},
                      {{"sim/a.cpp", "#include <vector>\n#include \"kernels/sum.hpp\"\n"}},
                      {{"sim/a.cpp", "#include <mpi.h>\n"}},
                      {{"sim/a_test.cpp", "#include \"props/generators.hpp\"\n"}},
                      {{"sim/a.cpp", "#include \"a.hpp\"\n"}},
                      {{"sim/a.cpp", "#include \"sim/a.hpp\"\n"},
                       {"sim/a.hpp", "#include <gtest/gtest.h>\n"}},
                      {{"kernels/a.cu", "#include \"scenarios/mesh/mesh.hpp\"\n"}},
                      {{"real/a.cpp", "#include \"sim/run/run.hpp\"\n"},
                       installing("sim/run", "run.hpp")},
                      {{"real/a.cpp", "#include \"sim/judge/own.hpp\"\n"},
                       installing("sim/judge", "check.hpp")}},
          .kept = {{"scenarios/a.cpp", "#include <toml++/toml.h>\n#include <fmt/core.h>\n"},
                   {"scenarios/a_test.cpp", "#include <gtest/gtest.h>\n"},
                   {"sim/a.cpp", "#include <Eigen/Core>\n// #include <mpi.h>\n"},
                   {"sim/a_test.cpp", "#include \"sim/helper.hpp\"\n"},
                   {"sim/helper.hpp", "#include <gtest/gtest.h>\n"},
                   {"kernels/a.cu", "#include <cuda_runtime.h>\n"},
                   {"real/a.cpp", "#include <mpi.h>\n#include \"sim/judge/check.hpp\"\n"},
                   installing("sim/judge", "check.hpp"),
                   {"props/a.cpp", "#include <mpi.h>\n#include \"sim/run/run.hpp\"\n"}}};
}

Rule public_header_rule() {
  return {.name = "PublicHeaders",
          .violations = public_headers,
          .planted = {{installing("sim", "a.hpp"), {"sim/a.hpp", "#include <Eigen/Core>\n"}},
                      {installing("sim", "a.hpp"), {"sim/a.hpp", "#include \"sim/own.hpp\"\n"}}},
          .kept = {installing("sim", "a.hpp"),
                   {"sim/a.hpp", "#include <vector>\n#include <fmt/core.h>\n"},
                   {"sim/own.hpp", "#include <Eigen/Core>\n"}}};
}

Rule definition_rule() {
  const std::string one = "namespace a {\nstruct B {\n};\n}  // namespace a\n";
  return {.name = "Definitions",
          .violations = definitions,
          .planted = {{{"sim/a.hpp", one}, {"sim/b.hpp", one}},
                      {{"sim/a.hpp", one}, {"real/b.cpp", "namespace a {\nclass B final {\n"}}},
          .kept = {{"sim/a.hpp", one},
                   {"sim/b.hpp", "namespace a {\nstruct B;\nnamespace {\nstruct B {\n"},
                   {"sim/c.cpp", "namespace c {\nstruct B {\n};\n}  // namespace c\n"},
                   {"sim/d.cpp", "namespace a {\ntemplate <>\nstruct B<int> {\n"},
                   {"sim/e.cpp", "// namespace a {\nstruct B {\n"}}};
}

Rule licence_rule() {
  return {.name = "LicenceLines",
          .violations = licence_lines,
          .planted = {{{"sim/a.cpp", "#include <vector>\n"}}},
          .kept = {{"sim/a.cpp", "// SPDX-License-Identifier: Apache-2.0\nint x;\n"},
                   {"README.md", "# a\n"}}};
}

Rule line_rule() {
  return {.name = "LineLengths",
          .violations = line_lengths,
          .planted = {{{"sim/a.cpp", repeated("x", 101) + "\n"}}},
          .kept = {{"sim/a.cpp", repeated("x", 100) + "\n// " + repeated("ä", 97) + "\n"}}};
}

Rule file_rule() {
  return {.name = "FileLengths",
          .violations = file_lengths,
          .planted = {{{"sim/a.cpp", repeated("int x;\n", 301)}}},
          .kept = {{"sim/a.cpp", repeated("int x;\n", 300)}}};
}

Rule function_rule() {
  const std::string lines = repeated("  x += 1;\n", 58);
  const std::string more = lines + "  x += 1;\n";
  return {.name = "FunctionLengths",
          .violations = function_lengths,
          .planted = {{{"sim/a.cpp", "namespace a {\nint f(int x) {\n" + more + "}\n}\n"}},
                      {{"sim/a.cpp", "struct A {\n A() : a_{1}, b_{2} {\n" + more + "}\n};\n"}},
                      {{"sim/a.cpp", "template <class T = int>\nint f() {\n" + more + "}\n"}},
                      {{"sim/a.cpp", "bool operator==(A a, A b) {\n" + more + "}\n"}},
                      {{"sim/a.cpp", "const auto f = [](int x) {\n" + more + "};\n"}},
                      {{"sim/a.cpp", "int f(A a = {}) {\n" + more + "}\n"}},
                      {{"sim/a_test.cpp", "TEST(Suite, Case) {\n" + more + "}\n"}}},
          .kept = {{"sim/a.cpp", "int f(int x) {\n" + lines + "}\nint g() { return 1'000; }\n"},
                   {"sim/b.cpp", "struct A {\n" + repeated("  int f() {\n  }\n", 80) + "};\n"},
                   {"sim/c.cpp", "const T table[] = {\n" + repeated("  {f(1)},\n", 80) + "};\n"},
                   {"sim/d.cpp",
                    "const char* f() { return \"{\"; }  // {\n" + repeated("int g();\n", 80)},
                   {"sim/e.cpp", "enum class E {\n" + repeated("  a,\n", 80) + "};\n"}}};
}

Rule word_rule() {
  return {.name = "BannedWords",
          .violations = banned_words,
          .planted = {{{"CMakeLists.txt",
                        "add_compile_options(-march"
                        "=native)\n"}},
                      {{"sim/a.cpp",
                        "std::uniform_int"
                        "_distribution<int> d;\n"}},
                      {{"sim/a.cpp",
                        "int x = rand"
                        "();\n"}},
                      {{"sim/a.cpp",
                        "int x = std::rand"
                        "();\n"}},
                      {{"sim/a.cpp",
                        "out << std::"
                        "endl;\n"}},
                      {{"sim/a.cpp",
                        "using namespace "
                        "std;\n"}},
                      {{"sim/a.cpp",
                        "// TO"
                        "DO: all of it\n"}},
                      {{"sim/a.cpp",
                        "// FIX"
                        "ME\n"}}},
          .kept = {{"sim/a.cpp",
                    "int operand"
                    "(int x);\n// rand"
                    "() would not do\n"},
                   {"sim/b.cpp",
                    "auto s = \"std::"
                    "endl\";\nint token_distribution = 1;\n"},
                   {"README.md",
                    "TO"
                    "DO lists are fine here\n"}}};
}

Rule registration_rule() {
  const SourceFile root = {"CMakeLists.txt", "add_subdirectory(sim)\n"};
  const SourceFile sim = {"sim/CMakeLists.txt",
                          "target_sources(s ${CMAKE_CURRENT_SOURCE_DIR}/a.cpp run/b.cpp)\n"};
  return {.name = "Registrations",
          .violations = registrations,
          .planted = {{root, sim, {"sim/c.cpp", ""}},
                      {root, sim, {"sim/run/a.cpp", ""}},
                      {root, {"sim/CMakeLists.txt", "# a.cpp\n"}, {"sim/a.cpp", ""}},
                      {root, sim, {"sim/run/CMakeLists.txt", ""}}},
          .kept = {root,
                   sim,
                   {"sim/a.cpp", ""},
                   {"sim/run/b.cpp", ""},
                   {"props/user/CMakeLists.txt", "project(user)\n"}}};
}

Rule catalogue_rule() {
  return {.name = "CataloguePlaces",
          .violations = catalogue_places,
          .planted = {{{"scenarios/catalogue/a.toml", ""}},
                      {{"scenarios/catalogue/vllm/deeper/a.toml", ""}},
                      {{"scenarios/catalogue/vllm/A-name.toml", ""}},
                      {{"scenarios/catalogue/vllm/a.json", ""}},
                      {{"sim/a.toml", "[program]\n"}}},
          .kept = {{"scenarios/catalogue/vllm/a_name.toml", "[program]\n"},
                   {"sim/test_data/a.toml", "[program]\n"}}};
}

Rule macro_rule() {
  return {.name = "Macros",
          .violations = macros,
          .planted = {{{"sim/a.cpp", "#define X 1\n"}}, {{"sim/a.cpp", "# define X(a) a\n"}}},
          .kept = {{"sim/a.cpp", "#if defined(X)\n#endif\n// #define X\n"}}};
}

}  // namespace

std::vector<Rule> planted_rules() {
  return {include_rule(),      public_header_rule(), definition_rule(), licence_rule(),
          line_rule(),         file_rule(),          function_rule(),   word_rule(),
          registration_rule(), catalogue_rule(),     macro_rule()};
}

}  // namespace reducecheck::tidy
