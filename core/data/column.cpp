#include "core/data/column.hpp"

#include "core/base/assert.hpp"
#include "core/data/column_builder.hpp"

namespace millrace::data {
namespace {

column_ptr stretched(column c, std::uint32_t length) {
  c.layout = encoding::constant;
  c.length = length;
  return std::make_shared<const column>(std::move(c));
}

buffer_ref intersection(const buffer_ref& a, const buffer_ref& b, std::size_t bits) {
  if (!a || !b) return a ? a : b;
  auto out = buffer::allocate(bitmap_bytes(bits));
  const auto* x = a->as<std::uint64_t>();
  const auto* y = b->as<std::uint64_t>();
  auto* to = out->mutable_as<std::uint64_t>();
  for (std::size_t w = 0; w < bitmap_words(bits); ++w) to[w] = x[w] & y[w];
  return out;
}

}  // namespace

std::size_t byte_size(const column& c) {
  std::size_t sum = 0;
  for (const auto* part : {&c.validity, &c.values, &c.offsets})
    if (*part) sum += (*part)->size();
  for (const auto& child : c.children) sum += byte_size(*child);
  return sum;
}

column_ptr decoded(const column_ptr& c) {
  return c->layout == encoding::dictionary ? flattened(c) : c;
}

column_ptr flattened(const column_ptr& c) {
  if (c->layout == encoding::flat) return c;
  column_builder out(c->type, c->length);
  out.append_range(*c, 0, c->length);
  return out.finish();
}

column_ptr take(const column& c, std::span<const std::uint32_t> rows) {
  const auto count = static_cast<std::uint32_t>(rows.size());
  if (c.is_constant()) return stretched(c, count);
  column_builder out(c.type, count);
  out.append_rows(c, rows);
  return out.finish();
}

column_ptr slice(const column& c, std::uint32_t begin, std::uint32_t count) {
  MILLRACE_ASSERT(begin <= c.length && count <= c.length - begin);
  if (c.is_constant()) return stretched(c, count);
  column_builder out(c.type, count);
  out.append_range(c, begin, count);
  return out.finish();
}

column_ptr null_column(const data_type& type, std::uint32_t length) {
  column_builder out(type, 1);
  out.append_null();
  return stretched(*out.finish(), length);
}

column_ptr constant_of(const column& c, std::uint32_t row, std::uint32_t length) {
  if (c.is_constant()) return stretched(c, length);
  column_builder out(c.type, 1);
  out.append_from(c, row);
  return stretched(*out.finish(), length);
}

column_ptr field_of(const column_ptr& row, std::size_t field) {
  const column_ptr outer = decoded(row);
  column_ptr inner = outer->children[field];
  if (outer->is_constant()) inner = stretched(*flattened(inner), outer->length);
  if (!outer->validity || inner->type.id() == type_id::null) return inner;
  if (inner->is_constant() && !outer->is_constant()) inner = flattened(inner);
  column out = *inner;
  out.type = out.type.as_nullable();
  out.validity = intersection(outer->validity, inner->validity, outer->stored());
  return std::make_shared<const column>(std::move(out));
}

}  // namespace millrace::data
