#include "core/coordination/state_takeover.hpp"

#include "core/coordination/declared_tables.hpp"

#include <algorithm>

namespace millrace::coordination {

namespace {

std::string identity_key(const plan::physical_node& node) { return "state of " + node.id; }

// What an instance of the operator holds; null: nothing.
const operator_state* stored_at(const checkpoint_manifest& checkpoint, const std::string& id) {
  for (const operator_state& o : checkpoint.operators) {
    if (o.operator_id == id && !o.in_flight && !o.files.empty() && !o.tables.empty()) return &o;
  }
  return nullptr;
}

// Without a note of what the bytes stand for only the very same types are safe.
bool same_types(const std::vector<tables::table_spec>& before,
                const std::vector<tables::table_spec>& now) {
  return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                    [](const tables::table_spec& a, const tables::table_spec& b) {
                      return tables::alike(a.key_types, b.key_types) &&
                             tables::alike(a.sub_key_types, b.sub_key_types) &&
                             tables::alike(a.value_types, b.value_types);
                    });
}

}  // namespace

state_takeover takeover_of(const plan::physical_plan& query, std::uint32_t node,
                           const checkpoint_manifest& checkpoint) {
  const plan::physical_node& now = query.nodes[node];
  const operator_state* stored = stored_at(checkpoint, now.id);
  // An operator that cannot be made says so when the job starts.
  const auto tables = declared_tables(query, node);
  const auto noted = checkpoint.properties.find(identity_key(now));
  state_takeover out;
  if (noted != checkpoint.properties.end()) {
    const auto was = plan::state_identity::from_text(noted->second);
    if (!was) return {"what it stood for is not known", {}, {}};
    const std::vector<tables::table_spec> nothing;
    out = match_calls(*was, plan::identity_of(query, now), stored ? stored->tables : nothing,
                      tables ? *tables : nothing);
  }
  if (stored == nullptr || !tables || !out.refused.empty()) return out;
  auto readable = tables::check_readable(stored->tables, *tables, out.matches);
  if (!readable.ok()) {
    out.refused = readable.take_error().message;
  } else if (noted == checkpoint.properties.end() && !same_types(stored->tables, *tables)) {
    out.refused = "the checkpoint does not say what it stands for, and its types have changed";
  }
  return out;
}

void note_identities(const plan::physical_plan& query, checkpoint_manifest& checkpoint) {
  for (const auto& node : query.nodes) {
    const auto identity = plan::identity_of(query, node);
    if (identity != plan::state_identity()) {
      checkpoint.properties[identity_key(node)] = identity.to_text();
    }
  }
}

}  // namespace millrace::coordination
