#include "core/codec/control/job_codec.hpp"

#include "core/codec/control/field_checks.hpp"
#include "core/codec/control/message_parts.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/array.h>
#include <kj/exception.h>
#include <schemas/jobs.capnp.h>

#include <algorithm>
#include <cstring>

namespace millrace::codec {

namespace {

using coordination::job_entry;
using coordination::job_phase;

constexpr int deepest_nesting = 16;

error damaged(std::string what) {
  return make_error(errc::state_corrupt, "the entry of a job is damaged: " + std::move(what),
                    "submit the job again, from its last checkpoint");
}

void write(disk::JobEntry::Builder to, const job_entry& from) {
  to.setName(text(from.name));
  write_definition(to.initDefinition(), from.definition);
  to.setSavepoint(text(from.savepoint));
  to.setPhase(static_cast<std::uint8_t>(from.phase));
  to.setAttempt(from.attempt);
  to.setRestarts(from.restarts);
  to.setSubmittedAt(from.submitted_at);
  to.setStartedAt(from.started_at);
  to.setEndedAt(from.ended_at);
  auto exceptions = to.initExceptions(static_cast<kj::uint>(from.exceptions.size()));
  for (kj::uint i = 0; i < exceptions.size(); ++i) {
    exceptions[i].setAt(from.exceptions[i].at);
    exceptions[i].setAttempt(from.exceptions[i].attempt);
    exceptions[i].setWorker(text(from.exceptions[i].worker));
    write_failure(exceptions[i].initCause(), from.exceptions[i].cause);
    exceptions[i].setTask(text(from.exceptions[i].task));
  }
}

result<job_entry> read(disk::JobEntry::Reader from) {
  if (from.getPhase() > static_cast<std::uint8_t>(job_phase::failed)) {
    return damaged("a job in phase " + std::to_string(from.getPhase()));
  }
  job_entry out;
  out.name = text(from.getName());
  MILLRACE_TRY(out.definition, read_definition(from.getDefinition()));
  out.savepoint = text(from.getSavepoint());
  MILLRACE_CHECK(check_savepoint(out.savepoint));
  out.phase = static_cast<job_phase>(from.getPhase());
  out.attempt = from.getAttempt();
  out.restarts = from.getRestarts();
  out.submitted_at = from.getSubmittedAt();
  out.started_at = from.getStartedAt();
  out.ended_at = from.getEndedAt();
  const auto all = from.getExceptions();
  const auto kept =
      static_cast<kj::uint>(std::min<std::size_t>(all.size(), coordination::kept_exceptions));
  for (kj::uint i = all.size() - kept; i < all.size(); ++i) {
    out.exceptions.push_back({all[i].getAt(), all[i].getAttempt(), text(all[i].getWorker()),
                              read_failure(all[i].getCause()), text(all[i].getTask())});
  }
  return out;
}

}  // namespace

std::string encode_job(const job_entry& entry) {
  ::capnp::MallocMessageBuilder message;
  write(message.initRoot<disk::JobEntry>(), entry);
  const auto words = ::capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

result<job_entry> decode_job(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(::capnp::word) != 0) {
    return damaged(std::to_string(bytes.size()) + " bytes are no message");
  }
  auto words = kj::heapArray<::capnp::word>(bytes.size() / sizeof(::capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  ::capnp::ReaderOptions limits;
  limits.traversalLimitInWords = 2 * words.size() + 1024;
  limits.nestingLimit = deepest_nesting;
  try {
    ::capnp::FlatArrayMessageReader message(words, limits);
    auto entry = read(message.getRoot<disk::JobEntry>());
    if (!entry && entry.error().code != errc::state_corrupt) return damaged(entry.error().message);
    return entry;
  } catch (const kj::Exception& e) {
    return damaged(e.getDescription().cStr());
  }
}

}  // namespace millrace::codec
