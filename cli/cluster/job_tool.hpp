#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"
#include "net/http/api_client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>

namespace millrace::cli {

/// How the job tool reaches the cluster and says what it found.
struct tool_request {
  net::client_options coordinator;
  bool json = false;
};

/// What `millrace submit` was told.
struct submit_order {
  std::string script;  ///< its text
  option_map settings;
  std::string name;       ///< of its jobs; empty: as the script says
  std::string savepoint;  ///< its name, or a path that ends with it; empty: none
  bool replace = false;   ///< takes the place of the jobs of that name
  bool attach = false;    ///< waits until the jobs have ended, and fails when one of them has
};

/// The commands that ask a coordinator: `millrace submit`, `list`, `show`, ... Each prints to
/// standard output, errors to standard error, and gives the exit code. A job is named by its id, or
/// by its name: that of all jobs which have not ended, or else of the newest.
class job_tool {
 public:
  explicit job_tool(const tool_request& request)
      : request_(request), client_(request.coordinator) {}

  [[nodiscard]] int submit(const submit_order& order);
  [[nodiscard]] int rescale(const std::string& job, int parallelism);
  [[nodiscard]] int list();
  /// `every_s`: again after so many seconds, until the job has ended; 0: once.
  [[nodiscard]] int show(const std::string& job, int every_s);
  [[nodiscard]] int checkpoints(const std::string& job);
  [[nodiscard]] int cancel(const std::string& job);
  [[nodiscard]] int restart(const std::string& job);
  /// `format`: tree, dot or json.
  [[nodiscard]] int explain(const std::string& job, const std::string& format);
  /// The busiest subtasks of all jobs that run. `every_s`: again after so many seconds, for ever;
  /// 0: once.
  [[nodiscard]] int top(int every_s);
  /// What the coordinator has logged, of a job or (empty) of all.
  [[nodiscard]] int logs(const std::string& job);
  /// All that the coordinator knows at this moment, as JSON.
  [[nodiscard]] int dump();
  /// Jobs that have ended, newest first.
  [[nodiscard]] int history();
  /// `stop`: the job ends behind it.
  [[nodiscard]] int savepoint(const std::string& job, bool stop);
  [[nodiscard]] int workers();
  /// `wait`: until no job runs on it any more, or it has gone.
  [[nodiscard]] int drain(const std::string& worker, bool wait);

 private:
  [[nodiscard]] bool ask(const std::string& path, nlohmann::json& answer);
  [[nodiscard]] bool tell(const std::string& path, const nlohmann::json& body,
                          nlohmann::json& answer);
  [[nodiscard]] bool take(result<net::api_client::answer> got, nlohmann::json& answer);
  /// Calls `act` with the id of each job that is meant, up to the first failure.
  [[nodiscard]] int each(const std::string& job,
                         const std::function<int(const std::string& id)>& act);
  [[nodiscard]] int wait_for(const nlohmann::json& jobs);
  [[nodiscard]] int print_log(const std::string& path);
  [[nodiscard]] bool find_busiest(nlohmann::json& subtasks);
  void show_page(const nlohmann::json& answer, const std::string& text, bool one_of_several) const;
  [[nodiscard]] int wait_for_empty(const std::string& worker);
  void print(const nlohmann::json& answer) const;

  tool_request request_;
  net::api_client client_;
  int code_ = 0;  // of the last failure
};

}  // namespace millrace::cli
