#include "core/expr/cast/cast.hpp"

namespace millrace::expr {
namespace {

// Casts all rows of a child; its NULLs stay.
result<data::column_ptr> cast_child(const cast_call& outer, const data::column_ptr& encoded,
                                    const data::data_type& to, std::uint32_t rows) {
  const auto child = data::flattened(encoded);
  if (child->type.same_kind(to)) return with_type(child, to);
  const row_set all = row_set::all(rows);
  MILLRACE_TRY(auto out,
               cast_column({child, to, all, child->validity_words(), outer.context, outer.try_}));
  if (out->is_constant()) out = data::flattened(out);
  if (!child->validity) return out;
  return with_validity(out, both_valid(out->validity, child->validity, rows));
}

}  // namespace

result<data::column_ptr> cast_nested(const cast_call& call) {
  const auto types = data::storage_children(call.to);
  auto out = std::make_shared<data::column>(*call.from);
  out->type = call.to;
  out->validity = nullptr;
  // A constant stays one: its children hold the one value's parts.
  for (std::size_t i = 0; i < types.size(); ++i) {
    const auto& child = call.from->children[i];
    MILLRACE_TRY(out->children[i], cast_child(call, child, types[i], child->length));
  }
  return data::column_ptr(out);
}

}  // namespace millrace::expr
