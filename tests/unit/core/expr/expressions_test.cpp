#include "tests/unit/core/expr/expressions.hpp"

#include "core/expr/literals.hpp"

#include <gtest/gtest.h>

#include <cctype>

namespace millrace::expr::test {
namespace {

using data::data_type;
using data::type_id;

struct scanner {
  std::string_view text;
  std::size_t at = 0;

  void blanks() {
    while (at < text.size() && (std::isspace(static_cast<unsigned char>(text[at])) != 0)) ++at;
  }
  bool eat(char c) {
    blanks();
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  std::string until(std::string_view ends) {
    blanks();
    const auto begin = at;
    while (at < text.size() && ends.find(text[at]) == std::string_view::npos) ++at;
    return std::string(text.substr(begin, at - begin));
  }
};

const std::vector<std::pair<std::string, type_id>> simple_types = {
    {"NULL", type_id::null},
    {"BOOLEAN", type_id::boolean},
    {"TINYINT", type_id::tinyint},
    {"SMALLINT", type_id::smallint},
    {"INT", type_id::integer},
    {"BIGINT", type_id::bigint},
    {"FLOAT", type_id::float32},
    {"DOUBLE", type_id::float64},
    {"DECIMAL", type_id::decimal},
    {"CHAR", type_id::character},
    {"VARCHAR", type_id::varchar},
    {"BINARY", type_id::binary},
    {"VARBINARY", type_id::varbinary},
    {"DATE", type_id::date},
    {"TIME", type_id::time},
    {"TIMESTAMP", type_id::timestamp},
    {"TIMESTAMP_LTZ", type_id::timestamp_ltz},
    {"YEAR_MONTH", type_id::interval_year_month},
    {"DAY_TIME", type_id::interval_day_time}};

data_type read_type(scanner& in) {
  const auto name = in.until(" <>(),)");
  if (name == "STRING") return data_type::string();
  if (name == "BYTES") return data_type::bytes();
  if (name == "ARRAY" || name == "MAP" || name == "MULTISET") {
    in.eat('<');
    auto first = read_type(in);
    if (name == "MAP") in.eat(',');
    auto type = name == "ARRAY" ? data_type::array(first)
                : name == "MAP" ? data_type::map(first, read_type(in))
                                : data_type::multiset(first);
    in.eat('>');
    return type;
  }
  if (name == "ROW") {
    std::vector<data::field> fields;
    in.eat('<');
    do {
      auto field = in.until(" ");
      fields.push_back({std::move(field), read_type(in)});
    } while (in.eat(','));
    in.eat('>');
    return data_type::row(std::move(fields));
  }
  std::int32_t numbers[2] = {name == "DECIMAL" ? 10 : 0, 0};
  if (in.at < in.text.size() && in.text[in.at] == '(') {
    in.eat('(');
    numbers[0] = std::stoi(in.until(",)"));
    if (in.eat(',')) numbers[1] = std::stoi(in.until(")"));
    in.eat(')');
  }
  for (const auto& [known, id] : simple_types)
    if (known == name) return data_type(id).with_precision(numbers[0], numbers[1]);
  ADD_FAILURE() << "unknown type " << name;
  return data_type();
}

struct reader {
  scanner in;
  const std::vector<data_type>& columns;

  result<expr_ptr> call() {
    const auto name = in.eat('|') ? in.until("|") : in.until(" )");
    in.eat('|');
    std::vector<expr_ptr> arguments;
    std::optional<data_type> target;
    while (!in.eat(')')) {
      if (in.at >= in.text.size()) return make_error(errc::internal, "unclosed call");
      if (in.eat(':')) {
        target = read_type(in);
        continue;
      }
      MILLRACE_TRY(auto a, expression());
      arguments.push_back(std::move(a));
    }
    return make_call(name, std::move(arguments), target ? &*target : nullptr);
  }

  std::string quoted(char mark) {
    std::string text;
    while (in.at < in.text.size()) {
      const char c = in.text[in.at++];
      if (c == mark) {
        if (in.at >= in.text.size() || in.text[in.at] != mark) break;
        ++in.at;
      }
      text += c;
    }
    return text;
  }

  result<expr_ptr> expression() {
    if (in.eat('(')) return call();
    if (in.eat('\'')) return make_literal(char_literal(quoted('\'')));
    if (in.eat('"')) return make_literal(string_literal(quoted('"')));
    if (in.eat('$')) {
      const auto index = static_cast<std::uint32_t>(std::stoul(in.until(" )")));
      return make_column(index, columns.at(index));
    }
    auto word = in.until(" )");
    if (word == "NULL") return make_literal(null_literal(data_type(type_id::null)));
    if (word == "TRUE" || word == "FALSE") return make_literal(boolean_literal(word == "TRUE"));
    const bool negative = word.starts_with('-');
    MILLRACE_TRY(auto number, number_literal(negative ? word.substr(1) : word));
    auto e = make_literal(std::move(number));
    return negative ? make_call("NEGATE", {std::move(e)}) : result<expr_ptr>(std::move(e));
  }
};

std::string run(const std::vector<data::column_ptr>& columns, std::uint32_t rows, const expr_ptr& e,
                const std::string& zone) {
  manual_clock clock(1'700'000'000'123);
  eval_context context;
  context.time = &clock;
  context.time_zone = zone;
  auto code = evaluator::make({e}, context);
  if (!code.ok()) return "error " + std::to_string(static_cast<int>(code.error().code));
  auto out = code->evaluate(columns, row_set::all(rows));
  if (!out.ok()) return "error " + std::to_string(static_cast<int>(out.error().code));
  EXPECT_EQ((*out)[0]->length, rows);
  std::string text;
  for (std::uint32_t i = 0; i < rows; ++i) {
    if (i > 0) text += " ; ";
    data::print_cell(text, *(*out)[0], i);
  }
  return text;
}

}  // namespace

data_type type_of(std::string_view sql) {
  scanner in{sql};
  return read_type(in);
}

result<expr_ptr> try_parse(std::string_view text, const std::vector<data_type>& columns) {
  return reader{{text}, columns}.expression();
}

expr_ptr parse(std::string_view text, const std::vector<data_type>& columns) {
  auto e = try_parse(text, columns);
  if (!e.ok()) {
    ADD_FAILURE() << text << ": " << to_text(e.error());
    return make_literal(null_literal(data_type(type_id::null)));
  }
  return *e;
}

std::string values(const input& in, std::string_view expression) {
  data::schema schema;
  std::vector<data_type> types;
  for (const auto& t : in.types) {
    types.push_back(type_of(t));
    schema.fields.push_back({"c" + std::to_string(types.size()), types.back()});
  }
  auto batch = data::parse_table(schema, in.rows);
  if (!batch.ok()) return to_text(batch.error());
  auto e = try_parse(expression, types);
  if (!e.ok()) return "error " + std::to_string(static_cast<int>(e.error().code));
  return run((*batch)->columns(), (*batch)->stored_rows(), *e, in.zone);
}

std::string value(std::string_view expression, const std::string& zone) {
  auto e = try_parse(expression);
  if (!e.ok()) return "error " + std::to_string(static_cast<int>(e.error().code));
  return run({}, 1, *e, zone);
}

std::string type_text(std::string_view expression, const std::vector<std::string>& columns) {
  std::vector<data_type> types;
  for (const auto& c : columns) types.push_back(type_of(c));
  auto e = try_parse(expression, types);
  if (!e.ok()) return "error " + std::to_string(static_cast<int>(e.error().code));
  return data::to_text((*e)->type.as_nullable());
}

}  // namespace millrace::expr::test
