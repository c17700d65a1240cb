#pragma once

#include "core/operators/factory.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/table_set.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// The keys of one input of a keyed operator, encoded for its tables.
///
/// Where a hash exchange stands right in front of the operator and its keys are among the
/// operator's, the hashes are those of the exchange: equal keys have equal ones, and they name the
/// key groups that a subtask owns at any parallelism. They come with the batch, or, from an
/// exchange of one channel, are computed here.
class keyed_input {
 public:
  /// `input` is the index of the operator's input, `keys` are columns of it.
  keyed_input(const operator_inputs& inputs, std::uint32_t input, std::vector<std::uint32_t> keys);

  /// Takes or computes the hashes of a batch, and nothing else.
  void hash(const data::record_batch& batch);
  /// Encodes the keys of some rows of the batch last hashed.
  void encode(const data::record_batch& batch, std::span<const std::uint32_t> stored_rows,
              tables::key_batch& out) {
    encoder_.encode_rows(batch, columns_, stored_rows, hashes(), out);
  }
  /// Hashes, encodes the keys of the live rows and asks the tables for their key groups; `loading`:
  /// return `need_state` and call again with the same batch on `resume`.
  [[nodiscard]] tables::readiness load(const data::record_batch& batch, tables::table_set& tables);
  /// As filled by `load`; key i belongs to live row i.
  [[nodiscard]] const tables::key_batch& keys() const { return keys_; }
  /// One hash per stored row of the batch last loaded.
  [[nodiscard]] const std::uint64_t* hashes() const { return hashes_->as<std::uint64_t>(); }
  [[nodiscard]] const data::buffer_ref& hashes_buffer() const { return hashes_; }

  [[nodiscard]] const std::vector<std::uint32_t>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<data::data_type>& types() const {
    return encoder_.layout().types;
  }

 private:
  std::vector<std::uint32_t> columns_;
  tables::key_encoder encoder_;
  tables::key_batch keys_;
  std::vector<std::uint32_t> hashed_columns_;
  data::buffer_ref hashes_;
  bool takes_exchange_hashes_ = false;
};

/// Hashes of keys that have a part more than the operator's (a window, a distinct value): they mix
/// both but stay in the key group of the operator's key, so that such state lives where the key
/// does.
class sub_key_hasher {
 public:
  explicit sub_key_hasher(std::uint32_t max_parallelism = 128)
      : groups_(max_parallelism),
        mask_((max_parallelism & (max_parallelism - 1)) == 0 ? max_parallelism - 1 : 0) {}

  [[nodiscard]] std::uint64_t operator()(std::uint64_t hash, std::uint64_t part) const {
    std::uint64_t v = (hash ^ (part * 0x9e3779b97f4a7c15ULL)) * 0xc2b2ae3d27d4eb4fULL;
    v = (v ^ (v >> 32)) >> 1;  // below the top, so that adding a group cannot wrap
    if (mask_ != 0) return (v & ~mask_) | (hash & mask_);
    return v - v % groups_ + hash % groups_;
  }

 private:
  std::uint64_t groups_;
  std::uint64_t mask_;
};

}  // namespace millrace::operators
