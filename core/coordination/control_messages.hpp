#pragma once

#include "core/base/config.hpp"
#include "core/base/error.hpp"
#include "core/coordination/checkpoint_manifest.hpp"
#include "core/data/element.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// What coordinator and workers tell each other (DESIGN section 9). They carry ids, never paths.

namespace millrace::coordination {

/// One start of a job's tasks, unique within a cluster; grows with every deployment.
using attempt_number = std::uint32_t;

// From a worker.

/// The first message of a worker, and the first after it has lost its coordinator.
struct worker_greeting {
  std::string name;              ///< unique; also the identity of its links
  std::string control_endpoint;  ///< where the coordinator reaches it
  std::string data_endpoint;     ///< where other workers' channels reach it
  std::uint32_t slots = 1;
  std::string version;  ///< of millrace; a coordinator of another one refuses it
  std::string token;    ///< empty on loopback
};
struct attempt_deployed {
  attempt_number attempt = 0;
  std::optional<error> failure;
};
struct split_request {
  attempt_number attempt = 0;
  std::uint32_t task = 0;
};
struct checkpoint_request {
  attempt_number attempt = 0;
};
/// A task's part of a checkpoint is durable, or could not be made so.
struct state_report {
  attempt_number attempt = 0;
  std::uint32_t task = 0;
  checkpoint_id checkpoint{};
  std::vector<operator_state> states;
  timestamp_ms watermark = 0;
  std::vector<connectors::source_split> splits;
  std::vector<std::string> finished_splits;
  std::vector<std::pair<std::uint32_t, std::string>> committables;  ///< node of the plan, bytes
  std::optional<error> failure;
};
struct end_report {
  enum class how : std::uint8_t { finished, cancelled, failed };
  attempt_number attempt = 0;
  std::uint32_t task = 0;
  how end = how::finished;
  std::optional<error> cause;
  std::vector<std::pair<std::uint32_t, std::string>> committables;
  std::vector<std::string> finished_splits;
};
/// Counters of an operator within a task.
struct operator_counts {
  std::uint32_t node = 0;  ///< of the plan
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  std::uint64_t late_rows = 0;
  std::uint64_t rejected_rows = 0;
  std::uint64_t null_key_rows = 0;
};
/// Counters of a task, now and then.
struct task_report {
  attempt_number attempt = 0;
  std::uint32_t task = 0;
  std::uint64_t rows_in = 0;
  std::uint64_t rows_out = 0;
  timestamp_ms watermark = 0;
  std::uint64_t busy_us = 0;
  std::uint64_t backpressured_us = 0;
  std::uint64_t state_bytes = 0;
  std::uint64_t idle_us = 0;
  std::uint64_t queued_bytes = 0;
  std::uint64_t received_rows = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_rows = 0;
  std::uint64_t sent_bytes = 0;
  std::vector<operator_counts> operators;
};

// To a worker.

struct worker_welcome {
  std::uint32_t worker = 0;
};
/// What a job is: every process plans it for itself and refuses when the digest differs.
struct job_definition {
  std::string id;             ///< names its folder of checkpoints; 16 hex digits
  std::string script;         ///< its text, defines filled in
  option_map settings;        ///< session options to begin with
  std::uint32_t ordinal = 1;  ///< which INSERT or statement set of the script
  std::string plan_digest;
};
struct deploy_order {
  struct peer {
    std::string name;
    std::string data_endpoint;
  };
  attempt_number attempt = 0;
  job_definition job;
  std::vector<peer> peers;            ///< workers that take part
  std::vector<std::uint32_t> places;  ///< by task: index into `peers`
  checkpoint_id restore{};            ///< 0: none
  std::string savepoint;              ///< its name below the savepoint root; empty: none
  std::uint64_t random_seed = 0;
};
struct start_order {
  attempt_number attempt = 0;
};
struct split_order {
  attempt_number attempt = 0;
  std::uint32_t task = 0;
  std::optional<connectors::source_split> split;  ///< none: no more
};
struct barrier_order {
  attempt_number attempt = 0;
  std::uint32_t task = 0;
  data::barrier barrier;
};
/// A checkpoint begins: files may be written for it.
struct begin_order {
  attempt_number attempt = 0;
  checkpoint_id checkpoint{};
};
struct settle_order {
  attempt_number attempt = 0;
  checkpoint_id checkpoint{};
  bool complete = false;
};
/// Stop every task of the attempt; each answers with an `end_report`.
struct stop_order {
  attempt_number attempt = 0;
};

// From a worker to a coordinator that it has not talked to before.

/// A part of an attempt that went on while there was no coordinator; whatever was sent meanwhile
/// may be lost, and is in here. A task's counters are not.
struct attempt_report {
  /// What a sink has prepared for a checkpoint.
  struct prepared_work {
    checkpoint_id checkpoint{};
    std::vector<std::pair<std::uint32_t, std::string>> committables;
  };
  /// A task that is here.
  struct part {
    std::uint32_t task = 0;
    checkpoint_id acknowledged{};                 ///< the newest
    std::vector<connectors::source_split> given;  ///< all that it was given, as it was
    std::vector<std::string> finished_splits;     ///< as of `acknowledged`
    bool wants_split = false;                     ///< it asked, and was not answered
    std::vector<prepared_work> prepared;          ///< for checkpoints not known to be complete
    std::optional<end_report> end;                ///< it runs no more
  };
  deploy_order order;
  bool started = false;
  bool stopping = false;   ///< it was told to stop
  checkpoint_id newest{};  ///< the largest id heard of
  std::vector<part> parts;
};

/// Both ways, so that each side notices a silent other.
struct heartbeat {
  std::uint64_t number = 0;
};

using control_body =
    std::variant<worker_greeting, worker_welcome, heartbeat, deploy_order, attempt_deployed,
                 start_order, split_request, split_order, checkpoint_request, barrier_order,
                 begin_order, state_report, settle_order, task_report, stop_order, end_report,
                 attempt_report>;

struct control_message {
  std::uint64_t epoch = 0;  ///< of the leader; 0 in a greeting
  control_body body;
};

}  // namespace millrace::coordination
