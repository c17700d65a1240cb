#include "core/sql/ast/printer.hpp"
#include "core/sql/parse/keywords.hpp"

#include <iterator>

namespace millrace::sql {

std::string_view to_text(time_unit unit) {
  static constexpr std::string_view texts[] = {
      "YEAR",       "ISOYEAR", "QUARTER", "MONTH",   "WEEK",      "DAY",         "DOW",
      "ISODOW",     "DOY",     "HOUR",    "MINUTE",  "SECOND",    "MILLISECOND", "MICROSECOND",
      "NANOSECOND", "EPOCH",   "DECADE",  "CENTURY", "MILLENNIUM"};
  static_assert(std::size(texts) == static_cast<std::size_t>(time_unit::millennium) + 1);
  return texts[static_cast<std::size_t>(unit)];
}

void printer::node(const function_call& e) {
  // A reserved name that was written plainly may be called plainly: COUNT(..).
  const bool keyword = e.function.size() == 1 && !e.function[0].quoted;
  if (keyword && is_reserved(e.function[0].text)) {
    text(e.function[0].text);
  } else {
    write_path(e.function);
  }
  if (e.form == call_form::bare) return;
  text("(");
  arguments(e);
  text(")");
  call_suffix(e);
}

void printer::arguments(const function_call& e) {
  if (e.star) return text("*");
  if (e.quantifier == set_quantifier::distinct) text("DISTINCT ");
  if (e.quantifier == set_quantifier::all) text("ALL ");
  // What stands in front of the second, third and fourth argument.
  static constexpr std::string_view separators[][3] = {
      {", ", ", ", ", "},        {", ", ", ", ", "},
      {" IN ", " FROM ", ", "},  {" PLACING ", " FROM ", " FOR "},
      {" FROM ", " FOR ", ", "}, {" FROM ", ", ", ", "},
      {" TO ", ", ", ", "}};
  const auto& words = separators[static_cast<std::size_t>(e.form)];
  for (std::size_t i = 0; i < e.arguments.size(); ++i) {
    if (i > 0) text(i <= 3 ? words[i - 1] : ", ");
    const argument& given = e.arguments[i];
    if (given.parameter) {
      if (given.parameter->quoted) {
        write(*given.parameter);
      } else {
        text(given.parameter->text);
      }
      text(" => ");
    }
    constexpr int above_predicates = 33;
    const bool searched = e.form == call_form::position_in && i == 0;
    write(given.value, searched ? above_predicates : 0);
  }
}

void printer::call_suffix(const function_call& e) {
  if (!e.within_group.empty()) {
    text(" WITHIN GROUP (");
    order(e.within_group);
    text(")");
  }
  if (e.nulls == null_treatment::ignore) text(" IGNORE NULLS");
  if (e.nulls == null_treatment::respect) text(" RESPECT NULLS");
  if (e.filter) {
    text(" FILTER (WHERE ");
    write(*e.filter);
    text(")");
  }
  if (!e.over) return;
  text(" OVER ");
  if (e.over->reference) return write(*e.over->base);
  window(*e.over);
}

void printer::window(const window_spec& w) {
  std::string_view blank;
  const auto part = [&](std::string_view head) {
    text(blank);
    text(head);
    blank = " ";
  };
  text("(");
  if (w.base) {
    part("");
    write(*w.base);
  }
  if (!w.partition_by.empty()) {
    part("PARTITION BY ");
    expressions(w.partition_by);
  }
  if (!w.order_by.empty()) {
    part("");
    order(w.order_by);
  }
  if (w.frame) {
    part(w.frame->unit == frame_unit::rows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
    bound(w.frame->start);
    text(" AND ");
    bound(w.frame->end);
  }
  text(")");
}

void printer::bound(const frame_bound& b) {
  using enum frame_bound_kind;
  if (b.kind == unbounded_preceding) return text("UNBOUNDED PRECEDING");
  if (b.kind == unbounded_following) return text("UNBOUNDED FOLLOWING");
  if (b.kind == current_row) return text("CURRENT ROW");
  constexpr int above_logic = 33;
  write(*b.offset, above_logic);
  text(b.kind == preceding ? " PRECEDING" : " FOLLOWING");
}

void printer::order(const std::vector<order_item>& items) {
  text("ORDER BY ");
  join_list(items, ", ", [this](const order_item& item) {
    write(item.value);
    if (item.descending) text(" DESC");
    if (item.nulls_first) text(*item.nulls_first ? " NULLS FIRST" : " NULLS LAST");
  });
}

void printer::qualifier(const interval_qualifier& q) {
  text(to_text(q.from));
  if (q.precision) {
    text("(" + std::to_string(*q.precision));
    if (!q.to && q.fraction) text(", " + std::to_string(*q.fraction));
    text(")");
  }
  if (!q.to) return;
  text(" TO ");
  text(to_text(*q.to));
  if (q.fraction) text("(" + std::to_string(*q.fraction) + ")");
}

void printer::node(const trim_call& e) {
  static constexpr std::string_view sides[] = {"BOTH ", "LEADING ", "TRAILING "};
  text("TRIM(");
  text(sides[static_cast<std::size_t>(e.side)]);
  if (e.characters) {
    write(*e.characters);
    text(" ");
  }
  text("FROM ");
  write(*e.value);
  text(")");
}

void printer::node(const json_path_call& e) {
  static constexpr std::string_view functions[] = {"JSON_VALUE(", "JSON_QUERY(", "JSON_EXISTS("};
  static constexpr std::string_view wrappers[] = {" WITHOUT ARRAY WRAPPER",
                                                  " WITH CONDITIONAL ARRAY WRAPPER",
                                                  " WITH UNCONDITIONAL ARRAY WRAPPER"};
  text(functions[static_cast<std::size_t>(e.function)]);
  write(*e.input);
  text(", ");
  write(*e.path);
  if (e.returning) {
    text(" RETURNING ");
    write(*e.returning);
  }
  if (e.wrapper) text(wrappers[static_cast<std::size_t>(*e.wrapper)]);
  if (e.on_empty) behavior(*e.on_empty, "EMPTY");
  if (e.on_error) behavior(*e.on_error, "ERROR");
  text(")");
}

void printer::behavior(const json_behavior& b, std::string_view event) {
  static constexpr std::string_view texts[] = {" NULL",        " ERROR",        " DEFAULT ",
                                               " EMPTY ARRAY", " EMPTY OBJECT", " TRUE",
                                               " FALSE",       " UNKNOWN"};
  text(texts[static_cast<std::size_t>(b.kind)]);
  if (b.value) write(*b.value);
  text(" ON ");
  text(event);
}

void printer::node(const json_constructor_call& e) {
  static constexpr std::string_view functions[] = {"JSON_OBJECT(", "JSON_OBJECTAGG(", "JSON_ARRAY(",
                                                   "JSON_ARRAYAGG("};
  text(functions[static_cast<std::size_t>(e.function)]);
  join_list(e.members, ", ", [this](const json_member& member) {
    if (member.key) {
      text("KEY ");
      write(*member.key);
      text(" VALUE ");
    }
    write(member.value);
  });
  const std::string_view blank = e.members.empty() ? "" : " ";
  if (!e.order_by.empty()) {
    text(blank);
    order(e.order_by);
  }
  if (e.absent_on_null) {
    text(blank);
    text(*e.absent_on_null ? "ABSENT ON NULL" : "NULL ON NULL");
  }
  text(")");
  if (!e.filter) return;
  text(" FILTER (WHERE ");
  write(*e.filter);
  text(")");
}

void printer::node(const descriptor& e) {
  text("DESCRIPTOR(");
  names(e.columns);
  text(")");
}

void printer::node(const table_argument& e) {
  if (e.subquery) {
    parentheses(*e.subquery);
  } else {
    text("TABLE ");
    write_path(e.table);
  }
  if (!e.partition_by.empty()) {
    text(" PARTITION BY (");
    expressions(e.partition_by);
    text(")");
  }
  if (e.order_by.empty()) return;
  text(" ");
  order(e.order_by);
}

}  // namespace millrace::sql
