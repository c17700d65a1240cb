#include "state/storage/open_folder.hpp"

#include "state/storage/directory_folder.hpp"

namespace millrace::state {

bool is_remote(std::string_view location) { return location.find("://") != location.npos; }

result<std::shared_ptr<object_folder>> open_folder(const std::string& location,
                                                   const option_map& /*options*/) {
  return std::shared_ptr<object_folder>(std::make_shared<directory_folder>(location));
}

}  // namespace millrace::state
