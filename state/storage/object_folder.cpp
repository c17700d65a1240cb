#include "state/storage/object_folder.hpp"

#include <fmt/format.h>

namespace millrace::state {

result<std::string> read_object(const object_folder& folder, const std::string& name,
                                std::uint64_t limit) {
  MILLRACE_TRY(const auto from, folder.open(name));
  if (from->size() > limit) {
    return make_error(errc::state_corrupt, fmt::format("'{}' has {} bytes, limit {}",
                                                       folder.place_of(name), from->size(), limit));
  }
  std::string bytes(from->size(), '\0');
  MILLRACE_CHECK(from->read_at(0, bytes.data(), bytes.size()));
  return bytes;
}

result<bool> has_object(const object_folder& folder, const std::string& name) {
  auto opened = folder.open(name);
  if (opened) return true;
  if (opened.error().code == state_not_found) return false;
  return opened.take_error();
}

}  // namespace millrace::state
