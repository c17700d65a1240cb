#include "core/operators/join/waiting_rows.hpp"

#include <algorithm>
#include <utility>

namespace millrace::operators {
namespace {

// A plain loop per hash that the compiler vectorizes.
bool has_any(std::span<const std::uint64_t> of_rows, std::span<const std::uint64_t> hashes) {
  for (const std::uint64_t hash : hashes) {
    unsigned hits = 0;
    for (const std::uint64_t h : of_rows) hits |= h == hash ? 1U : 0U;
    if (hits != 0) return true;
  }
  return false;
}

data::batch_ptr with_rows(const data::record_batch& batch, const std::vector<std::uint32_t>& rows) {
  const auto* bytes = reinterpret_cast<const std::byte*>(rows.data());
  return batch.with_selection(data::buffer::copy_of({bytes, rows.size() * sizeof rows[0]}),
                              static_cast<std::uint32_t>(rows.size()));
}

}  // namespace

void waiting_rows::open(memory_budget& budget, std::int64_t most_bytes) {
  budget_ = &budget;
  most_bytes_ = most_bytes;
}

bool waiting_rows::add(entry rows) {
  const auto bytes = static_cast<std::int64_t>(rows.batch->byte_size() + rows.hashes->size());
  if (bytes_ + bytes > most_bytes_ || !budget_->reserve(bytes)) return false;
  bytes_ += bytes;
  entries_.push_back(std::move(rows));
  return true;
}

void waiting_rows::release() {
  if (budget_ != nullptr) budget_->release(bytes_);
  bytes_ = 0;
  asked_ = 0;
}

bool waiting_rows::split(entry& from, std::span<const std::uint64_t> hashes, entry& taken) {
  const data::record_batch& batch = *from.batch;
  const auto* of_rows = from.hashes->as<std::uint64_t>();
  if (!has_any({of_rows, batch.stored_rows()}, hashes)) return false;
  std::vector<std::uint32_t> asked, left;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    const bool hit = std::ranges::find(hashes, of_rows[row]) != hashes.end();
    (hit ? asked : left).push_back(row);
  }
  if (asked.empty()) return false;
  taken = {with_rows(batch, asked), from.hashes};
  from.batch = left.empty() ? nullptr : with_rows(batch, left);
  return true;
}

std::vector<waiting_rows::entry> waiting_rows::take(std::span<const std::uint64_t> hashes) {
  std::vector<entry> out;
  asked_ += static_cast<std::uint32_t>(hashes.size());
  for (auto& e : entries_) {
    entry taken;
    if (split(e, hashes, taken)) out.push_back(std::move(taken));
  }
  std::erase_if(entries_, [](const entry& e) { return e.batch == nullptr; });
  if (entries_.empty()) release();
  return out;
}

std::vector<waiting_rows::entry> waiting_rows::take_all() {
  release();
  return std::exchange(entries_, {});
}

}  // namespace millrace::operators
