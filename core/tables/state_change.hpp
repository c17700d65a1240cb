#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"
#include "core/tables/table_spec.hpp"
#include "core/tables/widening.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::tables {

/// Where a slot of a changed payload comes from.
struct slot_origin {
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t before = none;  ///< the slot that it was; none: zeros, as in a new payload
  /// Set where a single value at the slot's front widens (MIN and MAX).
  std::optional<data::data_type> was;
  std::optional<data::data_type> is;
  [[nodiscard]] bool widens() const { return was && is && !alike(*was, *is); }
};

/// Which table of a changed operator is which of those before. Tables without a match have kept
/// their names.
struct table_match {
  std::string before;              ///< empty: a new table
  std::string now;                 ///< empty: nobody reads it any more
  std::vector<slot_origin> slots;  ///< one per slot of `now`; empty: as before
};

/// How state that was written by tables of some declarations becomes state of others: types that
/// widen, payload slots that come and go, tables that have another place. Immutable; the readers it
/// makes are used by one thread each.
class state_change {
 public:
  /// Errors: state_type_changed, with the name and both types of the first table that cannot be
  /// taken over.
  [[nodiscard]] static result<state_change> between(std::span<const table_spec> before,
                                                    std::span<const table_spec> now,
                                                    std::span<const table_match> matches = {});

  /// True where every entry is read as it was written.
  [[nodiscard]] bool nothing() const;
  /// The entries of `from` as the tables of now would have written them; those of tables that
  /// nobody reads are left out. Keys ascend by group, table and hash. Errors of `next`: those of
  /// `from`; state_corrupt for entries that are not what was declared.
  [[nodiscard]] std::unique_ptr<delta_reader> apply(std::unique_ptr<delta_reader> from) const;

 private:
  friend class changed_reader;
  struct table {
    std::uint16_t ordinal = 0;  // of now
    bool read = false;          // by a table of now
    bool timed = false;         // values begin with a write time
    table_kind kind = table_kind::hash;
    bool packed = false;  // keys
    row_widening key{{}, {}};
    row_widening sub{{}, {}};
    row_widening value{{}, {}};
    std::vector<slot_spec> slots_before;
    std::vector<slot_spec> slots;
    std::vector<slot_origin> origins;  // empty: slots are as they were
    [[nodiscard]] bool changes() const {
      return key.changes() || sub.changes() || value.changes() || !origins.empty();
    }
  };
  [[nodiscard]] static result<table> match(const table_spec& before, const table_spec& now,
                                           const table_match* how);
  std::vector<table> tables_;  // by ordinal before
};

/// That entries written by tables declared as `before` can be read by tables declared as `now`.
/// Errors: those of `state_change::between`.
[[nodiscard]] result<void> check_readable(std::span<const table_spec> before,
                                          std::span<const table_spec> now,
                                          std::span<const table_match> matches = {});

}  // namespace millrace::tables
