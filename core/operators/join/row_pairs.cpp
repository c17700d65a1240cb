#include "core/operators/join/row_pairs.hpp"

#include "core/operators/row_events.hpp"

#include <algorithm>

namespace millrace::operators {

void row_pairs::keep(std::span<const std::uint8_t> flags) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < probes.size(); ++i) {
    probes[kept] = probes[i];
    partners[kept] = partners[i];
    kept += flags[i] != 0 ? 1 : 0;
  }
  probes.resize(kept);
  partners.resize(kept);
}

pair_reader::pair_reader(std::vector<data::data_type> left, std::vector<data::data_type> right)
    : left_(std::move(left)), right_(std::move(right)) {}

result<void> pair_reader::open(const expr::expr_ptr& condition, expr::eval_context& context) {
  if (!condition) return {};
  expr::collect_columns(*condition, condition_columns_);
  std::vector<std::uint32_t> mapping(left_.types().size() + right_.types().size());
  for (std::uint32_t i = 0; i < condition_columns_.size(); ++i) mapping[condition_columns_[i]] = i;
  MILLRACE_TRY(condition_,
               expr::evaluator::make({expr::remap_columns(condition, mapping)}, context));
  return {};
}

void pair_reader::begin(const data::batch_ptr& probe, bool probe_is_left) {
  probe_ = probe;
  probe_is_left_ = probe_is_left;
}

data::column_ptr pair_reader::read(const row_pairs& pairs, std::uint32_t column) const {
  const auto left_width = static_cast<std::uint32_t>(left_.types().size());
  const bool of_left = column < left_width;
  const std::uint32_t own = of_left ? column : column - left_width;
  if (of_left == probe_is_left_) {
    if (!probe_)
      return data::null_column((of_left ? left_ : right_).types()[own].as_nullable(), pairs.size());
    return gather(pairs, own);
  }
  return decode(pairs, of_left ? left_ : right_, own);
}

data::column_ptr pair_reader::gather(const row_pairs& pairs, std::uint32_t column) const {
  const data::column& source = *probe_->column_at(column);
  const std::span<const std::uint32_t> rows = pairs.probes;
  if (std::ranges::find(rows, no_row) == rows.end()) return data::take(source, rows);
  data::column_builder out(source.type.as_nullable(), pairs.size());
  for (std::size_t begin = 0; begin < rows.size();) {
    const bool padded = rows[begin] == no_row;
    std::size_t end = begin + 1;
    while (end < rows.size() && (rows[end] == no_row) == padded) ++end;
    if (padded) {
      out.append_nulls(static_cast<std::uint32_t>(end - begin));
    } else {
      out.append_rows(source, rows.subspan(begin, end - begin));
    }
    begin = end;
  }
  return out.finish();
}

data::column_ptr pair_reader::decode(const row_pairs& pairs, const tables::row_codec& codec,
                                     std::uint32_t column) const {
  data::column_builder out(codec.types()[column], pairs.size());
  codec.decode_column(pairs.partners, column, out);
  return out.finish();
}

result<void> pair_reader::test(const row_pairs& pairs, std::vector<std::uint8_t>& passed) {
  passed.assign(pairs.size(), 1);
  if (!condition_ || pairs.size() == 0) return {};
  std::vector<data::column_ptr> columns;
  columns.reserve(condition_columns_.size());
  for (const std::uint32_t c : condition_columns_) columns.push_back(read(pairs, c));
  const data::record_batch rows(std::move(columns), pairs.size());
  std::uint32_t count = 0;
  MILLRACE_TRY(const auto selection, condition_->filter(rows, count));
  if (count == pairs.size()) return {};
  std::ranges::fill(passed, std::uint8_t{0});
  const auto* picked = selection ? selection->as<std::uint32_t>() : nullptr;
  for (std::uint32_t i = 0; i < count; ++i) passed[picked[i]] = 1;
  return {};
}

data::batch_ptr pair_reader::build(const row_pairs& pairs, std::size_t columns,
                                   std::span<const data::change_kind> kinds) const {
  std::vector<data::column_ptr> out;
  out.reserve(columns);
  for (std::uint32_t c = 0; c < columns; ++c) out.push_back(read(pairs, c));
  return with_kinds(std::make_shared<const data::record_batch>(std::move(out), pairs.size()),
                    kinds);
}

data::batch_ptr pair_reader::join(const row_pairs& pairs,
                                  std::span<const data::change_kind> kinds) const {
  return build(pairs, left_.types().size() + right_.types().size(), kinds);
}

data::batch_ptr pair_reader::left_of(const row_pairs& pairs,
                                     std::span<const data::change_kind> kinds) const {
  return build(pairs, left_.types().size(), kinds);
}

}  // namespace millrace::operators
