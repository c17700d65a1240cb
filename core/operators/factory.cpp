#include "core/operators/factory.hpp"

#include "core/operators/aggregate/group_aggregate.hpp"
#include "core/operators/aggregate/local_aggregate.hpp"
#include "core/operators/changelog/changelog_normalize.hpp"
#include "core/operators/changelog/set_operation.hpp"
#include "core/operators/changelog/single_row.hpp"
#include "core/operators/changelog/upsert_materialize.hpp"
#include "core/operators/join/interval_join.hpp"
#include "core/operators/join/join.hpp"
#include "core/operators/join/temporal_join.hpp"
#include "core/operators/join/window_join.hpp"
#include "core/operators/match/match.hpp"
#include "core/operators/over/over.hpp"
#include "core/operators/rank/best_row.hpp"
#include "core/operators/rank/first_row.hpp"
#include "core/operators/rank/top_rows.hpp"
#include "core/operators/rank/window_rank.hpp"
#include "core/operators/sort/sort.hpp"
#include "core/operators/sort/temporal_sort.hpp"
#include "core/operators/stateless/calc.hpp"
#include "core/operators/stateless/correlate.hpp"
#include "core/operators/stateless/expand.hpp"
#include "core/operators/stateless/limit.hpp"
#include "core/operators/stateless/union_all.hpp"
#include "core/operators/stateless/values.hpp"
#include "core/operators/stateless/watermark_assigner.hpp"
#include "core/operators/window/local_window_aggregate.hpp"
#include "core/operators/window/session_aggregate.hpp"
#include "core/operators/window/session_assign.hpp"
#include "core/operators/window/window_aggregate.hpp"
#include "core/operators/window/window_assign.hpp"

#include <variant>

namespace millrace::operators {
namespace {

using made = result<std::unique_ptr<physical_operator>>;

template <class Operator, class... Arguments>
made make(Arguments&&... arguments) {
  return std::unique_ptr<physical_operator>(
      std::make_unique<Operator>(std::forward<Arguments>(arguments)...));
}

// One line per operator, in the order of `plan::operator_spec`.
struct maker {
  const operator_inputs& in;

  made operator()(const plan::values_spec& s) const { return make<values_operator>(s); }
  made operator()(const plan::watermark_spec& s) const { return make<watermark_assigner>(s); }
  made operator()(const plan::calc_spec& s) const { return make<calc_operator>(s); }
  made operator()(const plan::union_spec&) const { return make<union_operator>(); }
  made operator()(const plan::expand_spec& s) const { return make<expand_operator>(s); }
  made operator()(const plan::correlate_spec& s) const { return make<correlate_operator>(s); }
  made operator()(const plan::group_aggregate_spec& s) const {
    if (s.phase == plan::aggregate_phase::local) return make<local_aggregate>(s, in);
    return make<group_aggregate>(s, in);
  }
  made operator()(const plan::window_assign_spec& s) const {
    if (s.window.kind == plan::window_kind::session) return make<session_assign>(s, in);
    return make<window_assign>(s, in);
  }
  made operator()(const plan::window_aggregate_spec& s) const {
    if (s.window && s.window->kind == plan::window_kind::session)
      return make<session_aggregate>(s, in);
    if (s.phase == plan::aggregate_phase::local) return make<local_window_aggregate>(s, in);
    return make<window_aggregate>(s, in);
  }
  made operator()(const plan::deduplicate_spec& s) const {
    if (s.row_time && !s.keep_last) return make<first_row>(s, in);
    return make<best_row>(s, in);
  }
  made operator()(const plan::rank_spec& s) const {
    const bool one = s.first == 1 && s.last == 1 && !s.output_rank &&
                     s.what == plan::rank_spec::function::row_number;
    if (one && !s.retracting_input) return make<best_row>(s, in);
    return make<top_rows>(s, in);
  }
  made operator()(const plan::join_spec& s) const { return make<join_operator>(s, in); }
  made operator()(const plan::interval_join_spec& s) const { return make<interval_join>(s, in); }
  made operator()(const plan::window_join_spec& s) const { return make<window_join>(s, in); }
  made operator()(const plan::temporal_join_spec& s) const { return make<temporal_join>(s, in); }
  made operator()(const plan::window_rank_spec& s) const { return make<window_rank>(s, in); }
  made operator()(const plan::over_spec& s) const {
    if (s.order == plan::over_spec::order_kind::value) return make<over_value>(s, in);
    return make<over_time>(s, in);
  }
  made operator()(const plan::match_operator_spec& s) const { return make<match_operator>(s, in); }
  made operator()(const plan::limit_spec& s) const { return make<limit_operator>(s); }
  made operator()(const plan::temporal_sort_spec& s) const { return make<temporal_sort>(s, in); }
  made operator()(const plan::sort_spec& s) const { return make<sort_operator>(s, in); }
  made operator()(const plan::set_operation_spec& s) const { return make<set_operation>(s, in); }
  made operator()(const plan::single_row_spec& s) const { return make<single_row>(s, in); }
  made operator()(const plan::changelog_normalize_spec& s) const {
    return make<changelog_normalize>(s, in);
  }

  made operator()(const plan::upsert_materialize_spec& s) const {
    return make<upsert_materialize>(s, in);
  }

  made operator()(const auto&) const {
    return make_error(errc::internal, "no operator runs the plan node " + in.node.name);
  }
};

}  // namespace

result<std::unique_ptr<physical_operator>> make_operator(const operator_inputs& inputs) {
  return std::visit(maker{inputs}, inputs.node.spec);
}

}  // namespace millrace::operators
