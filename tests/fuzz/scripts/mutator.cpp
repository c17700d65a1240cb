#include "tests/fuzz/scripts/mutator.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

namespace millrace::fuzz {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

enum token_kind { name, number, quoted, mark };

token_kind kind_of(char c) {
  if (std::isdigit(static_cast<unsigned char>(c)) != 0) return number;
  if (is_word(c)) return name;
  return c == '\'' || c == '`' ? quoted : mark;
}

template <class Test>
std::size_t run_of(std::string_view text, Test test) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), test) - text.begin());
}

std::size_t first_token(std::string_view text) {
  const char c = text[0];
  if (is_word(c)) return run_of(text, is_word);
  if (is_blank(c)) return run_of(text, is_blank);
  if (text.starts_with("--")) return std::min(text.find('\n'), text.size());
  if (c == '\'' || c == '`') {
    const auto end = text.find(c, 1);
    return end == std::string_view::npos ? 1 : end + 1;
  }
  return 1;
}

// Words that change the meaning of what they stand before or replace, and values at the limits.
constexpr std::array<std::string_view, 44> strange_tokens{
    "NULL",
    "-",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999999999999999999999",
    "1e308",
    "1E400",
    ".5",
    "''",
    "'\xff\xfe'",
    "'9999-12-31 23:59:59.999'",
    "INTERVAL '0' SECOND",
    "INTERVAL '-1' DAY",
    "INTERVAL '999999999' YEAR",
    "DISTINCT",
    "*",
    "SELECT",
    "FROM",
    "GROUP BY ()",
    "NOT",
    "CASE",
    "END",
    "OVER ()",
    "CAST(NULL AS ROW<x INT>)",
    "ARRAY[1, NULL]",
    "MAP['k', 1]",
    "ROW(1, 'a')",
    "(SELECT 1)",
    "(VALUES (1, 2))",
    "EXISTS",
    "TABLE",
    "DESCRIPTOR(x)",
    "PROCTIME()",
    "CURRENT_TIMESTAMP",
    "LEFT JOIN",
    "UNION ALL",
    "ORDER BY 1",
    "LIMIT 9999999999",
    "DECIMAL(39, 40)",
    "TIMESTAMP(10)",
    "${NAME}",
    "/*+ OPTIONS('a'='b') */",
};

struct wrapping {
  std::string_view open;
  std::string_view close;
};
constexpr std::array<wrapping, 14> wrappings{{
    {"(", ")"},
    {"NOT (", ")"},
    {"- ", ""},
    {"CAST(", " AS STRING)"},
    {"COALESCE(", ", NULL)"},
    {"CASE WHEN TRUE THEN ", " END"},
    {"ARRAY[", "]"},
    {"ROW(", ")"},
    {"MAP['k', ", "]"},
    {"(SELECT ", ")"},
    {"(SELECT * FROM ", ")"},
    {"ROW<x ", ">"},
    {"ARRAY<", ">"},
    {"1 + ", ""},
}};

constexpr std::size_t longest = 1 << 18;

}  // namespace

std::vector<std::string_view> split_tokens(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t length = first_token(text);
    out.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return out;
}

script_mutator::script_mutator(const std::vector<script>& scripts, std::uint64_t seed)
    : seed_(seed) {
  for (const auto& s : scripts) {
    const auto parts = split_tokens(s.text);
    if (!parts.empty()) scripts_.emplace_back(parts.begin(), parts.end());
  }
}

std::string script_mutator::make(std::uint64_t number) {
  std::seed_seq mixed{seed_, seed_ >> 32, number, number >> 32};
  random_.seed(mixed);
  tokens text = scripts_[below(scripts_.size())];
  for (std::size_t left = 1 + below(1 + below(4)); left > 0; --left) change(text);
  std::string out;
  for (const auto& token : text) out += token;
  if (out.size() > longest) out.resize(longest);
  return out;
}

// Where a token that is no blank stands; the end of an empty text.
std::size_t script_mutator::place_in(const tokens& text) {
  if (text.empty()) return 0;
  std::size_t at = below(text.size());
  while (at + 1 < text.size() && is_blank(text[at][0])) ++at;
  return at;
}

