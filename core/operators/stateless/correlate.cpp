#include "core/operators/stateless/correlate.hpp"

#include "core/operators/operator_context.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

constexpr std::uint32_t no_row = UINT32_MAX;

struct pairing {
  std::vector<std::uint32_t> left;   // stored rows
  std::vector<std::uint32_t> right;  // rows of the function, or no_row
};

// Adds the rows that the function gave nothing for, each at its place.
pairing pair_rows(const data::record_batch& batch, const std::vector<std::uint32_t>& origin,
                  bool outer) {
  pairing pairs;
  std::uint32_t next = 0;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    const std::uint32_t before = next;
    for (; next < origin.size() && origin[next] == row; ++next) {
      pairs.left.push_back(row);
      pairs.right.push_back(next);
    }
    if (outer && before == next) {
      pairs.left.push_back(row);
      pairs.right.push_back(no_row);
    }
  }
  return pairs;
}

data::column_ptr padded(const data::column& made, const std::vector<std::uint32_t>& rows) {
  data::column_builder out(made.type.as_nullable(), static_cast<std::uint32_t>(rows.size()));
  for (const std::uint32_t row : rows)
    if (row == no_row)
      out.append_null();
    else
      out.append_from(made, row);
  return out.finish();
}

}  // namespace

result<void> correlate_operator::open(operator_context& context) {
  context_ = &context;
  MILLRACE_TRY(arguments_, expr::evaluator::make(spec_.arguments, context.eval));
  return {};
}

result<void> correlate_operator::expand(const data::batch_ptr& batch) {
  MILLRACE_TRY(const auto arguments, arguments_->evaluate(*batch));
  const expr::row_set rows{batch->stored_rows(),
                           batch->selected() ? batch->selection().data() : nullptr,
                           batch->row_count()};
  std::vector<data::column_builder> made;
  for (const auto& f : spec_.overload.result_fields) made.emplace_back(f.type);
  std::vector<std::uint32_t> origin;
  MILLRACE_CHECK(spec_.overload.expand(arguments, rows, made, origin, context_->eval));
  const pairing pairs = pair_rows(*batch, origin, spec_.outer);
  const bool complete = std::ranges::find(pairs.right, no_row) == pairs.right.end();
  data::batch_ptr left = data::take(*batch, pairs.left);
  auto columns = left->columns();
  for (auto& builder : made) {
    data::column_ptr column = builder.finish();
    columns.push_back(complete ? std::move(column) : padded(*column, pairs.right));
  }
  outbox_.put_split(left->with_columns(std::move(columns))->with_hashes(nullptr),
                    context_->batch_rows);
  return {};
}

result<progress> correlate_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  MILLRACE_CHECK(expand(batch));
  return outbox_.drain(out);
}

}  // namespace millrace::operators
