#include "core/plan/explain/state_identity.hpp"

#include "core/plan/logical/call_arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

namespace millrace::plan {

namespace {

using indices = std::vector<std::uint32_t>;

// A conversion that loses nothing says nothing about the value.
expr::expr_ptr without_casts(const expr::expr_ptr& e) {
  if (e->kind != expr::expr_kind::call || e->function != "CAST") return e;
  const data::data_type& from = e->arguments[0]->type;
  const bool integers = data::is_integer(from.id()) && data::is_integer(e->type.id()) &&
                        data::fixed_width(from.id()) <= data::fixed_width(e->type.id());
  const bool floats = from.id() == data::type_id::float32 && e->type.id() == data::type_id::float64;
  return integers || floats ? without_casts(e->arguments[0]) : e;
}

// Expressions over an operator's input, in terms of what the stateful operators and sources below
// it give.
class input_text {
 public:
  input_text(const physical_plan& plan, std::uint32_t node) : plan_(&plan) {
    for (std::uint32_t at = node;;) {
      const physical_node& n = plan.nodes[at];
      const auto* calc = std::get_if<calc_spec>(&n.spec);
      if (calc == nullptr) {
        base_ = &n;
        return;
      }
      computed_ = computed_.empty() ? calc->columns : through(*calc);
      at = n.inputs[0].from;
    }
  }

  [[nodiscard]] std::string column(std::uint32_t i) const {
    if (!computed_.empty()) return text(without_casts(computed_[i]));
    return name(i);
  }
  [[nodiscard]] std::string columns(const indices& all) const {
    std::string out;
    for (const auto i : all) out += (out.empty() ? "" : ", ") + column(i);
    return out;
  }
  [[nodiscard]] std::string condition(const expr::expr_ptr& e) const {
    if (!e) return "TRUE";
    return text(computed_.empty() ? e : expr::substitute(e, computed_));
  }
  [[nodiscard]] const std::vector<expr::expr_ptr>& computed() const { return computed_; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < base_->columns.size(); ++i) out.push_back(name(i));
    return out;
  }

 private:
  std::vector<expr::expr_ptr> through(const calc_spec& below) const {
    std::vector<expr::expr_ptr> out;
    for (const auto& e : computed_) out.push_back(expr::substitute(e, below.columns));
    return out;
  }
  std::string text(const expr::expr_ptr& e) const { return expr::to_text(*e, names()); }
  // The bounds of windows are what the window makes of them.
  std::string name(std::uint32_t i) const {
    const std::string& plain = base_->columns[i].name;
    const auto* assign = std::get_if<window_assign_spec>(&base_->spec);
    const auto given = assign == nullptr ? 0 : plan_->nodes[base_->inputs[0].from].columns.size();
    if (assign == nullptr || i < given) return plain;
    const window_spec& w = assign->window;
    return fmt::format("{} {}/{}/{}/{}", plain, static_cast<int>(w.kind), w.size, w.slide,
                       w.offset);
  }

  const physical_plan* plan_;
  const physical_node* base_ = nullptr;
  std::vector<expr::expr_ptr> computed_;  // empty: the columns of the base
};

struct identity_maker {
  const physical_plan& plan;
  const physical_node& node;

  [[nodiscard]] input_text input(std::size_t i = 0) const { return {plan, node.inputs[i].from}; }
  [[nodiscard]] const std::vector<logical_column>& columns(std::size_t i = 0) const {
    return plan.nodes[node.inputs[i].from].columns;
  }
  [[nodiscard]] std::string rows(std::size_t i = 0) const {
    std::string out;
    for (const auto& c : columns(i)) out += (out.empty() ? "" : ", ") + c.name;
    return "rows (" + out + ")";
  }
  // Orders are part of the bytes of their tables, so their types must not change.
  [[nodiscard]] std::string order(const std::vector<sort_key>& keys) const {
    std::string out;
    for (const sort_key& k : keys) {
      out += fmt::format("{}{} {}{}{}", out.empty() ? "" : ", ", input().column(k.column),
                         data::to_text(columns()[k.column].type.as_nullable()),
                         k.descending ? " DESC" : "", k.nulls_first ? " NULLS FIRST" : "");
    }
    return out;
  }
  [[nodiscard]] std::string both(const expr::expr_ptr& condition) const {
    if (!condition) return "TRUE";
    const input_text left = input(0);
    const input_text right = input(1);
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < columns(0).size(); ++i) names.push_back("l." + left.column(i));
    for (std::uint32_t i = 0; i < columns(1).size(); ++i) names.push_back("r." + right.column(i));
    return expr::to_text(*condition, names);
  }

