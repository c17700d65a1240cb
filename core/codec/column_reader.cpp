#include "core/codec/column_reader.hpp"

#include "core/data/column_builder.hpp"
#include "core/data/utf8.hpp"

#include <algorithm>

namespace millrace::codec {
namespace {

using data::column;
using data::encoding;
using data::type_id;

// Loops look at all values without a branch each; only a column that fails is looked at again,
// since values below a NULL may be anything.
template <class Bad>
bool any_valid_row(const column& c, Bad bad) {
  for (std::uint32_t i = 0; i < c.stored(); ++i) {
    const bool null = c.validity && !data::get_bit(c.validity_words(), i);
    if (!null && bad(i)) return true;
  }
  return false;
}

bool booleans_hold(const column& c) {
  const auto* values = c.data<std::uint8_t>();
  unsigned all = 0;
  for (std::uint32_t i = 0; i < c.stored(); ++i) all |= values[i];
  return all <= 1 || !any_valid_row(c, [=](std::uint32_t i) { return values[i] > 1; });
}

bool texts_hold(const column& c) {
  const std::uint32_t* ends = c.offset_data();
  const std::uint32_t rows = c.stored();
  const char* bytes = c.values ? c.values->as<char>() : "";
  bool whole = data::is_utf8({bytes + ends[0], ends[rows] - ends[0]});
  for (std::uint32_t i = 0; whole && i < rows; ++i)
    whole = ends[i] == ends[rows] || !data::continues_character(bytes[ends[i]]);
  return whole || !any_valid_row(c, [=](std::uint32_t i) {
           return !data::is_utf8({bytes + ends[i], ends[i + 1] - ends[i]});
         });
}

// Positions never go back and stay within `limit`.
bool ascending(const std::uint32_t* ends, std::uint32_t rows, std::uint64_t limit) {
  bool back = false;
  for (std::uint32_t i = 0; i < rows; ++i) back |= ends[i] > ends[i + 1];
  return !back && ends[rows] <= limit;
}

std::string name_of(const column& c) { return to_text(c.type) + " column"; }

}  // namespace

error bad_frame(std::string what) {
  return make_error(errc::net_bad_frame, "a frame that is no valid element: " + std::move(what),
                    "all workers must run the same version; else look for damage on the network");
}

result<data::buffer_ref> column_reader::blob(::capnp::Data::Reader from, std::size_t bytes,
                                             std::size_t alignment) const {
  if (from.size() < bytes)
    return bad_frame("a buffer of " + std::to_string(from.size()) + " bytes where " +
                     std::to_string(bytes) + " are needed");
  const auto* at = reinterpret_cast<const std::byte*>(from.begin());
  if (from.size() == 0) return data::buffer_ref(data::buffer::allocate(0));
  if (reinterpret_cast<std::uintptr_t>(at) % alignment != 0)
    return data::buffer::copy_of({at, from.size()});
  return data::buffer::wrap(at, from.size(), owner_);
}

result<data::column_ptr> column_reader::read(wire::Column::Reader from,
                                             const data::data_type& expected,
                                             std::uint32_t rows) const {
  if (from.getType() != static_cast<std::uint8_t>(expected.id()) ||
      from.getPrecision() != expected.precision() || from.getScale() != expected.scale())
    return bad_frame("a column of type " + std::to_string(from.getType()) + "(" +
                     std::to_string(from.getPrecision()) + ", " + std::to_string(from.getScale()) +
                     ") where " + to_text(expected) + " is expected");
  if (from.getLength() != rows)
    return bad_frame("a column of " + std::to_string(from.getLength()) + " rows among " +
                     std::to_string(rows));
  if (from.getLayout() > static_cast<std::uint8_t>(encoding::dictionary))
    return bad_frame("encoding " + std::to_string(from.getLayout()));
  if (rows == 0) return data::column_builder(expected, 0).finish();
  column out;
  out.type = expected;
  out.layout = static_cast<encoding>(from.getLayout());
  out.length = rows;
  if (from.hasValidity()) {
    MILLRACE_TRY(out.validity, blob(from.getValidity(), data::bitmap_bytes(out.stored()), 8));
  }
  MILLRACE_CHECK(out.layout == encoding::dictionary ? read_codes(from, out) : read_flat(from, out));
  return std::make_shared<const column>(std::move(out));
}

result<void> column_reader::read_codes(wire::Column::Reader from, column& to) const {
  MILLRACE_TRY(to.values, blob(from.getValues(), to.length * std::size_t{4}, 8));
  const auto children = from.getChildren();
  if (children.size() != 1) return bad_frame("a dictionary column without its dictionary");
  const auto entries = children[0];
  if (entries.getLength() > limits_.max_elements || entries.hasValidity() ||
      entries.getLayout() != static_cast<std::uint8_t>(encoding::flat))
    return bad_frame("a dictionary that is not flat, has nulls or is too large");
  MILLRACE_TRY(auto dictionary, read(entries, to.type, entries.getLength()));
  const auto* codes = to.values->as<std::uint32_t>();
  std::uint32_t largest = 0;
  for (std::uint32_t i = 0; i < to.length; ++i) largest = std::max(largest, codes[i]);
  if (largest >= dictionary->length)
    return bad_frame("dictionary code " + std::to_string(largest) + " of " +
                     std::to_string(dictionary->length));
  to.children = {std::move(dictionary)};
  return {};
}

result<void> column_reader::read_flat(wire::Column::Reader from, column& to) const {
  const type_id id = to.type.id();
  if (id == type_id::null) return {};
  if (const std::size_t width = data::fixed_width(id); width != 0) {
    MILLRACE_TRY(to.values,
                 blob(from.getValues(), to.stored() * width, std::max<std::size_t>(width, 8)));
    if (id == type_id::boolean && !booleans_hold(to)) return bad_frame("a BOOLEAN above 1");
    return {};
  }
  return data::is_variable_length(id) ? read_texts(from, to) : read_children(from, to);
}

result<void> column_reader::read_offsets(wire::Column::Reader from, column& to) const {
  MILLRACE_TRY(to.offsets, blob(from.getOffsets(), (to.stored() + std::size_t{1}) * 4, 8));
  return {};
}

result<void> column_reader::read_texts(wire::Column::Reader from, column& to) const {
  MILLRACE_CHECK(read_offsets(from, to));
  MILLRACE_TRY(to.values, blob(from.getValues(), 0, 8));
  if (!ascending(to.offset_data(), to.stored(), to.values->size()))
    return bad_frame("offsets that go back or beyond the bytes of a " + name_of(to));
  if (data::is_character(to.type.id()) && !texts_hold(to))
    return bad_frame("text that is not UTF-8 in a " + name_of(to));
  return {};
}

result<void> column_reader::read_children(wire::Column::Reader from, column& to) const {
  const auto types = data::storage_children(to.type);
  const auto children = from.getChildren();
  if (children.size() != types.size())
    return bad_frame(std::to_string(children.size()) + " parts in a " + name_of(to));
  std::uint32_t rows = to.stored();
  if (to.type.id() != type_id::row) {
    rows = children[0].getLength();
    if (rows > limits_.max_elements)
      return make_error(errc::net_frame_too_large, std::to_string(rows) + " elements in a " +
                                                       name_of(to) + ", limit " +
                                                       std::to_string(limits_.max_elements));
    MILLRACE_CHECK(read_offsets(from, to));
    if (!ascending(to.offset_data(), to.stored(), rows))
      return bad_frame("offsets that go back or beyond the elements of a " + name_of(to));
  }
  for (kj::uint i = 0; i < children.size(); ++i) {
    MILLRACE_TRY(auto child, read(children[i], types[i], rows));
    to.children.push_back(std::move(child));
  }
  return {};
}

}  // namespace millrace::codec
