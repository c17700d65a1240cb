#include "core/sql/parse/parser.hpp"

#include "core/sql/parse/grammar.hpp"

#include <fmt/format.h>

namespace millrace::sql {
namespace {

result<void> check_size(std::string_view text) {
  if (text.size() <= max_script_bytes) return {};
  return make_error(
      errc::sql_too_deep, text_position{},
      fmt::format("the script has {} bytes, the limit is {}", text.size(), max_script_bytes),
      "split it into several files");
}

// Runs one rule over a whole text.
template <class T, class Rule>
result<T> parse_all(std::string_view text, Rule rule) {
  MILLRACE_CHECK(check_size(text));
  parser p(text);
  auto made = (p.*rule)();
  if (!made.ok()) return made.take_error();
  if (!p.at_end()) return p.unexpected("the end of the text");
  return T(std::move(made).value());
}

}  // namespace

class statement_stream::state {
 public:
  explicit state(std::string_view text) : parser_(text), size_(check_size(text)) {}

  result<std::optional<statement>> next() {
    if (done_) return std::optional<statement>{};
    done_ = true;
    if (!size_.ok()) return size_.take_error();
    while (parser_.accept_symbol(";")) continue;
    if (parser_.at_end()) return std::optional<statement>{};
    MILLRACE_TRY(auto made, parser_.parse_statement());
    done_ = false;
    return std::optional<statement>(std::move(made));
  }

 private:
  parser parser_;
  result<void> size_;
  bool done_ = false;
};

statement_stream::statement_stream(std::string_view text) : state_(std::make_unique<state>(text)) {}
statement_stream::~statement_stream() = default;
statement_stream::statement_stream(statement_stream&&) noexcept = default;
statement_stream& statement_stream::operator=(statement_stream&&) noexcept = default;

result<std::optional<statement>> statement_stream::next() { return state_->next(); }

result<std::vector<statement>> parse_script(std::string_view text) {
  statement_stream stream(text);
  std::vector<statement> statements;
  for (;;) {
    MILLRACE_TRY(auto next, stream.next());
    if (!next) return statements;
    statements.push_back(std::move(*next));
  }
}

result<expression_ptr> parse_expression(std::string_view text) {
  return parse_all<expression_ptr>(text, &parser::parse_expression);
}

result<query> parse_query(std::string_view text) {
  return parse_all<query>(text, &parser::parse_query);
}

result<type_name> parse_type(std::string_view text) {
  return parse_all<type_name>(text, &parser::parse_type);
}

}  // namespace millrace::sql
