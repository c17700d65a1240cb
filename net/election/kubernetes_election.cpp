#include "net/election/kubernetes_election.hpp"

#include "core/base/clock.hpp"
#include "core/base/net_errors.hpp"
#include "net/election/lease_record.hpp"
#include "net/http/service_client.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>
#include <utility>

namespace millrace::net {

namespace {

using coordination::election_round;
using coordination::leader_address;
using nlohmann::json;
using verb = service_client::verb;

constexpr int http_ok = 200;
constexpr int http_created = 201;
constexpr int http_not_found = 404;
constexpr int http_conflict = 409;
// A round asks twice, and each may wait to connect and to be answered.
constexpr std::int64_t waits_per_round = 12;

std::string first_line_of(const std::string& path) {
  std::ifstream from(path);
  std::string line;
  std::getline(from, line);
  return line;
}

service_options options_of(const kubernetes_place& place) {
  service_options options;
  options.addresses = {place.api};
  options.authority = place.authority;
  if (!place.token.empty()) {
    options.token = [path = place.token] { return first_line_of(path); };
  }
  options.timeout_ms = place.term_ms / waits_per_round;
  return options;
}

election_round round_of(const lease_record& lease) {
  return {false, lease.transitions, lease.holder.empty() ? leader_address{} : lease.leader};
}

class kubernetes_election final : public coordination::leader_election {
 public:
  explicit kubernetes_election(kubernetes_place place)
      : place_(std::move(place)),
        folder_("/apis/coordination.k8s.io/v1/namespaces/" + place_.space + "/leases"),
        client_(options_of(place_)) {}

  result<election_round> campaign(const leader_address& own) override {
    MILLRACE_TRY(auto found, read());
    if (!found) return take(nullptr, 1, own);
    const lease_record lease = found->second;
    const bool mine = epoch_ != 0 && lease.holder == place_.candidate;
    if (mine && lease.transitions == epoch_) return take(&found->first, epoch_, own);
    if (std::exchange(epoch_, 0) != 0 || !watch_.has_expired(lease, steady_ms())) {
      return round_of(lease);
    }
    return take(&found->first, lease.transitions + 1, own);
  }

  result<election_round> look() override {
    MILLRACE_TRY(const auto found, read());
    return found ? round_of(found->second) : election_round{};
  }

  void resign() override {
    if (epoch_ == 0) return;
    auto found = read();
    const bool mine = found && *found && (*found)->second.holder == place_.candidate;
    if (mine) static_cast<void>(write(&(*found)->first, {"", epoch_, 1, {}, {}}, false));
    epoch_ = 0;
  }

  std::int64_t term_ms() const override { return place_.term_ms; }

 private:
  using found_lease = std::optional<std::pair<json, lease_record>>;

  static timestamp_ms steady_ms() { return system_clock().steady_us() / 1000; }

  [[nodiscard]] static error refused(int status, const std::string& body) {
    return make_error(net_unreachable,
                      "the API of Kubernetes answers for the Lease with status " +
                          std::to_string(status) + ": " + body.substr(0, 200),
                      "the service account needs get, create and update of leases");
  }

  /// The object with what it says; nothing when there is none.
  result<found_lease> read() {
    MILLRACE_TRY(const auto got, client_.ask(verb::get, folder_ + "/" + place_.lease));
    if (got.status == http_not_found) return found_lease();
    json object = json::parse(got.body, nullptr, false);
    auto lease = read_lease(object);
    if (got.status != http_ok || !lease) return refused(got.status, got.body);
    return found_lease(std::pair(std::move(object), std::move(*lease)));
  }

  /// `from`: as it was read; null: it is to be made. Gives the status.
  result<int> write(json* from, const lease_record& lease, bool acquired) {
    json made = {{"apiVersion", "coordination.k8s.io/v1"},
                 {"kind", "Lease"},
                 {"metadata", {{"name", place_.lease}, {"namespace", place_.space}}}};
    json& object = from == nullptr ? made : *from;
    write_lease(object, lease, system_clock().now(), acquired);
    MILLRACE_TRY(const auto got,
                 from == nullptr
                     ? client_.ask(verb::post, folder_, object.dump())
                     : client_.ask(verb::put, folder_ + "/" + place_.lease, object.dump()));
    if (got.status == http_ok || got.status == http_created || got.status == http_conflict) {
      return got.status;
    }
    return refused(got.status, got.body);
  }

  // Whoever was quicker, or only touched the object, shows in the next round.
  result<election_round> take(json* from, std::uint64_t epoch, const leader_address& own) {
    const lease_record lease{place_.candidate, epoch, place_.term_ms / 1000, {}, own};
    MILLRACE_TRY(const int status, write(from, lease, epoch != epoch_));
    if (status == http_conflict) {
      return make_error(net_unreachable, "the Lease has changed while it was written");
    }
    epoch_ = epoch;
    return election_round{true, epoch, own};
  }

  kubernetes_place place_;
  std::string folder_;
  service_client client_;
  lease_watch watch_;
  std::uint64_t epoch_ = 0;  // 0: does not lead
};

}  // namespace

std::unique_ptr<coordination::leader_election> make_kubernetes_election(kubernetes_place place) {
  return std::make_unique<kubernetes_election>(std::move(place));
}

}  // namespace millrace::net
