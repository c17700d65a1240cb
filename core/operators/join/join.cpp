#include "core/operators/join/join.hpp"

#include "core/operators/column_types.hpp"

#include <algorithm>

namespace millrace::operators {

using data::change_kind;
using plan::join_kind;

namespace {

// A barrier has all waiting rows stored, so with checkpoints only some may wait.
std::int64_t most_waiting_bytes(const operator_context& context) {
  constexpr std::int64_t between_barriers = 32 << 20;
  const bool barriers =
      context.options != nullptr && context.options->contains("execution.checkpointing.interval");
  return barriers ? between_barriers : context.budget->limit() / 4;
}

}  // namespace

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
    : spec_(std::move(spec)),
      left_types_(types_of(inputs.inputs[0])),
      right_types_(types_of(inputs.inputs[1])),
      is_semi_(spec_.kind == join_kind::semi),
      is_anti_(spec_.kind == join_kind::anti),
      plain_(spec_.kind == join_kind::inner),
      sides_{{.input = keyed_input(inputs, 0, spec_.left_keys),
              .rows = join_side(settings_of(inputs, true))},
             {.input = keyed_input(inputs, 1, spec_.right_keys),
              .rows = join_side(settings_of(inputs, false))}},
      pairs_reader_(left_types_, right_types_) {
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto s = settings_of(inputs, i == 0);
    sides_[i].counted = s.counts_matches;
    sides_[i].preserved = s.counts_matches && !semi();
    sides_[i].can_wait = plain_ && !s.retracts && s.ttl_ms == 0;
  }
}

// Then keys of both sides are equal if their bits are.
bool join_operator::keys_are_longs() const {
  if (spec_.left_keys.size() != 1) return false;
  if (!spec_.null_matches.empty() && spec_.null_matches[0]) return false;
  const data::data_type& left = left_types_[spec_.left_keys[0]];
  const data::data_type& right = right_types_[spec_.right_keys[0]];
  if (left.id() != right.id()) return false;
  if (left.id() == data::type_id::bigint) return true;
  const bool timestamps =
      left.id() == data::type_id::timestamp || left.id() == data::type_id::timestamp_ltz;
  return timestamps && left.precision() == right.precision();
}

result<void> join_operator::open(operator_context& context) {
  context_ = &context;
  const bool longs = keys_are_longs();
  for (auto& s : sides_) {
    s.rows.open(s.input.types(), *context.tables);
    s.waiting.open(*context.budget, most_waiting_bytes(context),
                   longs ? std::optional(s.input.columns()[0]) : std::nullopt);
  }
  return pairs_reader_.open(spec_.condition, context.eval);
}

result<progress> join_operator::process(input_id input, const data::batch_ptr& batch, output& out) {
  if (batch->row_count() == 0) return progress::need_input;
  batch_ = batch;
  probe_ = input.value;
  loaded_ = asked_ = false;
  return resume(out);
}

