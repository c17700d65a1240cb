#include "cli/row_printer.hpp"
#include "core/data/value_text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace millrace::cli {

namespace {

using cells = std::vector<std::string>;

// Columns on screen: code points, which is right for everything but wide scripts.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The rows of a changelog after its changes, in the order they came.
class folded_rows {
 public:
  void apply(const data::record_batch& batch) {
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) apply(batch, batch.row_at(i));
  }
  /// Calls f(cells) for each row from `first` on.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& row : rows_) {
      if (!row.empty()) f(row);
    }
  }
  [[nodiscard]] std::size_t count() const { return live_; }

 private:
  void apply(const data::record_batch& batch, std::uint32_t row) {
    cells values;
    std::string key;
    for (const auto& column : batch.columns()) {
      values.emplace_back();
      data::append_value_text(values.back(), *column, row);
      key += values.back();
      key += '\0';
    }
    if (values.empty()) values.emplace_back();
    if (data::adds(batch.kind_at(row))) {
      places_[key].push_back(rows_.size());
      rows_.push_back(std::move(values));
      ++live_;
    } else {
      remove(key);
    }
  }
  void remove(const std::string& key) {
    const auto at = places_.find(key);
    if (at == places_.end()) return;
    rows_[at->second.back()].clear();
    at->second.pop_back();
    if (at->second.empty()) places_.erase(at);
    --live_;
    if (rows_.size() > 64 && live_ * 2 < rows_.size()) squeeze();
  }
  // Drops the places of removed rows, so that an endless changelog keeps a bounded table.
  void squeeze() {
    std::vector<cells> kept;
    std::vector<std::size_t> moved(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      moved[i] = kept.size();
      if (!rows_[i].empty()) kept.push_back(std::move(rows_[i]));
    }
    rows_ = std::move(kept);
    for (auto& [key, places] : places_) {
      for (std::size_t& p : places) p = moved[p];
    }
  }

  std::vector<cells> rows_;  // removed ones are empty
  std::unordered_map<std::string, std::vector<std::size_t>> places_;
  std::size_t live_ = 0;
};

class table_printer final : public row_printer {
 public:
  table_printer(std::vector<std::string> names, bool live)
      : names_(std::move(names)), live_(live) {}

  void rows(const data::record_batch& batch) override { folded_.apply(batch); }
  bool live() const override { return live_; }

  void finish() override {
    std::string text = wipe();
    draw(text, folded_.count());
    text += std::to_string(folded_.count()) + (folded_.count() == 1 ? " row\n" : " rows\n");
    write(text);
  }

  void refresh(std::string_view progress) override {
    if (!live_) return;
    std::string text = wipe();
    draw(text, screen_rows());
    text += progress;
    text += '\n';
    drawn_lines_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    write(text);
  }

 private:
  // Moves back over what was drawn last and clears it.
  std::string wipe() {
    if (drawn_lines_ == 0) return {};
    std::string text = "\r\x1b[" + std::to_string(drawn_lines_) + "A\x1b[J";
    drawn_lines_ = 0;
    return text;
  }

  static std::size_t screen_rows() {
    winsize size{};
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 8;
    return known ? size.ws_row - 6u : 18u;
  }

  // The last `most` rows, with borders.
  void draw(std::string& text, std::size_t most) const {
    std::vector<const cells*> shown;
    folded_.for_each([&](const cells& row) { shown.push_back(&row); });
    if (shown.size() > most) {
      shown.erase(shown.begin(), shown.end() - static_cast<std::ptrdiff_t>(most));
    }
    std::vector<std::size_t> widths;
    for (const std::string& name : names_) widths.push_back(width_of(name));
    for (const cells* row : shown) {
      for (std::size_t c = 0; c < widths.size(); ++c) {
        widths[c] = std::max(widths[c], width_of((*row)[c]));
      }
    }
    border(text, widths);
    line(text, names_, widths);
    border(text, widths);
    for (const cells* row : shown) line(text, *row, widths);
    border(text, widths);
  }

  static void border(std::string& text, const std::vector<std::size_t>& widths) {
    for (const std::size_t w : widths) text += "+" + std::string(w + 2, '-');
    text += "+\n";
  }
  static void line(std::string& text, const cells& row, const std::vector<std::size_t>& widths) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      text += "| " + row[c] + std::string(widths[c] - width_of(row[c]) + 1, ' ');
    }
    text += "|\n";
  }

  std::vector<std::string> names_;
  bool live_;
  folded_rows folded_;
  std::size_t drawn_lines_ = 0;
};

}  // namespace

std::unique_ptr<row_printer> make_table_printer(std::vector<std::string> names, bool live) {
  return std::make_unique<table_printer>(std::move(names), live);
}

}  // namespace millrace::cli
