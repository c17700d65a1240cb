#pragma once

#include "core/connectors/formats/json/json_field.hpp"
#include "core/connectors/formats/text_values.hpp"
#include "core/data/column_builder.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::connectors::formats::json {

/// Reads lines that have the same keys, in the same order and spacing, as a line learned before:
/// the text between two values is compared as a block, values go straight into the columns.
///
/// It takes only what it is sure of: strings without escapes, plain numbers, booleans, timestamps,
/// NULL, nested ROWs; everything else makes it give up on the line, and the caller reads it the
/// slow way. The caller has checked that the bytes are UTF-8. Not thread safe.
class line_template {
 public:
  /// `fields` outlives the template.
  line_template(const std::vector<json_field>& fields, timestamp_parser::standard timestamps)
      : fields_(fields), timestamps_(timestamps) {}

  /// Takes a line's layout over. `line` has been read as a row without a fault; one whose layout
  /// is not simple is left alone. Stops learning when lines keep changing.
  void learn(std::string_view line);
  [[nodiscard]] bool learned() const { return !steps_.empty(); }
  /// True: appended one value to each column. False: not a line of this layout; the columns may
  /// have got values and must be cut back. 64 bytes behind the line may be read.
  [[nodiscard]] bool read(std::string_view line, std::span<data::column_builder* const> columns);
  /// Appends the NULLs of ROW columns that `read` only counted: before anyone else looks at the
  /// columns. A column of NULL ROWs costs one append a run, not one a row and field.
  void flush();

 private:
  enum class action : std::uint8_t {
    skip,  // a value nobody wants
    text,
    int32,
    int64,
    float64,
    boolean,
    timestamp,
    scalar,    // any other type that text stands for
    other,     // only NULL is taken
    open_row,  // `{` of a wanted ROW, or NULL: then go on `jump` steps later
    close_row,
    end,  // behind the last value
  };
  /// The bytes before a value and what to do with it.
  struct step {
    action what = action::skip;
    std::uint8_t words = 0;  // of 8 bytes
    std::uint16_t size = 0;
    std::uint64_t bytes[6] = {};
    std::uint64_t masks[6] = {};
    std::vector<std::uint32_t> path;  // column, then children
    std::uint32_t nulls = 0;          // open_row of a column: NULLs not yet appended
    std::uint32_t jump = 0;           // open_row: steps to go on behind a NULL
    data::column_builder* to = nullptr;
    std::int32_t precision = 0;
  };
  struct learner;

  [[nodiscard]] static bool set_bytes(step& s, std::string_view text);
  [[nodiscard]] bool matches(const step& s, const char*& at, const char* end) const;
  [[nodiscard]] bool take(step& s, const char*& at, const char* end);
  static void flush(step& s);
  void bind(std::span<data::column_builder* const> columns);

  const std::vector<json_field>& fields_;
  timestamp_parser timestamps_;
  std::vector<step> steps_;
  /// Inner steps of ROWs seen so far: a line in which one is NULL takes them over.
  std::map<std::vector<std::uint32_t>, std::vector<step>> rows_seen_;
  int lessons_left_ = 256;
  const data::column_builder* bound_ = nullptr;
};

}  // namespace millrace::connectors::formats::json