result<progress> join_operator::resume(output& out) {
  MILLRACE_TRY(const auto before, outbox_.drain(out));
  if (before != progress::need_input) return before;
  if (batch_ && !loaded_) {
    if (nothing_is_kept() && wait_unmet()) {
      batch_.reset();
      return progress::need_input;
    }
    if (own().input.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    if (!asked_) ask_waiting();
  }
  MILLRACE_TRY(const auto stored, store_leaving());
  if (stored == progress::need_input && !batch_ && spec_.at_end && ended_sides_ == 2)
    return work_through(outbox_, out, [this] { return give_unmatched(); });
  if (stored != progress::need_input || !batch_) return stored;
  if (!loaded_) begin_batch();
  while (row_ < batch_->row_count()) {
    fill_chunk();
    MILLRACE_CHECK(join_chunk());
    if (outbox_.empty()) continue;
    if (out.full()) return progress::more_output;
    MILLRACE_TRY(const auto sent, outbox_.drain(out));
    if (sent != progress::need_input) return sent;
  }
  if (!wait()) MILLRACE_CHECK(own().rows.store(*batch_, own().input.keys(), null_keys_, matches_));
  batch_.reset();
  pairs_reader_.end();
  return progress::need_input;
}

// Then no row of a batch can meet one.
bool join_operator::nothing_is_kept() const {
  const side& other = sides_[1 - probe_];
  return plain_ && other.waiting.empty() && other.leaving.empty() &&
         context_->tables->cold_groups() == 0 && context_->tables->row_count() == 0;
}

bool join_operator::wait_unmet() {
  if (!own().can_wait) return false;
  if (!own().waiting.compares_values(*batch_)) own().input.hash(*batch_);
  if (!wait()) return false;
  find_null_keys();
  return true;
}

// Keeps the batch, hashed unless it waits by value; false where it may not or there is no room.
bool join_operator::wait() {
  side& s = own();
  if (!s.can_wait) return false;
  const bool by_value = s.waiting.compares_values(*batch_);
  return s.waiting.add(*batch_, by_value ? nullptr : s.input.hashes_buffer());
}

// Sends the rows of the other side that may meet the batch to their table.
void join_operator::ask_waiting() {
  asked_ = true;
  side& s = other();
  if (s.waiting.empty()) return;
  constexpr std::uint32_t most_rows = 8 * waiting_rows::most_keys;
  waiting_rows::question asked;
  if (batch_->row_count() <= most_rows) asked = question_of_batch();
  const bool few = batch_->row_count() <= most_rows && s.waiting.worth_asking(asked.hashes.size());
  s.leaving = few ? s.waiting.take(asked) : s.waiting.take_all();
  std::ranges::reverse(s.leaving);
}

waiting_rows::question join_operator::question_of_batch() {
  const auto sort_out = [](auto& list) {
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
  };
  waiting_rows::question asked;
  const auto keys = own().input.keys().hash_span();
  asked.hashes.assign(keys.begin(), keys.end());
  sort_out(asked.hashes);
  if (!keys_are_longs()) return asked;
  const data::column& key = *batch_->column_at(own().input.columns()[0]);
  for (std::uint32_t i = 0; i < batch_->row_count(); ++i)
    asked.values.push_back(key.value<std::int64_t>(batch_->row_at(i)));
  sort_out(asked.values);
  return asked;
}

// Oldest last; stops where a key group has to be read first.
result<progress> join_operator::store_leaving() {
  for (side& s : sides_) {
    for (; !s.leaving.empty(); s.leaving.pop_back()) {
      const data::record_batch& batch = *s.leaving.back();
      if (s.input.load(batch, *context_->tables) != tables::readiness::ready)
        return progress::need_state;
      MILLRACE_CHECK(s.rows.store(batch, s.input.keys(), null_keys_of(s, batch), {}));
    }
  }
  return progress::need_input;
}

result<progress> join_operator::prepare_barrier(output&) {
  for (side& s : sides_) {
    s.leaving = s.waiting.take_all();
    std::ranges::reverse(s.leaving);
  }
  return store_leaving();
}

result<progress> join_operator::finish(input_id, output& out) {
  ++ended_sides_;
  return resume(out);
}

result<piece> join_operator::give_unmatched() {
  for (std::uint32_t i = 0; i < 2; ++i) {
    side& s = sides_[i];
    if (!s.counted || is_semi_) continue;
    MILLRACE_TRY(const piece step,
                 s.unmatched.next(s.rows, i == 0, is_anti_, pairs_reader_, *context_->tables,
                                  context_->batch_rows, outbox_));
    if (step != piece::none_left) return step;
  }
  return piece::none_left;
}

void join_operator::begin_batch() {
  loaded_ = true;
  row_ = 0;
  in_row_ = false;
  row_matches_ = 0;
  find_null_keys();
  pairs_reader_.begin(batch_, probe_ == 0);
  other().rows.locate(own().input.keys(), handles_);
  matches_.clear();
  if (own().counted) matches_.resize(batch_->row_count());
  const auto met = [](tables::key_handle key) { return static_cast<bool>(key); };
  if (plain_ && std::ranges::none_of(handles_, met)) row_ = batch_->row_count();
}

void join_operator::find_null_keys() {
  null_keys_ = null_keys_of(own(), *batch_);
  context_->metrics->null_key_rows +=
      static_cast<std::uint64_t>(std::ranges::count(null_keys_, std::uint8_t{1}));
}

namespace {

bool has_null(const data::column& c, const data::record_batch& batch) {
  if (c.is_constant() || c.type.id() == data::type_id::null) return c.is_null(0);
  const std::uint64_t* valid = c.validity_words();
  if (!batch.selected()) return data::count_bits(valid, batch.stored_rows()) < batch.stored_rows();
  std::uint64_t nulls = 0;
  for (const std::uint32_t row : batch.selection()) nulls |= ~valid[row >> 6] >> (row & 63);
  return (nulls & 1) != 0;
}

}  // namespace

// Flags the live rows that can match nothing; empty if there are none.
std::vector<std::uint8_t> join_operator::null_keys_of(const side& s,
                                                      const data::record_batch& batch) const {
  std::vector<std::uint8_t> flags;
  const auto& columns = s.input.columns();
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const data::column& c = *batch.column_at(columns[k]);
    if (!c.may_have_nulls() || (k < spec_.null_matches.size() && spec_.null_matches[k])) continue;
    if (!has_null(c, batch)) continue;
    flags.resize(batch.row_count());
    for (std::uint32_t i = 0; i < batch.row_count(); ++i)
      if (c.is_null(batch.row_at(i))) flags[i] = 1;
  }
  return flags;
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
    if (adds && matches == 0 && !spec_.at_end) add_event(no_row, partner, change_kind::remove);
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
  if (!appears && spec_.at_end) return;
  if (adds ? matches == 0 : matches == 1)
    add_event(no_row, left, appears ? change_kind::insert : change_kind::remove);
}

// Rows with a NULL in their key are not kept: what becomes of them is known at once.
bool join_operator::can_still_match(std::uint32_t row) const {
  return spec_.at_end && (null_keys_.empty() || null_keys_[row] == 0);
}

void join_operator::end_row(std::uint32_t row) {
  const std::uint32_t stored = batch_->row_at(row);
  const bool met = row_matches_ > 0;
  if (!met && !is_semi_ && can_still_match(row)) {
    // Its turn comes with the end.
  } else if (semi()) {
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
