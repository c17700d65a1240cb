#include "core/operators/join/waiting_rows.hpp"

#include <algorithm>
#include <utility>

namespace millrace::operators {
namespace {

// A plain loop per key that the compiler vectorizes.
template <class Key>
bool has_any(std::span<const Key> of_rows, std::span<const Key> asked) {
  for (const Key key : asked) {
    unsigned hits = 0;
    for (const Key k : of_rows) hits |= k == key ? 1U : 0U;
    if (hits != 0) return true;
  }
  return false;
}

// A flag per stored row; empty if no row was hit.
template <class Key>
std::vector<std::uint8_t> hits_of(std::span<const Key> of_rows, std::span<const Key> asked) {
  if (!has_any(of_rows, asked)) return {};
  std::vector<std::uint8_t> hits(of_rows.size());
  for (std::size_t row = 0; row < of_rows.size(); ++row)
    hits[row] = std::ranges::find(asked, of_rows[row]) != asked.end() ? 1 : 0;
  return hits;
}

data::batch_ptr with_rows(const data::record_batch& batch, const std::vector<std::uint32_t>& rows) {
  const auto* bytes = reinterpret_cast<const std::byte*>(rows.data());
  return batch.with_selection(data::buffer::copy_of({bytes, rows.size() * sizeof rows[0]}),
                              static_cast<std::uint32_t>(rows.size()));
}

}  // namespace

void waiting_rows::open(memory_budget& budget, std::int64_t most_bytes,
                        std::optional<std::uint32_t> key) {
  budget_ = &budget;
  most_bytes_ = most_bytes;
  key_ = key;
}

bool waiting_rows::compares_values(const data::record_batch& batch) const {
  return key_ && batch.column_at(*key_)->layout == data::encoding::flat;
}

bool waiting_rows::add(const data::record_batch& batch, data::buffer_ref hashes) {
  entry e{packed_batch(batch, key_), std::move(hashes)};
  const auto bytes =
      static_cast<std::int64_t>(e.rows.byte_size() + (e.hashes ? e.hashes->size() : 0));
  if (bytes_ + bytes > most_bytes_ || !budget_->reserve(bytes)) return false;
  bytes_ += bytes;
  entries_.push_back(std::move(e));
  pack_older();
  return true;
}

// What another reader of the batches was still at work on has been let go of by now.
void waiting_rows::pack_older() {
  constexpr std::size_t young = 3;
  if (entries_.size() <= young) return;
  const auto saved =
      static_cast<std::int64_t>(entries_[entries_.size() - young - 1].rows.pack_rest());
  bytes_ -= saved;
  budget_->release(saved);
}

void waiting_rows::release() {
  if (budget_ != nullptr) budget_->release(bytes_);
  bytes_ = 0;
  asked_ = 0;
}

// The rows asked for, or null; `from` keeps the others, and has no rows if there are none.
data::batch_ptr waiting_rows::split(entry& from, const question& asked) const {
  const std::uint32_t stored = from.rows.stored_rows();
  if (from.hashes)
    return split_at(from, hits_of(std::span(from.hashes->as<std::uint64_t>(), stored),
                                  std::span(asked.hashes)));
  const auto* values = from.rows.column_at(*key_)->data<std::int64_t>();
  return split_at(from, hits_of(std::span(values, stored), std::span(asked.values)));
}

data::batch_ptr waiting_rows::split_at(entry& from, std::span<const std::uint8_t> hits) const {
  if (hits.empty()) return nullptr;
  const data::batch_ptr batch = from.rows.unpacked();
  std::vector<std::uint32_t> taken, left;
  for (std::uint32_t i = 0; i < batch->row_count(); ++i) {
    const std::uint32_t row = batch->row_at(i);
    (hits[row] != 0 ? taken : left).push_back(row);
  }
  if (taken.empty()) return nullptr;
  from.rows =
      packed_batch(left.empty() ? data::record_batch({}, 0) : *with_rows(*batch, left), key_);
  return with_rows(*batch, taken);
}

std::vector<data::batch_ptr> waiting_rows::take(const question& asked) {
  std::vector<data::batch_ptr> out;
  asked_ += asked.hashes.size();
  for (auto& e : entries_)
    if (auto taken = split(e, asked)) out.push_back(std::move(taken));
  std::erase_if(entries_, [](const entry& e) { return e.rows.stored_rows() == 0; });
  if (entries_.empty()) release();
  return out;
}

std::vector<data::batch_ptr> waiting_rows::take_all() {
  release();
  std::vector<data::batch_ptr> out;
  for (const entry& e : entries_) out.push_back(e.rows.unpacked());
  entries_.clear();
  return out;
}

}  // namespace millrace::operators
