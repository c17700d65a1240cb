#pragma once

#include "core/sql/bind/query_binder.hpp"

namespace millrace::sql {

/// Binds the tree of FROM: tables, joins, windowing and table functions, MATCH_RECOGNIZE.
/// Errors: 2010, 2011, 2015, 2021, 2026, 2027, 2004.
[[nodiscard]] result<relation> bind_from(query_binder& queries, const table_ref& from,
                                         const name_scope* outer);

// Its parts, one file each.

[[nodiscard]] result<relation> bind_join(query_binder& queries, const join& j, text_position at,
                                         const name_scope* outer);
/// The right side as seen from the left one, which may be null: with alias and columns renamed.
[[nodiscard]] result<relation> bind_window_function(query_binder& queries,
                                                    const function_call& call, text_position at,
                                                    const name_scope* outer);
[[nodiscard]] bool is_window_function(const function_call& call);
/// Joins each row of `left` with the rows that a table function or UNNEST gives for it.
[[nodiscard]] result<relation> bind_correlate(query_binder& queries, relation left,
                                              const table_ref& right, bool outer_join,
                                              const name_scope* outer);
/// LATERAL (query): the sub-query may use the left columns.
[[nodiscard]] result<relation> bind_lateral_query(query_binder& queries, relation left,
                                                  const table_ref& right, bool outer_join,
                                                  const expression* on, const name_scope* outer);
/// JOIN t FOR SYSTEM_TIME AS OF left.time.
[[nodiscard]] result<relation> bind_temporal_join(query_binder& queries, const join& j,
                                                  relation left, text_position at,
                                                  const name_scope* outer);
[[nodiscard]] result<relation> bind_match(query_binder& queries, const match_recognize& match,
                                          text_position at, const name_scope* outer);
/// Gives a relation the alias and column names of a FROM item.
[[nodiscard]] result<relation> aliased(relation input, const table_ref& ref);
/// Tables of both sides over a joined node; right indices moved by the left width.
[[nodiscard]] relation combined(const relation& left, const relation& right,
                                plan::logical_ptr node);

}  // namespace millrace::sql