  static std::string constants(const std::vector<expr::expr_ptr>& all) {
    std::string out;
    for (const auto& c : all) {
      if (c) out += ", " + expr::to_text(*c);
    }
    return out;
  }
  // The global half of an aggregation speaks of the columns that the local half reads.
  [[nodiscard]] call_identity call(const aggregate_call& c, const input_text& in) const {
    call_identity out;
    const std::string arguments = c.arguments.empty() ? "*" : in.columns(c.arguments);
    out.text = fmt::format("{}({}{}{})", c.function, c.distinct ? "DISTINCT " : "", arguments,
                           constants(c.constants));
    if (c.filter) out.text += " FILTER " + in.column(*c.filter);
    for (const auto& t : c.overload.argument_types)
      out.types += (out.types.empty() ? "" : ", ") + data::to_text(t.as_nullable());
    out.slots = static_cast<std::uint32_t>(c.overload.slots.size());
    out.ordered = c.overload.needs_ordered_values;
    if (c.distinct && !out.ordered) out.distinct_of = arguments;
    return out;
  }
  [[nodiscard]] state_identity aggregation(const std::vector<aggregate_call>& calls,
                                           aggregate_phase phase, bool retracting) const {
    state_identity out;
    const bool global = phase == aggregate_phase::global;
    const physical_node& fed = global ? plan.nodes[node.inputs[0].from] : node;
    const input_text in(plan, fed.inputs[0].from);
    for (const auto& c : calls) out.calls.push_back(call(c, in));
    out.settings = retracting ? "over updates" : "over inserts";
    out.calls_may_change = true;
    return out;
  }

  state_identity operator()(const group_aggregate_spec& s) const {
    if (s.phase == aggregate_phase::local) return {};
    return aggregation(s.calls, s.phase, s.retracting_input);
  }
  state_identity operator()(const window_aggregate_spec& s) const {
    if (s.phase == aggregate_phase::local) return {};
    auto out = aggregation(s.calls, s.phase, s.retracting_input);
    if (s.window) {
      const window_spec& w = *s.window;
      out.settings +=
          fmt::format(", window {}/{}/{}/{}", static_cast<int>(w.kind), w.size, w.slide, w.offset);
      out.calls_may_change = w.kind != window_kind::session;
    } else if (s.phase == aggregate_phase::single) {
      out.settings += ", window to " + input().column(s.end_column);
    }
    return out;
  }
  state_identity operator()(const window_assign_spec& s) const {
    if (s.window.kind != window_kind::session) return {};
    return {fmt::format("session {}, {}", s.window.size, rows()), {}};
  }
  state_identity operator()(const deduplicate_spec& s) const {
    return {fmt::format("{} by {}, {}", s.keep_last ? "last" : "first", order({{s.order_column}}),
                        rows()),
            {}};
  }
  [[nodiscard]] std::string rank(const rank_spec& s) const {
    return fmt::format("rank {} of {} to {} by {}{} key [{}], {}", static_cast<int>(s.what),
                       s.first, s.last, order(s.order), s.retracting_input ? " over updates" : "",
                       names(s.upsert_key), rows());
  }
  state_identity operator()(const rank_spec& s) const { return {rank(s), {}}; }
  state_identity operator()(const window_rank_spec& s) const {
    return {fmt::format("{}, window to {}", rank(s.rank), input().column(s.end_column)), {}};
  }
  state_identity operator()(const temporal_sort_spec& s) const {
    return {"by " + order(s.keys) + ", " + rows(), {}};
  }
  state_identity operator()(const sort_spec& s) const {
    return {"by " + order(s.keys) + ", " + rows(), {}};
  }
  state_identity operator()(const limit_spec& s) const {
    return {fmt::format("limit {} offset {}", s.limit, s.offset), {}};
  }
  [[nodiscard]] std::string sides(join_kind kind, const expr::expr_ptr& condition) const {
    return fmt::format("join {} on {}, left {}, right {}", static_cast<int>(kind), both(condition),
                       rows(0), rows(1));
  }
  state_identity operator()(const join_spec& s) const {
    return {fmt::format("{}, layouts {} [{}] {} [{}]", sides(s.kind, s.condition),
                        static_cast<int>(s.left_layout), names(s.left_unique_key),
                        static_cast<int>(s.right_layout), names(s.right_unique_key, 1)),
            {}};
  }
  state_identity operator()(const interval_join_spec& s) const {
    return {fmt::format("{}, {} - {} in {} to {}", sides(s.kind, s.condition),
                        input(0).column(s.left_time), input(1).column(s.right_time), s.lower_ms,
                        s.upper_ms),
            {}};
  }
  state_identity operator()(const window_join_spec& s) const {
    return {fmt::format("{}, windows to {} and {}", sides(s.kind, s.condition),
                        input(0).column(s.left_window_end), input(1).column(s.right_window_end)),
            {}};
  }
  state_identity operator()(const temporal_join_spec& s) const {
    return {fmt::format("{}, times {} and {}", sides(s.kind, s.condition),
                        input(0).column(s.left_time), input(1).column(s.right_time)),
            {}};
  }
  [[nodiscard]] std::string names(const indices& of, std::size_t i = 0) const {
    std::string out;
    for (const auto c : of) out += (out.empty() ? "" : ", ") + columns(i)[c].name;
    return out;
  }
  state_identity operator()(const over_spec& s) const {
    std::string calls;
    const input_text in = input();
    for (const over_call& c : s.over.calls) {
      calls += fmt::format("{}({}{}{}) {}; ", c.function, c.distinct ? "DISTINCT " : "",
                           in.columns(c.arguments), constants(c.constants),
                           data::to_text(c.type.as_nullable()));
    }
    const over_frame& f = s.over.frame;
    return {fmt::format("over {} by {}, {} {} to {}, {}{}", static_cast<int>(s.order),
                        order(s.over.order), f.rows ? "rows" : "range", f.preceding.value_or(-1),
                        f.following, calls, rows()),
            {}};
  }
  state_identity operator()(const match_operator_spec& s) const;
  state_identity operator()(const set_operation_spec& s) const {
    return {fmt::format("set {} {}, {}", static_cast<int>(s.kind), s.all, rows()), {}};
  }
  state_identity operator()(const changelog_normalize_spec&) const { return {rows(), {}}; }
  state_identity operator()(const upsert_materialize_spec& s) const {
    return {fmt::format("key [{}], {}", names(s.input_upsert_key), rows()), {}};
  }
  template <class Other>
  state_identity operator()(const Other&) const {
    return {};
  }
};

