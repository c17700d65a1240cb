#pragma once

#include "core/base/result.hpp"
#include "core/codec/element_codec.hpp"

#include <schemas/element.capnp.h>

#include <memory>

namespace millrace::codec {

/// Turns the columns of a message into columns of core/data, in place, and checks them. Used on one
/// thread, while one message is read. Errors: 5001, 5002; Cap'n Proto's exceptions pass through.
class column_reader {
 public:
  column_reader(std::shared_ptr<const void> owner, const decode_limits& limits)
      : owner_(std::move(owner)), limits_(limits) {}

  /// A column of `rows` rows of type `expected`.
  [[nodiscard]] result<data::column_ptr> read(wire::Column::Reader from,
                                              const data::data_type& expected,
                                              std::uint32_t rows) const;
  /// A blob of at least `bytes` bytes whose values are aligned to `alignment`; null when absent.
  [[nodiscard]] result<data::buffer_ref> blob(::capnp::Data::Reader from, std::size_t bytes,
                                              std::size_t alignment) const;

 private:
  [[nodiscard]] result<void> read_flat(wire::Column::Reader from, data::column& to) const;
  [[nodiscard]] result<void> read_codes(wire::Column::Reader from, data::column& to) const;
  [[nodiscard]] result<void> read_texts(wire::Column::Reader from, data::column& to) const;
  [[nodiscard]] result<void> read_children(wire::Column::Reader from, data::column& to) const;
  [[nodiscard]] result<void> read_offsets(wire::Column::Reader from, data::column& to) const;

  std::shared_ptr<const void> owner_;
  const decode_limits& limits_;
};

/// Error 5001 with what is wrong with the frame.
[[nodiscard]] error bad_frame(std::string what);

}  // namespace millrace::codec
