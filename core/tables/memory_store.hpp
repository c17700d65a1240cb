#pragma once

#include "core/tables/state_store.hpp"

#include <map>
#include <mutex>
#include <string>

namespace millrace::tables {

/// A state store in memory: for tests, and for jobs that spill nothing. Thread safe.
class memory_store final : public state_store {
 public:
  [[nodiscard]] result<void> write(delta_reader& delta) override;
  [[nodiscard]] result<std::unique_ptr<delta_reader>> read(
      std::span<const key_group> groups) const override;
  [[nodiscard]] result<std::unique_ptr<delta_reader>> read_prefixes(
      std::span<const std::string> prefixes) const override;
  [[nodiscard]] result<std::vector<key_group>> groups() const override;
  [[nodiscard]] result<void> drop(std::span<const key_group> groups) override;
  [[nodiscard]] std::uint64_t stored_bytes() const override;

 private:
  using entry_map = std::map<std::string, std::string, std::less<>>;

  mutable std::mutex mutex_;
  std::map<std::uint16_t, entry_map> groups_;
  std::uint64_t bytes_ = 0;
};

}  // namespace millrace::tables
