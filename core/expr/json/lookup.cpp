#include "core/expr/json/lookup.hpp"

namespace millrace::expr {

json_behavior json_behavior_of(std::string_view word) {
  constexpr std::pair<std::string_view, json_behavior> words[] = {
      {"ERROR", json_behavior::error},
      {"DEFAULT", json_behavior::default_value},
      {"EMPTY ARRAY", json_behavior::empty_array},
      {"EMPTY OBJECT", json_behavior::empty_object},
      {"TRUE", json_behavior::true_},
      {"FALSE", json_behavior::false_},
      {"UNKNOWN", json_behavior::unknown},
  };
  for (const auto& [name, behavior] : words)
    if (name == word) return behavior;
  return json_behavior::null;
}

result<std::shared_ptr<const prepared_state>> prepare_json_path(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_json>();
  if (arguments[1] && !arguments[1]->is_null(0)) {
    MILLRACE_TRY(out->path, json_path::make(arguments[1]->text(0)));
  }
  return std::shared_ptr<const prepared_state>(std::move(out));
}

json_lookup::json_lookup(const kernel_call& call)
    : inputs_(*call.arguments[0]), paths_(*call.arguments[1]), path_(nullptr) {
  const auto& prepared = static_cast<const prepared_json*>(call.prepared)->path;
  if (prepared) path_ = &*prepared;
}

bool json_lookup::choose_path(std::uint32_t row) {
  if (path_ != nullptr && !own_path_) return true;
  if (own_path_ && own_text_ == paths_[row]) return true;
  own_text_ = paths_[row];
  auto path = json_path::make(own_text_);
  path_ = nullptr;
  own_path_.reset();
  if (!path.ok()) return false;
  own_path_ = std::move(*path);
  path_ = &*own_path_;
  return true;
}

json_outcome json_lookup::find(std::uint32_t row) {
  if (!choose_path(row)) return json_outcome::failed;
  if (!document_.parse(inputs_[row])) return lax() ? json_outcome::nothing : json_outcome::failed;
  if (document_.root().kind == json_kind::null) return json_outcome::failed;
  matches_.clear();
  path_->select(document_, matches_);
  if (is_list()) return json_outcome::found;
  if (matches_.empty()) return lax() ? json_outcome::nothing : json_outcome::failed;
  return value().kind == json_kind::null ? json_outcome::nothing : json_outcome::found;
}

void json_lookup::append(std::string& out) const {
  if (!is_list()) return document_.append(out, matches_[0]);
  out += '[';
  for (std::size_t i = 0; i < matches_.size(); ++i) {
    if (i != 0) out += ',';
    document_.append(out, matches_[i]);
  }
  out += ']';
}

}  // namespace millrace::expr
