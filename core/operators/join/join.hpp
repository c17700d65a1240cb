#pragma once

#include "core/operators/join/join_side.hpp"
#include "core/operators/join/unmatched_rows.hpp"
#include "core/operators/join/waiting_rows.hpp"
#include "core/operators/outbox.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Join of two changelogs on equal keys, with any further condition; both sides are kept.
///
/// A batch is one step: its keys are looked up in the other side together, candidate pairs are
/// gathered and tested in chunks of at most a batch, then the batch is put into its own side.
/// Within a batch rows do not meet each other, so this is the changelog of row by row processing.
/// A pause stands inside of the list of candidates and is over before the next call, so it is no
/// state.
///
/// Outer joins count, per kept row of a preserved side, how many rows it meets: from 0 to 1 its row
/// of NULLs is taken back, from 1 to 0 it returns. Semi and anti joins count the same for left
/// rows. Rows with a NULL in a key that NULL does not match are never kept. Source: Flink's
/// StreamingJoinOperator and StreamingSemiAntiJoinOperator.
///
/// Rows of an inner join's inputs that only grow wait, as whole batches, until a row of the other
/// side asks for their key, or a barrier comes (see `waiting_rows`).
///
/// At the end only (batch mode), over inserts: pairs come as they are found, rows without a partner
/// (of outer and anti joins) when both inputs have ended.
///
/// State: `left`, `right` (see `join_side`).
class join_operator final : public physical_operator {
 public:
  join_operator(plan::join_spec spec, const operator_inputs& inputs);
  [[nodiscard]] result<void> open(operator_context& context) override;
  [[nodiscard]] result<progress> process(input_id input, const data::batch_ptr& batch,
                                         output& out) override;
  [[nodiscard]] result<progress> resume(output& out) override;
  [[nodiscard]] result<progress> prepare_barrier(output& out) override;
  [[nodiscard]] result<progress> finish(input_id input, output& out) override;

 private:
  struct row_end {
    std::uint32_t row;   // live row
    std::uint32_t pair;  // one behind its last candidate
  };
  struct side {
    keyed_input input;
    join_side rows;
    bool preserved = false;  // its rows come out without a partner too
    bool counted = false;    // they keep match counts
    bool can_wait = false;
    waiting_rows waiting{};
    std::vector<data::batch_ptr> leaving{};  // out of `waiting`, on their way to `rows`
    unmatched_rows unmatched{};
  };

  [[nodiscard]] bool keys_are_longs() const;
  [[nodiscard]] join_side::settings settings_of(const operator_inputs& inputs, bool left) const;
  [[nodiscard]] side& own() { return sides_[probe_]; }
  [[nodiscard]] side& other() { return sides_[1 - probe_]; }
  [[nodiscard]] bool semi() const { return is_semi_ || is_anti_; }

  void ask_waiting();
  [[nodiscard]] waiting_rows::question question_of_batch();
  [[nodiscard]] result<progress> store_leaving();
  [[nodiscard]] bool nothing_is_kept() const;
  [[nodiscard]] bool wait_unmet();
  [[nodiscard]] bool wait();
  void begin_batch();
  void find_null_keys();
  [[nodiscard]] std::vector<std::uint8_t> null_keys_of(const side& s,
                                                       const data::record_batch& batch) const;
  void fill_chunk();
  void fill_from_row();
  [[nodiscard]] result<void> join_chunk();
  void emit_pairs();
  void decide();
  void on_match(std::uint32_t row, std::uint32_t pair);
  void on_semi_match(std::uint32_t pair, std::uint32_t matches, bool adds);
  void end_row(std::uint32_t row);
  [[nodiscard]] bool can_still_match(std::uint32_t row) const;
  [[nodiscard]] result<piece> give_unmatched();
  void add_event(std::uint32_t probe, std::string_view partner, data::change_kind kind);
  void emit_events();
  [[nodiscard]] data::change_kind kind_of(std::uint32_t stored_row) const;

  plan::join_spec spec_;
  std::vector<data::data_type> left_types_;
  std::vector<data::data_type> right_types_;
  bool is_semi_ = false;
  bool is_anti_ = false;
  bool plain_ = false;  // inner join: pairs are all there is
  side sides_[2];
  pair_reader pairs_reader_;
  operator_context* context_ = nullptr;
  outbox outbox_;
  std::uint32_t ended_sides_ = 0;

  // The batch at hand.
  data::batch_ptr batch_;
  std::uint32_t probe_ = 0;  // input it came from
  bool loaded_ = false;
  bool asked_ = false;
  std::vector<std::uint8_t> null_keys_;  // empty: none
  std::vector<tables::key_handle> handles_;
  std::uint32_t row_ = 0;  // live row whose candidates are being listed
  bool in_row_ = false;
  join_side::cursor cursor_;
  std::uint32_t row_matches_ = 0;  // of the row in which a chunk ended
  std::vector<std::uint32_t> matches_;

  // A chunk of candidates.
  row_pairs pairs_;
  std::vector<std::string_view> sub_keys_;
  std::vector<std::uint8_t> last_copies_;
  std::vector<row_end> ends_;
  std::vector<std::uint8_t> passed_;
  row_pairs events_;
  std::vector<data::change_kind> kinds_;
};

}  // namespace millrace::operators
