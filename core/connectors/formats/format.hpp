#pragma once

#include "core/connectors/connector.hpp"
#include "core/connectors/formats/bad_records.hpp"
#include "core/data/column_builder.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::formats {

/// Bytes that may be read (not interpreted) behind the bytes given to a decoder.
inline constexpr std::size_t readable_slack = 64;

/// What a decoder has to give.
struct decode_request {
  /// The columns a record has, in the table's order (physical, without partition columns).
  std::vector<data::field> declared;
  /// A declared column to give, of its type or a pruned ROW of it.
  struct column {
    std::uint32_t declared = 0;
    data::data_type type;
  };
  std::vector<column> wanted;
  const option_map* options = nullptr;  ///< the table's
  std::string time_zone = "UTC";        ///< the session's
  std::int64_t longest_record = 0;      ///< bytes; longer ones are bad (4004)
};

/// Turns bytes into rows. One per reader; used on its thread.
class record_decoder {
 public:
  virtual ~record_decoder() = default;
  /// Appends rows to `rows` (one builder per wanted column, in that order) until it has `max_rows`
  /// or no whole record is left; gives the bytes consumed. `last`: no bytes follow these, what is
  /// left is a record. Bad records go to `bad`, whose error, if any, is returned.
  [[nodiscard]] virtual result<std::size_t> decode(std::string_view bytes, bool last,
                                                   std::uint32_t max_rows,
                                                   data::batch_builder& rows, bad_records& bad) = 0;
  /// Called before the first bytes of each file.
  virtual void start_file() {}
};

/// What an encoder gets to write.
struct encode_request {
  std::vector<data::field> columns;     ///< of the batches, in order
  const option_map* options = nullptr;  ///< the table's
  std::string time_zone = "UTC";
};

/// Turns rows into bytes. One per writer; used on its thread.
class record_encoder {
 public:
  virtual ~record_encoder() = default;
  /// Appends the text of the given stored rows. Errors: 4003 for a value that has no text form.
  [[nodiscard]] virtual result<void> encode(const data::record_batch& batch,
                                            std::span<const std::uint32_t> rows,
                                            std::string& to) = 0;
};

/// A format: a name in `'format' = ...`.
struct format {
  std::string_view name;
  std::string_view summary;
  std::span<const option_info> options;  ///< without the prefix `<name>.`
  plan::changelog_mode gives = plan::changelog_mode::insert_only;
  plan::changelog_mode accepts = plan::changelog_mode::insert_only;
  /// A file may be cut behind any line feed and its parts read apart.
  bool splits_at_lines = true;
  std::string_view suffix;  ///< of files it writes
  /// Errors: 2004 for a column type it cannot read, 2032.
  result<std::unique_ptr<record_decoder>> (*make_decoder)(const decode_request& request) = nullptr;
  result<std::unique_ptr<record_encoder>> (*make_encoder)(const encode_request& request) = nullptr;
};

/// The format a table names. Errors: 2030, 4007.
[[nodiscard]] result<const format*> format_of(const plan::table_definition& table);
[[nodiscard]] std::vector<const format*> all_formats();

}  // namespace millrace::connectors::formats
