#include "core/operators/aggregate/aggregate_calls.hpp"

#include "core/plan/logical/call_arguments.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace millrace::operators {
namespace {

// Payloads of some hundred bytes each fit into the nearest cache together.
constexpr std::uint32_t block_rows = 256;

constexpr std::uint32_t round_up(std::uint32_t width) { return (width + 7) & ~std::uint32_t{7}; }

error bad_state() {
  return make_error(errc::internal, "a partial aggregate has bytes that are no state of its call");
}

}  // namespace

void aggregate_calls::append_slots(std::vector<tables::slot_spec>& slots) {
  std::uint32_t offset = 0;
  for (const auto& slot : slots) offset += round_up(slot.width);
  for (const auto& call : calls_) {
    place p;
    p.offset = offset;
    for (const auto& slot : call.overload.slots) {
      const bool blob = slot.kind == expr::slot_kind::blob;
      if (blob) p.blobs.push_back(offset);
      slots.push_back(blob ? tables::slot_spec::blob() : tables::slot_spec::bytes(slot.width));
      offset += round_up(slots.back().width);
    }
    p.size = offset - p.offset;
    p.by_group = expr::find_grouped_update(call.function, call.overload.argument_types);
    has_blobs_ |= !p.blobs.empty();
    places_.push_back(std::move(p));
  }
}

bool aggregate_calls::is_plain(std::size_t i) const {
  return !calls_[i].distinct && !calls_[i].overload.needs_ordered_values;
}

aggregate_calls::columns aggregate_calls::arguments_of(std::size_t i,
                                                       const data::record_batch& batch) const {
  columns out;
  plan::visit_arguments(
      calls_[i],
      [&](std::uint32_t column) { out.push_back(data::decoded(batch.column_at(column))); },
      [&](const expr::bound_expr& constant) {
        out.push_back(data::constant_of(*constant.literal, 0, batch.stored_rows()));
      });
  return out;
}

fed_rows aggregate_calls::filtered(const data::record_batch& batch, const fed_rows& fed,
                                   std::uint32_t filter_column) {
  const data::column_ptr flags = data::decoded(batch.column_at(filter_column));
  picked_rows_.resize(fed.rows.count);
  picked_payloads_.resize(fed.rows.count);
  const auto* values = flags->data<std::uint8_t>();
  if (values == nullptr) return {{batch.stored_rows(), picked_rows_.data(), 0}, {}};
  const std::uint32_t mask = flags->is_constant() ? 0 : ~std::uint32_t{0};
  const std::uint64_t* valid = flags->validity_words();
  std::uint32_t* rows = picked_rows_.data();
  char** payloads = picked_payloads_.data();
  std::uint32_t picked = 0;
  std::uint32_t position = 0;
  const auto pick = [&](auto passes) {
    fed.rows.for_each([&](std::uint32_t row) {
      rows[picked] = row;
      payloads[picked] = fed.payloads[position++];
      picked += passes(row & mask);
    });
  };
  if (valid == nullptr)
    pick([=](std::uint32_t at) { return values[at] & 1U; });
  else
    pick([=](std::uint32_t at) {
      return values[at] & static_cast<unsigned>(data::get_bit(valid, at));
    });
  return {{batch.stored_rows(), picked_rows_.data(), picked}, {picked_payloads_.data(), picked}};
}

result<void> aggregate_calls::update_call(std::size_t i, const data::record_batch& batch,
                                          const fed_rows& fed, tables::hash_table& table,
                                          data::blob_heap* scratch) {
  return update_rows(i, arguments_of(i, batch), batch, fed, table, scratch);
}

result<void> aggregate_calls::update_rows(std::size_t i,
                                          std::span<const data::column_ptr> arguments,
                                          const data::record_batch& batch, const fed_rows& fed,
                                          tables::hash_table& table, data::blob_heap* scratch) {
  if (fed.rows.count == 0) return {};
  const std::uint32_t offset = places_[i].offset;
  states_.resize(fed.rows.count);
  for (std::uint32_t r = 0; r < fed.rows.count; ++r) states_[r] = fed.payloads[r] + offset;
  heaps_.clear();
  if (!places_[i].blobs.empty())
    for (char* payload : fed.payloads)
      heaps_.push_back(scratch != nullptr ? scratch : &table.heap_of(payload));
  const auto& overload = calls_[i].overload;
  return overload.update(overload, {arguments, fed.rows, states_.data(),
                                    heaps_.empty() ? nullptr : heaps_.data(), batch.kinds()});
}

result<void> aggregate_calls::update(const data::record_batch& batch, const fed_rows& fed,
                                     tables::hash_table& table) {
  arguments_.resize(calls_.size());
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (is_plain(i)) arguments_[i] = arguments_of(i, batch);
  for (std::uint32_t begin = 0; begin < fed.rows.count; begin += block_rows)
    MILLRACE_CHECK(update_block(batch, block_of(fed, begin), table));
  for (auto& held : arguments_) held.clear();
  return {};
}

bool aggregate_calls::take_groups() const {
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (!is_plain(i) || places_[i].by_group == nullptr) return false;
  return true;
}

// A byte per stored row; NULL is no pass.
const std::uint8_t* aggregate_calls::flags_of(const data::record_batch& batch,
                                              std::uint32_t filter_column) {
  const data::column_ptr& filter = batch.column_at(filter_column);
  if (filter->layout == data::encoding::flat && !filter->may_have_nulls())
    return filter->data<std::uint8_t>();
  flags_.assign(batch.stored_rows(), 0);
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (!filter->is_null(row)) flags_[row] = filter->value<std::uint8_t>(row);
  }
  return flags_.data();
}

