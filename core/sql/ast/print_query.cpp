#include "core/sql/ast/printer.hpp"

namespace millrace::sql {
namespace {

bool has_clauses(const query& q) {
  return !q.with.empty() || !q.order_by.empty() || q.limit || q.offset;
}

}  // namespace

void printer::write(const query& q) {
  if (!q.with.empty()) {
    text("WITH ");
    join_list(q.with, ", ", [this](const common_table& t) {
      write(t.table);
      if (!t.columns.empty()) {
        text(" (");
        names(t.columns);
        text(")");
      }
      text(" AS ");
      parentheses(*t.definition);
    });
    text(" ");
  }
  std::visit([this](const auto& b) { body(b); }, q.body);
  if (!q.order_by.empty()) {
    text(" ");
    order(q.order_by);
  }
  if (q.limit) {
    text(" LIMIT ");
    write(*q.limit);
  }
  if (q.offset) {
    text(" OFFSET ");
    write(*q.offset);
  }
}

void printer::body(const select_block& b) {
  text("SELECT ");
  if (!b.hints.empty()) {
    hints(b.hints);
    text(" ");
  }
  if (b.distinct) text("DISTINCT ");
  join_list(b.items, ", ", [this](const select_item& item) {
    write(item.value);
    if (!item.alias) return;
    text(" AS ");
    write(*item.alias);
  });
  if (b.from) {
    text(" FROM ");
    write(*b.from);
  }
  if (b.where) {
    text(" WHERE ");
    write(*b.where);
  }
  if (b.group_by) {
    text(b.group_by->distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
    join_list(b.group_by->items, ", ", [this](const group_item& g) { group(g); });
  }
  if (b.having) {
    text(" HAVING ");
    write(*b.having);
  }
  if (!b.windows.empty()) {
    text(" WINDOW ");
    join_list(b.windows, ", ", [this](const named_window& w) {
      write(w.window);
      text(" AS ");
      window(w.spec);
    });
  }
  if (b.qualify) {
    text(" QUALIFY ");
    write(*b.qualify);
  }
}

void printer::body(const values_block& b) {
  text("VALUES ");
  expressions(b.rows);
}

void printer::body(const table_block& b) {
  text("TABLE ");
  write_path(b.table);
}

void printer::body(const set_operation& b) {
  static constexpr std::string_view words[] = {" UNION ", " INTERSECT ", " EXCEPT "};
  const bool intersects = b.op == set_operator::intersect;
  const auto looser = [&](const query& q, bool right) {
    const auto* inner = q.get_if<set_operation>();
    return inner && (right ? !(inner->op == set_operator::intersect && !intersects)
                           : intersects && inner->op != set_operator::intersect);
  };
  operand(*b.left, looser(*b.left, false));
  text(words[static_cast<std::size_t>(b.op)]);
  if (b.all) text("ALL ");
  operand(*b.right, looser(*b.right, true));
}

void printer::operand(const query& q, bool grouped) {
  if (grouped || has_clauses(q)) return parentheses(q);
  write(q);
}

void printer::body(const nested_query& b) { parentheses(*b.inner); }

void printer::group(const group_item& g) {
  using enum group_item_kind;
  if (g.kind == group_item_kind::expression) return write(g.values[0]);
  text(g.kind == grouping_sets ? "GROUPING SETS ("
       : g.kind == rollup      ? "ROLLUP ("
       : g.kind == cube        ? "CUBE ("
                               : "(");
  expressions(g.values);
  join_list(g.items, ", ", [this](const group_item& inner) { group(inner); });
  text(")");
}

void printer::write(const table_ref& t) {
  if (t.lateral) text("LATERAL ");
  const bool grouped = t.kind() == table_ref_kind::join && t.alias;
  if (grouped) text("(");
  std::visit([this](const auto& n) { table(n); }, t.node);
  if (grouped) text(")");
  if (!t.hints.empty()) {
    text(" ");
    hints(t.hints);
  }
  if (t.system_time) {
    text(" FOR SYSTEM_TIME AS OF ");
    write(*t.system_time);
  }
  if (!t.alias) return;
  text(" AS ");
  write(*t.alias);
  if (t.alias_columns.empty()) return;
  text(" (");
  names(t.alias_columns);
  text(")");
}

void printer::table(const table_function& t) {
  text("TABLE(");
  write(t.call);
  text(")");
}

void printer::table(const unnest& t) {
  text("UNNEST(");
  expressions(t.collections);
  text(t.with_ordinality ? ") WITH ORDINALITY" : ")");
}

void printer::table(const join& t) {
  static constexpr std::string_view words[] = {"INNER JOIN ", "LEFT JOIN ",  "RIGHT JOIN ",
                                               "FULL JOIN ",  "CROSS JOIN ", ", "};
  const auto side = [this](const table_ref& s, bool grouped) {
    if (grouped) text("(");
    write(s);
    if (grouped) text(")");
  };
  const bool comma = t.kind == join_kind::comma;
  const auto joins_by_comma = [](const table_ref& s) {
    const auto* inner = s.get_if<join>();
    return inner && !s.alias && inner->kind == join_kind::comma;
  };
  const bool plain_right = t.right->kind() != table_ref_kind::join || t.right->alias ||
                           (comma && !joins_by_comma(*t.right));
  side(*t.left, !comma && joins_by_comma(*t.left));
  if (!comma) text(" ");
  if (t.natural) text("NATURAL ");
  text(words[static_cast<std::size_t>(t.kind)]);
  side(*t.right, !plain_right);
  if (t.on) {
    text(" ON ");
    write(*t.on);
  }
  if (t.columns.empty()) return;
  text(" USING (");
  names(t.columns);
  text(")");
}

void printer::hints(const std::vector<hint>& list) {
  text("/*+ ");
  join_list(list, ", ", [this](const hint& h) {
    write(name{h.name, false, {}});
    if (h.arguments.empty() && h.options.empty()) return;
    text("(");
    join_list(h.arguments, ", ", [this](const std::string& a) { quoted(a); });
    if (!h.arguments.empty() && !h.options.empty()) text(", ");
    join_list(h.options, ", ", [this](const option_entry& o) {
      quoted(o.key);
      text(" = ");
      quoted(o.value);
    });
    text(")");
  });
  text(" */");
}

}  // namespace millrace::sql
