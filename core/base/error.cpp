#include "core/base/error.hpp"

#include "core/base/net_errors.hpp"
#include "core/base/state_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace millrace {
namespace {

using enum error_domain;

constexpr error_info table[] = {
    {errc::config_unknown_option, "config_unknown_option", user, false,
     "an option key that nothing reads"},
    {errc::config_bad_value, "config_bad_value", user, false,
     "the value of an option does not have the option's form"},
    {errc::config_missing_define, "config_missing_define", user, false,
     "the text uses ${NAME} but NAME was not given by --define"},
    {errc::config_file_unreadable, "config_file_unreadable", user, false,
     "a file named on the command line cannot be read"},
    {errc::config_bad_usage, "config_bad_usage", user, false,
     "the command line does not fit the command"},
    {errc::sql_bad_token, "sql_bad_token", user, false,
     "characters that form no token: an open quote, a stray byte"},
    {errc::sql_unexpected_token, "sql_unexpected_token", user, false,
     "the statement does not go on like this"},
    {errc::sql_too_deep, "sql_too_deep", user, false,
     "expressions or queries nested deeper than the limit"},
    {errc::sql_not_supported, "sql_not_supported", user, false,
     "valid Flink SQL that millrace does not run"},
    {errc::sql_unknown_table, "sql_unknown_table", user, false, "no table or view of that name"},
    {errc::sql_unknown_column, "sql_unknown_column", user, false,
     "no column or field of that name"},
    {errc::sql_ambiguous_column, "sql_ambiguous_column", user, false,
     "several inputs have a column of that name"},
    {errc::sql_unknown_function, "sql_unknown_function", user, false, "no function of that name"},
    {errc::sql_bad_argument, "sql_bad_argument", user, false,
     "a function does not take these arguments"},
    {errc::sql_type_mismatch, "sql_type_mismatch", user, false,
     "operands whose types do not go together"},
    {errc::sql_duplicate_name, "sql_duplicate_name", user, false, "the name is already taken"},
    {errc::sql_bad_literal, "sql_bad_literal", user, false,
     "a literal out of range or of no valid form"},
    {errc::sql_bad_cast, "sql_bad_cast", user, false, "no cast between the two types"},
    {errc::sql_not_grouped, "sql_not_grouped", user, false,
     "a column that is neither grouped nor aggregated"},
    {errc::sql_bad_aggregate, "sql_bad_aggregate", user, false,
     "an aggregate where none may stand"},
    {errc::sql_bad_window, "sql_bad_window", user, false, "a window that cannot be computed"},
    {errc::sql_bad_watermark, "sql_bad_watermark", user, false,
     "a watermark declaration that does not hold"},
    {errc::sql_bad_ddl, "sql_bad_ddl", user, false, "a definition that contradicts itself"},
    {errc::sql_sink_mismatch, "sql_sink_mismatch", user, false,
     "the query's columns do not fit the sink's"},
    {errc::sql_changelog_not_accepted, "sql_changelog_not_accepted", user, false,
     "an operator or sink cannot take updates"},
    {errc::sql_bad_pattern, "sql_bad_pattern", user, false,
     "a MATCH_RECOGNIZE clause that cannot be matched"},
    {errc::sql_bad_join, "sql_bad_join", user, false, "a join that cannot run on streams"},
    {errc::sql_unsupported_order, "sql_unsupported_order", user, false,
     "an ORDER BY that needs the end of the stream"},
    {errc::sql_missing_option, "sql_missing_option", user, false,
     "a table lacks an option its connector needs"},
    {errc::sql_unknown_option, "sql_unknown_option", user, false,
     "a table has an option its connector does not know"},
    {errc::sql_bad_option, "sql_bad_option", user, false,
     "the value of a table option does not have its form"},
    {errc::runtime_division_by_zero, "runtime_division_by_zero", user, false,
     "an integer or decimal was divided by zero"},
    {errc::runtime_cast_failed, "runtime_cast_failed", user, false,
     "a value has no form in the type it is cast to"},
    {errc::runtime_overflow, "runtime_overflow", user, false, "a value left the range of its type"},
    {errc::runtime_bad_argument, "runtime_bad_argument", user, false,
     "a function met a value it does not take"},
    {errc::runtime_null_row_time, "runtime_null_row_time", user, false,
     "a row's time attribute is NULL"},
    {errc::runtime_not_null_violation, "runtime_not_null_violation", user, false,
     "NULL for a NOT NULL column"},
    {errc::runtime_cancelled, "runtime_cancelled", user, false, "the job was cancelled"},
    {errc::runtime_out_of_budget, "runtime_out_of_budget", user, true,
     "the memory budget is used up and nothing can spill"},
    {errc::runtime_interrupted, "runtime_interrupted", user, false, "the process was asked to end"},
    {errc::runtime_scalar_subquery_rows, "runtime_scalar_subquery_rows", user, false,
     "a scalar subquery gave more than one row"},
    {errc::connector_io, "connector_io", external, true, "reading or writing failed"},
    {errc::connector_file_missing, "connector_file_missing", user, false,
     "the file or directory does not exist"},
    {errc::connector_bad_record, "connector_bad_record", user, false,
     "a record that its format cannot read"},
    {errc::connector_record_too_long, "connector_record_too_long", user, false,
     "a record longer than the limit"},
    {errc::connector_bad_encoding, "connector_bad_encoding", user, false,
     "text that is not valid UTF-8"},
    {errc::connector_bad_compression, "connector_bad_compression", external, false,
     "a compressed file that is cut off or damaged"},
    {errc::connector_unknown, "connector_unknown", user, false,
     "no connector or format of that name"},
    {errc::net_bad_frame, "net_bad_frame", internal, true, "bytes that are no valid element"},
    {errc::net_frame_too_large, "net_frame_too_large", internal, true,
     "a frame above the size limit"},
    {errc::net_bad_sequence, "net_bad_sequence", internal, true, "a frame was lost or doubled"},
    {net_cannot_listen, "net_cannot_listen", user, false, "an address cannot be listened on"},
    {net_unreachable, "net_unreachable", external, true, "nobody answers at an address"},
    {net_peer_lost, "net_peer_lost", external, true,
     "a process of the cluster is gone or silent; its tasks start again elsewhere"},
    {errc::state_corrupt, "state_corrupt", external, false,
     "stored state fails its checksum or form"},
    {errc::state_io, "state_io", external, true, "state could not be read or written"},
    {errc::state_type_changed, "state_type_changed", user, false,
     "stored state has other types than the query"},
    {state_locked, "state_locked", user, false,
     "another live process works on the job's checkpoints"},
    {state_not_found, "state_not_found", user, false, "no checkpoint or savepoint at the path"},
    {state_sync_failed, "state_sync_failed", external, false,
     "the disk did not keep what was written: restart from the last checkpoint"},
    {errc::internal, "internal", internal, false, "a bug in millrace"},
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) ==
                        std::tolower(static_cast<unsigned char>(b[j - 1]));
      const std::size_t change = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view line_of(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// Control bytes would move the terminal's cursor or be invisible.
std::string visible(std::string_view line) {
  std::string out(line);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = c == '\t' ? ' ' : '?';
  }
  return out;
}

// The line of the place and a caret below it; long lines are cut around the place.
std::string excerpt(std::string_view text, const text_position& at) {
  constexpr std::size_t widest = 120;
  std::string_view line = line_of(text, at.line);
  if (line.empty() || at.column > line.size() + 1) return {};
  std::size_t column = at.column - 1;
  if (column > widest / 2) {
    line.remove_prefix(column - widest / 2);
    column = widest / 2;
  }
  line = line.substr(0, widest);
  const std::size_t room = line.size() > column ? line.size() - column : 1;
  const std::size_t carets = std::clamp<std::size_t>(at.length, 1, room);
  return fmt::format("\n  {}\n  {}{}", visible(line), std::string(column, ' '),
                     std::string(carets, '^'));
}

}  // namespace

std::span<const error_info> all_errors() { return table; }

const error_info& info_of(errc code) {
  for (const auto& info : table)
    if (info.code == code) return info;
  return table[std::size(table) - 1];
}

std::string to_text(const error& e, std::string_view text) {
  std::string out = fmt::format("error {}", static_cast<int>(e.code));
  if (e.at) out += fmt::format(" at {}:{}", e.at->line, e.at->column);
  out += ": " + e.message;
  if (e.at && !text.empty()) out += excerpt(text, *e.at);
  if (!e.hint.empty()) out += "\n  hint: " + e.hint;
  return out;
}

std::string nearest_name(std::string_view wrong, std::span<const std::string> known) {
  std::string best;
  std::size_t best_distance = wrong.size() / 3 + 1;
  for (const auto& name : known) {
    const std::size_t d = edit_distance(wrong, name);
    if (d < best_distance) {
      best_distance = d;
      best = name;
    }
  }
  return best;
}

}  // namespace millrace
