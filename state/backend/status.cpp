#include "state/backend/status.hpp"

#include <rocksdb/status.h>

namespace millrace::state {

result<void> checked(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return {};
  const std::string what = "cannot " + doing + ": " + status.ToString();
  if (status.IsCorruption()) {
    return make_error(errc::state_corrupt, what, "the files were damaged; restart the job");
  }
  return make_error(errc::state_io, what,
                    status.IsNoSpace() ? "free disk space, or name another disk in io.tmp.dirs"
                                       : "see that the folder of io.tmp.dirs can be written");
}

}  // namespace millrace::state