// A token of this or another script, of the same kind if one is met soon: a name for a name often
// parses.
const std::string& script_mutator::like_token(const std::string& token, const tokens& text) {
  const tokens& other = below(2) == 0 ? text : scripts_[below(scripts_.size())];
  const std::string* found = &other[place_in(other)];
  for (int tries = 0; tries < 20 && kind_of((*found)[0]) != kind_of(token[0]); ++tries) {
    found = &other[place_in(other)];
  }
  return *found;
}

void script_mutator::change(tokens& text) {
  if (text.empty()) text.emplace_back("SELECT");
  switch (below(14)) {
    case 0: return swap(text);
    case 1: return erase(text);
    case 2: return duplicate(text);
    case 3: return graft(text);
    case 4: return nest(text);
    case 5: return repeat(text);
    case 6: return spoil(text);
    default: return replace(text);
  }
}

void script_mutator::swap(tokens& text) {
  const std::size_t a = place_in(text);
  const std::size_t near = std::min(text.size() - 1, a + 1 + below(6));
  std::swap(text[a], text[below(2) == 0 ? near : place_in(text)]);
}

void script_mutator::erase(tokens& text) {
  const std::size_t at = place_in(text);
  const std::size_t count = std::min(text.size() - at, 1 + below(below(4) == 0 ? 40 : 3));
  const auto first = text.begin() + static_cast<std::ptrdiff_t>(at);
  text.erase(first, first + static_cast<std::ptrdiff_t>(count));
}

void script_mutator::duplicate(tokens& text) {
  const std::size_t at = place_in(text);
  const std::size_t count = std::min(text.size() - at, 1 + below(30));
  const tokens piece(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + count));
  text.insert(text.begin() + static_cast<std::ptrdiff_t>(place_in(text)), piece.begin(),
              piece.end());
}

void script_mutator::graft(tokens& text) {
  const tokens& other = scripts_[below(scripts_.size())];
  const std::size_t from = place_in(other);
  const std::size_t count = std::min(other.size() - from, 1 + below(40));
  const tokens piece(other.begin() + static_cast<std::ptrdiff_t>(from),
                     other.begin() + static_cast<std::ptrdiff_t>(from + count));
  text.insert(text.begin() + static_cast<std::ptrdiff_t>(place_in(text)), piece.begin(),
              piece.end());
}

// Names and values rather than marks: without its parentheses hardly a statement parses.
void script_mutator::replace(tokens& text) {
  std::size_t at = place_in(text);
  for (int tries = 0; tries < 8 && kind_of(text[at][0]) == mark; ++tries) at = place_in(text);
  std::string& token = text[at];
  if (below(6) == 0)
    token = strange_tokens[below(strange_tokens.size())];
  else
    token = std::string(like_token(token, text));
}

void script_mutator::nest(tokens& text) {
  constexpr std::array<std::size_t, 5> depths{1, 3, 200, 300, 5000};
  const auto& around = wrappings[below(wrappings.size())];
  const std::size_t depth = depths[below(depths.size())];
  std::string open;
  std::string close;
  for (std::size_t i = 0; i < depth; ++i) open += around.open;
  for (std::size_t i = 0; i < depth; ++i) close += around.close;
  const std::size_t at = place_in(text);
  text[at] = open + text[at];
  const std::size_t last = std::min(text.size() - 1, at + (below(2) == 0 ? 0 : below(12)));
  if (below(8) != 0) text[last] += close;
}

void script_mutator::repeat(tokens& text) {
  constexpr std::array<std::size_t, 4> counts{2, 20, 300, 3000};
  const std::size_t at = place_in(text);
  const std::size_t count = std::min(text.size() - at, 1 + below(12));
  std::string piece;
  for (std::size_t i = 0; i < count; ++i) piece += text[at + i];
  std::string all;
  for (std::size_t i = counts[below(counts.size())]; i > 0 && all.size() < longest; --i) {
    all += piece;
  }
  text[at] = all;
}

void script_mutator::spoil(tokens& text) {
  std::string& token = text[place_in(text)];
  const std::size_t at = below(token.size() + 1);
  switch (below(4)) {
    case 0: token.insert(at, 1, static_cast<char>(random_())); break;
    case 1: token.resize(at); break;
    case 2: token.insert(at, strange_tokens[below(strange_tokens.size())]); break;
    default:
      if (at < token.size()) token[at] = static_cast<char>(token[at] ^ (1 << below(8)));
  }
  if (token.empty()) token = " ";
}

}  // namespace millrace::fuzz
