#pragma once

#include "core/coordination/snapshot_store.hpp"
#include "tests/sim/dice.hpp"

#include <memory>

namespace millrace::sim {

/// A job's store as one attempt of it sees it: its writes may fail, and from `die` on all do, so
/// that nothing an attempt does behind its crash is kept. One thread.
class mortal_store final : public coordination::snapshot_store {
 public:
  /// A write fails once in `failing` times; 0: never.
  mortal_store(std::shared_ptr<coordination::snapshot_store> inner, dice throws,
               std::size_t failing)
      : inner_(std::move(inner)), dice_(throws), failing_(failing) {}

  void die() { dead_ = true; }
  /// The newest checkpoint that this attempt has made durable.
  [[nodiscard]] checkpoint_id completed() const { return completed_; }

  result<std::unique_ptr<tables::delta_reader>> read(
      const coordination::state_file& file) const override;
  result<std::unique_ptr<tables::delta_reader>> read_merged(
      const coordination::operator_state& instance) const override;
  result<void> fetch(const coordination::state_file& file, const std::string& path) const override;
  result<void> begin(checkpoint_id id) override;
  result<coordination::state_file> write_state(checkpoint_id id, std::string_view owner,
                                               coordination::state_file_kind kind,
                                               tables::delta_reader& from) override;
  result<coordination::state_file> keep_file(checkpoint_id id, std::string_view owner,
                                             const std::string& path,
                                             std::string_view local_name) override;
  result<coordination::checkpoint_manifest> complete(
      coordination::checkpoint_manifest manifest) override;
  void abort(checkpoint_id id) override;
  result<std::optional<coordination::found_checkpoint>> latest(coordination::verification how,
                                                               checkpoint_id below) override;
  checkpoint_id newest_id() const override;
  result<void> clear() override;
  result<coordination::checkpoint_manifest> export_savepoint(
      const coordination::checkpoint_manifest& manifest, const std::string& path) override;

 private:
  [[nodiscard]] result<void> attempt();

  std::shared_ptr<coordination::snapshot_store> inner_;
  dice dice_;
  std::size_t failing_;
  checkpoint_id completed_{};
  bool dead_ = false;
};

}  // namespace millrace::sim
