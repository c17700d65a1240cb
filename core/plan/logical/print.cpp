#include "core/plan/logical/print.hpp"

#include "core/plan/pattern.hpp"
#include "core/plan/rules/rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unordered_map>

namespace millrace::plan {
namespace {

using names = std::vector<std::string>;

names inputs_names(const logical_node& node) {
  names out;
  for (const auto& input : node.inputs)
    for (const auto& c : input->columns) out.push_back(c.name);
  return out;
}

std::string named(std::uint32_t column, const names& of) {
  return column < of.size() ? of[column] : fmt::format("${}", column);
}

std::string list(const std::vector<std::uint32_t>& columns, const names& of) {
  names out;
  for (const auto c : columns) out.push_back(named(c, of));
  return fmt::format("[{}]", fmt::join(out, ", "));
}

std::string text(const expr::expr_ptr& e, const names& of) {
  return e ? expr::to_text(*e, of) : std::string("TRUE");
}

std::string call_text(const aggregate_call& call, const names& of) {
  names arguments;
  for (const auto a : call.arguments) arguments.push_back(named(a, of));
  for (const auto& c : call.constants)
    if (c) arguments.push_back(text(c, of));
  auto out = fmt::format("{}({}{})", call.function, call.distinct ? "DISTINCT " : "",
                         arguments.empty() ? "*" : fmt::format("{}", fmt::join(arguments, ", ")));
  if (call.filter) out += fmt::format(" FILTER {}", named(*call.filter, of));
  return out;
}

std::string calls_text(const std::vector<aggregate_call>& calls, const names& of) {
  names out;
  for (const auto& call : calls) out.push_back(call_text(call, of));
  return fmt::format("[{}]", fmt::join(out, ", "));
}

std::string window_text(const window_spec& w, const names& of) {
  constexpr std::string_view kinds[] = {"TUMBLE", "HOP", "CUMULATE", "SESSION"};
  auto out = fmt::format("{}({}, {} ms", kinds[static_cast<std::size_t>(w.kind)],
                         named(w.time_column, of), w.size);
  if (w.slide != 0) out += fmt::format(", slide {} ms", w.slide);
  if (w.offset != 0) out += fmt::format(", offset {} ms", w.offset);
  return out + (w.processing_time ? ", proctime)" : ")");
}

std::string keys_text(const std::vector<sort_key>& keys, const names& of) {
  names out;
  for (const auto& k : keys)
    out.push_back(
        named(k.column, of) + (k.descending ? " DESC" : " ASC") +
        (k.nulls_first == k.descending ? (k.nulls_first ? " NULLS FIRST" : " NULLS LAST") : ""));
  return fmt::format("[{}]", fmt::join(out, ", "));
}

std::string_view kind_text(join_kind kind) {
  constexpr std::string_view kinds[] = {"inner", "left", "right", "full", "semi", "anti"};
  return kinds[static_cast<std::size_t>(kind)];
}

std::string_view skip_text(skip_kind kind) {
  constexpr std::string_view kinds[] = {"past last row", "to next row", "to first", "to last"};
  return kinds[static_cast<std::size_t>(kind)];
}

std::string quantifier_text(const pattern_term& term) {
  if (term.at_least == 1 && term.at_most == 1) return {};
  const auto high = term.at_most < 0 ? std::string() : std::to_string(term.at_most);
  return fmt::format("{{{},{}}}{}", term.at_least, high, term.reluctant ? "?" : "");
}

std::string pattern_text(const pattern_term& term, const names& variables) {
  if (term.what == pattern_term::kind::variable)
    return named(term.variable, variables) + quantifier_text(term);
  names parts;
  for (const auto& p : term.parts) parts.push_back(pattern_text(p, variables));
  const auto separator = term.what == pattern_term::kind::alternation ? " | " : " ";
  return fmt::format("({}){}", fmt::join(parts, separator), quantifier_text(term));
}

// A reference of MATCH_RECOGNIZE: `LAST(A.price)`, `SUM(B.(volume * 2))`.
std::string reference_text(const match_reference& r, const match_spec& m, const names& of) {
  constexpr std::string_view kinds[] = {"FIRST", "LAST", "AGGREGATE", "PARTITION", "CURRENT"};
  names variables;
  for (const auto v : r.variables) variables.push_back(named(v, m.variables));
  auto out = fmt::format("{}({}.{}", kinds[static_cast<std::size_t>(r.what)],
                         variables.empty() ? "*" : fmt::format("{}", fmt::join(variables, "|")),
                         text(r.value, of));
  if (r.offset != 0) out += fmt::format(", {}", r.offset);
  if (r.physical != 0) out += fmt::format(", physical {}", r.physical);
  return out + ")";
}

std::string match_text(const match_spec& m, const logical_node& node, const names& of) {
  names references;
  for (const auto& r : m.references) references.push_back(reference_text(r, m, of));
  names defines;
  for (std::size_t i = 0; i < m.defines.size(); ++i)
    if (m.defines[i]) defines.push_back(m.variables[i] + ": " + text(m.defines[i], references));
  names measures;
  for (const auto& e : m.measures) measures.push_back(text(e, references));
  static_cast<void>(node);
  return fmt::format("partition={}, order={}, pattern={}, define=[{}], measures=[{}], skip={}{}",
                     list(m.partition, of), named(m.order_column, of),
                     pattern_text(m.pattern, m.variables), fmt::join(defines, "; "),
                     fmt::join(measures, ", "), skip_text(m.skip),
                     m.within_ms ? fmt::format(", within={} ms", m.within_ms) : "");
}

// One overload per node: its line without the inputs.
struct line_of {
  const logical_node& node;
  names in = inputs_names(node);

