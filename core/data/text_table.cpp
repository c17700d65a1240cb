#include "core/data/text_table.hpp"

#include "core/data/value_text.hpp"

#include <algorithm>

namespace millrace::data {
namespace {

constexpr std::string_view ambiguous = "|,()[]{}='\n\\";

bool needs_quotes(std::string_view text) {
  return text.empty() || text == "NULL" || text.front() == ' ' || text.back() == ' ' ||
         text.find_first_of(ambiguous) != std::string_view::npos;
}

void print_string(std::string& out, std::string_view text) {
  if (!needs_quotes(text)) {
    out += text;
    return;
  }
  out += '\'';
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\\' || c == '\'')
      out.append({c, c});
    else
      out += c;
  }
  out += '\'';
}

void print_elements(std::string& out, const column& store, std::uint32_t at) {
  const std::uint32_t* ranges = store.offset_data();
  for (std::uint32_t e = ranges[at]; e < ranges[at + 1]; ++e) {
    if (e != ranges[at]) out += ", ";
    print_cell(out, *store.children[0], e);
    if (store.children.size() < 2) continue;
    out += '=';
    print_cell(out, *store.children[1], e);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// The text up to the next '|' outside of quotes; the rest without the '|' stays in `line`.
std::string_view next_cell(std::string_view& line) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < line.size() && (quoted || line[i] != '|'); ++i)
    if (line[i] == '\'') quoted = !quoted;
  const std::string_view cell = trimmed(line.substr(0, i));
  line.remove_prefix(std::min(i + 1, line.size()));
  return cell;
}

bool take_kind(std::string_view mark, change_kind& kind) {
  for (const auto k : {change_kind::insert, change_kind::update_before, change_kind::update_after,
                       change_kind::remove})
    if (mark_of(k) == mark) {
      kind = k;
      return true;
    }
  return false;
}

result<void> parse_row(batch_builder& to, std::string_view line) {
  change_kind kind = change_kind::insert;
  std::string_view rest = line;
  if (!take_kind(next_cell(rest), kind)) rest = line;
  for (std::size_t i = 0; i < to.column_count(); ++i) {
    if (trimmed(rest).empty())
      return make_error(
          errc::connector_bad_record,
          "has " + std::to_string(i) + " cells instead of " + std::to_string(to.column_count()),
          "write a cell per column, with | between them; an empty string is ''");
    MILLRACE_CHECK(append_cell(to.column_at(i), next_cell(rest)));
  }
  if (!trimmed(rest).empty())
    return make_error(errc::connector_bad_record,
                      "has cells behind the last column: '" + std::string(rest) + "'");
  to.end_row(kind);
  return {};
}

}  // namespace

void print_cell(std::string& out, const column& c, std::uint32_t row) {
  const type_id id = c.type.id();
  if (c.is_null(row) || (!is_character(id) && !is_nested(id)))
    return append_value_text(out, c, row, {.zone = nullptr, .hex_bytes = true});
  if (is_character(id)) return print_string(out, c.text(row));
  const column& store = c.layout == encoding::dictionary ? *c.children[0] : c;
  const std::uint32_t at = c.index(row);
  if (id != type_id::row) {
    out += id == type_id::array ? '[' : '{';
    print_elements(out, store, at);
    out += id == type_id::array ? ']' : '}';
    return;
  }
  out += '(';
  for (std::size_t i = 0; i < store.children.size(); ++i) {
    if (i != 0) out += ", ";
    print_cell(out, *store.children[i], at);
  }
  out += ')';
}

std::string print_table(const record_batch& batch) {
  std::string out;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    out += mark_of(batch.kind_at(row));
    for (const auto& c : batch.columns()) {
      out += " | ";
      print_cell(out, *c, row);
    }
    out += '\n';
  }
  return out;
}

result<batch_ptr> parse_table(const schema& s, std::string_view text) {
  batch_builder out(s);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    if (auto parsed = parse_row(out, line); !parsed.ok()) {
      error e = parsed.take_error();
      e.message = "line " + std::to_string(number) + " " + e.message;
      return e;
    }
  }
  return out.finish();
}

}  // namespace millrace::data
