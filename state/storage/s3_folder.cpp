#include "state/storage/s3_folder.hpp"

#include "core/base/fail_point.hpp"
#include "state/storage/file_io.hpp"
#include "state/storage/s3_answers.hpp"
#include "state/storage/s3_streams.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::state {

namespace {

constexpr std::uint64_t swapped_limit = 1U << 20;
constexpr std::size_t listed_limit = 1'000'000;

}  // namespace

std::string s3_folder::key_of(std::string_view name) const {
  const std::string& prefix = client_->requests().options().prefix;
  if (prefix.empty()) return std::string(name);
  return name.empty() ? prefix : fmt::format("{}/{}", prefix, name);
}

std::string s3_folder::place_of(std::string_view name) const {
  const std::string key = key_of(name);
  const std::string& bucket = client_->requests().options().bucket;
  return fmt::format("s3://{}{}{}", bucket, key.empty() ? "" : "/", key);
}

result<bool> s3_folder::lock(const std::string& /*name*/) { return false; }

result<void> s3_folder::make_folder(const std::string& /*folder*/) { return {}; }

result<std::unique_ptr<object_writer>> s3_folder::create(const std::string& name) {
  return make_s3_writer(client_, key_of(name), place_of(name));
}

result<std::unique_ptr<object_reader>> s3_folder::open(const std::string& name) const {
  return open_s3_reader(client_, key_of(name), place_of(name));
}

result<void> s3_folder::replace(const std::string& name, std::string_view bytes) {
  const auto outcome = client_->send(client_->requests().put(key_of(name), bytes));
  if (!outcome.ok()) return client_->failure("write", place_of(name), outcome);
  return {};
}

result<std::optional<s3_folder::version>> s3_folder::current(const std::string& name) const {
  auto outcome = client_->send(client_->requests().get(key_of(name), 0, swapped_limit));
  if (outcome.answer.status == 404 && outcome.code != "NoSuchBucket") {
    return std::optional<version>();
  }
  if (!outcome.ok()) return client_->failure("read", place_of(name), outcome);
  if (outcome.answer.etag.empty()) {
    // Without it the next PUT would have no condition.
    outcome.reason = "an answer without an ETag";
    return client_->failure("read", place_of(name), outcome);
  }
  return std::optional<version>(
      version{std::move(outcome.answer.body), std::move(outcome.answer.etag)});
}

namespace {

error changed(const std::string& place) {
  return make_error(state_locked, fmt::format("another run has taken over: '{}' changed", place),
                    "only one run of a job may use its checkpoints; the one started last goes on");
}

error unknown_pointer(error why) {
  why.code = state_sync_failed;
  why.hint = "start the job again from its last complete checkpoint";
  return why;
}

}  // namespace

result<void> s3_folder::swap(const std::string& name, const std::optional<std::string>& expected,
                             const std::string& next) {
  MILLRACE_TRY(const auto now, current(name));
  const bool same = now.has_value() == expected.has_value() && (!now || now->bytes == *expected);
  if (!same) return changed(place_of(name));
  put_condition condition;
  condition.only_new = !now.has_value();
  if (now) condition.etag = now->etag;
  const auto outcome = client_->send(client_->requests().put(key_of(name), next, condition));
  MILLRACE_CHECK(judge_swap(name, expected, next, outcome));
  if (auto known = pass_step(protocol_step::sync); !known) {
    return unknown_pointer(known.take_error());
  }
  return conditions_checked_ ? result<void>() : check_conditions(name, next);
}

// An answer that was lost, or that speaks of our own earlier attempt, is made good by looking.
result<void> s3_folder::judge_swap(const std::string& name,
                                   const std::optional<std::string>& expected,
                                   const std::string& next, const s3_outcome& outcome) const {
  if (outcome.ok()) return {};
  const int status = outcome.answer.status;
  const bool refused = status == 412 || status == 409 || status == 404;
  if (!refused && !outcome.uncertain) return client_->failure("swap", place_of(name), outcome);
  const auto now = current(name);
  if (!now) return unknown_pointer(client_->failure("swap", place_of(name), outcome));
  if (*now && (*now)->bytes == next) return {};
  const bool same =
      now->has_value() == expected.has_value() && (!*now || (*now)->bytes == *expected);
  // An attempt may still be on its way and take effect after this look.
  if (same) return unknown_pointer(client_->failure("swap", place_of(name), outcome));
  return changed(place_of(name));
}

