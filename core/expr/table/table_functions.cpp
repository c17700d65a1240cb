#include "core/expr/families.hpp"

#include <fmt/format.h>

namespace millrace::expr {
namespace {

using data::type_id;

// Elements [begin, end) of a row's collection in its children.
struct element_range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

element_range range_of(const data::column& collection, std::uint32_t row) {
  if (collection.is_null(row)) return {};
  const auto i = collection.index(row);
  return {collection.offset_data()[i], collection.offset_data()[i + 1]};
}

void append_element(const data::column& elements, std::uint32_t at,
                    std::span<data::column_builder> out) {
  if (elements.type.id() != type_id::row) {
    out[0].append_from(elements, at);
    return;
  }
  for (std::size_t f = 0; f < elements.children.size(); ++f) {
    if (elements.is_null(at))
      out[f].append_null();
    else
      out[f].append_from(*elements.children[f], elements.index(at));
  }
}

// Rows of one element; a multiset's element comes as often as it counts.
template <bool Ordinal>
class row_maker {
 public:
  row_maker(const data::column& collection, std::span<data::column_builder> out,
            std::vector<std::uint32_t>& origin)
      : collection_(collection), out_(out), origin_(origin) {}

  void add(std::uint32_t row) {
    const auto range = range_of(collection_, row);
    std::int32_t ordinal = 0;
    for (auto at = range.begin; at < range.end; ++at)
      for (std::int32_t n = copies(at); n > 0; --n) {
        append(at);
        if constexpr (Ordinal) out_.back().append(++ordinal);
        origin_.push_back(row);
      }
  }

 private:
  std::int32_t copies(std::uint32_t at) const {
    return collection_.type.id() == type_id::multiset
               ? collection_.children[1]->value<std::int32_t>(at)
               : 1;
  }
  void append(std::uint32_t at) {
    if (collection_.type.id() == type_id::map) {
      out_[0].append_from(*collection_.children[0], at);
      out_[1].append_from(*collection_.children[1], at);
    } else {
      append_element(*collection_.children[0], at, out_);
    }
  }

  const data::column& collection_;
  std::span<data::column_builder> out_;
  std::vector<std::uint32_t>& origin_;
};

template <bool Ordinal>
result<void> unnest(std::span<const data::column_ptr> arguments, const row_set& rows,
                    std::span<data::column_builder> out, std::vector<std::uint32_t>& origin,
                    eval_context&) {
  const auto collection = data::decoded(arguments[0]);
  row_maker<Ordinal> maker(*collection, out, origin);
  rows.for_each([&](std::uint32_t row) { maker.add(row); });
  return {};
}

std::vector<data::field> element_fields(const data::data_type& type) {
  if (type.id() == type_id::map) return {{"KEY", type.child(0)}, {"VALUE", type.child(1)}};
  const auto& element = type.child(0);
  if (element.id() != type_id::row) return {{"EXPR$0", element}};
  auto fields = element.fields();
  if (element.nullable())
    for (auto& f : fields) f.type = f.type.as_nullable();
  return fields;
}

template <bool Ordinal>
result<table_overload> resolve_unnest(const call_site& call) {
  const bool fits = call.types.size() == 1 &&
                    (call.types[0].id() == type_id::array || call.types[0].id() == type_id::map ||
                     call.types[0].id() == type_id::multiset);
  if (!fits)
    return make_error(errc::sql_bad_argument,
                      fmt::format("UNNEST takes one ARRAY, MAP or MULTISET, not {}",
                                  call.types.empty() ? "nothing" : data::to_text(call.types[0])));
  table_overload o;
  o.argument_types = {call.types[0]};
  o.result_fields = element_fields(call.types[0]);
  if constexpr (Ordinal)
    o.result_fields.push_back({"ORDINALITY", data::data_type(type_id::integer, false)});
  o.expand = unnest<Ordinal>;
  return o;
}

constexpr table_function table[] = {
    {"UNNEST", "UNNEST(array | map | multiset)",
     "A row per element; a ROW's fields become columns.", resolve_unnest<false>},
    {"UNNEST_WITH_ORDINALITY", "UNNEST(array | map | multiset) WITH ORDINALITY",
     "As UNNEST, with the element's number from 1 as the last column.", resolve_unnest<true>},
};

}  // namespace

std::span<const table_function> table_functions() { return table; }

}  // namespace millrace::expr
