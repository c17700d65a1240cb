#include "core/operators/join/window_join.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"

namespace millrace::operators {
namespace {

using plan::join_kind;

constexpr std::uint32_t windows_at_once = 1024;

}  // namespace

windowed_input::settings window_join::input_of(bool left) const {
  windowed_input::settings s;
  s.input = left ? 0 : 1;
  s.keys = left ? spec_.left_keys : spec_.right_keys;
  s.end_column = left ? spec_.left_window_end : spec_.right_window_end;
  const bool shown_alone =
      left ? left_preserved_ || spec_.kind == join_kind::anti : right_preserved_;
  s.drop_null_keys = !shown_alone;
  s.local_zone = spec_.local_zone;
  return s;
}

window_join::window_join(plan::window_join_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      types_{types_of(inputs.inputs[0]), types_of(inputs.inputs[1])},
      left_preserved_(spec_.kind == join_kind::left || spec_.kind == join_kind::full),
      right_preserved_(spec_.kind == join_kind::right || spec_.kind == join_kind::full),
      semi_or_anti_(spec_.kind == join_kind::semi || spec_.kind == join_kind::anti),
      inputs_{windowed_input(input_of(true), inputs), windowed_input(input_of(false), inputs)},
      reader_(types_[0], types_[1]) {}

result<void> window_join::open(operator_context& context) {
  context_ = &context;
  constexpr std::string_view names[] = {"left", "right"};
  for (std::uint32_t i = 0; i < 2; ++i) {
    auto spec = state_spec(std::string(names[i]), inputs_[i].key_types());
    spec.value_types = types_[i];
    MILLRACE_CHECK(inputs_[i].open(context));
    lists_[i] = &context.tables->open_list(std::move(spec));
  }
  timers_ = &context.tables->open_timers(state_spec("timers", inputs_[0].key_types()));
  watermark_.open(context);
  return reader_.open(spec_.condition, context.eval);
}

result<progress> window_join::process(input_id input, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  input_ = input.value;
  return resume(out);
}

result<progress> window_join::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  return resume(out);
}

result<progress> window_join::resume(output& out) {
  if (batch_) {
    if (inputs_[input_].load(*batch_, watermark_.get(), *context_) != tables::readiness::ready)
      return progress::need_state;
    take_rows();
    batch_.reset();
    return progress::need_input;
  }
  return work_through(outbox_, out, [&] { return next_piece(); });
}

// A part of the windows that were popped together: they may fan out.
result<piece> window_join::next_piece() {
  if (!in_group_) {
    const piece next = due_.next(*timers_, watermark_.get(), windows_at_once, *context_->tables);
    if (next != piece::done) return next;
    begin_group();
  }
  fill_chunk();
  MILLRACE_CHECK(join_chunk());
  if (window_ == windows_.size()) end_group();
  return piece::done;
}

void window_join::take_rows() {
  const windowed_input& input = inputs_[input_];
  context_->metrics->late_rows += input.late();
  tables::list_table& list = *lists_[input_];
  handles_.resize(input.rows().size());
  list.locate_or_insert(input.keys(), handles_);
  rows_.clear();
  const auto& codec = input_ == 0 ? reader_.left_codec() : reader_.right_codec();
  codec.encode(*batch_, input.rows(), rows_);
  for (std::uint32_t i = 0; i < handles_.size(); ++i) {
    if (list.count(handles_[i]) == 0) (void)timers_->add(input.closes(i), input.keys().view(i));
    list.append(handles_[i], rows_[i]);
  }
}

// Decodes the left rows of the windows that were popped.
void window_join::begin_group() {
  in_group_ = true;
  window_ = left_row_ = 0;
  windows_.clear();
  std::vector<std::string_view> left_rows;
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    open_window w{lists_[0]->locate(due_.key(i)), lists_[1]->locate(due_.key(i)), 0};
    for (auto at = lists_[0]->rows(w.left); at.valid(); at.next()) left_rows.push_back(at.row());
    w.left_end = static_cast<std::uint32_t>(left_rows.size());
    windows_.push_back(w);
  }
  data::batch_builder left(types_[0], static_cast<std::uint32_t>(left_rows.size()) + 1);
  reader_.left_codec().decode(left_rows, left);
  left.end_rows(static_cast<std::uint32_t>(left_rows.size()));
  reader_.begin(left.finish(), true);
}

void window_join::end_group() {
  for (const auto& w : windows_) {
    if (w.left) lists_[0]->clear(w.left);
    if (w.right) lists_[1]->clear(w.right);
  }
  reader_.end();
  in_group_ = false;
}

// Lists the pairs of whole left rows until there is a batch of them.
void window_join::fill_chunk() {
  pairs_.clear();
  cuts_.clear();
  for (; window_ < windows_.size(); ++window_) {
    const open_window& w = windows_[window_];
    for (; left_row_ < w.left_end; ++left_row_) {
      if (pairs_.size() >= context_->batch_rows) return;
      add_left_row();
    }
    if (right_preserved_) cuts_.push_back({pairs_.size(), no_row, w.right});
  }
}

void window_join::add_left_row() {
  const auto right = windows_[window_].right;
  if (right)
    for (auto at = lists_[1]->rows(right); at.valid(); at.next()) pairs_.add(left_row_, at.row());
  cuts_.push_back({pairs_.size(), left_row_, right});
}

result<void> window_join::join_chunk() {
  if (cuts_.empty()) return {};
  MILLRACE_CHECK(reader_.test(pairs_, passed_));
  events_.clear();
  std::uint32_t begin = 0;
  for (const cut& c : cuts_) {
    if (c.left_row == no_row) {
      end_window(c.right);
    } else {
      end_left_row(c.left_row, begin, c.pair);
      begin = c.pair;
    }
  }
  if (events_.size() == 0) return {};
  outbox_.put_split(semi_or_anti_ ? reader_.left_of(events_, {}) : reader_.join(events_, {}),
                    context_->batch_rows);
  return {};
}

void window_join::end_left_row(std::uint32_t row, std::uint32_t begin, std::uint32_t end) {
  if (right_preserved_ && right_met_.size() < end - begin) right_met_.resize(end - begin);
  bool met = false;
  for (std::uint32_t p = begin; p < end; ++p) {
    if (passed_[p] == 0) continue;
    met = true;
    if (right_preserved_) right_met_[p - begin] = 1;
    if (!semi_or_anti_) events_.add(row, pairs_.partners[p]);
  }
  if (semi_or_anti_ ? met == (spec_.kind == join_kind::semi) : left_preserved_ && !met)
    events_.add(row, {});
}

// Preserved right rows that met nobody.
void window_join::end_window(tables::key_handle right) {
  std::size_t place = 0;
  if (right)
    for (auto at = lists_[1]->rows(right); at.valid(); at.next(), ++place)
      if (place >= right_met_.size() || right_met_[place] == 0) events_.add(no_row, at.row());
  right_met_.clear();
}

}  // namespace millrace::operators
