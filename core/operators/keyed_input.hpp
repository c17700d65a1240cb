#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/table_set.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// The keys of one input of a keyed operator, encoded for its tables.
///
/// Hashes that came with a batch are used only if the hash exchange stands right in front of the
/// operator and its keys are among the operator's: then equal keys have equal hashes, and they name
/// the key groups that this subtask owns. All others are computed here.
class keyed_input {
 public:
  /// `input` is the index of the operator's input, `keys` are columns of it.
  keyed_input(const operator_inputs& inputs, std::uint32_t input, std::vector<std::uint32_t> keys);

  /// Encodes the keys of the live rows and asks the tables for their key groups; `loading`: return
  /// `need_state` and call again with the same batch on `resume`.
  [[nodiscard]] tables::readiness load(const data::record_batch& batch, tables::table_set& tables);
  /// As filled by `load`; key i belongs to live row i.
  [[nodiscard]] const tables::key_batch& keys() const { return keys_; }
  /// One hash per stored row of the batch last loaded.
  [[nodiscard]] const std::uint64_t* hashes() const { return hashes_->as<std::uint64_t>(); }

  [[nodiscard]] const std::vector<std::uint32_t>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<data::data_type>& types() const {
    return encoder_.layout().types;
  }

 private:
  std::vector<std::uint32_t> columns_;
  tables::key_encoder encoder_;
  tables::key_batch keys_;
  data::buffer_ref hashes_;
  bool takes_exchange_hashes_ = false;
};

/// `subtask`'s hash of the key (`hash`, `part`): mixes both, but stays in the key group of `hash`,
/// so that state below a key (a window, a distinct value) lives where the key does.
[[nodiscard]] inline std::uint64_t hash_below(std::uint64_t hash, std::uint64_t part,
                                              std::uint32_t max_parallelism) {
  std::uint64_t v = (hash ^ (part * 0x9e3779b97f4a7c15ULL)) * 0xc2b2ae3d27d4eb4fULL;
  v = (v ^ (v >> 32)) >> 1;
  return v - v % max_parallelism + hash % max_parallelism;
}

}  // namespace millrace::operators
