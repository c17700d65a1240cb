#include "cli/folded_rows.hpp"

#include <algorithm>
#include <utility>

namespace millrace::cli {

namespace {

// Data must not move the cursor or switch colours: control bytes are written as escapes.
std::string shown(const std::string& text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::none_of(text, is_control)) return text;
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    if (!is_control(c)) {
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else {
      out += std::string("\\x") + digits[(c >> 4) & 15] + digits[c & 15];
    }
  }
  return out;
}

}  // namespace

void folded_rows::apply(const data::record_batch& batch) {
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) apply(batch, batch.row_at(i));
  if (most_ > 0 && live_ > 2 * most_) forget_first(live_ - most_);
}

std::vector<const text_row*> folded_rows::last(std::size_t most) const {
  std::vector<const text_row*> out;
  for (auto row = rows_.rbegin(); row != rows_.rend() && out.size() < most; ++row) {
    if (!row->cells.empty()) out.push_back(&row->cells);
  }
  std::ranges::reverse(out);
  return out;
}

void folded_rows::apply(const data::record_batch& batch, std::uint32_t row) {
  text_row cells;
  std::string key;
  for (const auto& column : batch.columns()) {
    std::string text;
    data::append_value_text(text, *column, row, style_);
    key += text;
    key += '\0';
    cells.push_back(shown(text));
  }
  if (cells.empty()) cells.emplace_back();
  if (data::adds(batch.kind_at(row))) {
    add(std::move(key), std::move(cells));
  } else {
    remove(key);
  }
}

void folded_rows::add(std::string key, text_row cells) {
  places_[key].push_back(rows_.size());
  rows_.push_back({std::move(key), std::move(cells)});
  ++live_;
}

void folded_rows::remove(const std::string& key) {
  const auto at = places_.find(key);
  if (at == places_.end()) return;
  rows_[at->second.back()].cells.clear();
  at->second.pop_back();
  if (at->second.empty()) places_.erase(at);
  --live_;
  if (rows_.size() > 64 && live_ * 2 < rows_.size()) squeeze();
}

void folded_rows::forget_first(std::size_t rows) {
  forgotten_ += rows;
  live_ -= rows;
  for (auto row = rows_.begin(); rows > 0; ++row) {
    if (row->cells.empty()) continue;
    row->cells.clear();
    --rows;
  }
  squeeze();
}

// Drops the places of removed rows, so that an endless changelog keeps a bounded table.
void folded_rows::squeeze() {
  std::erase_if(rows_, [](const kept_row& row) { return row.cells.empty(); });
  places_.clear();
  for (std::size_t i = 0; i < rows_.size(); ++i) places_[rows_[i].key].push_back(i);
}

}  // namespace millrace::cli
