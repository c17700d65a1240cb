#include "core/sql/ast/print.hpp"
#include "core/sql/ast/printer.hpp"
#include "core/sql/parse/keywords.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

// How tight a printed form binds; the parser's levels.
constexpr int or_level = 22;
constexpr int and_level = 24;
constexpr int not_level = 26;
constexpr int is_level = 28;
constexpr int compare_level = 30;
constexpr int predicate_level = 32;
constexpr int add_level = 40;
constexpr int multiply_level = 60;
constexpr int sign_level = 80;
constexpr int primary_level = 100;

struct operator_text {
  std::string_view text;
  int level;
};

operator_text text_of(binary_operator op) {
  // In the order of the enum.
  static constexpr operator_text texts[] = {
      {"OR", or_level},
      {"AND", and_level},
      {"=", compare_level},
      {"<>", compare_level},
      {"<", compare_level},
      {"<=", compare_level},
      {">", compare_level},
      {">=", compare_level},
      {"IS DISTINCT FROM", compare_level},
      {"IS NOT DISTINCT FROM", compare_level},
      {"+", add_level},
      {"-", add_level},
      {"*", multiply_level},
      {"/", multiply_level},
      {"%", multiply_level},
      {"||", multiply_level},
      {"MEMBER OF", predicate_level},
      {"NOT MEMBER OF", predicate_level},
      {"SUBMULTISET OF", predicate_level},
      {"NOT SUBMULTISET OF", predicate_level},
      {"OVERLAPS", compare_level},
      {"CONTAINS", compare_level},
      {"EQUALS", compare_level},
      {"PRECEDES", compare_level},
      {"SUCCEEDS", compare_level},
      {"IMMEDIATELY PRECEDES", compare_level},
      {"IMMEDIATELY SUCCEEDS", compare_level},
      {"MULTISET UNION", add_level},
      {"MULTISET UNION DISTINCT", add_level},
      {"MULTISET INTERSECT", multiply_level},
      {"MULTISET INTERSECT DISTINCT", multiply_level},
      {"MULTISET EXCEPT", add_level},
      {"MULTISET EXCEPT DISTINCT", add_level},
  };
  static_assert(std::size(texts) ==
                static_cast<std::size_t>(binary_operator::multiset_except_distinct) + 1);
  return texts[static_cast<std::size_t>(op)];
}

std::string_view postfix_text(unary_operator op) {
  static constexpr std::string_view texts[] = {
      "IS NULL",       "IS NOT NULL",       "IS TRUE",        "IS NOT TRUE",
      "IS FALSE",      "IS NOT FALSE",      "IS UNKNOWN",     "IS NOT UNKNOWN",
      "IS JSON VALUE", "IS NOT JSON VALUE", "IS JSON OBJECT", "IS NOT JSON OBJECT",
      "IS JSON ARRAY", "IS NOT JSON ARRAY", "IS JSON SCALAR", "IS NOT JSON SCALAR",
      "IS A SET",      "IS NOT A SET",      "IS EMPTY",       "IS NOT EMPTY"};
  return texts[static_cast<std::size_t>(op) - static_cast<std::size_t>(unary_operator::is_null)];
}

int level_of(const unary_operation& e) {
  using enum unary_operator;
  switch (e.op) {
    case plus:
    case negate: return sign_level;
    case logical_not: return not_level;
    case running:
    case final_: return primary_level;
    default: return is_level;
  }
}

int level_of(const expression& e) {
  switch (e.kind()) {
    case expression_kind::unary_operation: return level_of(e.as<unary_operation>());
    case expression_kind::binary_operation: return text_of(e.as<binary_operation>().op).level;
    case expression_kind::quantified_comparison: return compare_level;
    case expression_kind::between:
    case expression_kind::in_list:
    case expression_kind::in_subquery:
    case expression_kind::like: return predicate_level;
    default: return primary_level;
  }
}

// A plain `a.b` is an identifier, so field access on an identifier needs parentheses.
bool is_path(const expression& e) { return e.kind() == expression_kind::identifier; }

bool is_plain_name(std::string_view text) {
  const auto starts = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto fits = [&](char c) { return starts(c) || (c >= '0' && c <= '9') || c == '$'; };
  return !text.empty() && starts(text[0]) && std::all_of(text.begin(), text.end(), fits);
}

}  // namespace

void printer::write(const expression& e, int level) {
  const bool wraps = level_of(e) < level;
  if (wraps) text("(");
  std::visit([this](const auto& n) { node(n); }, e.node);
  if (wraps) text(")");
}

void printer::write(const name& n) {
  if (is_plain_name(n.text) && !is_reserved(n.text)) return text(n.text);
  text("`");
  for (const char c : n.text) out_.append(c == '`' ? 2 : 1, c);
  text("`");
}

void printer::write_path(const qualified_name& path) {
  join_list(path, ".", [this](const name& n) { write(n); });
}

void printer::quoted(std::string_view value) {
  text("'");
  for (const char c : value) out_.append(c == '\'' ? 2 : 1, c);
  text("'");
}

void printer::parentheses(const query& q) {
  text("(");
  write(q);
  text(")");
}

void printer::node(const star& e) {
  if (e.of) {
    text("(");
    write(*e.of);
    text(").");
  } else if (!e.qualifier.empty()) {
    write_path(e.qualifier);
    text(".");
  }
  text("*");
}

