#include "core/connectors/formats/csv/csv_format.hpp"

#include "core/connectors/formats/csv/csv_decoder.hpp"
#include "core/connectors/formats/csv/csv_encoder.hpp"
#include "core/connectors/formats/csv/csv_options.hpp"

namespace millrace::connectors::formats::csv {

// A quoted field may hold line ends, so files are not cut.
const format csv_format{
    .name = "csv",
    .summary = "a row a line, fields by position",
    .options = csv_option_table(),
    .gives = plan::changelog_mode::insert_only,
    .accepts = plan::changelog_mode::insert_only,
    .splits_at_lines = false,
    .suffix = ".csv",
    .make_decoder = make_csv_decoder,
    .make_encoder = make_csv_encoder,
};

}  // namespace millrace::connectors::formats::csv
