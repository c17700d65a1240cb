#include "core/operators/keyed_input.hpp"

#include "core/expr/key_hash.hpp"
#include "core/operators/column_types.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

// True if the exchange in front of the input hashes some of these columns and no others.
bool hashed_by(const operator_inputs& inputs, std::uint32_t input,
               const std::vector<std::uint32_t>& keys) {
  if (input >= inputs.node.inputs.size()) return false;
  const auto& edge = inputs.node.inputs[input];
  if (edge.exchange != plan::exchange_kind::hash || edge.keys.empty()) return false;
  return std::ranges::all_of(
      edge.keys, [&](std::uint32_t key) { return std::ranges::find(keys, key) != keys.end(); });
}

}  // namespace

keyed_input::keyed_input(const operator_inputs& inputs, std::uint32_t input,
                         std::vector<std::uint32_t> keys)
    : columns_(std::move(keys)),
      encoder_(types_of(inputs.inputs[input], columns_)),
      hashed_columns_(columns_),
      takes_exchange_hashes_(hashed_by(inputs, input, columns_)) {
  if (takes_exchange_hashes_) hashed_columns_ = inputs.node.inputs[input].keys;
}

void keyed_input::hash(const data::record_batch& batch) {
  // Without keys every row of every batch has the same hash.
  const std::size_t needed = batch.stored_rows() * sizeof(std::uint64_t);
  if (hashed_columns_.empty() && hashes_ && hashes_->size() >= needed) return;
  hashes_ = takes_exchange_hashes_ && batch.hashes_buffer()
                ? batch.hashes_buffer()
                : expr::hash_keys(batch, hashed_columns_);
}

tables::readiness keyed_input::load(const data::record_batch& batch, tables::table_set& tables) {
  hash(batch);
  encoder_.encode(batch, columns_, hashes(), keys_);
  return tables.prefetch(keys_.hash_span());
}

}  // namespace millrace::operators
