#include "core/expr/json/document.hpp"
#include "core/expr/json/json.hpp"
#include "core/expr/json/path.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/string/utf8.hpp"

// IS JSON, JSON_TYPE, JSON_LENGTH, JSON_QUOTE, JSON_UNQUOTE, JSON

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

enum class wanted_json : std::uint8_t { value, object, array, scalar };

// NULL is no JSON: the result is never NULL.
template <wanted_json Wanted>
result<data::column_ptr> is_json(const kernel_call& call) {
  truth_writer out(call);
  const data::column& in = *call.arguments[0];
  json_document document;
  call.rows.for_each([&](std::uint32_t row) {
    if (in.is_null(row) || !document.parse(in.text(row))) return;
    const auto kind = document.root().kind;
    out.at[row] = Wanted == wanted_json::value ||
                  (Wanted == wanted_json::object && kind == json_kind::object) ||
                  (Wanted == wanted_json::array && kind == json_kind::array) ||
                  (Wanted == wanted_json::scalar && document.root().is_scalar());
  });
  return data::column_ptr(out.column);
}

std::string_view type_name(json_kind kind) {
  switch (kind) {
    case json_kind::null: return "null";
    case json_kind::boolean: return "boolean";
    case json_kind::number: return "number";
    case json_kind::text: return "string";
    case json_kind::array: return "array";
    case json_kind::object: return "object";
  }
  return {};
}

// The one node that the call is about: the root, or what the path of the row leads to; nothing if
// that is not exactly one.
class single_node {
 public:
  explicit single_node(const kernel_call& call) : call_(call) {}
  const json_node* at(std::uint32_t row) {
    if (!document_.parse(call_.arguments[0]->text(row))) return nullptr;
    if (call_.arguments.size() == 1) return &document_.root();
    const auto path = json_path::make(call_.arguments[1]->text(row));
    if (!path.ok()) return nullptr;
    found_.clear();
    path->select(document_, found_);
    return found_.size() == 1 ? &document_.node(found_[0]) : nullptr;
  }

 private:
  const kernel_call& call_;
  json_document document_;
  std::vector<std::uint32_t> found_;
};

result<data::column_ptr> json_type(const kernel_call& call) {
  single_node node(call);
  return write_texts(call, std::size_t{call.rows.count} * 6,
                     [&](std::uint32_t row, text_writer& out) {
                       if (const json_node* n = node.at(row))
                         out.put(row, type_name(n->kind));
                       else
                         out.put_null(row);
                     });
}

result<data::column_ptr> json_length(const kernel_call& call) {
  single_node node(call);
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  null_marks nulls(call.rows.stored);
  for_each_valid(call, [&](std::uint32_t row) {
    const json_node* n = node.at(row);
    if (n == nullptr) return nulls.mark(row);
    out.at[row] = n->is_scalar() ? 1 : static_cast<std::int32_t>(n->children);
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

void append_unit(std::string& out, std::uint32_t unit) {
  static constexpr char digits[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(unit >> shift) & 15];
}

// Characters beyond ASCII become \uXXXX, a pair of them outside of the basic plane.
void append_quoted_ascii(std::string& out, std::string_view text) {
  static constexpr std::string_view named = "\b\f\n\r\t\"\\/";
  static constexpr std::string_view names = "bfnrt\"\\/";
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    const auto known = c < 0x80 ? named.find(static_cast<char>(c)) : std::string_view::npos;
    if (known != std::string_view::npos) {
      out += '\\';
      out += names[known];
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x10000) {
      append_unit(out, c);
    } else {
      append_unit(out, 0xd800 + ((c - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  out += '"';
}

result<data::column_ptr> json_quote(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  std::string text;
  return write_texts(call, bytes_of(*call.arguments[0]) * 2,
                     [&](std::uint32_t row, text_writer& out) {
                       text.clear();
                       append_quoted_ascii(text, in[row]);
                       out.put(row, text);
                     });
}

// What is no JSON text in quotes stays as it is.
result<data::column_ptr> json_unquote(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  json_document document;
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    const auto text = in[row];
    const bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"' &&
                        document.parse(text) && document.root().kind == json_kind::text;
    out.put(row, quoted ? document.root().text : text);
  });
}

// Blank text is NULL.
result<data::column_ptr> json_text(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  text_writer out(call.result_type, call.rows.stored, bytes_of(*call.arguments[0]));
  json_document document;
  std::string text;
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    if (in[row].find_first_not_of(" \t\r\n") == std::string_view::npos) {
      out.put_null(row);
      return true;
    }
    if (!document.parse(in[row])) return false;
    text.clear();
    document.append(text, 0);
    out.put(row, text);
    return true;
  });
  if (whole) return out.finish();
  return make_error(errc::runtime_bad_argument,
                    "JSON takes JSON text, not '" +
                        std::string(in[call.context.failed_row].substr(0, 200)) + "'");
}

result<scalar_overload> resolve_inspection(const call_site& site, const data_type& type,
                                           scalar_kernel kernel, std::string_view signature) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  MILLRACE_TRY(auto o, text_overload(site, "tt", type, kernel, signature));
  o.result_type = type.as_nullable();
  return o;
}

}  // namespace

result<scalar_overload> resolve_is_json(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_text(site.types[0])) return wrong_types(site, "string IS JSON");
  scalar_overload o;
  o.argument_types = {data_type::string()};
  o.result_type = data_type(type_id::boolean, false);
  o.kernel = is_json<wanted_json::value>;
  if (site.name.ends_with("OBJECT")) o.kernel = is_json<wanted_json::object>;
  if (site.name.ends_with("ARRAY")) o.kernel = is_json<wanted_json::array>;
  if (site.name.ends_with("SCALAR")) o.kernel = is_json<wanted_json::scalar>;
  return o;
}

result<scalar_overload> resolve_json_type(const call_site& site) {
  return resolve_inspection(site, data_type::string(), json_type, "JSON_TYPE(json [, path])");
}

result<scalar_overload> resolve_json_length(const call_site& site) {
  return resolve_inspection(site, of(type_id::integer), json_length, "JSON_LENGTH(json [, path])");
}

result<scalar_overload> resolve_json_quote(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return text_overload(site, "t", data_type::string(), json_quote, "JSON_QUOTE(string)");
}

result<scalar_overload> resolve_json_unquote(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  return text_overload(site, "t", data_type::string(), json_unquote, "JSON_UNQUOTE(string)");
}

result<scalar_overload> resolve_json(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  MILLRACE_TRY(auto o, text_overload(site, "t", data_type::string(), json_text, "JSON(string)"));
  o.result_type = data_type::string();
  o.can_fail = true;
  return o;
}

}  // namespace millrace::expr
