#pragma once

#include "core/connectors/nexmark/random.hpp"
#include "core/connectors/nexmark/row_writers.hpp"
#include "core/connectors/nexmark/text_tables.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace millrace::connectors::nexmark {

/// Strings of a column that has rows of other kinds in between: those get empty ranges. Room for
/// the longest strings is taken at once, so that rows are written without asking.
class text_cells {
 public:
  /// `filled` strings of at most `longest` bytes among `rows` rows; `slack` bytes may be
  /// overwritten behind each.
  text_cells(std::uint32_t rows, std::size_t filled, std::size_t longest)
      : rows_(rows),
        bytes_(data::buffer::allocate(filled * longest + text_tables::slack)),
        offsets_(data::buffer::allocate((std::size_t{rows} + 1) * 4)),
        at_(bytes_->mutable_as<char>()),
        ends_(offsets_->mutable_as<std::uint32_t>()) {
    ends_[0] = 0;
  }
  /// Where the string of `row` goes; rows come in ascending order.
  [[nodiscard]] char* begin(std::uint32_t row) {
    skip_to(row);
    return at_;
  }
  /// Ends that string behind `size` bytes.
  void end(std::size_t size) {
    at_ += size;
    ends_[++next_] = used();
  }
  [[nodiscard]] row_cells::cell finish() {
    skip_to(rows_);
    bytes_->truncate(used());
    return {std::move(bytes_), std::move(offsets_)};
  }

 private:
  [[nodiscard]] std::uint32_t used() const {
    return static_cast<std::uint32_t>(at_ - bytes_->as<char>());
  }
  void skip_to(std::uint32_t row) {
    std::fill(ends_ + next_ + 1, ends_ + row + 1, used());
    next_ = row;
  }

  std::uint32_t rows_;
  std::uint32_t next_ = 0;
  std::shared_ptr<data::buffer> bytes_;
  std::shared_ptr<data::buffer> offsets_;
  char* at_;
  std::uint32_t* ends_;
};

/// Fixed-width cells; those of other rows are 0, so that no stale memory leaves the process.
class number_cells {
 public:
  explicit number_cells(std::uint32_t rows)
      : values_(data::buffer::allocate(std::size_t{rows} * 8)) {
    std::memset(values_->mutable_data(), 0, values_->size());
  }
  [[nodiscard]] std::int64_t* at(std::uint32_t row) {
    return values_->mutable_as<std::int64_t>() + row;
  }
  [[nodiscard]] row_cells::cell finish() { return {std::move(values_), nullptr}; }

 private:
  std::shared_ptr<data::buffer> values_;
};

/// How long `extra` is, so that a row of `used` bytes has `mean` bytes on average.
struct extra_size {
  std::uint32_t least = 0;
  std::uint32_t spread = 1;  ///< least + [0, spread)

  extra_size(std::int64_t used, std::int64_t mean) {
    if (used > mean) return;
    const auto wanted = static_cast<double>(mean - used);
    const auto delta = static_cast<std::uint32_t>(std::lround(wanted * 0.2));
    least = static_cast<std::uint32_t>(mean - used) - delta;
    spread = std::max(2 * delta, 1u);
  }
  [[nodiscard]] std::size_t longest() const { return std::size_t{least} + spread; }
};

/// Copies a random piece of letters; both sides have `slack` bytes of room, so short ones go as one
/// block.
inline void copy_letters(char* to, const char* from, std::size_t size) {
  if (size <= 96)
    std::memcpy(to, from, 96);
  else
    std::memcpy(to, from, size);
}

/// Copies 3 to `longest` - 1 characters of words without blanks at the ends; gives the size.
inline std::size_t copy_words(char* to, const text_tables& text, dice& d, std::uint32_t longest) {
  std::size_t size = 3 + d.roll(longest - 3);
  const char* from = text.words(d.roll(text_tables::starts));
  while (size > 0 && from[size - 1] == ' ') --size;
  while (size > 0 && *from == ' ') {
    ++from;
    --size;
  }
  std::memcpy(to, from, text_tables::slack);
  return size;
}

/// A random person's number, from 0: of those active lately, or a little ahead.
[[nodiscard]] inline std::int64_t random_person(std::int64_t last_person, dice& d) {
  const std::int64_t people = last_person + 1;
  const std::int64_t active = std::min(people, active_people);
  return people - active + d.roll(static_cast<std::uint32_t>(active + id_lead));
}

}  // namespace millrace::connectors::nexmark