  std::string operator()(const scan_node& n) const {
    if (!n.kept) return fmt::format("Scan({})", n.table->name);
    names kept;
    for (const auto& c : node.columns)
      kept.push_back(c.type.id() == data::type_id::row ? c.name + " " + data::to_text(c.type)
                                                       : c.name);
    return fmt::format("Scan({}, [{}])", n.table->name, fmt::join(kept, ", "));
  }
  std::string operator()(const values_node& n) const {
    names rows;
    for (const auto& row : n.rows) {
      names values;
      for (const auto& e : row) values.push_back(text(e, {}));
      rows.push_back(fmt::format("({})", fmt::join(values, ", ")));
    }
    return fmt::format("Values({})", fmt::join(rows, ", "));
  }
  std::string operator()(const project_node& n) const {
    names out;
    for (std::size_t i = 0; i < n.expressions.size(); ++i) {
      auto e = text(n.expressions[i], in);
      out.push_back(e == node.columns[i].name ? e : e + " AS " + node.columns[i].name);
    }
    return fmt::format("Project({})", fmt::join(out, ", "));
  }
  std::string operator()(const filter_node& n) const {
    return fmt::format("Filter({})", text(n.condition, in));
  }
  std::string operator()(const aggregate_node& n) const {
    std::string sets;
    for (const auto& set : n.sets) sets += (sets.empty() ? "" : ", ") + indices(set);
    return fmt::format("Aggregate(groups={}{}, calls={})", list(n.groups, in),
                       sets.empty() ? "" : ", sets=[" + sets + "]", calls_text(n.calls, in));
  }
  std::string operator()(const window_function_node& n) const {
    return fmt::format("WindowFunction({}{})", window_text(n.window, in),
                       n.partition.empty() ? "" : ", partition=" + list(n.partition, in));
  }
  std::string operator()(const group_window_node& n) const {
    return fmt::format("GroupWindow({}, groups={}, calls={})", window_text(n.window, in),
                       list(n.groups, in), calls_text(n.calls, in));
  }
  std::string operator()(const join_node& n) const {
    return fmt::format("Join({}, {})", kind_text(n.kind), text(n.condition, in));
  }
  std::string operator()(const temporal_join_node& n) const {
    return fmt::format("TemporalJoin({}, {}, as of {}, {})", kind_text(n.kind),
                       n.lookup ? "lookup" : "versioned", named(n.time_column, in),
                       text(n.condition, in));
  }
  std::string operator()(const correlate_node& n) const {
    names arguments;
    for (const auto& a : n.arguments) arguments.push_back(text(a, in));
    return fmt::format("Correlate({}, {}({}))", n.outer ? "left" : "inner", n.function,
                       fmt::join(arguments, ", "));
  }
  std::string operator()(const over_node& n) const {
    names calls;
    for (const auto& call : n.calls) {
      names arguments;
      for (const auto a : call.arguments) arguments.push_back(named(a, in));
      for (const auto& c : call.constants)
        if (c) arguments.push_back(text(c, in));
      calls.push_back(fmt::format("{}({}{})", call.function, call.distinct ? "DISTINCT " : "",
                                  fmt::join(arguments, ", ")));
    }
    const auto preceding =
        n.frame.preceding ? std::to_string(*n.frame.preceding) : std::string("unbounded");
    return fmt::format("Over(partition={}, order={}, {} {}, calls=[{}])", list(n.partition, in),
                       keys_text(n.order, in), n.frame.rows ? "rows" : "range", preceding,
                       fmt::join(calls, ", "));
  }
  std::string operator()(const sort_node& n) const {
    return fmt::format("Sort(keys={}{}{})", keys_text(n.keys, in),
                       n.limit ? fmt::format(", limit={}", *n.limit) : "",
                       n.offset != 0 ? fmt::format(", offset={}", n.offset) : "");
  }
  std::string operator()(const set_node& n) const {
    constexpr std::string_view kinds[] = {"Union", "Intersect", "Except"};
    return fmt::format("{}({})", kinds[static_cast<std::size_t>(n.kind)],
                       n.all ? "all" : "distinct");
  }
  std::string operator()(const match_node& n) const {
    return fmt::format("Match({})", match_text(*n.match, node, in));
  }
  std::string operator()(const single_row_node&) const { return "SingleRow()"; }
  std::string operator()(const sink_node& n) const {
    names sources;
    for (const auto s : n.source_of)
      sources.push_back(s < 0 ? "NULL" : named(static_cast<std::uint32_t>(s), in));
    return fmt::format("Sink({}, [{}])", n.collect ? "collect" : n.table->name,
                       fmt::join(sources, ", "));
  }

  static std::string indices(const std::vector<std::uint32_t>& set) {
    return fmt::format("{{{}}}", fmt::join(set, ","));
  }
};

class printer {
 public:
  explicit printer(reader_counts readers) : readers_(std::move(readers)) {}

  void print(const logical_ptr& node, std::size_t depth) {
    out_.append(depth * 2, ' ');
    if (readers_[node.get()] > 1) {
      const auto [at, fresh] = shared_.emplace(node.get(), shared_.size() + 1);
      out_ += fmt::format("#{}", at->second);
      if (!fresh) {
        out_ += "\n";
        return;
      }
      out_ += " ";
    }
    out_ += std::visit(line_of{*node}, node->detail) + "\n";
    for (const auto& input : node->inputs) print(input, depth + 1);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  reader_counts readers_;
  std::unordered_map<const logical_node*, std::size_t> shared_;
  std::string out_;
};

}  // namespace

std::string to_text(const std::vector<logical_ptr>& roots) {
  printer p(count_readers(roots));
  for (const auto& root : roots) p.print(root, 0);
  return p.take();
}

std::string to_text(const logical_ptr& root) { return to_text(std::vector{root}); }

}  // namespace millrace::plan
