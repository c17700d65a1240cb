#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::testing {

/// One step of an .slt file. The format is documented in `docs/guides/add-a-sql-test.md`.
struct slt_step {
  enum class kind : std::uint8_t {
    statement_ok,
    statement_error,
    query,
    explain,
    feed,
    watermark,
    barrier,
    crash,
    restart
  };
  kind what = kind::statement_ok;
  std::uint32_t line = 0;  ///< of the file, for messages
  std::string sql;
  std::uint16_t error_code = 0;       ///< statement_error; 0: any
  bool row_sort = false;              ///< query: compare as a multiset, whatever the order
  bool order_sensitive = false;       ///< query: only under modes that keep the order of arrival
  std::vector<std::string> expected;  ///< lines below `----`
  std::string table;                  ///< feed, watermark
  std::string text;                   ///< feed: rows as text; watermark: a time stamp
  std::uint32_t parallelism = 0;      ///< restart; 0: as before
};

struct slt_script {
  std::string name;
  std::vector<slt_step> steps;
};

/// Errors: 2001 with the line for a directive that is not known.
[[nodiscard]] result<slt_script> parse_slt(std::string_view text);

}  // namespace millrace::testing
