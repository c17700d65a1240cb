#include "core/operators/match/match_values.hpp"

#include "core/operators/join/row_pairs.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

using reference_kind = plan::match_reference::kind;

constexpr std::uint32_t no_value = UINT32_MAX;
constexpr std::uint32_t round_up(std::uint32_t width) { return (width + 7) & ~std::uint32_t{7}; }

// The rows of a column, `no_row` gives NULL.
data::column_ptr take_or_null(const data::column& source, std::span<const std::uint32_t> rows) {
  if (std::ranges::find(rows, no_row) == rows.end()) return data::take(source, rows);
  data::column_builder out(source.type, static_cast<std::uint32_t>(rows.size()));
  for (const std::uint32_t row : rows)
    row == no_row ? out.append_null() : out.append_from(source, row);
  return out.finish();
}

}  // namespace

result<match_values::expressions> match_values::prepare(std::vector<expr::expr_ptr> parts,
                                                        expr::eval_context& context) const {
  expressions out;
  for (const auto& e : parts) expr::collect_columns(*e, out.references);
  std::ranges::sort(out.references);
  out.references.erase(std::unique(out.references.begin(), out.references.end()),
                       out.references.end());
  std::vector<std::uint32_t> mapping(spec_.references.size());
  for (std::uint32_t i = 0; i < out.references.size(); ++i) mapping[out.references[i]] = i;
  for (auto& e : parts) e = expr::remap_columns(e, mapping);
  MILLRACE_TRY(out.code, expr::evaluator::make(std::move(parts), context));
  return out;
}

result<void> match_values::open(expr::eval_context& context) {
  std::vector<expr::expr_ptr> values;
  for (const auto& r : spec_.references) {
    value_of_.push_back(r.value ? static_cast<std::uint32_t>(values.size()) : no_value);
    if (r.value) values.push_back(r.value);
    if (r.physical < 0)
      rows_before_ = std::max(rows_before_, static_cast<std::uint32_t>(-r.physical));
  }
  MILLRACE_TRY(row_values_, expr::evaluator::make(std::move(values), context));
  for (const auto& define : spec_.defines) {
    defines_.emplace_back();
    if (!define) continue;
    MILLRACE_TRY(defines_.back(), prepare({define}, context));
  }
  MILLRACE_TRY(measures_, prepare(spec_.measures, context));
  return {};
}

result<void> match_values::begin(const data::batch_ptr& rows) {
  rows_ = rows;
  MILLRACE_TRY(values_, row_values_->evaluate(*rows));
  return {};
}

// The row a reference means, absolute; `no_row` if there is none.
std::uint32_t match_values::row_of(const plan::match_reference& reference,
                                   const subject& of) const {
  std::uint32_t row = 0;
  if (reference.what == reference_kind::current_row) {
    row = of.run.next - 1;
  } else if (reference.what == reference_kind::partition_column) {
    row = of.run.start;
  } else {
    const std::uint32_t count = of.run.count(reference.variables);
    const auto offset = static_cast<std::uint32_t>(reference.offset);
    if (offset >= count) return no_row;
    const bool first = reference.what == reference_kind::first;
    row = of.run.row(reference.variables, first ? offset : count - 1 - offset);
  }
  const std::int64_t moved = std::int64_t{of.base} + row + reference.physical;
  if (moved < of.partition.begin || moved >= of.partition.end) return no_row;
  return static_cast<std::uint32_t>(moved);
}

result<data::column_ptr> match_values::gather(const plan::match_reference& reference,
                                              std::span<const subject> runs, std::size_t index) {
  if (reference.what == reference_kind::aggregate) return aggregate(reference, runs, index);
  std::vector<std::uint32_t> rows;
  rows.reserve(runs.size());
  for (const auto& s : runs) rows.push_back(row_of(reference, s));
  return take_or_null(*values_[value_of_[index]], rows);
}

result<data::column_ptr> match_values::aggregate(const plan::match_reference& reference,
                                                 std::span<const subject> runs, std::size_t index) {
  const auto& overload = reference.overload;
  std::uint32_t size = 8;
  for (const auto& slot : overload.slots)
    size += round_up(slot.kind == expr::slot_kind::blob ? 16 : slot.width);
  scratch_.make(runs.size(), size);
  std::vector<std::uint32_t> rows;
  std::vector<char*> states;
  std::vector<char*> results;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& s = runs[i];
    results.push_back(scratch_[i]);
    const std::uint32_t count = s.run.count(reference.variables);
    for (std::uint32_t n = 0; n < count; ++n) {
      rows.push_back(s.base + s.run.row(reference.variables, n));
      states.push_back(scratch_[i]);
    }
  }
  const std::vector<data::blob_heap*> heaps(rows.size(), &scratch_.heap);
  std::vector<data::column_ptr> arguments;
  if (value_of_[index] != no_value)
    arguments.push_back(data::decoded(data::take(*values_[value_of_[index]], rows)));
  const auto all = expr::row_set::all(static_cast<std::uint32_t>(rows.size()));
  if (!rows.empty())
    MILLRACE_CHECK(
        overload.update(overload, {arguments, all, states.data(), heaps.data(), nullptr}));
  data::column_builder out(reference.type, static_cast<std::uint32_t>(runs.size()));
  MILLRACE_CHECK(
      overload.emit(overload, results.data(), static_cast<std::uint32_t>(runs.size()), out));
  return out.finish();
}

result<std::vector<data::column_ptr>> match_values::evaluate(expressions& what,
                                                             std::span<const subject> runs) {
  std::vector<data::column_ptr> columns;
  for (const std::uint32_t r : what.references) {
    MILLRACE_TRY(auto column, gather(spec_.references[r], runs, r));
    columns.push_back(std::move(column));
  }
  const auto all = expr::row_set::all(static_cast<std::uint32_t>(runs.size()));
  return what.code->evaluate(columns, all);
}

result<void> match_values::define(std::uint32_t variable, std::span<const subject> runs,
                                  std::vector<std::uint8_t>& passed) {
  passed.assign(runs.size(), 1);
  if (takes_all(variable) || runs.empty()) return {};
  MILLRACE_TRY(const auto made, evaluate(defines_[variable], runs));
  const data::column_ptr truth = data::decoded(made[0]);
  for (std::uint32_t i = 0; i < runs.size(); ++i)
    passed[i] = !truth->is_null(i) && truth->value<std::uint8_t>(i) != 0 ? 1 : 0;
  return {};
}

result<std::vector<data::column_ptr>> match_values::measure(std::span<const subject> matches) {
  std::vector<std::uint32_t> starts;
  for (const auto& m : matches) starts.push_back(m.base + m.run.start);
  std::vector<data::column_ptr> out;
  for (const std::uint32_t c : spec_.partition)
    out.push_back(data::take(*rows_->column_at(c), starts));
  MILLRACE_TRY(auto measures, evaluate(measures_, matches));
  for (auto& m : measures) out.push_back(std::move(m));
  return out;
}

}  // namespace millrace::operators
