#include "core/coordination/state_takeover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string_view>

// Which accumulator of a changed aggregation is which of those before.

namespace millrace::coordination {

namespace {

using data::data_type;
using data::type_id;
using plan::call_identity;
using plan::state_identity;
using tables::slot_origin;
using tables::table_match;

constexpr std::size_t none = SIZE_MAX;

std::int32_t number_in(std::string_view text) {
  std::int32_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The types that may widen, from `data::to_text`.
std::optional<data_type> type_from(std::string_view text) {
  for (const auto id : {type_id::tinyint, type_id::smallint, type_id::integer, type_id::bigint,
                        type_id::float32, type_id::float64}) {
    if (data::to_text(data_type(id)) == text) return data_type(id);
  }
  if (text == "STRING" || text.starts_with("VARCHAR(")) return data_type::string();
  const auto comma = text.find(", ");
  if (!text.starts_with("DECIMAL(") || comma == std::string_view::npos) return std::nullopt;
  return data_type::decimal(number_in(text.substr(8)), number_in(text.substr(comma + 2)));
}

bool is_any(std::string_view text, std::initializer_list<std::string_view> functions) {
  return std::ranges::any_of(functions, [&](std::string_view f) {
    return text.starts_with(f) && text.substr(f.size()).starts_with('(');
  });
}

// Whether the accumulator can go on; `origin` is of its first slot.
bool continues(const call_identity& was, const call_identity& is, slot_origin& origin) {
  if (was.slots != is.slots || was.ordered != is.ordered) return false;
  if (was.types == is.types) return true;
  const auto from = type_from(was.types);
  const auto to = type_from(is.types);
  if (!from || !to) return is_any(is.text, {"COUNT"});
  if (tables::alike(*from, *to)) return true;
  // An order has its type in its bytes.
  if (!tables::widens(*from, *to) || was.ordered) return false;
  if (is_any(is.text, {"COUNT", "SUM", "$SUM0", "AVG"})) return true;
  if (!is_any(is.text, {"MIN", "MAX"})) return false;
  origin.was = from;
  origin.is = to;
  return true;
}

class matcher {
 public:
  matcher(const state_identity& was, const state_identity& is) : was_(was), is_(is) {}

  state_takeover match(const std::vector<tables::table_spec>& before,
                       const std::vector<tables::table_spec>& now) {
    pair_calls();
    check_calls();
    if (out_.refused.empty()) match_sets();
    if (out_.refused.empty()) match_ordered();
    if (out_.refused.empty()) match_payload(before, now);
    return std::move(out_);
  }

 private:
  void pair_calls() {
    std::vector<bool> taken(was_.calls.size(), false);
    for (const call_identity& call : is_.calls) {
      std::size_t found = none;
      for (std::size_t i = 0; i < taken.size() && found == none; ++i) {
        if (!taken[i] && was_.calls[i].text == call.text) found = i;
      }
      if (found != none) taken[found] = true;
      before_.push_back(found);
    }
    for (std::size_t i = 0; i < taken.size(); ++i) {
      if (!taken[i]) gone_.push_back(i);
    }
  }

  void check_calls() {
    for (std::size_t j = 0; j < is_.calls.size(); ++j) {
      const call_identity& now = is_.calls[j];
      origins_.emplace_back();
      if (before_[j] == none) {
        if (is_.settings.starts_with("over updates")) {
          refuse(now.text + " is new, and its input takes rows back that it has never seen");
        }
        note(now.text + " starts empty");
        continue;
      }
      const call_identity& before = was_.calls[before_[j]];
      if (!continues(before, now, origins_.back())) {
        refuse(fmt::format("{} of {} became one of {}", now.text, before.types, now.types));
      } else if (before.types != now.types) {
        note(fmt::format("{} of {} widens to {}", now.text, before.types, now.types));
      }
    }
    for (const std::size_t i : gone_) note(was_.calls[i].text + " is forgotten");
    const bool all_new = std::ranges::all_of(before_, [](auto at) { return at == none; });
    if (all_new && !is_.calls.empty() && !was_.calls.empty()) {
      refuse(fmt::format("{} became {}", list(was_), list(is_)));
    }
  }

  // DISTINCT calls of one argument list share a table, whose marks go by the calls' places.
  void match_sets() {
    const auto old_sets = sets_of(was_);
    const auto new_sets = sets_of(is_);
    for (std::size_t j = 0; j < new_sets.size(); ++j) {
      const auto at = std::ranges::find(old_sets, new_sets[j].arguments, &value_set::arguments);
      const auto i = static_cast<std::size_t>(at - old_sets.begin());
      if (at == old_sets.end()) {
        out_.matches.push_back({"", set_name(j), {}});
      } else if (at->members == new_sets[j].members) {
        out_.matches.push_back({set_name(i), set_name(j), {}});
      } else {
        refuse("the DISTINCT calls over " + at->arguments + " are others");
      }
    }
    for (std::size_t i = 0; i < old_sets.size(); ++i) {
      const bool kept = std::ranges::find(new_sets, old_sets[i].arguments, &value_set::arguments) !=
                        new_sets.end();
      if (!kept) out_.matches.push_back({set_name(i), "", {}});
    }
  }

  void match_ordered() {
    for (std::size_t j = 0; j < is_.calls.size(); ++j) {
      if (is_.calls[j].ordered) {
        out_.matches.push_back({ordered_name(before_[j]), ordered_name(j), {}});
      }
    }
    for (const std::size_t i : gone_) {
      if (was_.calls[i].ordered) out_.matches.push_back({ordered_name(i), "", {}});
    }
  }

  // In front of the calls' slots stand the operator's own.
  void match_payload(const std::vector<tables::table_spec>& before,
                     const std::vector<tables::table_spec>& now) {
    for (const tables::table_spec& t : now) {
      if (t.name != "groups" && t.name != "slices") continue;
      const auto at = std::ranges::find(before, t.name, &tables::table_spec::name);
      if (at == before.end()) return;
      const auto first = slots_before(was_, was_.calls.size());
      if (at->slots.size() < first) return refuse("its accumulators are others");
      const auto own = static_cast<std::uint32_t>(at->slots.size() - first);
      table_match payload{t.name, t.name, {}};
      for (std::uint32_t s = 0; s < own; ++s) payload.slots.push_back({s, {}, {}});
      for (std::size_t j = 0; j < is_.calls.size(); ++j) append_slots(payload, j, own);
      out_.matches.push_back(std::move(payload));
    }
  }

  void append_slots(table_match& payload, std::size_t j, std::uint32_t own) const {
    for (std::uint32_t s = 0; s < is_.calls[j].slots; ++s) {
      slot_origin origin = s == 0 ? origins_[j] : slot_origin();
      if (before_[j] != none) origin.before = own + slots_before(was_, before_[j]) + s;
      payload.slots.push_back(std::move(origin));
    }
  }

  struct value_set {
    std::string arguments;
    std::vector<std::string> members;
  };
  static std::vector<value_set> sets_of(const state_identity& of) {
    std::vector<value_set> out;
    for (const call_identity& c : of.calls) {
      if (c.distinct_of.empty()) continue;
      auto at = std::ranges::find(out, c.distinct_of, &value_set::arguments);
      if (at == out.end()) at = out.insert(out.end(), {c.distinct_of, {}});
      at->members.push_back(c.text);
    }
    return out;
  }
  static std::uint32_t slots_before(const state_identity& of, std::size_t call) {
    return std::accumulate(of.calls.begin(), of.calls.begin() + static_cast<std::ptrdiff_t>(call),
                           0U, [](std::uint32_t n, const auto& c) { return n + c.slots; });
  }
  static std::string set_name(std::size_t i) { return "distinct_" + std::to_string(i); }
  static std::string ordered_name(std::size_t i) { return "ordered_" + std::to_string(i); }
  static std::string list(const state_identity& of) {
    std::string out;
    for (const auto& c : of.calls) {
      out += fmt::format("{}{} of {}", out.empty() ? "" : ", ", c.text, c.types);
    }
    return out;
  }
  void refuse(std::string why) {
    if (out_.refused.empty()) out_.refused = std::move(why);
  }
  void note(const std::string& what) { out_.noted += (out_.noted.empty() ? "" : ", ") + what; }

  const state_identity& was_;
  const state_identity& is_;
  std::vector<std::size_t> before_;   // by call of now: the one before
  std::vector<slot_origin> origins_;  // by call of now: of its first slot
  std::vector<std::size_t> gone_;
  state_takeover out_;
};

}  // namespace

state_takeover match_calls(const state_identity& was, const state_identity& is,
                           const std::vector<tables::table_spec>& before,
                           const std::vector<tables::table_spec>& now) {
  if (was == is) return {};
  if (was.settings != is.settings) {
    return {fmt::format("{} became {}", was.settings, is.settings), {}, {}};
  }
  if (!is.calls_may_change) return {"its functions have changed", {}, {}};
  return matcher(was, is).match(before, now);
}

}  // namespace millrace::coordination
