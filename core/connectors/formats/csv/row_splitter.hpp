#pragma once

#include "core/connectors/formats/csv/csv_options.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::formats::csv {

/// Finds the fields of CSV rows, 64 bytes a step. A quote counts only where a field begins; inside
/// quotes two of them are one, and line ends are text.
class row_splitter {
 public:
  enum class outcome : std::uint8_t {
    row,         ///< `fields` holds its fields
    blank,       ///< an empty line or a comment
    incomplete,  ///< the row goes on behind the bytes
    bad,         ///< text behind a closing quote, or a quote that is never closed
  };

  explicit row_splitter(const csv_options& options) : options_(options) {}

  /// Takes the next row of `bytes` from `at` on and moves `at` behind it (not when `incomplete`).
  /// `last`: a row may end with the bytes. Fields of at most `most` columns are appended to
  /// `fields` (the others are counted only); `count` says how many the row has. Fields point into
  /// `bytes`, or to unescaped copies that live until `forget`.
  [[nodiscard]] outcome next(std::string_view bytes, bool last, std::size_t& at, std::size_t most,
                             std::vector<std::string_view>& fields, std::size_t& count);
  void forget() { copies_.clear(); }

 private:
  struct cursor;
  bool take_quoted(cursor& c, std::string_view& field);
  [[nodiscard]] std::string_view unescaped(std::string_view text, bool quoted);

  const csv_options options_;
  std::deque<std::string> copies_;
};

}  // namespace millrace::connectors::formats::csv
