#include "net/election/lease_record.hpp"

#include "core/data/civil_time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::net {

namespace {

using nlohmann::json;

constexpr const char* address_annotation = "millrace/leader";

const json& part_of(const json& object, const char* name) {
  static const json nothing;
  if (!object.is_object()) return nothing;
  const auto at = object.find(name);
  return at == object.end() ? nothing : *at;
}

std::string text_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::uint64_t number_of(const json& value) {
  if (!value.is_number_integer()) return 0;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(value.get<std::int64_t>(), 0));
}

// `2026-01-31T12:00:00.000000Z`
std::string micro_time(timestamp_ms at) {
  constexpr int digits = 6;
  std::string text;
  data::append_timestamp(text, at * 1000, digits);
  std::ranges::replace(text, ' ', 'T');
  return text + "Z";
}

}  // namespace

std::optional<lease_record> read_lease(const json& object) {
  const json& metadata = part_of(object, "metadata");
  const json& spec = part_of(object, "spec");
  lease_record lease;
  lease.version = text_of(part_of(metadata, "resourceVersion"));
  if (lease.version.empty()) return std::nullopt;
  lease.holder = text_of(part_of(spec, "holderIdentity"));
  lease.transitions = number_of(part_of(spec, "leaseTransitions"));
  lease.seconds = static_cast<std::int64_t>(number_of(part_of(spec, "leaseDurationSeconds")));
  const std::string at = text_of(part_of(part_of(metadata, "annotations"), address_annotation));
  if (const auto leader = coordination::parse_leader_address(at)) lease.leader = *leader;
  return lease;
}

void write_lease(json& object, const lease_record& record, timestamp_ms now, bool acquired) {
  object["metadata"]["annotations"][address_annotation] = to_text(record.leader);
  json& spec = object["spec"];
  spec["holderIdentity"] = record.holder;
  spec["leaseTransitions"] = record.transitions;
  spec["leaseDurationSeconds"] = record.seconds;
  spec["renewTime"] = micro_time(now);
  if (acquired) spec["acquireTime"] = micro_time(now);
}

bool lease_watch::has_expired(const lease_record& lease, timestamp_ms now) {
  if (lease.holder.empty()) return true;
  if (lease.version != version_) {
    version_ = lease.version;
    since_ = now;
  }
  constexpr std::int64_t milliseconds = 1000;
  return now - since_ > lease.seconds * milliseconds;
}

}  // namespace millrace::net
