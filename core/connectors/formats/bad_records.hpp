#pragma once

#include "core/base/result.hpp"
#include "core/operators/operator_context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::connectors::formats {

/// Receives every record that a format could not read: fails the job, or counts it and keeps it in
/// a dead-letter file. One per reader, used on its thread.
class bad_records {
 public:
  enum class policy : std::uint8_t { fail, skip };

  /// Bytes of a record that a dead-letter line keeps.
  static constexpr std::size_t kept_bytes = 64 * 1024;

  bad_records(policy what, operators::operator_metrics* metrics);
  bad_records(const bad_records&) = delete;
  bad_records& operator=(const bad_records&) = delete;
  ~bad_records();

  /// Appends skipped records as JSON lines `{"file":..,"row":..,"offset":..,"code":..,"reason":..,
  /// "bytes":..}` to `path`. Errors: 4001.
  [[nodiscard]] result<void> keep_in(const std::string& path);

  /// The records that follow are those of `file` from byte `offset` on, the first being `row` (from
  /// 1).
  void start(std::string_view file, std::uint64_t offset, std::uint64_t row);
  /// The decoder's next bytes begin `bytes` and `rows` further on.
  void advance(std::uint64_t bytes, std::uint64_t rows) {
    offset_ += bytes;
    row_ += rows;
  }

  /// A record that gives no row: `at` bytes and `row` records behind the last `advance`. Under
  /// `fail` the error to return: `code` with file, row, byte offset and reason.
  [[nodiscard]] result<void> reject(errc code, std::uint64_t at, std::uint64_t row,
                                    std::string_view reason, std::string_view bytes);
  /// A record that gives a row, but with NULL for a field it could not read: kept in the
  /// dead-letter file, not counted. Only under a format's ignore-parse-errors.
  [[nodiscard]] result<void> note_field(std::uint64_t at, std::uint64_t row,
                                        std::string_view reason, std::string_view bytes);

  [[nodiscard]] bool keeps() const { return out_ != nullptr; }
  [[nodiscard]] policy what() const { return what_; }
  [[nodiscard]] std::uint64_t rejected() const { return rejected_; }
  [[nodiscard]] std::string_view file() const { return file_; }
  /// Number of the next record.
  [[nodiscard]] std::uint64_t row() const { return row_; }

 private:
  struct letter_file;
  [[nodiscard]] result<void> keep(errc code, std::uint64_t at, std::uint64_t row,
                                  std::string_view reason, std::string_view bytes);

  policy what_;
  operators::operator_metrics* metrics_;
  std::unique_ptr<letter_file> out_;
  std::string file_;
  std::uint64_t offset_ = 0;
  std::uint64_t row_ = 1;
  std::uint64_t rejected_ = 0;
};

}  // namespace millrace::connectors::formats
