#include "core/connectors/formats/format.hpp"
#include "core/connectors/option_check.hpp"
#include "core/connectors/registry.hpp"

#include <fmt/format.h>

namespace millrace::connectors {
namespace {

void append_options(std::string& out, std::span<const option_info> options,
                    std::string_view prefix) {
  if (options.empty()) return;
  out += "| option | default | meaning |\n|---|---|---|\n";
  for (const auto& o : options)
    out += fmt::format("| `{}{}` | {} | {} |\n", prefix, o.key,
                       o.required            ? "required"
                       : o.otherwise.empty() ? ""
                                             : fmt::format("`{}`", o.otherwise),
                       o.meaning);
  out += '\n';
}

}  // namespace

std::string connectors_reference() {
  std::string out = "# Connectors and formats\n\nGenerated from the tables in core/connectors.\n\n";
  out += "Options of all connectors:\n\n";
  append_options(out, shared_options(), "");
  for (const auto* c : all_connectors()) {
    const bool reads = c->make_source != nullptr;
    const bool writes = c->make_sink != nullptr;
    out += fmt::format("## {}\n\n{}. {}.\n\n", c->name, c->summary,
                       reads && writes ? "Source and sink"
                       : reads         ? "Source"
                                       : "Sink");
    append_options(out, c->options, "");
  }
  for (const auto* f : formats::all_formats()) {
    out += fmt::format("## Format {}\n\n{}. Gives {}, accepts {}.\n\n", f->name, f->summary,
                       plan::mark_of(f->gives), plan::mark_of(f->accepts));
    append_options(out, f->options, fmt::format("{}.", f->name));
  }
  return out;
}

}  // namespace millrace::connectors
