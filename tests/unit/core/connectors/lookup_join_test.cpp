#include "core/connectors/lookup/lookup_join.hpp"

#include "tests/unit/core/connectors/table_support.hpp"

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;

class text_output final : public operators::output {
 public:
  result<void> emit(data::batch_ptr batch) override {
    text += data::print_table(*batch);
    return {};
  }
  [[nodiscard]] bool full() const override { return false; }
  result<void> emit_watermark(timestamp_ms) override { return {}; }
  result<void> emit_idle(bool) override { return {}; }
  std::string text;
};

const std::vector<data::field>& left_columns() {
  static const std::vector<data::field> out = {{"id", data_type(type_id::bigint)},
                                               {"k", data_type(type_id::bigint)}};
  return out;
}

std::string join(plan::join_kind kind, const std::string& file, const std::string& left) {
  plan::lookup_join_spec spec;
  spec.kind = kind;
  spec.table =
      test::make_table({{"key", data_type(type_id::bigint)}, {"value", data_type::string()}},
                       {{"connector", "filesystem"}, {"format", "csv"}, {"path", file}});
  spec.reads = test::read_all_of(spec.table).reads;
  spec.right_columns = {expr::make_column(0, data_type(type_id::bigint)),
                        expr::make_column(1, data_type::string())};
  spec.left_keys = {expr::make_column(1, data_type(type_id::bigint))};
  spec.right_keys = {0};
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  context.batch_rows = 2;
  lookup::lookup_join op(spec, {});
  const auto opened = op.open(context);
  if (!opened.ok()) return to_text(opened.error());
  text_output out;
  const auto done = op.process(input_id{0}, *data::parse_table({left_columns()}, left), out);
  return done.ok() ? out.text : to_text(done.error());
}

TEST(lookup_join, finds_all_rows_of_a_key_and_no_null_key) {
  const test::scratch_folder folder;
  const auto file = folder.write("side.csv", "1,a\n2,b\n1,c\n");
  const std::string left = "10 | 1\n-D | 11 | 3\n12 | NULL\n-U | 13 | 2\n";
  EXPECT_EQ(join(plan::join_kind::inner, file, left),
            "+I | 10 | 1 | 1 | a\n+I | 10 | 1 | 1 | c\n-U | 13 | 2 | 2 | b\n");
  EXPECT_EQ(join(plan::join_kind::left, file, left),
            "+I | 10 | 1 | 1 | a\n+I | 10 | 1 | 1 | c\n-D | 11 | 3 | NULL | NULL\n"
            "+I | 12 | NULL | NULL | NULL\n-U | 13 | 2 | 2 | b\n");
}

TEST(lookup_join, fails_on_a_missing_table) {
  EXPECT_NE(join(plan::join_kind::inner, "/no/such/file.csv", "1 | 1\n").find("error 4002"),
            std::string::npos);
}

}  // namespace
}  // namespace millrace::connectors
