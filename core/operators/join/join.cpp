#include "core/operators/join/join.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/join/not_in.hpp"

#include <algorithm>

namespace millrace::operators {

using data::change_kind;
using plan::join_kind;

plan::join_spec join_operator::without_keys(plan::join_spec spec) {
  if (!spec.null_aware) return spec;
  spec.left_keys.clear();
  spec.right_keys.clear();
  spec.null_matches.clear();
  spec.left_layout = spec.right_layout = plan::join_side_layout::no_unique_key;
  return spec;
}

join_side::settings join_operator::settings_of(const operator_inputs& inputs, bool left) const {
  const bool semi_or_anti = spec_.kind == join_kind::semi || spec_.kind == join_kind::anti;
  const bool preserved =
      spec_.kind == join_kind::full || spec_.kind == (left ? join_kind::left : join_kind::right);
  join_side::settings s;
  s.name = left ? "left" : "right";
  s.row_types = types_of(inputs.inputs[left ? 0 : 1]);
  s.layout = left ? spec_.left_layout : spec_.right_layout;
  s.unique_key = left ? spec_.left_unique_key : spec_.right_unique_key;
  s.retracts = left ? spec_.left_retracts : spec_.right_retracts;
  s.counts_matches = preserved || (left && semi_or_anti);
  s.ttl_ms = left ? spec_.left_ttl_ms : spec_.right_ttl_ms;
  return s;
}

join_operator::join_operator(plan::join_spec spec, const operator_inputs& inputs)
    : spec_(without_keys(spec)),
      original_(std::move(spec)),
      left_types_(types_of(inputs.inputs[0])),
      right_types_(types_of(inputs.inputs[1])),
      is_semi_(spec_.kind == join_kind::semi),
      is_anti_(spec_.kind == join_kind::anti),
      plain_(spec_.kind == join_kind::inner),
      sides_{{keyed_input(inputs, 0, spec_.left_keys), join_side(settings_of(inputs, true))},
             {keyed_input(inputs, 1, spec_.right_keys), join_side(settings_of(inputs, false))}},
      pairs_reader_(left_types_, right_types_) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto s = settings_of(inputs, i == 0);
    sides_[i].counted = s.counts_matches;
    sides_[i].preserved = s.counts_matches && !semi();
  }
}

result<void> join_operator::open(operator_context& context) {
  context_ = &context;
  for (auto& s : sides_) s.rows.open(s.input.types(), *context.tables);
  MILLRACE_TRY(const auto condition,
               original_.null_aware
                   ? not_in_condition(original_.condition, original_.left_keys,
                                      original_.right_keys, left_types_, right_types_)
                   : result<expr::expr_ptr>(original_.condition));
  return pairs_reader_.open(condition, context.eval);
}

result<progress> join_operator::process(input_id input, const data::batch_ptr& batch, output& out) {
  if (batch->row_count() == 0) return progress::need_input;
  batch_ = batch;
  probe_ = input.value;
  loaded_ = false;
  return resume(out);
}

result<progress> join_operator::resume(output& out) {
  MILLRACE_TRY(const auto before, outbox_.drain(out));
  if (before != progress::need_input || !batch_) return before;
  if (!loaded_) {
    if (own().input.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    begin_batch();
  }
  while (row_ < batch_->row_count()) {
    fill_chunk();
    MILLRACE_CHECK(join_chunk());
    if (outbox_.empty()) continue;
    if (out.full()) return progress::more_output;
    MILLRACE_TRY(const auto sent, outbox_.drain(out));
    if (sent != progress::need_input) return sent;
  }
  MILLRACE_CHECK(own().rows.store(*batch_, own().input.keys(), null_keys_, matches_));
  batch_.reset();
  pairs_reader_.end();
  return progress::need_input;
}

void join_operator::begin_batch() {
  loaded_ = true;
  row_ = 0;
  in_row_ = false;
  row_matches_ = 0;
  mark_null_keys();
  pairs_reader_.begin(batch_, probe_ == 0);
  other().rows.locate(own().input.keys(), handles_);
  matches_.clear();
  if (own().counted) matches_.resize(batch_->row_count());
}

// Flags the live rows that can match nothing.
void join_operator::mark_null_keys() {
  null_keys_.clear();
  const auto& columns = own().input.columns();
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const data::column& c = *batch_->column_at(columns[k]);
    if (!c.may_have_nulls() || (k < spec_.null_matches.size() && spec_.null_matches[k])) continue;
    null_keys_.resize(batch_->row_count());
    for (std::uint32_t i = 0; i < batch_->row_count(); ++i)
      if (c.is_null(batch_->row_at(i))) null_keys_[i] = 1;
  }
  const auto count = std::ranges::count(null_keys_, std::uint8_t{1});
  if (count == 0) null_keys_.clear();
  context_->metrics->null_key_rows += static_cast<std::uint64_t>(count);
}