void aggregate_calls::update_groups(const data::record_batch& batch, batch_groups& groups,
                                    std::span<char* const> payloads) {
  const bool counts_only = batch.kinds() == nullptr && std::ranges::all_of(calls_, [](auto& call) {
                             return call.arguments.empty() && !call.filter;
                           });
  const std::uint32_t* rows = counts_only ? nullptr : groups.rows();
  states_.resize(payloads.size());
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const auto arguments = arguments_of(i, batch);
    for (std::size_t g = 0; g < payloads.size(); ++g) states_[g] = payloads[g] + places_[i].offset;
    const auto* passes = calls_[i].filter ? flags_of(batch, *calls_[i].filter) : nullptr;
    places_[i].by_group({arguments, rows, groups.ends(), states_.data(), passes, batch.kinds()});
  }
}

fed_rows aggregate_calls::block_of(const fed_rows& fed, std::uint32_t begin) {
  const std::uint32_t count = std::min(block_rows, fed.rows.count - begin);
  if (fed.rows.dense() && all_rows_.size() < fed.rows.count) {
    all_rows_.resize(fed.rows.count);
    std::iota(all_rows_.begin(), all_rows_.end(), 0U);
  }
  const std::uint32_t* rows = fed.rows.dense() ? all_rows_.data() : fed.rows.selection;
  return {{fed.rows.stored, rows + begin, count}, fed.payloads.subspan(begin, count)};
}

result<void> aggregate_calls::update_block(const data::record_batch& batch, const fed_rows& fed,
                                           tables::hash_table& table) {
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (is_plain(i) && !calls_[i].filter)
      MILLRACE_CHECK(update_rows(i, arguments_[i], batch, fed, table, nullptr));
  // Calls of one FILTER stand together, so that its rows are picked once.
  filters_done_.clear();
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    if (!is_plain(i) || !calls_[i].filter) continue;
    const std::uint32_t filter = *calls_[i].filter;
    if (std::ranges::find(filters_done_, filter) != filters_done_.end()) continue;
    filters_done_.push_back(filter);
    const fed_rows passed = filtered(batch, fed, filter);
    for (std::size_t j = i; j < calls_.size(); ++j)
      if (is_plain(j) && calls_[j].filter == filter)
        MILLRACE_CHECK(update_rows(j, arguments_[j], batch, passed, table, nullptr));
  }
  return {};
}

result<void> aggregate_calls::emit(std::size_t i, std::span<char* const> payloads,
                                   data::column_builder& out) {
  states_.resize(payloads.size());
  const std::uint32_t offset = places_[i].offset;
  for (std::size_t r = 0; r < payloads.size(); ++r) states_[r] = payloads[r] + offset;
  const auto& overload = calls_[i].overload;
  return overload.emit(overload, states_.data(), static_cast<std::uint32_t>(payloads.size()), out);
}

void aggregate_calls::merge(char* into, data::blob_heap& heap, const char* from) const {
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (calls_[i].overload.merge != nullptr)
      calls_[i].overload.merge(calls_[i].overload, into + places_[i].offset, &heap,
                               from + places_[i].offset);
}

// The fixed bytes as they are, then the bytes of each blob.
void aggregate_calls::write_states(std::size_t i, std::span<char* const> payloads,
                                   data::column_builder& out) {
  const place& p = places_[i];
  for (const char* payload : payloads) {
    std::size_t size = p.size;
    for (const std::uint32_t at : p.blobs)
      size += reinterpret_cast<const data::blob_slot*>(payload + at)->size;
    char* to = out.extend_text(size);
    std::memcpy(to, payload + p.offset, p.size);
    to += p.size;
    for (const std::uint32_t at : p.blobs) {
      const auto blob = reinterpret_cast<const data::blob_slot*>(payload + at)->view();
      if (!blob.empty()) std::memcpy(to, blob.data(), blob.size());
      to += blob.size();
    }
  }
}

result<void> aggregate_calls::merge_states(std::size_t i, const data::column& states,
                                           const fed_rows& fed, tables::hash_table& table) {
  const place& p = places_[i];
  const auto& overload = calls_[i].overload;
  // Aligned copy of the state, its blobs pointing into the column.
  std::vector<std::uint64_t> scratch(p.size / sizeof(std::uint64_t) + 1);
  char* state = reinterpret_cast<char*>(scratch.data());
  std::uint32_t position = 0;
  bool sound = true;
  fed.rows.for_each([&](std::uint32_t row) {
    char* payload = fed.payloads[position++];
    const std::string_view bytes = states.text(row);
    if (bytes.size() < p.size) {
      sound = false;
      return;
    }
    std::memcpy(state, bytes.data(), p.size);
    std::size_t at = p.size;
    for (const std::uint32_t offset : p.blobs) {
      auto* blob = reinterpret_cast<data::blob_slot*>(state + (offset - p.offset));
      if (blob->size > bytes.size() - at) {
        sound = false;
        return;
      }
      blob->bytes = const_cast<char*>(bytes.data()) + at;
      at += blob->size;
    }
    overload.merge(overload, payload + p.offset,
                   p.blobs.empty() ? nullptr : &table.heap_of(payload), state);
  });
  if (!sound) return bad_state();
  return {};
}

}  // namespace millrace::operators
