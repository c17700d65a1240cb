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
                                    object_folder& to, const std::string& name,
                                    std::uint64_t inline_below) {
  spooled_output bytes(to, name, inline_below);
  MILLRACE_TRY(const std::uint64_t entries, copy_entries(from, kind, bytes));
  state_file out;
  out.kind = kind;
  out.bytes = bytes.bytes_written();
  out.checksum = bytes.checksum();
  out.entries = entries;
  if (bytes.in_memory()) out.inline_bytes = bytes.take_bytes();
  return out;
}

}  // namespace millrace::state
