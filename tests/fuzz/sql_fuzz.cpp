// SQL text through parser and binder: every statement is bound against a few tables, until one is
// wrong. Errors must print with their place, plans must print whole.

#include "core/plan/logical/print.hpp"
#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace millrace;

constexpr std::string_view tables =
    "CREATE TABLE t (id INT, b BOOLEAN, l BIGINT, d DOUBLE, s STRING, m DECIMAL(10, 2), "
    "r ROW<x INT, y ROW<z STRING>>, arr ARRAY<INT>, map MAP<STRING, INT>) WITH ('connector'='x');"
    "CREATE TABLE bids (auction BIGINT, price BIGINT, channel STRING, ts TIMESTAMP(3), "
    "p AS PROCTIME(), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH ('connector'='x');"
    "CREATE TABLE rates (currency STRING, rate DECIMAL(10, 2), ts TIMESTAMP(3), "
    "WATERMARK FOR ts AS ts, PRIMARY KEY (currency) NOT ENFORCED) WITH ('connector'='x');";

result<std::size_t> bind_all(sql::session& session, std::string_view text) {
  std::size_t printed = 0;
  for (sql::statement_stream statements(text);;) {
    MILLRACE_TRY(const auto statement, statements.next());
    if (!statement) return printed;
    MILLRACE_TRY(const auto outcome, session.execute(*statement));
    const auto* job = std::get_if<sql::job_outcome>(&outcome);
    if (job == nullptr) continue;
    for (const auto& sink : job->sinks) printed += plan::to_text(sink).size();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  sql::session session;
  if (!bind_all(session, tables).ok()) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto bound = bind_all(session, text);
  if (!bound.ok() && to_text(bound.error(), text).empty()) std::abort();
  return 0;
}
