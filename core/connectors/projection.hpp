#pragma once

#include "core/data/record_batch.hpp"
#include "core/plan/physical/operator_specs.hpp"

namespace millrace::connectors {

/// Gives what a source has to give out of batches of all physical columns of its table. No copy.
class projection {
 public:
  explicit projection(const plan::source_spec& spec);
  [[nodiscard]] data::batch_ptr apply(const data::record_batch& whole) const;

 private:
  struct part {
    std::uint32_t physical;  // among the physical columns
    data::data_type type;
  };
  std::vector<part> parts_;
};

/// The physical columns of a table.
[[nodiscard]] data::schema physical_schema(const plan::table_definition& table);

}  // namespace millrace::connectors
