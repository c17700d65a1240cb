#pragma once

#include "core/base/strong_id.hpp"
#include "core/connectors/source.hpp"
#include "core/coordination/checkpoint_manifest.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::coordination {

/// Gives the splits of one source to its readers.
///
/// Sans-I/O: told of splits and of readers that want one, says who gets what. Readers of a bounded
/// source ask for one split at a time, so that a slow one does not hold the others up; an unbounded
/// source's splits are dealt out at once, evenly, since none of them ends. Used by the job master.
class split_enumerator {
 public:
  /// What to tell a reader: a split, or that none will come.
  struct answer {
    subtask_index reader;
    std::optional<connectors::source_split> split;
  };

  /// `discovers`: more splits may be found later.
  split_enumerator(std::uint32_t readers, bool bounded, bool discovers);

  /// Adds splits; those known by id are left out.
  [[nodiscard]] std::vector<answer> on_discovered(std::vector<connectors::source_split> splits);
  /// A reader wants a split. It is told at once or when there is one.
  [[nodiscard]] std::vector<answer> on_request(subtask_index reader);
  /// Readers that another enumerator has served run on: `given` they have got from that one. Before
  /// all else.
  void take_over(std::vector<connectors::source_split> given);
  /// Goes on from a checkpoint: `seen` are the ids of all splits ever found; `reading` were being
  /// read at the positions given, `waiting` were not. The former are dealt out at once, evenly, so
  /// that what ran side by side does so again. Nothing need be discovered before. Splits that were
  /// taken over as given are left out.
  [[nodiscard]] std::vector<answer> restore(const std::vector<std::string>& seen,
                                            std::vector<connectors::source_split> reading,
                                            std::vector<connectors::source_split> waiting);
  /// What a checkpoint keeps. `read` are the ids of the splits that its readers have reported, as
  /// open or as finished: a split given to a reader that it did not know at its barrier counts as
  /// waiting. The operator's id is left empty.
  [[nodiscard]] enumerator_state snapshot(const std::set<std::string, std::less<>>& read) const;
  /// Splits that no reader has got.
  [[nodiscard]] std::size_t waiting() const { return splits_.size(); }

 private:
  [[nodiscard]] std::vector<answer> deal_evenly();
  [[nodiscard]] std::vector<answer> serve();
  [[nodiscard]] connectors::source_split give();
  void add(std::vector<connectors::source_split> splits);

  std::uint32_t readers_;
  bool bounded_;
  bool discovers_;
  bool discovered_ = false;
  std::uint32_t next_reader_ = 0;
  std::deque<connectors::source_split> splits_;
  std::vector<connectors::source_split> given_;  ///< as they were given
  std::deque<subtask_index> hungry_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> taken_over_;  ///< given by the enumerator before
};

}  // namespace millrace::coordination
