#include "cli/cluster/worker_metrics.hpp"

#include "cli/cluster/addresses.hpp"
#include "cli/process_metrics.hpp"
#include "net/http/metrics_routes.hpp"

#include <utility>
#include <vector>

namespace millrace::cli {

namespace {

net::metrics_source source_of(const actors::worker& of, actors::engine& in) {
  return {[&in] {
            std::vector<runtime::metric_sample> samples;
            add_budget(samples, in.budget());
            add_process(samples);
            return samples;
          },
          [&of] { return of.joined() ? "" : "no coordinator has welcomed it"; }};
}

}  // namespace

result<std::unique_ptr<net::api_server>> serve_worker_metrics(const std::string& address,
                                                              const secrets& guards,
                                                              const actors::worker& of,
                                                              actors::engine& in) {
  MILLRACE_TRY(const auto at, read_address(address));
  MILLRACE_CHECK(check_rest(at.host, guards));
  net::api_options api;
  api.address = bare_host(at.host);
  api.port = at.port;
  api.tokens = guards.tokens;
  api.certificate = guards.certificate;
  api.key = guards.certificate_key;
  return net::api_server::listen(std::move(api), net::metrics_routes(source_of(of, in)));
}

}  // namespace millrace::cli