// Both conditions do not hold: a server that writes all the same would let two runs complete.
result<void> s3_folder::check_conditions(const std::string& name, const std::string& bytes) {
  const put_condition wrong[] = {{true, {}}, {false, "\"00000000000000000000000000000000\""}};
  for (const put_condition& condition : wrong) {
    const auto outcome = client_->send(client_->requests().put(key_of(name), bytes, condition));
    if (outcome.answer.status == 412) continue;
    if (!outcome.ok()) return client_->failure("check the conditions of", place_of(name), outcome);
    return make_error(
        errc::state_io,
        fmt::format("the server of '{}' writes although the condition {} does not hold",
                    place_of(name), condition.only_new ? "If-None-Match" : "If-Match"),
        "use an S3 server with conditional writes: without them two runs may overwrite each other");
  }
  conditions_checked_ = true;
  return {};
}

result<void> s3_folder::take_in(const std::string& path, const std::string& name) {
  MILLRACE_TRY(const file from, file::open(path));
  MILLRACE_TRY(const std::uint64_t size, from.size());
  MILLRACE_TRY(const auto to, create(name));
  std::string part;
  for (std::uint64_t done = 0; done < size; done += part.size()) {
    part.resize(std::min<std::uint64_t>(1 << 20, size - done));
    MILLRACE_CHECK(from.read_at(done, part.data(), part.size()));
    MILLRACE_CHECK(to->write(part));
  }
  return to->finish();
}

result<void> s3_folder::bring_out(const std::string& name, const std::string& path) const {
  MILLRACE_TRY(const auto from, open(name));
  MILLRACE_TRY(file to, file::create(path));
  std::string part;
  for (std::uint64_t done = 0; done < from->size(); done += part.size()) {
    part.resize(std::min<std::uint64_t>(1 << 20, from->size() - done));
    MILLRACE_CHECK(from->read_at(done, part.data(), part.size()));
    MILLRACE_CHECK(to.write(part));
  }
  return to.sync();
}

result<s3_folder::listed> s3_folder::list(const std::string& prefix,
                                          std::string_view delimiter) const {
  listed all;
  std::string token;
  do {
    const auto outcome = client_->send(client_->requests().list(prefix, delimiter, token));
    if (!outcome.ok()) return client_->failure("list", place_of(""), outcome);
    MILLRACE_TRY(auto page, parse_listing(outcome.answer.body));
    for (auto& key : page.keys) {
      if (key.starts_with(prefix)) all.keys.push_back(key.substr(prefix.size()));
    }
    for (auto& folder : page.prefixes) {
      if (folder.starts_with(prefix)) all.prefixes.push_back(folder.substr(prefix.size()));
    }
    if (all.keys.size() + all.prefixes.size() > listed_limit) {
      return make_error(errc::state_io,
                        fmt::format("'{}' holds more than {} objects", place_of(""), listed_limit),
                        "name a prefix that only millrace uses");
    }
    token = std::move(page.next);
  } while (!token.empty());
  return all;
}

result<std::vector<std::string>> s3_folder::folders() const {
  const std::string prefix = key_of("");
  MILLRACE_TRY(auto all, list(prefix.empty() ? "" : prefix + "/", "/"));
  for (std::string& name : all.prefixes) {
    if (name.ends_with('/')) name.pop_back();
  }
  std::sort(all.prefixes.begin(), all.prefixes.end());
  return std::move(all.prefixes);
}

result<std::vector<std::string>> s3_folder::names_in(const std::string& folder) const {
  const std::string prefix = key_of(folder);
  MILLRACE_TRY(auto all, list(prefix.empty() ? "" : prefix + "/", "/"));
  std::erase(all.keys, std::string());
  std::sort(all.keys.begin(), all.keys.end());
  return std::move(all.keys);
}

void s3_folder::remove(const std::string& name) {
  static_cast<void>(client_->send(client_->requests().remove(key_of(name))));
}

void s3_folder::remove_folder(const std::string& folder) {
  const std::string prefix = key_of(folder) + "/";
  const auto all = list(prefix, "");
  if (!all) return;
  for (const std::string& rest : all->keys) {
    static_cast<void>(client_->send(client_->requests().remove(prefix + rest)));
  }
}

void s3_folder::remove_leftovers() {
  const std::string prefix = key_of("") + "/";
  const auto outcome = client_->send(client_->requests().list_uploads(prefix));
  if (!outcome.ok()) return;
  const auto pending = parse_uploads(outcome.answer.body);
  if (!pending) return;
  for (const pending_upload& upload : *pending) {
    if (!upload.key.starts_with(prefix)) continue;
    static_cast<void>(client_->send(client_->requests().abort_upload(upload.key, upload.id)));
  }
}

}  // namespace millrace::state
