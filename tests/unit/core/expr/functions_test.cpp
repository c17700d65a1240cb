#include "tests/unit/core/expr/expressions.hpp"

#include <gtest/gtest.h>

namespace millrace::expr::test {
namespace {

struct expectation {
  const char* expression;
  const char* result;
};

void expect_all(const std::vector<expectation>& all, const std::string& zone = "UTC") {
  for (const auto& [expression, wanted] : all)
    EXPECT_EQ(value(expression, zone), wanted) << expression;
}

TEST(strings, change_letters) {
  expect_all({{"(LOWER 'ABC Ω')", "abc ω"},
              {"(UPPER 'Straße')", "STRASSE"},
              {"(LOWER 'İstanbul')", "i̇stanbul"},
              {"(INITCAP 'hello wORLD')", "Hello World"},
              {"(REVERSE 'aé')", "éa"},
              {"(CHAR_LENGTH 'a😀b')", "3"},
              {"(CHR 225)", "á"},
              {"(REPEAT 'ab' 2)", "abab"}});
  EXPECT_EQ(values({{"STRING"}, "Apple\nNULL\nBAIDU\n"}, "(LOWER $0)"), "apple ; NULL ; baidu");
}

TEST(strings, slice) {
  expect_all({{"(SUBSTRING 'hello' 2)", "ello"},
              {"(SUBSTRING 'hello' 2 3)", "ell"},
              {"(SUBSTRING 'hello' -3 2)", "ll"},
              {"(SUBSTRING 'ab' -3 2)", "''"},
              {"(LEFT '日本語' 1)", "日"},
              {"(RIGHT 'hello' 3)", "llo"},
              {"(TRIM 'BOTH' 'x' 'xaxx')", "a"},
              {"(LTRIM '  a ')", "'a '"},
              {"(LPAD 'ab' 5 'xy')", "xyxab"},
              {"(LPAD 'ab' 5 '')", "NULL"},
              {"(LPAD 'a😀b' 6 '·')", "··a😀b"},
              {"(RPAD 'a😀b' 3 '·')", "a😀"},
              {"(RPAD 'a😀b' 2 '·')", "a?"},
              {"(RPAD 'a' 4 '😀')", "a😀?"},
              {"(OVERLAY 'abcdef' '##' 2)", "a##def"},
              {"(OVERLAY 'abcdef' '##' 2 1)", "a##cdef"}});
}

TEST(strings, search_and_split) {
  expect_all({{"(POSITION 'l' 'hello')", "3"},
              {"(SPLIT_INDEX 'a/b/c' '/' 1)", "b"},
              {"(SPLIT_INDEX '' '/' 0)", "NULL"},
              {"(SPLIT_INDEX 'a/b' '/' 5)", "NULL"},
              {"(COUNT_CHAR 'abcac' 'c')", "2"},
              {"(REPLACE 'abc' '' '-')", "-a-b-c-"},
              {"(TRANSLATE 'abcd' 'abc' 'xy')", "xyd"},
              {"(SPLIT 'a,b' ',')", "[a, b]"},
              {"(SPLIT '' ',')", "[]"},
              {"(STR_TO_MAP 'a=1,b=2')", "{a=1, b=2}"},
              {"(CONCAT_WS ',' 'a' NULL 'b')", "'a,b'"},
              {"(IS_DIGIT '12')", "TRUE"},
              {"(IS_DIGIT NULL)", "FALSE"}});
}

TEST(strings, do_not_grow_without_bound) {
  expect_all(
      {{"(REPLACE (REPEAT 'a' 1000000) 'a' (REPEAT 'b' 100000))", "error 3004"},
       {"(REPLACE (REPEAT 'a' 1000000) '' (REPEAT 'b' 100000))", "error 3004"},
       {"(CHAR_LENGTH (REPLACE (REPEAT 'a' 40000) 'ab' (REPEAT 'b' 30000)))", "40000"},
       {"(REGEXP_REPLACE (REPEAT 'a' 1000000) 'a' (REPEAT 'b' 100000))", "error 3004"},
       {"(CHAR_LENGTH (REGEXP_REPLACE (REPEAT 'a' 40000) 'ab' (REPEAT 'b' 30000)))", "40000"}});
}

TEST(strings, match_patterns) {
  expect_all({{"(LIKE 'hello' '%l%')", "TRUE"},
              {"(LIKE 'abc' '_b_')", "TRUE"},
              {"(LIKE 'a_b' 'a!_b' '!')", "TRUE"},
              {"(LIKE 'aXb' 'a!_b' '!')", "FALSE"},
              {"(LIKE '' '%')", "TRUE"},
              {"(LIKE 'abcabd' '%ab_')", "TRUE"},
              {"(|SIMILAR TO| 'aab' 'a{2}b')", "TRUE"},
              {"(|SIMILAR TO| 'abc' '(a|U)%')", "TRUE"},
              {"(REGEXP 'abc' '')", "FALSE"},
              {"(REGEXP_EXTRACT 'x?a=1&channel_id=apple' '(&|^)channel_id=([^&]*)' 2)", "apple"},
              {"(REGEXP_EXTRACT 'x?a=1' '(&|^)channel_id=([^&]*)' 2)", "NULL"},
              {"(REGEXP_REPLACE 'foobar' 'oo|ar' '$1')", "f$1b$1"},
              {"(REGEXP_COUNT 'abab' 'ab')", "2"}});
}

TEST(strings, are_encoded) {
  expect_all({{"(HEX 'hello')", "68656C6C6F"},
              {"(HEX -1)", "FFFFFFFFFFFFFFFF"},
              {"(BIN 12)", "1100"},
              {"(UNHEX 'ABC')", "x0abc"},
              {"(TO_BASE64 'hello')", "'aGVsbG8='"},
              {"(FROM_BASE64 'aGVsbG8=')", "hello"},
              {"(URL_ENCODE 'a b&é')", "a+b%26%C3%A9"},
              {"(URL_DECODE 'a+b%26%C3%A9')", "a b&é"},
              {"(DECODE (ENCODE 'a😀' 'UTF-16BE') 'UTF-16BE')", "a😀"},
              {"(ENCODE 'a' 'EBCDIC')", "error 3004"}});
}

TEST(strings, are_printed_by_a_format) {
  expect_all({{"(PRINTF '%s has %d' 'x' -1)", "x has -1"},
              {"(PRINTF '%05d|%x' -1 11)", "'-0001|b'"},
              {"(PRINTF '%05d' NULL)", "' null'"},
              {"(PRINTF '%10s|%-5s|' 'ab' 'c')", "'        ab|c    |'"},
              {"(PRINTF '%.2f' 1.005e0)", "1.01"},
              {"(PRINTF '%d' 'text')", "NULL"}});
}

TEST(arrays, are_searched_and_combined) {
  expect_all({{"(ARRAY_CONTAINS (ARRAY 1 2) 2)", "TRUE"},
              {"(ARRAY_DISTINCT (ARRAY 1 2 1 NULL NULL))", "[1, 2, NULL]"},
              {"(ARRAY_SORT (ARRAY 3 NULL 1))", "[NULL, 1, 3]"},
              {"(ARRAY_EXCEPT (ARRAY 1 2 2 3) (ARRAY 3))", "[1, 2]"},
              {"(ARRAY_SLICE (ARRAY 1 2 3 4) -3 -2)", "[2, 3]"},
              {"(ARRAY_MAX (ARRAY 1 5 3))", "5"},
              {"(ARRAY_JOIN (ARRAY 'a' NULL 'b') '-' '?')", "a-?-b"},
              {"(MAP_KEYS (MAP 'a' 1 'b' 2))", "[a, b]"},
              {"(MAP_FROM_ARRAYS (ARRAY 1 2) (ARRAY 3))", "error 3004"},
              {"(MAP_UNION (MAP 'a' 1) (MAP 'a' 2 'c' 3))", "{a=2, c=3}"}});
}

TEST(times, add_intervals) {
  expect_all({{"(TIMESTAMPADD 'MONTH' 1 (CAST '2024-01-31' :DATE))", "2024-02-29"},
              {"(TIMESTAMPADD 'HOUR' 1 (CAST '2024-02-28' :DATE))", "2024-02-28 01:00:00"},
              {"(TIMESTAMPDIFF 'MONTH' (CAST '2024-01-31 10:00:00' :TIMESTAMP(3)) "
               "(CAST '2024-02-29 09:59:59' :TIMESTAMP(3)))",
               "0"},
              {"(TIMESTAMPDIFF 'MONTH' (CAST '2024-02-29 09:59:59' :TIMESTAMP(3)) "
               "(CAST '2024-01-31 10:00:00' :TIMESTAMP(3)))",
               "-1"},
              {"(TIMESTAMPDIFF 'MONTH' (CAST '2024-02-29 00:00:00' :TIMESTAMP(3)) "
               "(CAST '2025-02-28 00:00:00' :TIMESTAMP(3)))",
               "12"},
              {"(EXTRACT 'DOW' (CAST '2024-02-29' :DATE))", "5"},
              {"(EXTRACT 'WEEK' (CAST '2021-01-03' :DATE))", "53"},
              {"(HOUR (CAST '1969-12-31 23:30:00' :TIMESTAMP(3)))", "23"},
              {"(FLOOR (CAST '2024-02-29' :DATE) 'WEEK')", "2024-02-25"},
              {"(CEIL (CAST '2024-02-29' :DATE) 'MONTH')", "2024-03-01"}});
}

TEST(times, are_formatted_and_parsed) {
  expect_all(
      {{"(DATE_FORMAT (CAST '2024-02-29 12:34:56.789' :TIMESTAMP(3)) 'yyyy-MM-dd HH:mm')",
        "2024-02-29 12:34"},
       {"(DATE_FORMAT '2024-02-29 01:02:03' 'EEE, d MMM yy hh:mm a')", "'Thu, 29 Feb 24 01:02 AM'"},
       {"(TO_TIMESTAMP '29/02/2024 12:34' 'dd/MM/yyyy HH:mm')", "2024-02-29 12:34:00.000"},
       {"(TO_TIMESTAMP '20240229123456' 'yyyyMMddHHmmss')", "2024-02-29 12:34:56.000"},
       {"(TO_TIMESTAMP '2024-02-29')", "2024-02-29 00:00:00.000"},
       {"(TO_TIMESTAMP '2024-02-29 12:34')", "NULL"},
       {"(TO_DATE '29/02/2024 12:34' 'dd/MM/yyyy HH:mm')", "2024-02-29"},
       {"(FROM_UNIXTIME -1)", "1969-12-31 23:59:59"},
       {"(UNIX_TIMESTAMP '29.02.2024 10' 'dd.MM.yyyy HH')", "1709200800"},
       {"(TO_TIMESTAMP_LTZ 1700000000 0)", "2023-11-14 22:13:20.000"},
       {"(PROCTIME)", "2023-11-14 22:13:20.123"}});
  EXPECT_EQ(
      value("(DATE_FORMAT (TO_TIMESTAMP_LTZ 1730610000 0) 'yyyy-MM-dd HH:mm')", "America/New_York"),
      "2024-11-03 01:00");
}

TEST(times, format_by_period) {
  const input in = {{"TIMESTAMP(3)"},
                    "2024-02-29 23:59:59.999\n2024-03-01 00:00:00.000\n2024-03-01 00:00:30\n"
                    "NULL\n2024-02-29 10:00:00\n"};
  EXPECT_EQ(values(in, "(DATE_FORMAT $0 'HH:mm')"), "23:59 ; 00:00 ; 00:00 ; NULL ; 10:00");
  EXPECT_EQ(values(in, "(DATE_FORMAT $0 'yyyy-MM-dd')"),
            "2024-02-29 ; 2024-03-01 ; 2024-03-01 ; NULL ; 2024-02-29");
}

TEST(numbers, are_rounded) {
  const input in = {{"DECIMAL(10, 2)"}, "-3394.22\n986.66\nNULL\n"};
  EXPECT_EQ(values(in, "(ROUND $0 1)"), "-3394.2 ; 986.7 ; NULL");
  EXPECT_EQ(values(in, "(ROUND $0 -2)"), "-3400 ; 1000 ; NULL");
  EXPECT_EQ(values(in, "(TRUNCATE $0 1)"), "-3394.2 ; 986.6 ; NULL");
  EXPECT_EQ(values(in, "(CEIL $0)"), "-3394 ; 987 ; NULL");
  EXPECT_EQ(values(in, "(FLOOR $0)"), "-3395 ; 986 ; NULL");
  EXPECT_EQ(values(in, "(SIGN $0)"), "-1.00 ; 1.00 ; NULL");
  expect_all({{"(ROUND 2.5e0)", "3.0"}, {"(ROUND 1.005e0 2)", "1.01"}, {"(ROUND 125 -1)", "130"}});
}

TEST(collections, are_built_and_taken_apart) {
  const input in = {{"INT", "STRING"}, "1 | a\nNULL | b\n3 | NULL\n"};
  EXPECT_EQ(values(in, "(ROW $0 $1)"), "(1, a) ; (NULL, b) ; (3, NULL)");
  EXPECT_EQ(values(in, "(FIELD (ROW $0 $1) 1)"), "a ; b ; NULL");
  EXPECT_EQ(values(in, "(ARRAY $0 7)"), "[1, 7] ; [NULL, 7] ; [3, 7]");
  EXPECT_EQ(values(in, "(ITEM (ARRAY $0 7) 2)"), "7 ; 7 ; 7");
  EXPECT_EQ(values(in, "(ITEM (MAP 'k' $0) 'k')"), "1 ; NULL ; 3");
  EXPECT_EQ(values(in, "(CARDINALITY (ARRAY $0 $0))"), "2 ; 2 ; 2");
}

TEST(strings, parse_urls_as_java_does) {
  const input urls = {{"STRING"},
                      "http://user:pw@example.org:8080/a/b.html?x=1&y=2#top\n"
                      "ftp://h/\n"
                      "not a url\n"
                      "''\n"
                      "NULL\n"
                      "https://www.nexmark.com//[h^y/item.htm?query=1&channel_id=10\n"
                      "HTTP://h/a/./b/../c\n"
                      "http://h:x/\n"
                      "gopher://h/\n"};
  const expectation all[] = {
      {"(PARSE_URL $0 'HOST')",
       "example.org ; h ; NULL ; NULL ; NULL ; www.nexmark.com ; h ; NULL ; NULL"},
      {"(PARSE_URL $0 'PATH')",
       "/a/b.html ; / ; NULL ; NULL ; NULL ; '//[h^y/item.htm' ; /a/c ; NULL ; NULL"},
      {"(PARSE_URL $0 'QUERY' 'y')", "2 ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
      {"(PARSE_URL $0 'QUERY' 'channel_id')",
       "NULL ; NULL ; NULL ; NULL ; NULL ; 10 ; NULL ; NULL ; NULL"},
      {"(PARSE_URL $0 'USERINFO')",
       "user:pw ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
      {"(PARSE_URL $0 'PROTOCOL')", "http ; ftp ; NULL ; NULL ; NULL ; https ; http ; NULL ; NULL"},
      {"(PARSE_URL $0 'REF')", "top ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
      {"(PARSE_URL $0 'nothing')", "NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL ; NULL"},
  };
  for (const auto& [expression, wanted] : all) EXPECT_EQ(values(urls, expression), wanted);
}

TEST(strings, print_formats) {
  expect_all({{"(PRINTF '%s has %d' 'x' 7)", "x has 7"},
              {"(PRINTF 'plain')", "plain"},
              {"(PRINTF '%05d/%x' -1 255)", "-0001/ff"},
              {"(PRINTF '%X' -1)", "FFFFFFFF"},
              {"(PRINTF '[%5s/%-5s]' 'é' 'b')", "'[    é/b    ]'"},
              {"(PRINTF '%05d' (CAST NULL :INT))", "' null'"},
              {"(PRINTF '%.2f/%.1f' 1.005 2.25e0)", "1.01/2.3"},
              {"(PRINTF '%,d %+d %b %c%%' 1234567 5 TRUE 65)", "'1,234,567 +5 true A%'"},
              {"(PRINTF '%2$s%1$s' 'a' 'b')", "ba"},
              {"(PRINTF '%d' 'text')", "NULL"},
              {"(PRINTF '%d')", "NULL"},
              {"(PRINTF '%')", "NULL"},
              {"(PRINTF '%99999999s' 'x')", "NULL"}});
}

}  // namespace
}  // namespace millrace::expr::test
