#include "core/coordination/in_flight.hpp"
#include "core/coordination/restore_plan.hpp"
#include "core/expr/key_hash.hpp"
#include "core/runtime/hash_partition.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

// The rows that an unaligned barrier had overtaken: who works on them after a restore.
// Source: Flink documentation, "Checkpointing under backpressure", and its SubtaskStateMapper.

namespace millrace::coordination {

namespace {

using plan::exchange_kind;
using runtime::channel_state;

error refused(const operator_state& rows, const std::string& why) {
  return make_error(
      errc::state_type_changed,
      "rows are in flight to " + rows.description + " (" + rows.operator_id + "), " + why,
      "take a savepoint with the old query and parallelism first: nothing is in "
      "flight there");
}

/// Leaves rows to the instance that owns their key groups.
class keyed_rows {
 public:
  keyed_rows(std::uint32_t subtask, std::uint32_t parallelism, std::uint32_t groups)
      : subtask_(subtask), partition_(parallelism, groups) {}

  data::batch_ptr of(const data::batch_ptr& batch, const std::vector<std::uint32_t>& keys) {
    const auto hashed = batch->hashes() ? batch : batch->with_hashes(expr::hash_keys(*batch, keys));
    partition_.split(*hashed);
    const auto rows = partition_.rows_of(subtask_);
    if (rows.size() == hashed->row_count()) return hashed;
    auto selection = data::buffer::allocate(rows.size_bytes());
    std::memcpy(selection->mutable_data(), rows.data(), rows.size_bytes());
    return hashed->with_selection(std::move(selection), static_cast<std::uint32_t>(rows.size()));
  }

 private:
  std::uint32_t subtask_;
  runtime::hash_partition partition_;
};

bool has_rows(const channel_state& c) {
  return std::any_of(c.elements.begin(), c.elements.end(), [](const data::element& e) {
    return std::holds_alternative<data::batch_ptr>(e);
  });
}

/// Deals out what was in flight to one old instance, for one new one at another parallelism.
class dealer {
 public:
  dealer(const std::vector<in_flight_input>& inputs, std::uint32_t subtask,
         std::uint32_t parallelism, std::uint32_t groups)
      : inputs_(inputs),
        subtask_(subtask),
        parallelism_(parallelism),
        rows_(subtask, parallelism, groups) {}

  result<void> deal(const operator_state& old, channel_state& channel) {
    const in_flight_input& input = inputs_[channel.input.value];
    if (input.exchange == exchange_kind::hash) {
      for (data::element& e : channel.elements) keep_owned(e, input.keys);
      return {};
    }
    if (!has_rows(channel)) return {};
    if (input.exchange == exchange_kind::forward || input.exchange == exchange_kind::broadcast) {
      return refused(old, "whose input cannot be dealt out to another parallelism");
    }
    // Any one instance will do.
    if (old.subtask % parallelism_ != subtask_) drop_rows(channel);
    return {};
  }

 private:
  void keep_owned(data::element& e, const std::vector<std::uint32_t>& keys) {
    if (auto* batch = std::get_if<data::batch_ptr>(&e)) *batch = rows_.of(*batch, keys);
  }
  static void drop_rows(channel_state& channel) {
    std::erase_if(channel.elements, [](const data::element& e) {
      return std::holds_alternative<data::batch_ptr>(e);
    });
  }

  const std::vector<in_flight_input>& inputs_;
  std::uint32_t subtask_;
  std::uint32_t parallelism_;
  keyed_rows rows_;
};

}  // namespace

result<std::vector<channel_state>> restore_plan::in_flight(
    const std::string& operator_id, const std::vector<in_flight_input>& inputs,
    std::uint32_t subtask, std::uint32_t parallelism) const {
  std::vector<data::schema> schemas;
  for (const in_flight_input& i : inputs) schemas.push_back(i.rows);
  dealer anew(inputs, subtask, parallelism, manifest_.max_parallelism);
  std::vector<channel_state> all;
  for (const operator_state* old : instances_of(in_flight_id(operator_id))) {
    const bool rescaled = old->parallelism != parallelism;
    if (!rescaled && old->subtask != subtask) continue;
    MILLRACE_TRY(const auto reader, files_->read_merged(*old));
    MILLRACE_TRY(auto channels, load_channels(*reader, schemas));
    for (channel_state& c : channels) {
      c.reader = old->subtask;
      if (rescaled) MILLRACE_CHECK(anew.deal(*old, c));
      all.push_back(std::move(c));
    }
  }
  return all;
}

result<void> restore_plan::check_in_flight(const plan::physical_plan& plan) const {
  for (const operator_state& o : manifest_.operators) {
    if (!o.in_flight) continue;
    const bool known = std::any_of(plan.nodes.begin(), plan.nodes.end(), [&](const auto& node) {
      return in_flight_id(node.id) == o.operator_id;
    });
    if (!known) return refused(o, "which the query has no longer");
  }
  return {};
}

}  // namespace millrace::coordination
