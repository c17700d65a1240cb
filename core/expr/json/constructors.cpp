#include "core/expr/json/document.hpp"
#include "core/expr/json/json.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/string/text_kernel.hpp"

#include <algorithm>

// JSON_OBJECT(nulls, key, value, ...), JSON_ARRAY(nulls, value, ...), JSON_STRING(value)

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

// What the first argument says; `raw[i]` if argument i is JSON already.
struct prepared_constructor final : prepared_state {
  bool absent = false;
  std::vector<bool> raw;
  std::vector<std::size_t> keys;  // of objects: the arguments that are keys, in the keys' order
};

void read_mode(std::string_view mode, prepared_constructor& out) {
  out.absent = mode.starts_with("ABSENT");
  for (auto at = mode.find(' '); at != std::string_view::npos; at = mode.find(' ', at + 1)) {
    std::size_t index = 0;
    for (auto i = at + 1; i < mode.size() && mode[i] != ' '; ++i)
      index = index * 10 + static_cast<std::size_t>(mode[i] - '0');
    if (index < out.raw.size()) out.raw[index] = true;
  }
}

result<std::shared_ptr<const prepared_state>> prepare_array(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_constructor>();
  out->raw.assign(arguments.size(), false);
  read_mode(arguments[0]->text(0), *out);
  return std::shared_ptr<const prepared_state>(std::move(out));
}

// Keys are sorted; the last of equal ones stays.
result<std::shared_ptr<const prepared_state>> prepare_object(
    const scalar_overload& o, std::span<const data::column_ptr> arguments,
    const eval_context& context) {
  MILLRACE_TRY(auto state, prepare_array(o, arguments, context));
  auto out =
      std::make_shared<prepared_constructor>(static_cast<const prepared_constructor&>(*state));
  const auto key = [&](std::size_t i) { return arguments[i]->text(0); };
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    std::erase_if(out->keys, [&](std::size_t other) { return key(other) == key(i); });
    out->keys.push_back(i);
  }
  std::sort(out->keys.begin(), out->keys.end(),
            [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  return std::shared_ptr<const prepared_state>(std::move(out));
}

void append_member(std::string& out, const kernel_call& call, std::size_t argument, bool raw,
                   std::uint32_t row) {
  const data::column& value = *call.arguments[argument];
  if (raw && !value.is_null(row))
    out += value.text(row);
  else
    append_as_json(out, value, row);
}

result<data::column_ptr> json_object(const kernel_call& call) {
  const auto& prepared = static_cast<const prepared_constructor&>(*call.prepared);
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 32);
  std::string text;
  call.rows.for_each([&](std::uint32_t row) {
    text = "{";
    for (const auto key : prepared.keys) {
      if (prepared.absent && call.arguments[key + 1]->is_null(row)) continue;
      if (text.size() > 1) text += ',';
      append_quoted_json(text, call.arguments[key]->text(row));
      text += ':';
      append_member(text, call, key + 1, prepared.raw[key + 1], row);
    }
    text += '}';
    out.put(row, text);
  });
  return out.finish();
}

result<data::column_ptr> json_array(const kernel_call& call) {
  const auto& prepared = static_cast<const prepared_constructor&>(*call.prepared);
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 32);
  std::string text;
  call.rows.for_each([&](std::uint32_t row) {
    text = "[";
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
      if (prepared.absent && call.arguments[i]->is_null(row)) continue;
      if (text.size() > 1) text += ',';
      append_member(text, call, i, prepared.raw[i], row);
    }
    text += ']';
    out.put(row, text);
  });
  return out.finish();
}

bool makes_json(const bound_expr& e) {
  return e.kind == expr_kind::call &&
         (e.function == "JSON_OBJECT" || e.function == "JSON_ARRAY" || e.function == "JSON");
}

// The word of the call with the indices of its JSON arguments; those that it names already stay,
// because a plan may have put a column in place of the inner call.
result<std::string> mode_of(std::span<const expr_ptr> arguments) {
  if (arguments.empty() || arguments[0]->kind != expr_kind::literal ||
      !data::is_character(arguments[0]->type.id()))
    return make_error(errc::sql_bad_argument, "JSON constructors begin with NULL or ABSENT");
  std::string mode(arguments[0]->literal->text(0));
  if (mode.find(' ') != std::string::npos) return mode;
  for (std::size_t i = 1; i < arguments.size(); ++i)
    if (makes_json(*arguments[i])) mode += ' ' + std::to_string(i);
  return mode;
}

// Any types are fine as they are, so there is nothing to resolve.
expr_ptr assemble(std::string_view name, std::vector<expr_ptr> arguments, scalar_overload o) {
  auto e = std::make_shared<bound_expr>();
  e->kind = expr_kind::call;
  e->function = std::string(name);
  e->arguments = std::move(arguments);
  for (const auto& a : e->arguments) o.argument_types.push_back(a->type);
  e->type = o.result_type;
  e->overload = std::make_shared<const scalar_overload>(std::move(o));
  return e;
}

result<expr_ptr> make_constructor(std::string_view name, std::span<const expr_ptr> given,
                                  scalar_overload o) {
  MILLRACE_TRY(const auto mode, mode_of(given));
  std::vector<expr_ptr> arguments(given.begin(), given.end());
  arguments[0] = make_literal(char_literal(mode));
  o.result_type = data_type::string(false);
  return assemble(name, std::move(arguments), std::move(o));
}

result<data::column_ptr> json_string(const kernel_call& call) {
  std::string text;
  return write_texts(call, bytes_of(*call.arguments[0]), [&](std::uint32_t row, text_writer& out) {
    text.clear();
    append_as_json(text, *call.arguments[0], row);
    out.put(row, text);
  });
}

}  // namespace

result<expr_ptr> make_json_array(std::span<const expr_ptr> arguments) {
  scalar_overload o;
  o.kernel = json_array;
  o.prepare = prepare_array;
  return make_constructor("JSON_ARRAY", arguments, std::move(o));
}

result<expr_ptr> make_json_object(std::span<const expr_ptr> arguments) {
  if (arguments.size() % 2 == 0)
    return make_error(errc::sql_bad_argument, "JSON_OBJECT takes pairs of key and value");
  for (std::size_t i = 1; i < arguments.size(); i += 2) {
    const bound_expr& key = *arguments[i];
    if (key.kind != expr_kind::literal || !data::is_character(key.type.id()) ||
        key.literal->is_null(0))
      return make_error(errc::sql_bad_argument, "a key of JSON_OBJECT is a text literal",
                        "Use JSON_OBJECTAGG for keys that come from columns.");
  }
  scalar_overload o;
  o.kernel = json_object;
  o.prepare = prepare_object;
  return make_constructor("JSON_OBJECT", arguments, std::move(o));
}

result<expr_ptr> make_json_string(std::span<const expr_ptr> arguments) {
  if (arguments.size() != 1)
    return make_error(errc::sql_bad_argument, "JSON_STRING takes 1 argument");
  if (makes_json(*arguments[0])) return arguments[0];
  scalar_overload o;
  o.kernel = json_string;
  o.null_in_null_out = true;
  o.result_type = data_type::string(arguments[0]->type.nullable());
  return assemble("JSON_STRING", {arguments[0]}, std::move(o));
}

}  // namespace millrace::expr
