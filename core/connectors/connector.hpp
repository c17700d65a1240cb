#pragma once

#include "core/base/config.hpp"
#include "core/connectors/sink.hpp"
#include "core/connectors/source.hpp"
#include "core/plan/catalog.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace millrace::connectors {

/// The form of an option's value; `table_options` reads each.
enum class option_kind : std::uint8_t { text, integer, number, boolean, duration, size, character };

/// One option of a connector or format, for checks and for the reference. A `#` in the key stands
/// for any name (`fields.#.kind`).
struct option_info {
  std::string_view key;
  option_kind kind = option_kind::text;
  std::string_view otherwise;  ///< the default as text; empty: none
  std::string_view meaning;
  bool required = false;
};

/// One connector: a name in `WITH ('connector' = ...)` and what it can do.
struct connector {
  std::string_view name;
  std::string_view summary;
  std::span<const option_info> options;
  bool takes_format = false;  ///< has `format` and the options of that format
  /// Errors: 2030, 2031, 2032, 4007.
  result<plan::table_traits> (*traits)(const plan::table_definition& table) = nullptr;
  /// Null: cannot be read. Errors: 2030, 2032, 4007.
  result<std::unique_ptr<source>> (*make_source)(const plan::source_spec& spec,
                                                 const option_map& session) = nullptr;
  /// Null: cannot be written. `mode` is what will come.
  result<std::unique_ptr<sink>> (*make_sink)(const plan::sink_spec& spec, plan::changelog_mode mode,
                                             const option_map& session) = nullptr;
};

}  // namespace millrace::connectors
