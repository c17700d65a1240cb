#include "core/operators/aggregate/distinct_values.hpp"

#include "core/expr/key_hash.hpp"
#include "core/operators/state_spec.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

constexpr std::size_t bits_per_word = 64;

std::uint64_t* words_of(char* payload) { return reinterpret_cast<std::uint64_t*>(payload); }
std::int64_t* counts_of(char* payload) { return reinterpret_cast<std::int64_t*>(payload); }

std::vector<std::uint32_t> key_columns(const std::vector<std::uint32_t>& groups,
                                       const std::vector<std::uint32_t>& arguments) {
  auto out = groups;
  out.insert(out.end(), arguments.begin(), arguments.end());
  return out;
}

}  // namespace

distinct_values::distinct_values(plan p) : plan_(std::move(p)), encoder_(plan_.types) {}

void distinct_values::open(std::string name, operator_context& context) {
  hasher_ = sub_key_hasher(context.max_parallelism);
  auto spec = state_spec(std::move(name), plan_.types, plan_.ttl_ms);
  const std::size_t slots = plan_.retracting
                                ? plan_.members.size()
                                : (plan_.members.size() + bits_per_word - 1) / bits_per_word;
  spec.slots.assign(slots, tables::slot_spec::bytes(8));
  table_ = &context.tables->open_hash(std::move(spec));
}

// A row with a NULL argument has no value to remember.
void distinct_values::pick_rows(const data::record_batch& batch, const fed_rows& fed) {
  rows_.clear();
  payloads_.clear();
  std::uint32_t position = 0;
  fed.rows.for_each([&](std::uint32_t row) {
    char* payload = fed.payloads[position++];
    for (const std::uint32_t a : plan_.arguments)
      if (batch.column_at(a)->is_null(row)) return;
    rows_.push_back(row);
    payloads_.push_back(payload);
  });
}

void distinct_values::append_hashes(const data::record_batch& batch,
                                    const std::uint64_t* group_hashes,
                                    std::vector<std::uint64_t>& out) const {
  const auto value_hashes = expr::hash_keys(batch, plan_.arguments);
  const auto* values = value_hashes->as<std::uint64_t>();
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    out.push_back(hasher_(group_hashes[row], values[row]));
  }
}

void distinct_values::look_up(const data::record_batch& batch, const std::uint64_t* group_hashes) {
  const auto value_hashes = expr::hash_keys(batch, plan_.arguments);
  const auto* values = value_hashes->as<std::uint64_t>();
  hashes_.resize(batch.stored_rows());
  for (const std::uint32_t row : rows_) hashes_[row] = hasher_(group_hashes[row], values[row]);
  encoder_.encode_rows(batch, key_columns(plan_.group_columns, plan_.arguments), rows_,
                       hashes_.data(), keys_);
  values_.resize(rows_.size());
  inserted_.resize(rows_.size());
  table_->find_or_insert(keys_, values_, inserted_);
}

void distinct_values::apply_filter(const data::record_batch& batch,
                                   std::optional<std::uint32_t> filter) {
  passes_.assign(rows_.size(), 1);
  if (!filter) return;
  const data::column_ptr flags = data::flattened(batch.column_at(*filter));
  const auto* values = flags->data<std::uint8_t>();
  const std::uint64_t* valid = flags->validity_words();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool known = values != nullptr && (valid == nullptr || data::get_bit(valid, rows_[i]));
    passes_[i] = known && values[rows_[i]] != 0 ? 1 : 0;
  }
}

void distinct_values::note_first(std::size_t member) {
  const std::size_t word = member / bits_per_word;
  const std::uint64_t bit = std::uint64_t{1} << (member % bits_per_word);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::uint64_t& seen = words_of(values_[i])[word];
    if (passes_[i] == 0 || (seen & bit) != 0) continue;
    seen |= bit;
    fed_rows_.push_back(rows_[i]);
    fed_payloads_.push_back(payloads_[i]);
  }
}

void distinct_values::note_counted(const data::record_batch& batch, std::size_t member) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (passes_[i] == 0) continue;
    std::int64_t& count = counts_of(values_[i])[member];
    const bool first_or_last = data::adds(batch.kind_at(rows_[i])) ? count++ == 0 : count-- == 1;
    if (!first_or_last) continue;
    fed_rows_.push_back(rows_[i]);
    fed_payloads_.push_back(payloads_[i]);
  }
}

// Entries whose counts are all zero again; several rows may share one.
void distinct_values::forget_unused() {
  std::vector<char*> unused;
  for (char* value : values_) {
    const std::int64_t* counts = counts_of(value);
    if (std::all_of(counts, counts + plan_.members.size(), [](std::int64_t c) { return c == 0; }))
      unused.push_back(value);
  }
  std::ranges::sort(unused);
  const auto twins = std::ranges::unique(unused);
  unused.erase(twins.begin(), twins.end());
  for (char* value : unused) table_->erase(value);
}

result<void> distinct_values::update(const data::record_batch& batch, const fed_rows& fed,
                                     const std::uint64_t* group_hashes, aggregate_calls& calls,
                                     tables::hash_table& groups) {
  pick_rows(batch, fed);
  if (rows_.empty()) return {};
  look_up(batch, group_hashes);
  for (std::size_t m = 0; m < plan_.members.size(); ++m) {
    apply_filter(batch, calls.call(plan_.members[m]).filter);
    fed_rows_.clear();
    fed_payloads_.clear();
    if (plan_.retracting)
      note_counted(batch, m);
    else
      note_first(m);
    const fed_rows part{
        {batch.stored_rows(), fed_rows_.data(), static_cast<std::uint32_t>(fed_rows_.size())},
        fed_payloads_};
    MILLRACE_CHECK(calls.update_call(plan_.members[m], batch, part, groups));
  }
  if (plan_.retracting) forget_unused();
  return {};
}

}  // namespace millrace::operators
