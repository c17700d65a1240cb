#include "core/runtime/router.hpp"

#include "core/data/column_builder.hpp"
#include "core/expr/key_hash.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace millrace::runtime {

namespace {

using plan::exchange_kind;

// Up to here a batch is shared with a selection per channel; beyond, each channel's share of the
// columns would be too small a part of what it keeps in memory.
constexpr std::size_t sharing_channels = 4;

// A selection of few rows is copied out: it would hold the whole batch in memory, and kernels that
// work on whole columns would do it for nothing.
data::batch_ptr without_waste(const data::batch_ptr& batch) {
  if (!batch->selected() || batch->row_count() * 8 > batch->stored_rows()) return batch;
  return data::compacted(batch);
}

data::batch_ptr select(const data::batch_ptr& batch, std::span<const std::uint32_t> rows) {
  if (rows.size() == batch->row_count()) return batch;
  auto selection = data::buffer::allocate(rows.size_bytes());
  std::memcpy(selection->mutable_data(), rows.data(), rows.size_bytes());
  return batch->with_selection(std::move(selection), static_cast<std::uint32_t>(rows.size()));
}

}  // namespace

router::router(router_options options, std::vector<std::unique_ptr<channel_writer>> channels,
               const clock& time)
    : options_(std::move(options)), time_(time) {
  for (auto& writer : channels) {
    channels_.emplace_back();
    channels_.back().writer = std::move(writer);
    channels_.back().credit = options_.initial_credit;
  }
  if (options_.exchange == exchange_kind::hash && channels_.size() > 1) {
    partition_.emplace(channel_count(), options_.max_parallelism);
  }
}

router::~router() = default;

result<void> router::emit(const data::batch_ptr& batch) {
  switch (options_.exchange) {
    case exchange_kind::hash: emit_hashed(batch); break;
    case exchange_kind::rebalance: send(richest(), without_waste(batch)); break;
    case exchange_kind::broadcast:
      for (lane& l : channels_) send(l, without_waste(batch));
      break;
    case exchange_kind::forward:
    case exchange_kind::single: send(channels_.front(), without_waste(batch)); break;
  }
  return {};
}

void router::emit_hashed(const data::batch_ptr& batch) {
  if (!partition_) {  // the reader hashes what it needs hashes for
    send(channels_.front(), without_waste(batch));
    return;
  }
  const auto hashed = batch->with_hashes(expr::hash_keys(*batch, options_.keys));
  partition_->split(*hashed);
  if (channels_.size() <= sharing_channels) {
    share(hashed);
  } else {
    keep(*hashed);
  }
}

void router::share(const data::batch_ptr& batch) {
  for (std::uint32_t c = 0; c < channels_.size(); ++c) {
    const auto rows = partition_->rows_of(c);
    if (!rows.empty()) send(channels_[c], without_waste(select(batch, rows)));
  }
}

void router::keep(const data::record_batch& batch) {
  for (std::uint32_t c = 0; c < channels_.size(); ++c) {
    const auto rows = partition_->rows_of(c);
    if (rows.empty()) continue;
    lane& l = channels_[c];
    if (!l.kept) {
      std::vector<data::data_type> types;
      for (const auto& column : batch.columns()) types.push_back(column->type);
      l.kept = std::make_unique<data::batch_builder>(types);
    }
    l.kept->append_rows(batch, rows);
    if (kept_until_us_ == never_us) {
      kept_until_us_ = time_.steady_us() + options_.buffer_timeout_ms * 1000;
    }
    if (l.kept->rows() >= options_.batch_rows ||
        static_cast<std::int64_t>(l.kept->byte_size()) >= options_.flush_bytes) {
      flush_lane(l);
    }
  }
}

void router::flush_lane(lane& l) {
  if (l.kept && !l.kept->empty()) send(l, l.kept->finish());
}

result<void> router::flush() {
  if (kept_until_us_ == never_us) return {};
  for (lane& l : channels_) flush_lane(l);
  kept_until_us_ = never_us;
  return {};
}

result<void> router::signal(const data::element& what) {
  MILLRACE_CHECK(flush());
  for (lane& l : channels_) l.writer->send(make_parcel(what));
  return {};
}

void router::send(lane& to, data::batch_ptr batch) {
  sent_rows_ += batch->row_count();
  parcel p = make_parcel(std::move(batch));
  to.credit -= p.bytes;
  sent_bytes_ += static_cast<std::uint64_t>(p.bytes);
  to.writer->send(std::move(p));
}

bool router::full() const {
  const auto spent = [](const lane& l) { return l.credit <= 0; };
  if (options_.exchange == exchange_kind::rebalance) return std::ranges::all_of(channels_, spent);
  if (options_.exchange == exchange_kind::single) return spent(channels_.front());
  return std::ranges::any_of(channels_, spent);
}

bool router::lends() const {
  std::int64_t borrowed = 0;
  for (const lane& l : channels_) borrowed -= std::min<std::int64_t>(0, l.credit);
  return borrowed < options_.overdraft;
}

router::lane& router::richest() {
  next_ = (next_ + 1) % channel_count();
  lane* best = &channels_[next_];
  for (std::uint32_t i = 1; i < channels_.size(); ++i) {
    lane& l = channels_[(next_ + i) % channel_count()];
    if (l.credit > best->credit) best = &l;
  }
  return *best;
}

void router::on_credit(std::uint32_t index, std::int64_t bytes) {
  channels_[index].credit += bytes;
}

}  // namespace millrace::runtime
