#include "core/operators/rank/best_row.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/sort_order.hpp"
#include "core/operators/state_spec.hpp"

namespace millrace::operators {
namespace {

using data::change_kind;

// A payload: the key's index among those the batch has touched (any old number otherwise), the size
// of the sort keys, and one blob: the row, then its sort keys.
struct best {
  std::uint32_t mark;
  std::uint32_t order_size;
  data::blob_slot bytes;

  [[nodiscard]] std::string_view row() const {
    return bytes.view().substr(0, bytes.size - order_size);
  }
  [[nodiscard]] std::string_view order() const {
    return bytes.view().substr(bytes.size - order_size);
  }
};
static_assert(sizeof(best) == 24);

best& best_in(char* payload) { return *reinterpret_cast<best*>(payload); }

std::vector<plan::sort_key> order_of(const plan::deduplicate_spec& spec) {
  if (!spec.row_time) return {};
  return {{spec.order_column, spec.keep_last, false}};
}

}  // namespace

best_row::best_row(const plan::rank_spec& spec, const operator_inputs& inputs)
    : types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, spec.partition),
      order_(sort_order(spec.order, types_)),
      codec_(types_),
      later_wins_ties_(false),
      emit_update_before_(spec.emit_update_before),
      at_end_(spec.at_end),
      ttl_ms_(spec.ttl_ms) {}

best_row::best_row(const plan::deduplicate_spec& spec, const operator_inputs& inputs)
    : types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, spec.keys),
      order_(sort_order(order_of(spec), types_)),
      codec_(types_),
      later_wins_ties_(spec.keep_last),
      emit_update_before_(spec.emit_update_before),
      every_version_(spec.every_version),
      at_end_(spec.at_end),
      ttl_ms_(spec.ttl_ms) {}

result<void> best_row::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("rows", input_.types(), ttl_ms_);
  spec.slots = {tables::slot_spec::bytes(8), tables::slot_spec::blob()};
  spec.value_types = types_;
  table_ = &context.tables->open_hash(std::move(spec));
  return {};
}

result<progress> best_row::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> best_row::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    choose();
    emit_changes();
    batch_.reset();
  }
  if (!ended_) return outbox_.drain(out);
  return work_through(outbox_, out, [this] { return give_rows(); });
}

result<progress> best_row::finish(input_id, output& out) {
  ended_ = at_end_;
  return resume(out);
}

result<piece> best_row::give_rows() {
  MILLRACE_TRY(const piece step, drain_.next(*table_, *context_->tables, context_->batch_rows));
  if (step != piece::done) return step;
  for (char* payload : drain_.keys()) events_.add(best_in(payload).row(), change_kind::insert);
  outbox_.put(events_.finish(codec_));
  for (char* payload : drain_.keys()) table_->erase(payload);
  return step;
}

std::uint32_t best_row::touch(std::uint32_t row) {
  best& b = best_in(payloads_[row]);
  if (b.mark < touched_.size() && touched_[b.mark].payload == payloads_[row]) return b.mark;
  b.mark = static_cast<std::uint32_t>(touched_.size());
  touched_.push_back({payloads_[row], none, inserted_[row] != 0});
  return b.mark;
}

bool best_row::replaces(const touched_key& key, std::uint32_t row) const {
  if (key.best == none && key.fresh) return true;
  const std::string_view now = key.best == none ? best_in(key.payload).order() : orders_[key.best];
  const int compared = orders_[row].compare(now);
  return compared < 0 || (compared == 0 && later_wins_ties_);
}

void best_row::choose() {
  const std::uint32_t count = batch_->row_count();
  stored_rows_ = live_rows(*batch_);
  payloads_.resize(count);
  inserted_.resize(count);
  table_->find_or_insert(input_.keys(), payloads_, inserted_);
  orders_.clear();
  order_.encode(*batch_, stored_rows_, orders_);
  for (std::uint32_t row = 0; row < count; ++row) {
    const std::uint32_t key = touch(row);
    if (!replaces(touched_[key], row)) continue;
    if (every_version_) versions_.push_back({key, touched_[key].best, row});
    touched_[key].best = row;
  }
  if (every_version_) return;
  for (std::uint32_t key = 0; key < touched_.size(); ++key)
    if (touched_[key].best != none) versions_.push_back({key, none, touched_[key].best});
}

void best_row::emit_changes() {
  // Only rows that win are encoded; a version's row in `rows_` is its own number.
  std::vector<std::uint32_t> winners;
  std::vector<std::uint32_t> version_of(stored_rows_.size(), none);
  for (std::uint32_t v = 0; v < versions_.size(); ++v) {
    winners.push_back(stored_rows_[versions_[v].after]);
    version_of[versions_[v].after] = v;
  }
  rows_.clear();
  codec_.encode(*batch_, winners, rows_);
  if (!at_end_) add_events(version_of);
  store_winners();
  versions_.clear();
  touched_.clear();
}

void best_row::add_events(const std::vector<std::uint32_t>& version_of) {
  for (std::uint32_t v = 0; v < versions_.size(); ++v) {
    const touched_key& key = touched_[versions_[v].key];
    const std::uint32_t before = versions_[v].before;
    const bool first = before == none && key.fresh;
    if (!first && emit_update_before_)
      events_.add(before == none ? best_in(key.payload).row() : rows_[version_of[before]],
                  change_kind::update_before);
    events_.add(rows_[v], first ? change_kind::insert : change_kind::update_after);
  }
  if (!events_.empty()) outbox_.put_split(events_.finish(codec_), context_->batch_rows);
}

void best_row::store_winners() {
  for (std::uint32_t v = 0; v < versions_.size(); ++v) {
    const touched_key& key = touched_[versions_[v].key];
    if (key.best != versions_[v].after) continue;
    best& b = best_in(key.payload);
    data::blob_heap& heap = table_->heap_of(key.payload);
    heap.assign(b.bytes, rows_[v]);
    heap.append(b.bytes, orders_[key.best]);
    b.order_size = static_cast<std::uint32_t>(orders_[key.best].size());
  }
}

}  // namespace millrace::operators
