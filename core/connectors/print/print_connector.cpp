#include "core/connectors/print/print_connector.hpp"

#include "core/connectors/print/java_text.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace millrace::connectors::print {
namespace {

constexpr std::array<option_info, 2> options{{
    {"print-identifier", option_kind::text, {}, "stands in front of every line"},
    {"standard-error", option_kind::boolean, "false", "writes to standard error"},
}};

// `identifier:2> `, without what there is no need for. Source: Flink's PrintSinkOutputWriter.
std::string line_prefix(const std::string& identifier, const operators::operator_context& context) {
  std::string out = identifier;
  if (context.parallelism > 1)
    out += fmt::format("{}{}", identifier.empty() ? "" : ":", context.subtask + 1);
  return out.empty() ? out : out + "> ";
}

class writer final : public sink_writer {
 public:
  writer(std::FILE* to, std::string prefix) : to_(to), prefix_(std::move(prefix)) {}

  result<void> write(const data::batch_ptr& batch) override {
    lines_.clear();
    for (std::uint32_t i = 0; i < batch->row_count(); ++i) {
      lines_ += prefix_;
      append_row(lines_, *batch, batch->row_at(i));
      lines_ += '\n';
    }
    // One call a batch, so that lines of several subtasks do not mix.
    if (std::fwrite(lines_.data(), 1, lines_.size(), to_) == lines_.size() && std::fflush(to_) == 0)
      return {};
    return make_error(errc::connector_io,
                      fmt::format("connector 'print' cannot write: {}", std::strerror(errno)));
  }

 private:
  std::FILE* to_;
  std::string prefix_;
  std::string lines_;
};

class print_sink final : public sink {
 public:
  print_sink(std::FILE* to, std::string identifier) : to_(to), identifier_(std::move(identifier)) {}
  plan::changelog_mode accepts() const override { return plan::changelog_mode::retract; }
  result<std::unique_ptr<sink_writer>> make_writer(operators::operator_context& context) override {
    return std::unique_ptr<sink_writer>(
        std::make_unique<writer>(to_, line_prefix(identifier_, context)));
  }

 private:
  std::FILE* to_;
  std::string identifier_;
};

result<plan::table_traits> traits(const plan::table_definition&) {
  plan::table_traits out;
  out.writable = true;
  out.accepts = plan::changelog_mode::retract;
  return out;
}

result<std::unique_ptr<sink>> make(const plan::sink_spec& spec, plan::changelog_mode,
                                   const option_map&) {
  const table_options read(spec.table->options);
  MILLRACE_TRY(const bool to_error, read.boolean("standard-error", false));
  return std::unique_ptr<sink>(
      std::make_unique<print_sink>(to_error ? stderr : stdout, read.text("print-identifier")));
}

}  // namespace

const connector print_connector{
    .name = "print",
    .summary = "a line a row on standard output",
    .options = options,
    .takes_format = false,
    .traits = traits,
    .make_source = nullptr,
    .make_sink = make,
};

}  // namespace millrace::connectors::print
