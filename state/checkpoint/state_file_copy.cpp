#include "state/checkpoint/state_file_copy.hpp"

#include "state/checkpoint/state_file_writer.hpp"

namespace millrace::state {

using coordination::state_file;
using coordination::state_file_kind;

namespace {

result<std::uint64_t> copy_entries(tables::delta_reader& from, state_file_kind kind,
                                   spooled_output& to) {
  state_file_writer writer(to, kind);
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) break;
    MILLRACE_CHECK(writer.append(block));
  }
  MILLRACE_CHECK(writer.finish());
  return writer.entries();
}

}  // namespace

result<state_file> write_state_file(tables::delta_reader& from, state_file_kind kind,
                                    const std::string& path, std::uint64_t inline_below) {
  spooled_output to(path, inline_below);
  auto entries = copy_entries(from, kind, to);
  if (!entries) {
    if (!to.in_memory()) remove_all(path);
    return entries.take_error();
  }
  state_file out;
  out.kind = kind;
  out.bytes = to.bytes_written();
  out.checksum = to.checksum();
  out.entries = *entries;
  if (to.in_memory()) out.inline_bytes = to.take_bytes();
  return out;
}

}  // namespace millrace::state
