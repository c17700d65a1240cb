#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::coordination {

/// Where a coordinator is reached; empty: nowhere yet.
struct leader_address {
  std::string control;  ///< by workers: `host:port`
  std::string rest;     ///< by the job tool: `http://host:port`
  friend bool operator==(const leader_address&, const leader_address&) = default;
};

/// As one line, for stores that keep texts: `127.0.0.1:6123 http://127.0.0.1:8081`, `-` for
/// an empty one.
[[nodiscard]] std::string to_text(const leader_address& address);
/// What `to_text` wrote; nothing for other texts.
[[nodiscard]] std::optional<leader_address> parse_leader_address(std::string_view text);

/// What a round of an election has shown.
struct election_round {
  bool leads = false;       ///< whoever asked
  std::uint64_t epoch = 0;  ///< of the one that leads, or led last; 0: there was none
  leader_address leader;    ///< as it said last
};

/// Settles which of several coordinators leads. Port: a lock in a directory (`state/election`),
/// etcd or a Kubernetes Lease (`net/election`). Each election has a larger epoch than those before.
///
/// One object per candidate, one thread at a time. Calls block, for a third of `term_ms` at most
/// where that is not 0. Errors are no answer: nothing is known, ask again. Codes: 5005 when the
/// store cannot be reached or refuses, state_io.
class leader_election {
 public:
  virtual ~leader_election() = default;
  /// Wants to lead, or to go on leading. `own`: told to whoever looks, once it leads.
  [[nodiscard]] virtual result<election_round> campaign(const leader_address& own) = 0;
  /// Who leads, as far as can be seen, without wanting to.
  [[nodiscard]] virtual result<election_round> look() = 0;
  /// Leads no longer, so that another may at once. Does nothing for one that does not lead.
  virtual void resign() = 0;
  /// For how long a round that was won holds, from the moment it was asked for: nobody else leads
  /// before. 0: for as long as the process lives.
  [[nodiscard]] virtual std::int64_t term_ms() const = 0;
};

}  // namespace millrace::coordination
