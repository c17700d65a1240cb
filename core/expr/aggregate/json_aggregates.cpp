#include "core/expr/aggregate/value_list.hpp"
#include "core/expr/json/document.hpp"

#include <map>
#include <string>

// JSON_OBJECTAGG(key, json, nulls), JSON_ARRAYAGG(json, nulls): the values come as JSON text (the
// binder puts JSON_STRING around them), `nulls` is the word NULL or ABSENT. The state keeps
// [u32 size of the key][key][json] for objects, the JSON alone for arrays.

namespace millrace::expr {
namespace {

using data::data_type;

// The JSON of a row; empty where a NULL is to be left out.
class json_values {
 public:
  json_values(const data::column& values, const data::column& nulls)
      : values_(values), absent_(nulls.stored() != 0 && nulls.text(0) == "ABSENT") {}
  std::string_view operator[](std::uint32_t row) const {
    if (!values_.is_null(row)) return values_.text(row);
    return absent_ ? std::string_view() : std::string_view("null");
  }

 private:
  const data::column& values_;
  bool absent_;
};

void change_list(value_list& list, data::blob_heap& heap, std::string_view entry,
                 std::int64_t sign) {
  if (sign > 0)
    add_value(list, heap, entry, false);
  else
    remove_value(list, heap, entry, false);
}

result<void> update_array(const aggregate_overload&, const aggregate_input& in) {
  const json_values values(*in.arguments[0], *in.arguments[1]);
  for_each_fed(in, nullptr, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
    const auto json = values[row];
    if (!json.empty()) change_list(state_at<value_list>(in.states[i]), *in.heaps[i], json, sign);
  });
  return {};
}

result<void> update_object(const aggregate_overload&, const aggregate_input& in) {
  const json_values values(*in.arguments[1], *in.arguments[2]);
  const data::column& keys = *in.arguments[0];
  bool null_key = false;
  std::string entry;
  for_each_fed(in, nullptr, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
    null_key |= keys.is_null(row);
    const auto json = values[row];
    if (json.empty() || null_key) return;
    const auto key = keys.text(row);
    const auto size = static_cast<std::uint32_t>(key.size());
    entry.assign(reinterpret_cast<const char*>(&size), sizeof(size));
    entry.append(key).append(json);
    change_list(state_at<value_list>(in.states[i]), *in.heaps[i], entry, sign);
  });
  if (!null_key) return {};
  return make_error(errc::runtime_bad_argument, "a key of JSON_OBJECTAGG is NULL",
                    "FILTER (WHERE key IS NOT NULL) leaves such rows out.");
}

result<void> emit_array(const aggregate_overload&, char* const* states, std::uint32_t count,
                        data::column_builder& out) {
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i) {
    text = "[";
    for_each_value(state_at<value_list>(states[i]), [&](std::string_view json, bool) {
      if (text.size() > 1) text += ',';
      text += json;
    });
    out.append_text(text += ']');
  }
  return {};
}

error key_twice(std::string_view key) {
  return make_error(errc::runtime_bad_argument,
                    "the key '" + std::string(key) + "' comes twice in JSON_OBJECTAGG",
                    "Group by the key first, or make keys unique.");
}

// Keys in the order of their bytes.
result<void> emit_object(const aggregate_overload&, char* const* states, std::uint32_t count,
                         data::column_builder& out) {
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::map<std::string_view, std::string_view> members;
    std::string_view twice;
    bool unique = true;
    for_each_value(state_at<value_list>(states[i]), [&](std::string_view entry, bool) {
      std::uint32_t size = 0;
      std::memcpy(&size, entry.data(), sizeof(size));
      const auto key = entry.substr(sizeof(size), size);
      if (members.emplace(key, entry.substr(sizeof(size) + size)).second) return;
      unique = false;
      twice = key;
    });
    if (!unique) return key_twice(twice);
    text = "{";
    for (const auto& [key, json] : members) {
      if (text.size() > 1) text += ',';
      append_quoted_json(text, key);
      text.append(":").append(json);
    }
    out.append_text(text += '}');
  }
  return {};
}

}  // namespace

result<aggregate_overload> resolve_json_aggregate(const call_site& call, bool) {
  const bool object = call.name == "JSON_OBJECTAGG";
  const std::size_t arguments = object ? 3 : 2;
  if (call.types.size() != arguments)
    return wrong_arguments(call, object ? "JSON_OBJECTAGG([KEY] key VALUE value [.. ON NULL])"
                                        : "JSON_ARRAYAGG(value [.. ON NULL])");
  aggregate_overload o;
  o.argument_types.assign(arguments, data_type::string());
  o.result_type = data_type::string(false);
  o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}};
  o.takes_null_rows = true;
  o.update = object ? update_object : update_array;
  o.merge = merge_list;
  o.emit = object ? emit_object : emit_array;
  return o;
}

}  // namespace millrace::expr
