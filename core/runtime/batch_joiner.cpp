#include "core/runtime/batch_joiner.hpp"

#include "core/data/column_builder.hpp"

#include <numeric>
#include <vector>

namespace millrace::runtime {

namespace {

// Above this a batch is big enough: copying it would cost more than it saves.
constexpr std::uint32_t small_rows = 256;

void append_live(data::batch_builder& to, const data::record_batch& from,
                 std::vector<std::uint32_t>& rows) {
  if (from.selected()) {
    to.append_rows(from, from.selection());
    return;
  }
  rows.resize(from.stored_rows());
  std::iota(rows.begin(), rows.end(), 0u);
  to.append_rows(from, rows);
}

}  // namespace

std::size_t joinable(const std::deque<parcel>& queue, std::uint32_t batch_rows) {
  std::uint32_t rows = 0;
  std::size_t count = 0;
  bool hashed = false;
  for (const parcel& p : queue) {
    const auto* batch = std::get_if<data::batch_ptr>(&p.what);
    if (batch == nullptr || (*batch)->row_count() > small_rows) break;
    rows += (*batch)->row_count();
    if (rows > batch_rows) break;
    if (count > 0 && hashed != ((*batch)->hashes() != nullptr)) break;
    hashed = (*batch)->hashes() != nullptr;
    ++count;
  }
  return count;
}

data::batch_ptr join_front(const std::deque<parcel>& queue, std::size_t count) {
  const auto& first = *std::get<data::batch_ptr>(queue.front().what);
  std::vector<data::data_type> types;
  for (const auto& column : first.columns()) types.push_back(column->type);
  std::uint32_t rows = 0;
  for (std::size_t i = 0; i < count; ++i) {
    rows += std::get<data::batch_ptr>(queue[i].what)->row_count();
  }
  data::batch_builder builder(types, rows);
  std::vector<std::uint32_t> scratch;
  for (std::size_t i = 0; i < count; ++i) {
    append_live(builder, *std::get<data::batch_ptr>(queue[i].what), scratch);
  }
  return builder.finish();
}

}  // namespace millrace::runtime
