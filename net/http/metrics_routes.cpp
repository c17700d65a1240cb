#include "net/http/metrics_routes.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <utility>

namespace millrace::net {

namespace {

using runtime::metric_kind;

constexpr int unavailable = 503;
constexpr const char* plain_text = "text/plain; charset=utf-8";
constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

prometheus::ClientMetric metric_of(const runtime::metric_sample& sample, metric_kind kind) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  (kind == metric_kind::counter ? metric.counter.value : metric.gauge.value) = sample.value;
  return metric;
}

prometheus::MetricFamily family_of(const runtime::metric_info& info) {
  using prometheus::MetricType;
  prometheus::MetricFamily family;
  family.name = info.name;
  family.help = info.meaning;
  family.type = info.kind == metric_kind::counter ? MetricType::Counter : MetricType::Gauge;
  return family;
}

api_answer readiness(const metrics_source& source) {
  const std::string reason = source.not_ready();
  if (reason.empty()) return {200, "ready\n", plain_text};
  return {unavailable, reason + "\n", plain_text};
}

}  // namespace

std::string metrics_text(const std::vector<runtime::metric_sample>& samples) {
  const auto all = runtime::all_metrics();
  std::vector<prometheus::MetricFamily> families;
  families.reserve(all.size());
  for (const auto& info : all) families.push_back(family_of(info));
  for (const auto& sample : samples) {
    const auto index = static_cast<std::size_t>(sample.id);
    families[index].metric.push_back(metric_of(sample, all[index].kind));
  }
  std::erase_if(families, [](const auto& family) { return family.metric.empty(); });
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

std::vector<api_route> metrics_routes(const metrics_source& source) {
  constexpr auto get = api_route::method::get;
  return {
      {get, "/metrics",
       [source](const api_request&) {
         return api_answer{200, metrics_text(source.samples()), metrics_type};
       }},
      {get, "/healthz",
       [](const api_request&) {
         return api_answer{200, "ok\n", plain_text};
       },
       true},
      {get, "/readyz", [source](const api_request&) { return readiness(source); }, true},
  };
}

}  // namespace millrace::net
