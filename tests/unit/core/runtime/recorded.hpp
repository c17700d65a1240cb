#pragma once

#include "core/data/text_table.hpp"
#include "core/runtime/chain.hpp"
#include "core/runtime/channel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

// What the tests of this folder put around the machines: ends that write down what they get.

namespace millrace::runtime::test {

inline const data::schema two_ints{
    {{"k", data::data_type(data::type_id::bigint)}, {"v", data::data_type(data::type_id::bigint)}}};

inline data::batch_ptr rows(std::string_view text) {
  auto batch = data::parse_table(two_ints, text);
  EXPECT_TRUE(batch.ok());
  return *batch;
}

/// One line per element; rows as `+I | 1 | 2`, without line ends.
inline std::string text_of(const data::element& e) {
  if (const auto* b = std::get_if<data::batch_ptr>(&e)) {
    std::string text = data::print_table(**b);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }
  if (const auto* w = std::get_if<data::watermark>(&e)) {
    return w->time == max_watermark ? "watermark max" : "watermark " + std::to_string(w->time);
  }
  if (const auto* i = std::get_if<data::idleness>(&e)) return i->idle ? "idle" : "active";
  if (const auto* b = std::get_if<data::barrier>(&e)) {
    return "barrier " + std::to_string(b->id.value);
  }
  return std::holds_alternative<data::end_of_input>(e) ? "end" : "marker";
}

/// An output with a switch for "full".
class recorded_output final : public chain_output {
 public:
  explicit recorded_output(std::vector<std::string>& log) : log_(log) {}
  result<void> emit(const data::batch_ptr& batch) override {
    log_.push_back(text_of(batch));
    if (room > 0) --room;
    return {};
  }
  result<void> signal(const data::element& what) override {
    log_.push_back(text_of(what));
    return {};
  }
  bool full() const override { return room == 0; }
  bool lends() const override { return lending; }
  int room = -1;  ///< batches until it is full; negative: never
  bool lending = false;

 private:
  std::vector<std::string>& log_;
};

/// A channel that keeps what is sent.
class recorded_writer final : public channel_writer {
 public:
  explicit recorded_writer(std::vector<data::element>& sent) : sent_(sent) {}
  void send(parcel p) override { sent_.push_back(std::move(p.what)); }

 private:
  std::vector<data::element>& sent_;
};

/// Sums up what a gate grants.
class recorded_reader final : public channel_reader {
 public:
  explicit recorded_reader(std::int64_t& granted) : granted_(granted) {}
  void grant(std::int64_t bytes) override { granted_ += bytes; }

 private:
  std::int64_t& granted_;
};

}  // namespace millrace::runtime::test
