#pragma once

#include "core/tables/set_state.hpp"

#include <vector>

namespace millrace::tables {

/// The entries of the tables that a set wants, of all that its store gives.
class table_filter final : public delta_reader {
 public:
  table_filter(delta_reader& from, const set_state& set, bool resident)
      : from_(from), set_(set), resident_(resident) {}

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    for (;;) {
      MILLRACE_TRY(const auto block, from_.next());
      if (block.empty()) return block;
      kept_.clear();
      for (const delta_entry& e : block) {
        if (e.key.size() < delta_key_head || wanted(table_of_key(e.key))) kept_.push_back(e);
      }
      if (!kept_.empty()) return std::span<const delta_entry>(kept_);
    }
  }

 private:
  [[nodiscard]] bool wanted(std::size_t table) const {
    return table >= set_.tables.size() || set_.tables[table].spillable() != resident_;
  }

  delta_reader& from_;
  const set_state& set_;
  bool resident_;
  std::vector<delta_entry> kept_;
};

}  // namespace millrace::tables
