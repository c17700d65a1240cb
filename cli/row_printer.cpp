#include "cli/row_printer.hpp"

#include "core/data/value_json.hpp"

#include <cstdio>
#include <set>
#include <utility>

namespace millrace::cli {

namespace {

std::vector<std::string> unique_names(std::vector<std::string> names) {
  std::set<std::string> seen;
  for (std::string& name : names) {
    const std::string base = name;
    for (int i = 0; !seen.insert(name).second; ++i) name = base + std::to_string(i);
  }
  return names;
}

class json_printer final : public row_printer {
 public:
  explicit json_printer(std::vector<std::string> names) {
    for (const std::string& name : unique_names(std::move(names))) {
      keys_.emplace_back();
      data::append_json_string(keys_.back(), name);
      keys_.back() += ':';
    }
  }

  void rows(const data::record_batch& batch) override {
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) append(batch, batch.row_at(i));
    write(text_);
    text_.clear();
  }

 private:
  void append(const data::record_batch& batch, std::uint32_t row) {
    text_ += R"({"op":")";
    text_ += mark_of(batch.kind_at(row));
    text_ += R"(","row":{)";
    for (std::size_t c = 0; c < keys_.size(); ++c) {
      if (c > 0) text_ += ',';
      text_ += keys_[c];
      data::append_value_json(text_, *batch.column_at(c), row);
    }
    text_ += "}}\n";
  }

  std::vector<std::string> keys_;
  std::string text_;
};

class changelog_printer final : public row_printer {
 public:
  explicit changelog_printer(std::shared_ptr<const data::zone_offsets> zone)
      : zone_(std::move(zone)), style_{zone_.get(), true} {}

  void rows(const data::record_batch& batch) override {
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) append(batch, batch.row_at(i));
    write(text_);
    text_.clear();
  }

 private:
  void append(const data::record_batch& batch, std::uint32_t row) {
    text_ += mark_of(batch.kind_at(row));
    text_ += '[';
    for (std::size_t c = 0; c < batch.columns().size(); ++c) {
      if (c > 0) text_ += ", ";
      data::append_value_text(text_, *batch.column_at(c), row, style_);
    }
    text_ += "]\n";
  }

  std::shared_ptr<const data::zone_offsets> zone_;
  data::text_style style_;
  std::string text_;
};

}  // namespace

void row_printer::write(std::string_view text) {
  if (failed_ || text.empty()) return;
  failed_ =
      std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0;
}

std::unique_ptr<row_printer> make_json_printer(std::vector<std::string> names) {
  return std::make_unique<json_printer>(std::move(names));
}

std::unique_ptr<row_printer> make_changelog_printer(
    std::shared_ptr<const data::zone_offsets> zone) {
  return std::make_unique<changelog_printer>(std::move(zone));
}

std::unique_ptr<row_printer> make_printer(const printer_choice& choice,
                                          std::vector<std::string> names) {
  if (choice.form == output_form::json) return make_json_printer(std::move(names));
  const bool endless = !choice.bounded && !choice.terminal;
  if (choice.form == output_form::changelog || endless) return make_changelog_printer(choice.zone);
  return make_table_printer(unique_names(std::move(names)), choice);
}

}  // namespace millrace::cli
