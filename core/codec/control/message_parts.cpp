#include "core/codec/control/message_parts.hpp"

#include "core/codec/control/field_checks.hpp"

namespace millrace::codec {

void write_failure(wire::Failure::Builder to, const error& e) {
  to.setCode(static_cast<std::uint16_t>(e.code));
  to.setMessage(text(e.message));
  to.setHint(text(e.hint));
  if (!e.at) return;
  to.setLine(e.at->line);
  to.setColumn(e.at->column);
  to.setLength(e.at->length);
}

error read_failure(wire::Failure::Reader from) {
  error e{known_code(from.getCode()), text(from.getMessage()), text(from.getHint()), std::nullopt};
  if (from.getLine() != 0) {
    e.at = text_position{from.getLine(), from.getColumn(), from.getLength()};
  }
  return e;
}

void write_definition(wire::JobDefinition::Builder to, const coordination::job_definition& job) {
  to.setId(text(job.id));
  to.setScript(text(job.script));
  auto settings = to.initSettings(static_cast<kj::uint>(job.settings.size()));
  kj::uint at = 0;
  for (const auto& [key, value] : job.settings) {
    settings[at].setKey(text(key));
    settings[at++].setValue(text(value));
  }
  to.setOrdinal(job.ordinal);
  to.setPlanDigest(text(job.plan_digest));
}

result<coordination::job_definition> read_definition(wire::JobDefinition::Reader from) {
  coordination::job_definition job;
  job.id = text(from.getId());
  MILLRACE_CHECK(check_job_id(job.id));
  job.script = text(from.getScript());
  MILLRACE_CHECK(check_count("settings", from.getSettings().size()));
  for (const auto s : from.getSettings()) job.settings[text(s.getKey())] = text(s.getValue());
  job.ordinal = from.getOrdinal();
  job.plan_digest = text(from.getPlanDigest());
  return job;
}

}  // namespace millrace::codec
