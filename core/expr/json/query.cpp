#include "core/expr/json/json.hpp"
#include "core/expr/json/lookup.hpp"
#include "core/expr/resolve.hpp"

// JSON_QUERY(input, path, wrapper, on_empty, on_error), JSON_EXISTS(input, path [, on_error])

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

struct prepared_query final : prepared_json {
  bool wrap = false;
  bool wrap_arrays = false;
  json_behavior on_empty = json_behavior::null;
  json_behavior on_error = json_behavior::null;
};

result<std::shared_ptr<const prepared_state>> prepare_query(
    const scalar_overload& o, std::span<const data::column_ptr> arguments,
    const eval_context& context) {
  MILLRACE_TRY(auto path, prepare_json_path(o, arguments, context));
  auto out = std::make_shared<prepared_query>();
  out->path = static_cast<const prepared_json&>(*path).path;
  const auto word = [&](std::size_t i) {
    return i < arguments.size() && arguments[i] ? arguments[i]->text(0) : std::string_view();
  };
  const bool exists = o.result_type.id() == type_id::boolean;
  out->wrap = !exists && (word(2) == "CONDITIONAL" || word(2) == "UNCONDITIONAL");
  out->wrap_arrays = word(2) == "UNCONDITIONAL";
  out->on_empty = json_behavior_of(word(3));
  out->on_error = json_behavior_of(word(exists ? 2 : 4));
  return std::shared_ptr<const prepared_state>(std::move(out));
}

error failed(const kernel_call& call, std::uint32_t row) {
  call.context.failed_row = row;
  return make_error(errc::runtime_bad_argument,
                    "the JSON path '" + std::string(call.arguments[1]->text(row)) +
                        "' gives no result in '" +
                        std::string(call.arguments[0]->text(row).substr(0, 200)) + "'",
                    "NULL ON EMPTY and NULL ON ERROR accept it.");
}

// Appends values to a STRING as one text, to an ARRAY<STRING> one by one.
class query_writer {
 public:
  explicit query_writer(const kernel_call& call)
      : call_(call),
        prepared_(static_cast<const prepared_query&>(*call.prepared)),
        lookup_(call),
        out_(call.result_type, call.rows.stored),
        array_(call.result_type.id() == type_id::array) {}

  bool add(std::uint32_t row) {
    out_.append_nulls(row - out_.length());
    if (!json_arguments_valid(call_, row)) {
      out_.append_null();
      return true;
    }
    auto outcome = lookup_.find(row);
    const bool wrapped = prepared_.wrap && outcome == json_outcome::found &&
                         (prepared_.wrap_arrays || !lookup_.is_array());
    if (outcome == json_outcome::found && !wrapped && lookup_.is_scalar())
      outcome = lookup_.lax() ? json_outcome::nothing : json_outcome::failed;
    if (outcome == json_outcome::nothing) return stand_in(prepared_.on_empty);
    if (outcome == json_outcome::failed || (array_ && !wrapped && !lookup_.is_array()))
      return stand_in(prepared_.on_error);
    if (array_)
      add_elements(wrapped);
    else
      add_text(wrapped);
    return true;
  }
  data::column_ptr finish() {
    out_.append_nulls(call_.rows.stored - out_.length());
    return out_.finish();
  }

 private:
  void add_text(bool wrapped) {
    text_.clear();
    if (wrapped) text_ += '[';
    lookup_.append(text_);
    if (wrapped) text_ += ']';
    out_.append_text(text_);
  }

  void add_element(std::uint32_t index) {
    const json_node& node = lookup_.document().node(index);
    if (node.kind == json_kind::null) return out_.child(0).append_null();
    text_.clear();
    if (node.kind == json_kind::text)
      text_ = node.text;
    else
      lookup_.document().append(text_, index);
    out_.child(0).append_text(text_);
  }

  void add_elements(bool wrapped) {
    if (lookup_.is_list() && !wrapped) {
      for (const auto index : lookup_.matches()) add_element(index);
    } else if (wrapped && !lookup_.is_list()) {
      add_element(lookup_.matches()[0]);
    } else if (wrapped) {
      text_.clear();
      lookup_.append(text_);
      out_.child(0).append_text(text_);
    } else {
      for (auto i = lookup_.value().first_child; i != 0; i = lookup_.document().node(i).next)
        add_element(i);
    }
    out_.append_nested();
  }

  bool stand_in(json_behavior behavior) {
    switch (behavior) {
      case json_behavior::error: return false;
      case json_behavior::empty_array:
        if (array_)
          out_.append_nested();
        else
          out_.append_text("[]");
        return true;
      case json_behavior::empty_object:
        if (array_) return false;
        out_.append_text("{}");
        return true;
      default: out_.append_null(); return true;
    }
  }

  const kernel_call& call_;
  const prepared_query& prepared_;
  json_lookup lookup_;
  data::column_builder out_;
  bool array_;
  std::string text_;
};

result<data::column_ptr> json_query(const kernel_call& call) {
  query_writer writer(call);
  for (std::uint32_t i = 0; i < call.rows.count; ++i) {
    const std::uint32_t row = call.rows.dense() ? i : call.rows.selection[i];
    if (!writer.add(row)) return failed(call, row);
  }
  return writer.finish();
}

result<data::column_ptr> json_exists(const kernel_call& call) {
  const auto on_error = static_cast<const prepared_query&>(*call.prepared).on_error;
  truth_writer out(call);
  null_marks nulls(call.rows.stored);
  json_lookup lookup(call);
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    if (!json_arguments_valid(call, row)) {
      nulls.mark(row);
      return true;
    }
    const auto outcome = lookup.find(row);
    const bool error = outcome == json_outcome::failed;
    if (error && on_error == json_behavior::error) return false;
    if (error && on_error == json_behavior::unknown) nulls.mark(row);
    out.at[row] = outcome == json_outcome::found || (error && on_error == json_behavior::true_);
    return true;
  });
  if (!whole) return failed(call, call.context.failed_row);
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<scalar_overload> resolve_path_call(const call_site& site, std::size_t most,
                                          const data_type& type, scalar_kernel kernel,
                                          std::string_view signature) {
  MILLRACE_CHECK(expect_arguments(site, 2, most));
  for (const auto& t : site.types)
    if (!takes_text(t)) return wrong_types(site, signature);
  scalar_overload o;
  o.argument_types.assign(site.types.size(), data_type::string());
  o.result_type = type;
  o.kernel = kernel;
  o.prepare = prepare_query;
  for (std::size_t i = 2; i < site.types.size(); ++i)
    o.can_fail |= literal_word(site, i) == "ERROR";
  return o;
}

}  // namespace

result<scalar_overload> resolve_json_query(const call_site& site) {
  constexpr std::string_view signature =
      "JSON_QUERY(json, path [RETURNING STRING or ARRAY<STRING>] [WRAPPER] [ON EMPTY] [ON ERROR])";
  const data_type type = site.target != nullptr ? site.target->as_nullable() : data_type::string();
  const bool texts = type.id() == type_id::array && data::is_character(type.child(0).id());
  if (!texts && !data::is_character(type.id())) return wrong_types(site, signature);
  return resolve_path_call(site, 5, type, json_query, signature);
}

result<scalar_overload> resolve_json_exists(const call_site& site) {
  return resolve_path_call(site, 3, of(type_id::boolean), json_exists,
                           "JSON_EXISTS(json, path [ON ERROR])");
}

}  // namespace millrace::expr
