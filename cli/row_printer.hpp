#pragma once

#include "core/data/record_batch.hpp"
#include "core/data/value_text.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cli {

enum class output_form : std::uint8_t { table, json, changelog };

/// Writes the rows of a SELECT or SHOW to stdout. Used by one thread; a write error (the reader has
/// gone) makes `failed` true, and everything afterwards is dropped.
class row_printer {
 public:
  virtual ~row_printer() = default;
  virtual void rows(const data::record_batch& batch) = 0;
  /// All is there.
  virtual void finish() {}
  /// The reader has seen enough, though more would come.
  virtual void leave() { finish(); }
  /// A live printer draws again; called a few times a second with a line about the job.
  virtual void refresh(std::string_view /*progress*/) {}
  /// True when `refresh` does something.
  [[nodiscard]] virtual bool live() const { return false; }
  [[nodiscard]] bool failed() const { return failed_; }

 protected:
  void write(std::string_view text);

 private:
  bool failed_ = false;
};

/// What decides how rows are printed.
struct printer_choice {
  output_form form = output_form::table;
  bool terminal = false;  ///< stdout is one
  bool bounded = true;    ///< the result has an end
  /// The session zone, in which people read TIMESTAMP_LTZ; null: UTC. JSON is always UTC.
  std::shared_ptr<const data::zone_offsets> zone = nullptr;
  std::size_t most_rows = 0;  ///< of a table at its end, the last ones; 0: all
};

/// `names` are made unique by a number behind doubles, as Flink does.
[[nodiscard]] std::unique_ptr<row_printer> make_printer(const printer_choice& choice,
                                                        std::vector<std::string> names);

/// `{"op":"+I","row":{"a":1}}`, a line per row.
[[nodiscard]] std::unique_ptr<row_printer> make_json_printer(std::vector<std::string> names);
/// `+I[1, abc]`, a line per row.
[[nodiscard]] std::unique_ptr<row_printer> make_changelog_printer(
    std::shared_ptr<const data::zone_offsets> zone);
/// The folded result with borders: at the end, or drawn again and again on a terminal, where its
/// lines are cut to the width of the window.
[[nodiscard]] std::unique_ptr<row_printer> make_table_printer(std::vector<std::string> names,
                                                              const printer_choice& choice);

}  // namespace millrace::cli
