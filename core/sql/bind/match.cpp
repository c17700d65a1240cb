#include "core/sql/bind/from.hpp"

namespace millrace::sql {

result<relation> bind_match(query_binder&, const match_recognize&, text_position at,
                            const name_scope*) {
  return make_error(errc::sql_not_supported, at, "MATCH_RECOGNIZE is not supported yet");
}

}  // namespace millrace::sql
