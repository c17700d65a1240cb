#include "core/sql/ast/printer.hpp"

namespace millrace::sql {

void printer::table(const match_recognize& t) {
  static constexpr std::string_view skips[] = {"",          "TO NEXT ROW", "PAST LAST ROW",
                                               "TO FIRST ", "TO LAST ",    "TO "};
  const match_clause& c = t.clause;
  const bool grouped = t.input->kind() == table_ref_kind::join || t.input->alias;
  if (grouped) text("(");
  write(*t.input);
  text(grouped ? ") MATCH_RECOGNIZE (" : " MATCH_RECOGNIZE (");
  if (!c.partition_by.empty()) {
    text("PARTITION BY ");
    expressions(c.partition_by);
    text(" ");
  }
  if (!c.order_by.empty()) {
    order(c.order_by);
    text(" ");
  }
  if (!c.measures.empty()) {
    text("MEASURES ");
    join_list(c.measures, ", ", [this](const measure& m) {
      write(m.value);
      text(" AS ");
      write(m.alias);
    });
    text(" ");
  }
  text(c.all_rows_per_match ? "ALL ROWS PER MATCH " : "ONE ROW PER MATCH ");
  if (c.skip != match_skip::none) {
    text("AFTER MATCH SKIP ");
    text(skips[static_cast<std::size_t>(c.skip)]);
    if (c.skip_target) write(*c.skip_target);
    text(" ");
  }
  text("PATTERN (");
  pattern(c.pattern, false);
  text(")");
  if (c.within) {
    text(" WITHIN ");
    write(*c.within);
  }
  if (!c.subsets.empty()) {
    text(" SUBSET ");
    join_list(c.subsets, ", ", [this](const pattern_subset& s) {
      write(s.variable);
      text(" = (");
      names(s.members);
      text(")");
    });
  }
  text(" DEFINE ");
  join_list(c.definitions, ", ", [this](const pattern_definition& d) {
    write(d.variable);
    text(" AS ");
    write(d.condition);
  });
  text(")");
}

void printer::pattern(const row_pattern& p, bool grouped) {
  using enum pattern_kind;
  const bool list = p.kind == concatenation || p.kind == alternation || p.kind == empty;
  const bool wraps = list && (grouped || p.quantifier);
  const auto children = [&](std::string_view separator) {
    const bool inner = p.kind != permute && p.kind != exclusion;
    join_list(p.children, separator, [&](const row_pattern& c) { pattern(c, inner); });
  };
  if (wraps) text("(");
  switch (p.kind) {
    case variable: write(p.variable); break;
    case concatenation: children(" "); break;
    case alternation: children(" | "); break;
    case permute:
      text("PERMUTE(");
      children(", ");
      text(")");
      break;
    case exclusion:
      text("{- ");
      children(" ");
      text(" -}");
      break;
    case start_anchor: text("^"); break;
    case end_anchor: text("$"); break;
    case empty:
      if (!wraps) text("()");
      break;
  }
  if (wraps) text(")");
  if (p.quantifier) quantifier(*p.quantifier);
}

void printer::quantifier(const pattern_quantifier& q) {
  if (q.low == 0 && !q.high) {
    text("*");
  } else if (q.low == 1 && !q.high) {
    text("+");
  } else if (q.low == 0 && q.high == 1) {
    text("?");
  } else {
    text("{" + std::to_string(q.low));
    if (!q.high) text(",");
    if (q.high && *q.high != q.low) text("," + std::to_string(*q.high));
    text("}");
  }
  if (q.reluctant) text("?");
}

}  // namespace millrace::sql
