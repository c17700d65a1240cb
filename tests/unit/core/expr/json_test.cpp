#include "tests/unit/core/expr/expressions.hpp"

#include <gtest/gtest.h>

namespace millrace::expr::test {
namespace {

struct expectation {
  const char* expression;
  const char* result;
};

// One document per row, as the golden cases have them.
const input documents = {
    {"STRING"},
    R"('{"a":1,"b":"text","c":true,"e":[1,2,{"f":"deep"}],"n":null,"o":{"x":1.50}}'
'[1,"two",null,{"k":"v"}]'
'not json'
{}
NULL
'"scalar"'
42
)"};

void expect_values(const std::vector<expectation>& all) {
  for (const auto& [expression, wanted] : all)
    EXPECT_EQ(values(documents, expression), wanted) << expression;
}

void expect_all(const std::vector<expectation>& all) {
  for (const auto& [expression, wanted] : all) EXPECT_EQ(value(expression), wanted) << expression;
}

TEST(json, tells_kinds_of_text) {
  expect_values({{"(|IS JSON VALUE| $0)", "TRUE ; TRUE ; FALSE ; TRUE ; FALSE ; TRUE ; TRUE"},
                 {"(|IS JSON OBJECT| $0)", "TRUE ; FALSE ; FALSE ; TRUE ; FALSE ; FALSE ; FALSE"},
                 {"(|IS JSON ARRAY| $0)", "FALSE ; TRUE ; FALSE ; FALSE ; FALSE ; FALSE ; FALSE"},
                 {"(|IS JSON SCALAR| $0)", "FALSE ; FALSE ; FALSE ; FALSE ; FALSE ; TRUE ; TRUE"},
                 {"(JSON_LENGTH $0)", "6 ; 4 ; NULL ; 0 ; NULL ; 1 ; 1"},
                 {"(JSON_TYPE $0)", "object ; array ; NULL ; object ; NULL ; string ; number"}});
}

TEST(json, refuses_what_is_no_json) {
  for (const char* text : {"", " ", "1 2", "[1", "1]", "{a:1}", "01", "1.", "tru", "nul", "[1]]",
                           "[1],[2]", "{\"a\":1} x", "[1 2]", "\"a"}) {
    EXPECT_EQ(value("(|IS JSON| '" + std::string(text) + "')"), "FALSE") << text;
  }
  const std::string deep(100'000, '[');
  EXPECT_EQ(value("(|IS JSON| '" + deep + "')"), "FALSE");
}

TEST(json, values_follow_paths) {
  expect_values(
      {{"(JSON_VALUE $0 '$.a')", "1 ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
       {"(JSON_VALUE $0 '$.e[2].f')", "deep ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
       {"(JSON_VALUE $0 '$[1]')", "NULL ; two ; NULL ; NULL ; NULL ; NULL ; NULL"},
       {"(JSON_VALUE $0 '$[-1].k')", "NULL ; v ; NULL ; NULL ; NULL ; NULL ; NULL"},
       {"(JSON_VALUE $0 '$')", "NULL ; NULL ; NULL ; NULL ; NULL ; scalar ; 42"},
       {"(JSON_VALUE $0 '$.o.x')", "1.50 ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
       {"(JSON_VALUE $0 'lax $.nope' 'DEFAULT' 'd' 'NULL' NULL)", "d ; d ; d ; d ; NULL ; d ; d"},
       {"(JSON_VALUE $0 '$.e' 'NULL' NULL 'DEFAULT' 'e')", "e ; e ; e ; e ; NULL ; e ; e"},
       {"(JSON_VALUE $0 '$.e' 'NULL' NULL 'ERROR' NULL)", "error 3004"},
       {"(JSON_VALUE $0 'lax $.n' 'ERROR' NULL 'NULL' NULL)", "error 3004"},
       {"(JSON_VALUE $0 '$[?(@.a)]')", "error 3004"}});
}

TEST(json, exists_tells_errors_from_nothing) {
  expect_values(
      {{"(JSON_EXISTS $0 '$.a')", "TRUE ; FALSE ; FALSE ; FALSE ; NULL ; FALSE ; FALSE"},
       {"(JSON_EXISTS $0 '$.n')", "FALSE ; FALSE ; FALSE ; FALSE ; NULL ; FALSE ; FALSE"},
       {"(JSON_EXISTS $0 '$.x' 'TRUE')", "TRUE ; TRUE ; TRUE ; TRUE ; NULL ; TRUE ; TRUE"},
       {"(JSON_EXISTS $0 'lax $.x' 'TRUE')",
        "FALSE ; FALSE ; FALSE ; FALSE ; NULL ; FALSE ; FALSE"},
       {"(JSON_EXISTS $0 '$.a' 'UNKNOWN')", "TRUE ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"}});
}

TEST(json, queries_give_objects_and_arrays) {
  expect_all(
      {{R"((JSON_QUERY '{"a":{"z":1,"b":[1, 2]}}' '$.a'))", R"('{"b":[1,2],"z":1}')"},
       {R"((JSON_QUERY '{"a":1}' '$.a'))", "NULL"},
       {R"((JSON_QUERY '{"a":1}' '$.a' 'CONDITIONAL' 'NULL' 'NULL'))", "'[1]'"},
       {R"((JSON_QUERY '[1, 2]' '$' 'CONDITIONAL' 'NULL' 'NULL'))", "'[1,2]'"},
       {R"((JSON_QUERY '[1, 2]' '$' 'UNCONDITIONAL' 'NULL' 'NULL'))", "'[[1,2]]'"},
       {R"((JSON_QUERY '{}' 'lax $.x' 'WITHOUT' 'EMPTY OBJECT' 'NULL'))", "'{}'"},
       {R"((JSON_QUERY '{}' 'strict $.x' 'WITHOUT' 'NULL' 'EMPTY ARRAY'))", "'[]'"},
       {R"((JSON_QUERY '{"a":[{"c":"c1"},{"c":"c2"}]}' 'lax $.a[*].c'))", R"('["c1","c2"]')"},
       {R"((JSON_QUERY '{"a":[1,2,3,4]}' '$.a[1:3]'))", "'[2,3]'"},
       {R"((JSON_QUERY '{"a":{"k":1},"b":[{"k":2}]}' '$..k'))", "'[1,2]'"},
       {R"((JSON_QUERY '{"a":[1e3, 1.10, -0.0, 12345678901234567890123]}' '$.a'))",
        "'[1E+3,1.10,0.0,12345678901234567890123]'"}});
}

TEST(json, constructors_nest_and_sort) {
  expect_all(
      {{"(JSON_OBJECT 'NULL')", "'{}'"},
       {"(JSON_OBJECT 'NULL' 'b' 1 'a' NULL)", R"('{"a":null,"b":1}')"},
       {"(JSON_OBJECT 'ABSENT' 'b' 'x' 'a' NULL)", R"('{"b":"x"}')"},
       {"(JSON_ARRAY 'ABSENT' 1 NULL 'x')", R"('[1,"x"]')"},
       {"(JSON_OBJECT 'NULL' 'n' (JSON_ARRAY 'NULL' NULL 1e10))", R"('{"n":[null,1.0E+10]}')"},
       {"(JSON_ARRAY 'NULL' (JSON '{\"b\" : 1}') '[1]')", R"('[{"b":1},"[1]"]')"},
       {"(JSON_ARRAY 'NULL' TRUE -1.50 (CAST '2024-02-29 01:02:03' :TIMESTAMP(3)))",
        R"('[true,-1.50,"2024-02-29T01:02:03"]')"},
       {"(JSON_STRING (ARRAY 1 NULL))", "'[1,null]'"},
       {"(JSON_STRING (MAP 'k' 1))", R"('{"k":1}')"},
       {"(JSON_STRING (CAST NULL :INT))", "NULL"}});
}

TEST(json, quotes_and_unquotes) {
  expect_all({{"(JSON_QUOTE 'a/é😀')", R"('"a\\/\\u00e9\\ud83d\\ude00"')"},
              {R"((JSON_UNQUOTE '"a\u00e9\n"'))", "'aé\\n'"},
              {R"((JSON_UNQUOTE '"open'))", "\"open"},
              {"(JSON_UNQUOTE '[1]')", "'[1]'"}});
}

TEST(hash, digests_are_hex) {
  expect_all(
      {{"(MD5 'abc')", "900150983cd24fb0d6963f7d28e17f72"},
       {"(SHA1 'abc')", "a9993e364706816aba3e25717850c26c9cd0d89d"},
       {"(SHA224 '')", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
       {"(SHA256 'abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
       {"(= (SHA2 'abc' 256) (SHA256 'abc'))", "TRUE"},
       {"(= (SHA2 'abc' 512) (SHA512 'abc'))", "TRUE"},
       {"(= (SHA2 'abc' 384) (SHA384 'abc'))", "TRUE"},
       {"(SHA2 'abc' 100)", "error 3004"},
       {"(MD5 (CAST NULL :STRING))", "NULL"}});
  EXPECT_EQ(values({{"STRING"}, "abc\nNULL\nabc\n"}, "(MD5 $0)"),
            "900150983cd24fb0d6963f7d28e17f72 ; NULL ; 900150983cd24fb0d6963f7d28e17f72");
}

}  // namespace
}  // namespace millrace::expr::test
