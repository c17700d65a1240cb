#include "state/storage/s3_client.hpp"

#include "state/storage/s3_answers.hpp"
#include "state/storage/s3_retry.hpp"

#include <fmt/format.h>

namespace millrace::state {

namespace {

std::string hint_of(const s3_outcome& outcome, std::uint32_t attempts) {
  if (outcome.code == "NoSuchBucket") return "make the bucket, or name another one";
  if (outcome.answer.status == 403) return "check s3.access-key, s3.secret-key and s3.region";
  if (outcome.answer.status == 301 || outcome.answer.status == 400) return "check s3.region";
  if (outcome.answer.status == 501) return "this server lacks a part of S3 that millrace needs";
  return fmt::format("tried up to {} times (s3.attempts.maximum)", attempts);
}

}  // namespace

s3_client::s3_client(s3_options options, std::unique_ptr<http_transport> transport, pause sleep)
    : requests_(std::move(options)),
      transport_(std::move(transport)),
      sleep_(std::move(sleep)),
      seed_(std::random_device{}()) {}

s3_outcome s3_client::attempt(const http_request& request) {
  s3_outcome out;
  auto answer = transport_->send(request);
  if (!answer) {
    out.reason = answer.error().message;
    out.uncertain = true;
    return out;
  }
  out.answer = std::move(*answer);
  // A completed upload may turn out to have failed after its head was sent.
  const bool failed = !out.ok() || (request.method == "POST" &&
                                    out.answer.body.find("<Error>") != std::string::npos);
  if (!failed) return out;
  const auto fault = parse_fault(out.answer.body);
  if (out.ok()) out.answer.status = 500;
  out.code = fault.code;
  out.reason = fmt::format("status {}{}{}{}{}", out.answer.status, fault.code.empty() ? "" : " ",
                           fault.code, fault.message.empty() ? "" : ": ", fault.message);
  // What broke on the server's side may have done so behind the effect.
  out.uncertain = out.answer.status >= 500;
  return out;
}

s3_outcome s3_client::send(const http_request& request) {
  const s3_options& options = requests_.options();
  retry_pauses pauses(options.attempts, options.retry_interval, seed_++);
  bool uncertain = false;
  for (;;) {
    s3_outcome out = attempt(request);
    const bool again = out.answer.status == 0 || is_passing(out.answer.status, out.code);
    const auto wait = again ? pauses.next() : std::nullopt;
    out.uncertain |= uncertain;
    if (!wait) return out;
    uncertain = out.uncertain;
    sleep_(*wait);
  }
}

error s3_client::failure(std::string_view what, std::string_view place,
                         const s3_outcome& outcome) const {
  return make_error(errc::state_io, fmt::format("cannot {} '{}': {}", what, place, outcome.reason),
                    hint_of(outcome, requests_.options().attempts));
}

}  // namespace millrace::state