void printer::node(const literal& e) {
  using enum literal_kind;
  switch (e.kind) {
    case string: return quoted(e.text);
    case binary: text("X"); return quoted(e.text);
    case date: text("DATE "); return quoted(e.text);
    case time: text("TIME "); return quoted(e.text);
    case timestamp: text("TIMESTAMP "); return quoted(e.text);
    default: return text(e.text);
  }
}

void printer::node(const interval_literal& e) {
  text(e.negative ? "INTERVAL -" : "INTERVAL ");
  quoted(e.text);
  text(" ");
  qualifier(e.qualifier);
}

void printer::node(const interval_value& e) {
  text(e.difference ? "(" : "INTERVAL (");
  write(*e.value);
  text(") ");
  qualifier(e.qualifier);
}

void printer::node(const unary_operation& e) {
  using enum unary_operator;
  switch (e.op) {
    case negate:
    case plus:
      text(e.op == negate ? "-" : "+");
      // `--1` would begin a comment.
      if (e.operand->kind() == expression_kind::unary_operation) text(" ");
      return write(*e.operand, sign_level);
    case logical_not: text("NOT "); return write(*e.operand, not_level);
    case running:
    case final_:
      text(e.op == running ? "RUNNING " : "FINAL ");
      return write(*e.operand, primary_level);
    default:
      write(*e.operand, is_level);
      text(" ");
      return text(postfix_text(e.op));
  }
}

void printer::node(const binary_operation& e) {
  const operator_text op = text_of(e.op);
  write(*e.left, op.level);
  text(" ");
  text(op.text);
  text(" ");
  write(*e.right, op.level + 1);
}

void printer::node(const between& e) {
  write(*e.value, predicate_level);
  text(e.negated ? " NOT BETWEEN " : " BETWEEN ");
  if (e.symmetric) text("SYMMETRIC ");
  write(*e.low, predicate_level + 1);
  text(" AND ");
  write(*e.high, predicate_level + 1);
}

void printer::node(const in_list& e) {
  write(*e.value, predicate_level);
  text(e.negated ? " NOT IN (" : " IN (");
  expressions(e.items);
  text(")");
}

void printer::node(const in_subquery& e) {
  write(*e.value, predicate_level);
  text(e.negated ? " NOT IN " : " IN ");
  parentheses(*e.subquery);
}

void printer::node(const exists& e) {
  text("EXISTS ");
  parentheses(*e.subquery);
}

void printer::node(const like& e) {
  write(*e.value, predicate_level);
  if (e.negated) text(" NOT");
  text(e.similar ? " SIMILAR TO " : " LIKE ");
  write(*e.pattern, predicate_level + 1);
  if (!e.escape) return;
  text(" ESCAPE ");
  write(*e.escape, predicate_level + 1);
}

void printer::node(const quantified_comparison& e) {
  write(*e.value, compare_level);
  text(" ");
  text(text_of(e.op).text);
  text(e.all ? " ALL (" : " SOME (");
  if (e.subquery) {
    write(*e.subquery);
  } else {
    expressions(e.items);
  }
  text(")");
}

void printer::node(const row_constructor& e) {
  text(e.keyword ? "ROW(" : "(");
  expressions(e.items);
  text(")");
}

void printer::node(const scalar_subquery& e) { parentheses(*e.subquery); }

void printer::node(const case_when& e) {
  text("CASE");
  if (e.operand) {
    text(" ");
    write(*e.operand);
  }
  for (const auto& branch : e.branches) {
    text(" WHEN ");
    write(branch.when);
    for (const auto& value : branch.also) {
      text(", ");
      write(value);
    }
    text(" THEN ");
    write(branch.then);
  }
  if (e.otherwise) {
    text(" ELSE ");
    write(*e.otherwise);
  }
  text(" END");
}

void printer::node(const cast& e) {
  text(e.try_ ? "TRY_CAST(" : "CAST(");
  write(*e.value);
  text(" AS ");
  write(e.type);
  text(")");
}

void printer::node(const collection_constructor& e) {
  text(e.kind == collection_kind::array ? "ARRAY"
       : e.kind == collection_kind::map ? "MAP"
                                        : "MULTISET");
  if (e.subquery) return parentheses(*e.subquery);
  text("[");
  expressions(e.items);
  text("]");
}

void printer::node(const element_access& e) {
  write(*e.base, primary_level);
  text("[");
  write(*e.index);
  text("]");
}

void printer::node(const field_access& e) {
  const bool wraps = is_path(*e.base);
  if (wraps) text("(");
  write(*e.base, primary_level);
  text(wraps ? ")." : ".");
  write(e.field);
}

void printer::node(const unit_argument& e) { text(to_text(e.unit)); }

std::string to_sql(const expression& e) {
  printer p;
  p.write(e);
  return p.take();
}
std::string to_sql(const query& q) {
  printer p;
  p.write(q);
  return p.take();
}
std::string to_sql(const statement& s) {
  printer p;
  p.write(s);
  return p.take();
}
std::string to_sql(const type_name& t) {
  printer p;
  p.write(t);
  return p.take();
}
std::string to_sql(const name& n) {
  printer p;
  p.write(n);
  return p.take();
}
std::string to_sql(const qualified_name& n) {
  printer p;
  p.write_path(n);
  return p.take();
}

}  // namespace millrace::sql
