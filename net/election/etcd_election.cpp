#include "net/election/etcd_election.hpp"

#include "core/base/net_errors.hpp"
#include "net/election/base64.hpp"
#include "net/http/service_client.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <optional>
#include <utility>

namespace millrace::net {

namespace {

using coordination::election_round;
using coordination::leader_address;
using nlohmann::json;

constexpr int http_ok = 200;
// A round asks three times at most, and each may wait to connect and to be answered.
constexpr std::int64_t waits_per_round = 18;

// The gateway writes 64-bit numbers as strings, and leaves zeros out.
std::uint64_t number_in(const json& object, const char* name) {
  const auto at = object.is_object() ? object.find(name) : object.end();
  std::uint64_t number = 0;
  if (!object.is_object() || at == object.end() || !at->is_string()) return number;
  const auto& text = at->get_ref<const std::string&>();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The key as it stands; nothing when nobody leads.
std::optional<election_round> holder_in(const json& range) {
  const json found = range.is_object() ? range.value("kvs", json::array()) : json::array();
  if (!found.is_array() || found.empty()) return std::nullopt;
  election_round round;
  round.epoch = number_in(found[0], "create_revision");
  const json value = found[0].is_object() ? found[0].value("value", json()) : json();
  if (!value.is_string()) return round;
  const auto text = from_base64(value.get_ref<const std::string&>());
  const auto leader = text ? coordination::parse_leader_address(*text) : std::nullopt;
  if (leader) round.leader = *leader;
  return round;
}

class etcd_election final : public coordination::leader_election {
 public:
  explicit etcd_election(etcd_place place)
      : place_(std::move(place)),
        key_(to_base64(place_.key)),
        client_({.addresses = place_.addresses,
                 .authority = {},
                 .token = {},
                 .timeout_ms = place_.term_ms / waits_per_round}) {}

  result<election_round> campaign(const leader_address& own) override {
    if (epoch_ != 0) return go_on(own);
    MILLRACE_TRY(const auto held, range());
    if (held) return *held;
    MILLRACE_CHECK(hold_lease());
    return put_if(0, own);
  }

  result<election_round> look() override {
    MILLRACE_TRY(const auto held, range());
    return held.value_or(election_round{});
  }

  void resign() override {
    if (lease_ != 0) static_cast<void>(ask("/v3/lease/revoke", {{"ID", std::to_string(lease_)}}));
    lease_ = epoch_ = 0;
  }

  std::int64_t term_ms() const override { return place_.term_ms; }

 private:
  result<json> ask(const char* path, const json& body) {
    MILLRACE_TRY(const auto got, client_.ask(service_client::verb::post, path, body.dump()));
    json answer = json::parse(got.body, nullptr, false);
    if (got.status == http_ok && answer.is_object()) return answer;
    return make_error(net_unreachable,
                      std::string("etcd refused ") + path + " with status " +
                          std::to_string(got.status) + ": " + got.body.substr(0, 200),
                      "millrace needs version 3.4 or newer without authentication");
  }

  result<std::optional<election_round>> range() {
    MILLRACE_TRY(const json answer, ask("/v3/kv/range", {{"key", key_}}));
    return holder_in(answer);
  }

  /// Grants one, or keeps the one there is. False: there is none any more.
  result<bool> keep_lease() {
    MILLRACE_TRY(const json kept, ask("/v3/lease/keepalive", {{"ID", std::to_string(lease_)}}));
    if (number_in(kept.value("result", json()), "TTL") > 0) return true;
    lease_ = 0;
    return false;
  }

  result<void> hold_lease() {
    if (lease_ != 0) {
      MILLRACE_TRY(const bool kept, keep_lease());
      if (kept) return {};
    }
    const std::string seconds = std::to_string(place_.term_ms / 1000);
    MILLRACE_TRY(const json granted, ask("/v3/lease/grant", {{"TTL", seconds}}));
    lease_ = number_in(granted, "ID");
    return {};
  }

  /// Puts the key under the lease if the revision that made it is `made` (0: there is none).
  result<election_round> put_if(std::uint64_t made, const leader_address& own) {
    const json range = {{"request_range", {{"key", key_}}}};
    const json put = {
        {"request_put",
         {{"key", key_}, {"value", to_base64(to_text(own))}, {"lease", std::to_string(lease_)}}}};
    const json compare = {{"key", key_},
                          {"target", "CREATE"},
                          {"result", "EQUAL"},
                          {"create_revision", std::to_string(made)}};
    MILLRACE_TRY(const json answer, ask("/v3/kv/txn", {{"compare", json::array({compare})},
                                                       {"success", json::array({put})},
                                                       {"failure", json::array({range})}}));
    if (!answer.value("succeeded", false)) return lost(answer);
    if (made == 0) epoch_ = number_in(answer.value("header", json()), "revision");
    written_ = own;
    return election_round{true, epoch_, own};
  }

  result<election_round> go_on(const leader_address& own) {
    MILLRACE_TRY(const bool kept, keep_lease());
    if (!kept) {
      epoch_ = 0;
      return look();
    }
    if (own != written_) return put_if(epoch_, own);
    MILLRACE_TRY(const auto held, range());
    if (held && held->epoch == epoch_) return election_round{true, epoch_, written_};
    epoch_ = 0;
    return held.value_or(election_round{});
  }

  election_round lost(const json& answer) {
    epoch_ = 0;
    const json responses = answer.value("responses", json::array());
    if (!responses.is_array() || responses.empty() || !responses[0].is_object()) return {};
    return holder_in(responses[0].value("response_range", json())).value_or(election_round{});
  }

  etcd_place place_;
  std::string key_;  // in base 64
  service_client client_;
  std::uint64_t lease_ = 0;  // 0: none
  std::uint64_t epoch_ = 0;  // 0: does not lead
  leader_address written_;
};

}  // namespace

std::unique_ptr<coordination::leader_election> make_etcd_election(etcd_place place) {
  return std::make_unique<etcd_election>(std::move(place));
}

}  // namespace millrace::net