std::string text_of(const pattern_term& t) {
  std::string out = fmt::format("{}:{}", static_cast<int>(t.what), t.variable);
  for (const auto& part : t.parts) out += "(" + text_of(part) + ")";
  return out + fmt::format("[{},{}{}]", t.at_least, t.at_most, t.reluctant ? "?" : "");
}

// What the conditions of a pattern read stands for itself: its number says nothing.
std::vector<std::string> reference_texts(const match_spec& m, const input_text& in) {
  std::vector<std::string> out;
  for (const match_reference& r : m.references) {
    out.push_back(fmt::format("<{} {} {} {} {}>", static_cast<int>(r.what),
                              fmt::join(r.variables, "|"), r.offset, r.physical,
                              r.value ? in.condition(r.value) : std::string("*")));
  }
  return out;
}

state_identity identity_maker::operator()(const match_operator_spec& s) const {
  const match_spec& m = *s.match;
  const auto references = reference_texts(m, input());
  std::string defines;
  for (std::size_t v = 0; v < m.variables.size(); ++v) {
    const bool always = v >= m.defines.size() || !m.defines[v];
    defines += "; " + m.variables[v] + " AS " +
               (always ? std::string("TRUE") : expr::to_text(*m.defines[v], references));
  }
  std::vector<sort_key> keys{{m.order_column}};
  for (const auto& k : m.further_order) keys.push_back({k.column, k.descending});
  return {
      fmt::format("match {} by {}, skip {} {}, within {}{}, {}", text_of(m.pattern), order(keys),
                  static_cast<int>(m.skip), m.skip_variable, m.within_ms, defines, rows()),
      {}};
}

std::vector<std::string_view> cut(std::string_view text, char at) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(at);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

// Fields and lines are told apart by control characters, which literals may hold.
std::string plain(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return text;
}

}  // namespace

std::string state_identity::to_text() const {
  std::string out = fmt::format("{}\t{}", calls_may_change ? 1 : 0, plain(settings));
  for (const call_identity& c : calls) {
    out += fmt::format("\n{}\t{}\t{}\t{}\t{}", plain(c.text), c.types, plain(c.distinct_of),
                       c.slots, c.ordered ? 1 : 0);
  }
  return out;
}

std::optional<state_identity> state_identity::from_text(std::string_view text) {
  const auto lines = cut(text, '\n');
  const auto head = cut(lines[0], '\t');
  if (head.size() != 2) return std::nullopt;
  state_identity out{std::string(head[1]), {}, head[0] == "1"};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto parts = cut(lines[i], '\t');
    if (parts.size() != 5) return std::nullopt;
    call_identity c{std::string(parts[0]), std::string(parts[1]), std::string(parts[2])};
    std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), c.slots);
    c.ordered = parts[4] == "1";
    out.calls.push_back(std::move(c));
  }
  return out;
}

state_identity identity_of(const physical_plan& plan, const physical_node& node) {
  auto made = std::visit(identity_maker{plan, node}, node.spec);
  const auto read_back = state_identity::from_text(made.to_text());
  return read_back ? *read_back : made;
}

}  // namespace millrace::plan
