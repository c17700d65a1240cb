#include "core/connectors/formats/csv/csv_columns.hpp"

#include <charconv>
#include <cstring>

namespace millrace::connectors::formats::csv {
namespace {

using data::column_builder;
using data::type_id;

template <class Int>
bool append_integers(column_builder& to, std::span<const std::string_view> texts,
                     std::size_t stride) {
  const auto count = static_cast<std::uint32_t>((texts.size() + stride - 1) / stride);
  Int* out = to.extend<Int>(count);
  for (std::size_t i = 0; i < texts.size(); i += stride) {
    const char* begin = texts[i].data();
    const char* end = begin + texts[i].size();
    const auto [stop, bad] = std::from_chars(begin, end, *out);
    if (bad != std::errc{} || stop != end) {
      const auto value = parse_integer<Int>(trimmed(texts[i]));
      if (!value) return false;
      *out = *value;
    }
    ++out;
  }
  return true;
}

bool append_doubles(column_builder& to, std::span<const std::string_view> texts,
                    std::size_t stride) {
  for (std::size_t i = 0; i < texts.size(); i += stride) {
    const auto value = parse_double(trimmed(texts[i]));
    if (!value) return false;
    to.append(*value);
  }
  return true;
}

bool append_texts(column_builder& to, std::span<const std::string_view> texts, std::size_t stride) {
  for (std::size_t i = 0; i < texts.size(); i += stride) to.append_text(texts[i]);
  return true;
}

}  // namespace

field_reader::field_reader(const csv_options& options, const data::data_type& declared,
                           const data::data_type& wanted)
    : options_(options) {
  if (declared.id() != type_id::row) return;
  for (const auto& field : declared.fields()) {
    int at = -1;
    for (std::size_t i = 0; i < wanted.fields().size(); ++i)
      if (wanted.fields()[i].name == field.name) at = static_cast<int>(i);
    row_fields_.push_back(at);
  }
}

bool field_reader::append(column_builder& to, std::string_view text) {
  if (is_null(text)) {
    to.append_null();
    return true;
  }
  if (to.type().id() == type_id::array) return append_array(to, text);
  if (to.type().id() == type_id::row) return append_parts(to, text);
  return append_scalar(to, text, timestamps_);
}

bool field_reader::append_array(column_builder& to, std::string_view text) {
  const std::uint32_t before = to.length();
  while (!text.empty()) {
    const auto end = text.find(options_.array_delimiter);
    const auto part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view()
                                         : text.substr(end + options_.array_delimiter.size());
    if (is_null(part)) {
      to.child(0).append_null();
    } else if (!append_scalar(to.child(0), part, timestamps_)) {
      to.truncate(before);
      return false;
    }
  }
  to.append_nested();
  return true;
}

bool field_reader::append_parts(column_builder& to, std::string_view text) {
  const std::uint32_t before = to.length();
  bool rest = true;
  for (const int at : row_fields_) {
    const auto end = text.find(options_.array_delimiter);
    const auto part = text.substr(0, end);
    const bool missing = !rest;
    rest = end != std::string_view::npos;
    text = rest ? text.substr(end + options_.array_delimiter.size()) : std::string_view();
    if (at < 0) continue;
    auto& child = to.child(static_cast<std::size_t>(at));
    if (missing || is_null(part)) {
      child.append_null();
    } else if (!append_scalar(child, part, timestamps_)) {
      to.truncate(before);
      return false;
    }
  }
  if (rest) {
    to.truncate(before);
    return false;
  }
  to.append_nested();
  return true;
}

bool field_reader::append_all(column_builder& to, std::span<const std::string_view> texts,
                              std::size_t stride) {
  if (!options_.null_literal) {
    switch (to.type().id()) {
      case type_id::character:
      case type_id::varchar: return append_texts(to, texts, stride);
      case type_id::integer: return append_integers<std::int32_t>(to, texts, stride);
      case type_id::bigint: return append_integers<std::int64_t>(to, texts, stride);
      case type_id::float64: return append_doubles(to, texts, stride);
      default: break;
    }
  }
  for (std::size_t i = 0; i < texts.size(); i += stride)
    if (!append(to, texts[i])) return false;
  return true;
}

}  // namespace millrace::connectors::formats::csv
