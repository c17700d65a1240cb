#include "core/base/option_choice.hpp"
#include "core/sql/session/session.hpp"
#include "core/sql/session/session_options.hpp"

#include <algorithm>

namespace millrace::sql {

namespace {

// Options of Flink's processes and of what surrounds them: taken without effect, so that scripts
// made for Flink run.
constexpr std::string_view foreign_groups[] = {
    "akka.",
    "blob.",
    "client.",
    "cluster.",
    "env.",
    "fs.",
    "heartbeat.",
    "high-availability",
    "jobmanager.",
    "kubernetes.",
    "metrics.",
    "pekko.",
    "python.",
    "rest.",
    "resourcemanager.",
    "s3.",
    "security.",
    "slot.",
    "sql-client.",
    "sql-gateway.",
    "state.",
    "taskmanager.",
    "web.",
    "yarn.",
};

bool is_foreign(const std::string& key) {
  return std::ranges::any_of(foreign_groups,
                             [&](std::string_view group) { return key.starts_with(group); });
}

error unknown_option(const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& option : session_options()) keys.emplace_back(option.key);
  const auto near = nearest_name(key, keys);
  return make_error(errc::config_unknown_option, "no option '" + key + "'",
                    near.empty() ? "docs/reference/options.md lists the options"
                                 : "did you mean '" + near + "'?");
}

// The value as it is kept: a choice in the spelling of its list. Error 1002 unless the value has
// the option's form.
result<std::string> checked_value(const session_option& option, const std::string& value) {
  const option_map given{{std::string(option.key), value}};
  const option_reader read(given);
  switch (option.form) {
    case option_form::boolean: MILLRACE_CHECK(read.boolean(option.key, false)); break;
    case option_form::integer: MILLRACE_CHECK(read.integer(option.key, 0)); break;
    case option_form::duration: MILLRACE_CHECK(read.duration_ms(option.key, 0)); break;
    case option_form::size: MILLRACE_CHECK(read.size_bytes(option.key, 0)); break;
    case option_form::choice: return read_choice(given, option.key, option.choices, {});
    case option_form::text: break;
  }
  return value;
}

}  // namespace

result<void> session::set(const std::string& key, const std::string& value) {
  const auto known = session_options();
  const auto option = std::ranges::find(known, key, &session_option::key);
  if (option == known.end() && !is_foreign(key)) return unknown_option(key);
  if (option == known.end()) {
    options_[key] = value;
    return {};
  }
  MILLRACE_TRY(options_[key], checked_value(*option, value));
  return {};
}

result<statement_outcome> session::reset(const reset_option& s) {
  if (!s.key) {
    options_ = initial_;
  } else if (const auto initial = initial_.find(*s.key); initial != initial_.end()) {
    options_[*s.key] = initial->second;
  } else {
    options_.erase(*s.key);
  }
  return statement_outcome(message_outcome{"OK"});
}

}  // namespace millrace::sql