// Lists candidates until there is a batch of them or the rows are through.
void join_operator::fill_chunk() {
  pairs_.clear();
  sub_keys_.clear();
  last_copies_.clear();
  ends_.clear();
  for (; row_ < batch_->row_count(); ++row_) {
    if (pairs_.size() >= context_->batch_rows) return;
    if (!in_row_) {
      const bool alone = !null_keys_.empty() && null_keys_[row_] != 0;
      cursor_ = other().rows.rows(alone ? tables::key_handle{} : handles_[row_]);
      in_row_ = true;
    }
    fill_from_row();
    if (in_row_) return;
    if (!plain_) ends_.push_back({row_, pairs_.size()});
  }
}

void join_operator::fill_from_row() {
  const std::uint32_t probe = batch_->row_at(row_);
  const join_side& rows = other().rows;
  const bool counted = other().counted;
  while (pairs_.size() < context_->batch_rows) {
    std::string_view sub_key;
    bool last = true;
    const std::string_view partner = rows.next(cursor_, sub_key, last);
    if (partner.data() == nullptr) {
      in_row_ = false;
      return;
    }
    pairs_.add(probe, partner);
    if (!counted) continue;
    sub_keys_.push_back(sub_key);
    last_copies_.push_back(last ? 1 : 0);
  }
}

result<void> join_operator::join_chunk() {
  if (pairs_reader_.has_condition()) MILLRACE_CHECK(pairs_reader_.test(pairs_, passed_));
  if (plain_) {
    emit_pairs();
  } else {
    decide();
    emit_events();
  }
  return {};
}

void join_operator::emit_pairs() {
  if (pairs_reader_.has_condition()) pairs_.keep(passed_);
  if (pairs_.size() == 0) return;
  kinds_.clear();
  if (batch_->kinds() != nullptr)
    for (const std::uint32_t row : pairs_.probes) kinds_.push_back(kind_of(row));
  outbox_.put(pairs_reader_.join(pairs_, kinds_));
}

// Without -U downstream, an update may lose its old row at the condition: -D and +I say the same.
change_kind join_operator::kind_of(std::uint32_t stored_row) const {
  const change_kind kind = batch_->kind_at(stored_row);
  if (spec_.emit_update_before) return kind;
  return data::adds(kind) ? change_kind::insert : change_kind::remove;
}

void join_operator::decide() {
  events_.clear();
  kinds_.clear();
  const bool tested = pairs_reader_.has_condition();
  std::uint32_t p = 0;
  for (const row_end& end : ends_) {
    for (; p < end.pair; ++p)
      if (!tested || passed_[p] != 0) on_match(end.row, p);
    end_row(end.row);
  }
  for (; p < pairs_.size(); ++p)
    if (!tested || passed_[p] != 0) on_match(row_, p);
}

void join_operator::on_match(std::uint32_t row, std::uint32_t pair) {
  ++row_matches_;
  const std::uint32_t stored = pairs_.probes[pair];
  const std::string_view partner = pairs_.partners[pair];
  const bool adds = data::adds(batch_->kind_at(stored));
  const change_kind kind = adds ? change_kind::insert : change_kind::remove;
  if (!other().counted) {
    if (!semi()) add_event(stored, partner, kind);
    return;
  }
  const std::uint32_t matches = other().rows.counts_of(handles_[row], sub_keys_[pair]).matches;
  if (semi()) {
    on_semi_match(pair, matches, adds);
  } else {
    if (adds && matches == 0) add_event(no_row, partner, change_kind::remove);
    add_event(stored, partner, kind);
    if (!adds && matches <= 1) add_event(no_row, partner, change_kind::insert);
  }
  if (last_copies_[pair] == 0 || (!adds && matches == 0)) return;
  other().rows.set_matches(handles_[row], sub_keys_[pair], adds ? matches + 1 : matches - 1);
}

// A right row has met, or left, a kept left row.
void join_operator::on_semi_match(std::uint32_t pair, std::uint32_t matches, bool adds) {
  const std::string_view left = pairs_.partners[pair];
  const bool appears = adds == is_semi_;
  if (adds ? matches == 0 : matches == 1)
    add_event(no_row, left, appears ? change_kind::insert : change_kind::remove);
}

void join_operator::end_row(std::uint32_t row) {
  const std::uint32_t stored = batch_->row_at(row);
  const bool met = row_matches_ > 0;
  if (semi()) {
    if (probe_ == 0 && met == is_semi_) add_event(stored, {}, kind_of(stored));
  } else if (own().preserved && !met) {
    add_event(stored, {},
              data::adds(batch_->kind_at(stored)) ? change_kind::insert : change_kind::remove);
  }
  if (!matches_.empty()) matches_[row] = row_matches_;
  row_matches_ = 0;
}

void join_operator::add_event(std::uint32_t probe, std::string_view partner, change_kind kind) {
  events_.add(probe, partner);
  kinds_.push_back(kind);
}

void join_operator::emit_events() {
  if (events_.size() == 0) return;
  const auto made =
      semi() ? pairs_reader_.left_of(events_, kinds_) : pairs_reader_.join(events_, kinds_);
  outbox_.put_split(made, context_->batch_rows);
}

}  // namespace millrace::operators
