#include "core/operators/changelog/upsert_materialize.hpp"

#include "core/operators/column_types.hpp"

#include <cstring>

namespace millrace::operators {
namespace {

using data::change_kind;

std::uint32_t name_size(std::string_view value) {
  std::uint32_t size = 0;
  std::memcpy(&size, value.data(), sizeof size);
  return size;
}
std::string_view name_in(std::string_view value) {
  return value.substr(sizeof(std::uint32_t), name_size(value));
}
std::string_view row_in(std::string_view value) {
  return value.substr(sizeof(std::uint32_t) + name_size(value));
}

}  // namespace

upsert_materialize::upsert_materialize(plan::upsert_materialize_spec spec,
                                       const operator_inputs& inputs)
    : kept_rows(inputs, spec.keys, spec.ttl_ms),
      spec_(std::move(spec)),
      name_codec_(types_of(inputs.inputs[0], spec_.input_upsert_key)) {}

result<void> upsert_materialize::step() {
  const bool named = !spec_.input_upsert_key.empty();
  names_.clear();
  if (named) name_codec_.encode(*batch_, spec_.input_upsert_key, stored_rows_, names_);
  for (std::uint32_t i = 0; i < stored_rows_.size(); ++i) {
    const std::string_view name = named ? names_[i] : std::string_view();
    const bool adds = data::adds(batch_->kind_at(stored_rows_[i]));
    touch(handles_[i]);
    if (!adds || named) remove_named(handles_[i], name, encoded_[i]);
    if (!adds) continue;
    const auto size = static_cast<std::uint32_t>(name.size());
    value_.assign(reinterpret_cast<const char*>(&size), sizeof size);
    value_.append(name).append(encoded_[i]);
    (void)rows_->insert(handles_[i], {}, value_);
  }
  emit_changes();
  return {};
}

std::string_view upsert_materialize::shown(tables::key_handle key) const {
  const auto at = rows_->last(key);
  return at.valid() ? row_in(at.row()) : std::string_view();
}

void upsert_materialize::touch(tables::key_handle key) {
  if (!touched_at_.try_emplace(key.payload, touched_.size()).second) return;
  const std::string_view row = shown(key);
  touched_.push_back({key, std::string(row), row.data() != nullptr});
}

// Removes the oldest row of that name; without names, the oldest equal row.
void upsert_materialize::remove_named(tables::key_handle key, std::string_view name,
                                      std::string_view row) {
  const bool named = !spec_.input_upsert_key.empty();
  for (auto at = rows_->first(key); at.valid(); at.next()) {
    if (named ? name_in(at.row()) != name : row_in(at.row()) != row) continue;
    rows_->erase(at);
    return;
  }
}

void upsert_materialize::emit_changes() {
  for (const auto& t : touched_) {
    const std::string_view after = shown(t.key);
    if (after.data() == nullptr) {
      if (t.shown) events_.add(t.before, change_kind::remove);
    } else if (!t.shown) {
      events_.add(after, change_kind::insert);
    } else if (after != t.before) {
      events_.add(after, change_kind::update_after);
    }
  }
  if (!events_.empty()) outbox_.put_split(events_.finish(codec_), context_->batch_rows);
  touched_.clear();
  touched_at_.clear();
}

}  // namespace millrace::operators
