#pragma once

#include "core/connectors/nexmark/event_layout.hpp"
#include "core/connectors/nexmark/row_writers.hpp"
#include "core/connectors/nexmark/text_tables.hpp"
#include "core/data/record_batch.hpp"
#include "core/plan/physical/operator_specs.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::connectors::nexmark {

/// Makes batches of auction events straight in columns. An event is a pure function of (seed, its
/// number): how events are shared among readers changes nothing. The distributions (ids, hot
/// auctions, bidders and sellers, prices, string sizes, auction lengths) are those of the public
/// Nexmark generator for Flink; the random numbers are not. Immutable; used by many readers.
class generator {
 public:
  /// Checks the table's columns and learns which of them are read. Errors: 2032.
  [[nodiscard]] static result<generator> make(const generator_config& config,
                                              const plan::source_spec& spec);

  [[nodiscard]] const generator_config& config() const { return config_; }
  /// The most rows of one batch, so that its strings stay far from 32 bits.
  [[nodiscard]] std::uint32_t most_rows() const;
  [[nodiscard]] data::batch_ptr make_batch(std::span<const event_range> ranges) const;

 private:
  // An output column: event_type, or some fields of one kind's ROW.
  struct output {
    int kind = -1;  // event_kind, or -1 for event_type
    data::data_type type;
    std::vector<std::uint32_t> fields;
  };

  generator(const generator_config& config, std::size_t longest)
      : config_(config), text_(config.seed, longest) {}
  [[nodiscard]] result<void> add_output(const plan::table_column& column,
                                        const data::data_type& read);
  [[nodiscard]] result<void> check_type(const plan::table_column& column,
                                        const data::data_type& expected);
  [[nodiscard]] bool wanted(event_kind kind) const;
  [[nodiscard]] bid_parts wanted_of_bids() const;
  [[nodiscard]] data::column_ptr make_row(const output& out, const row_cells& cells,
                                          const event_layout& layout) const;

  generator_config config_;
  text_tables text_;
  std::int64_t scale_ = 1;  // ticks of the declared timestamps per millisecond
  std::vector<output> outputs_;
};

}  // namespace millrace::connectors::nexmark
