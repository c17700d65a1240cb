#include "core/data/civil_time.hpp"
#include "core/data/value_text.hpp"
#include "core/expr/json/document.hpp"
#include "core/expr/json/json.hpp"
#include "core/expr/string/base64.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace millrace::expr {
namespace {

using data::column;
using data::type_id;

void append_number(std::string& out, const column& c, std::uint32_t row) {
  std::string text;
  data::append_value_text(text, c, row);
  const bool finite = text.back() != 'N' && text.back() != 'y';  // NaN, Infinity
  if (finite)
    append_json_number(out, text);
  else
    append_quoted_json(out, text);
}

void append_array(std::string& out, const column& store, std::uint32_t at) {
  const std::uint32_t* range = store.offset_data() + at;
  out += '[';
  for (std::uint32_t i = range[0]; i < range[1]; ++i) {
    if (i != range[0]) out += ',';
    append_as_json(out, *store.children[0], i);
  }
  out += ']';
}

// A member of an object: its quoted key and its value's JSON.
struct member {
  std::string key;
  std::string value;
};

void append_members(std::string& out, std::vector<member>& members) {
  std::sort(members.begin(), members.end(),
            [](const member& a, const member& b) { return a.key < b.key; });
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i != 0) out += ',';
    append_quoted_json(out, members[i].key);
    out += ':';
    out += members[i].value;
  }
  out += '}';
}

// Keys that are no text are printed as CAST prints them.
void append_map(std::string& out, const column& store, std::uint32_t at) {
  const std::uint32_t* range = store.offset_data() + at;
  std::vector<member> members;
  for (std::uint32_t i = range[0]; i < range[1]; ++i) {
    auto& m = members.emplace_back();
    data::append_value_text(m.key, *store.children[0], i);
    append_as_json(m.value, *store.children[1], i);
  }
  append_members(out, members);
}

void append_row(std::string& out, const column& store, std::uint32_t at) {
  std::vector<member> members;
  for (std::size_t f = 0; f < store.children.size(); ++f) {
    auto& m = members.emplace_back();
    m.key = store.type.fields()[f].name;
    append_as_json(m.value, *store.children[f], at);
  }
  append_members(out, members);
}

void append_moment(std::string& out, const column& store, std::uint32_t at) {
  std::string text;
  data::append_timestamp(text, store.data<std::int64_t>()[at], store.type.precision(),
                         data::fraction_digits::needed);
  text[text.find(' ')] = 'T';
  if (store.type.id() == type_id::timestamp_ltz) text += 'Z';
  append_quoted_json(out, text);
}

}  // namespace

void append_as_json(std::string& out, const column& c, std::uint32_t row) {
  if (c.is_null(row)) {
    out += "null";
    return;
  }
  const column& store = c.layout == data::encoding::dictionary ? *c.children[0] : c;
  const std::uint32_t at = c.index(row);
  std::string text;
  switch (c.type.id()) {
    case type_id::boolean: out += store.data<std::uint8_t>()[at] != 0 ? "true" : "false"; return;
    case type_id::character:
    case type_id::varchar: return append_quoted_json(out, c.text(row));
    case type_id::binary:
    case type_id::varbinary: append_base64(text, c.text(row)); return append_quoted_json(out, text);
    case type_id::timestamp:
    case type_id::timestamp_ltz: return append_moment(out, store, at);
    case type_id::array: return append_array(out, store, at);
    case type_id::map:
    case type_id::multiset: return append_map(out, store, at);
    case type_id::row: return append_row(out, store, at);
    default: break;
  }
  if (data::is_numeric(c.type.id())) return append_number(out, c, row);
  data::append_value_text(text, c, row);
  append_quoted_json(out, text);
}

}  // namespace millrace::expr
