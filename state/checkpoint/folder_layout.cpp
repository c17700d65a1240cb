#include "state/checkpoint/folder_layout.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::state {

namespace {
constexpr std::string_view prefix = "chk-";
}

std::string checkpoint_folder(checkpoint_id id) {
  return std::string(prefix) + std::to_string(id.value);
}

std::optional<checkpoint_id> id_of_folder(std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  checkpoint_id id;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), id.value);
  if (failure != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return id;
}

result<std::vector<checkpoint_id>> folders_in(const object_folder& root) {
  MILLRACE_TRY(const auto folders, root.folders());
  std::vector<checkpoint_id> ids;
  for (const std::string& name : folders) {
    if (const auto id = id_of_folder(name)) ids.push_back(*id);
  }
  std::sort(ids.begin(), ids.end(), std::greater<>());
  return ids;
}

}  // namespace millrace::state
