#include "core/expr/cast/parse.hpp"
#include "core/expr/json/json.hpp"
#include "core/expr/json/lookup.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/resolve.hpp"

// JSON_VALUE(input, path, on_empty, empty_default, on_error, error_default)

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

struct prepared_value final : prepared_json {
  json_behavior on_empty = json_behavior::null;
  json_behavior on_error = json_behavior::null;
};

json_behavior behavior_at(std::span<const data::column_ptr> arguments, std::size_t i) {
  return i < arguments.size() && arguments[i] && !arguments[i]->is_null(0)
             ? json_behavior_of(arguments[i]->text(0))
             : json_behavior::null;
}

result<std::shared_ptr<const prepared_state>> prepare_value(
    const scalar_overload& o, std::span<const data::column_ptr> arguments,
    const eval_context& context) {
  MILLRACE_TRY(auto path, prepare_json_path(o, arguments, context));
  auto out = std::make_shared<prepared_value>();
  out->path = static_cast<const prepared_json&>(*path).path;
  out->on_empty = behavior_at(arguments, 2);
  out->on_error = behavior_at(arguments, 4);
  return std::shared_ptr<const prepared_state>(std::move(out));
}

error no_value(std::string_view input, bool empty) {
  return make_error(errc::runtime_bad_argument,
                    std::string("JSON_VALUE found ") + (empty ? "no value" : "no scalar value") +
                        " in '" + std::string(input.substr(0, 200)) + "'",
                    empty ? "NULL ON EMPTY or DEFAULT .. ON EMPTY accept it."
                          : "NULL ON ERROR or DEFAULT .. ON ERROR accept it.");
}

// Appends a scalar in the wanted type; false if it is none of that type.
bool append_scalar(data::column_builder& out, const json_node& node, std::string& scratch) {
  switch (out.type().id()) {
    case type_id::boolean: {
      const auto truth = parse_truth(node.text);
      if (truth) out.append(*truth);
      return truth.has_value();
    }
    case type_id::integer: {
      const auto number = parse_integer<std::int32_t>(node.text);
      if (number) out.append(*number);
      return number.has_value();
    }
    case type_id::bigint: {
      const auto number = parse_integer<std::int64_t>(node.text);
      if (number) out.append(*number);
      return number.has_value();
    }
    case type_id::float64: {
      const auto number = parse_floating<double>(node.text);
      if (number) out.append(*number);
      return number.has_value();
    }
    default: break;
  }
  scratch.clear();
  if (node.kind == json_kind::number)
    append_json_number(scratch, node.text);
  else
    scratch = node.text;
  out.append_text(scratch);
  return true;
}

class value_writer {
 public:
  explicit value_writer(const kernel_call& call)
      : call_(call),
        prepared_(static_cast<const prepared_value&>(*call.prepared)),
        lookup_(call),
        out_(call.result_type, call.rows.stored) {}

  // False if the row ends in an error.
  bool add(std::uint32_t row) {
    out_.append_nulls(row - out_.length());
    if (!json_arguments_valid(call_, row)) {
      out_.append_null();
      return true;
    }
    auto outcome = lookup_.find(row);
    if (outcome == json_outcome::found && !lookup_.is_scalar())
      outcome = lookup_.lax() ? json_outcome::nothing : json_outcome::failed;
    if (outcome == json_outcome::found && append_scalar(out_, lookup_.value(), scratch_))
      return true;
    empty_ = outcome == json_outcome::nothing;
    return empty_ ? stand_in(prepared_.on_empty, 3, row) : stand_in(prepared_.on_error, 5, row);
  }
  data::column_ptr finish() {
    out_.append_nulls(call_.rows.stored - out_.length());
    return out_.finish();
  }
  [[nodiscard]] bool was_empty() const { return empty_; }

 private:
  bool stand_in(json_behavior behavior, std::size_t fallback, std::uint32_t row) {
    if (behavior == json_behavior::error) return false;
    if (behavior == json_behavior::default_value)
      out_.append_from(*call_.arguments[fallback], row);
    else
      out_.append_null();
    return true;
  }

  const kernel_call& call_;
  const prepared_value& prepared_;
  json_lookup lookup_;
  data::column_builder out_;
  std::string scratch_;
  bool empty_ = false;
};

result<data::column_ptr> json_value(const kernel_call& call) {
  value_writer writer(call);
  for (std::uint32_t i = 0; i < call.rows.count; ++i) {
    const std::uint32_t row = call.rows.dense() ? i : call.rows.selection[i];
    if (writer.add(row)) continue;
    call.context.failed_row = row;
    return no_value(call.arguments[0]->text(row), writer.was_empty());
  }
  return writer.finish();
}

bool can_return(type_id id) {
  return data::is_character(id) || id == type_id::boolean || id == type_id::integer ||
         id == type_id::bigint || id == type_id::float64;
}

}  // namespace

result<scalar_overload> resolve_json_value(const call_site& site) {
  constexpr std::string_view signature =
      "JSON_VALUE(json, path [RETURNING STRING, BOOLEAN, INT or DOUBLE] [ON EMPTY] [ON ERROR])";
  MILLRACE_CHECK(expect_arguments(site, 2, 6));
  if (!takes_text(site.types[0]) || !takes_text(site.types[1])) return wrong_types(site, signature);
  const data_type type = site.target != nullptr ? site.target->as_nullable() : data_type::string();
  if (!can_return(type.id())) return wrong_types(site, signature);
  scalar_overload o;
  o.argument_types = {data_type::string(), data_type::string()};
  for (std::size_t i = 2; i < site.types.size(); ++i)
    o.argument_types.push_back(i % 2 == 0 ? data_type::string() : type);
  o.result_type = type;
  o.kernel = json_value;
  o.prepare = prepare_value;
  for (const std::size_t i : {2, 4}) o.can_fail |= literal_word(site, i) == "ERROR";
  return o;
}

}  // namespace millrace::expr
