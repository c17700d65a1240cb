#include "cli/in_flight_lines.hpp"
#include "cli/state_row_lines.hpp"
#include "cli/state_view.hpp"
#include "state/checkpoint/checkpoint_store.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace millrace::cli {

using coordination::operator_state;
using coordination::verification;

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

bool is_chosen(const operator_state& o, const row_choice& c) {
  return o.operator_id.starts_with(c.operator_id) || o.description.starts_with(c.operator_id);
}

bool is_chosen(const tables::delta_entry& e, const row_lines& lines, const row_choice& c) {
  if (c.group >= 0 && tables::group_of_key(e.key) != c.group) return false;
  const auto table = lines.table_of(e);
  return c.table.empty() || !table || (*table)->spec().name == c.table;
}

// Prints the chosen rows of an instance; `left` counts down to 0.
result<void> print_rows(const coordination::snapshot_reader& files, const operator_state& instance,
                        const row_choice& choice, std::int64_t& left) {
  const row_lines lines(instance);
  MILLRACE_TRY(const auto reader, files.read_merged(instance));
  for (;;) {
    MILLRACE_TRY(const auto block, reader->next());
    if (block.empty() || left == 0) return {};
    std::string text;
    for (const auto& entry : block) {
      if (left == 0) break;
      if (!is_chosen(entry, lines, choice)) continue;
      MILLRACE_CHECK(lines.append(text, entry));
      --left;
    }
    print(text);
  }
}

// Rows in flight are in no table and of no key group.
result<void> print_in_flight(const coordination::snapshot_reader& files,
                             const operator_state& instance, const row_choice& choice,
                             std::int64_t& left) {
  if (choice.group >= 0 || !choice.table.empty()) return {};
  MILLRACE_TRY(const std::string lines, in_flight_lines(files, instance));
  std::size_t end = 0;
  while (left != 0 && end < lines.size()) {
    end = lines.find('\n', end) + 1;
    --left;
  }
  print(lines.substr(0, end));
  return {};
}

}  // namespace

result<void> cat_state(const std::string& path, const option_map& storage,
                       const row_choice& choice) {
  MILLRACE_TRY(const auto opened, state::open_snapshot(path, verification::presence, storage));
  std::int64_t left = choice.limit;
  for (const auto& instance : opened.manifest.operators) {
    if (!is_chosen(instance, choice)) continue;
    MILLRACE_CHECK(instance.in_flight ? print_in_flight(*opened.files, instance, choice, left)
                                      : print_rows(*opened.files, instance, choice, left));
  }
  return {};
}

result<void> verify_state(const std::string& path, const option_map& storage) {
  MILLRACE_TRY(const auto opened, state::open_snapshot(path, verification::contents, storage));
  std::uint64_t files = 0;
  std::uint64_t entries = 0;
  for (const auto& instance : opened.manifest.operators) {
    const row_lines lines(instance);
    for (const auto& f : instance.files) {
      ++files;
      if (f.kind == coordination::state_file_kind::opaque) continue;
      MILLRACE_TRY(const auto reader, opened.files->read(f));
      for (;;) {
        MILLRACE_TRY(const auto block, reader->next());
        if (block.empty()) break;
        std::string text;
        if (!instance.in_flight) {
          for (const auto& entry : block) MILLRACE_CHECK(lines.append(text, entry));
        }
        entries += block.size();
      }
    }
  }
  print(fmt::format("ok: {} files, {} entries\n", files, entries));
  return {};
}

}  // namespace millrace::cli
