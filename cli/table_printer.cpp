#include "cli/folded_rows.hpp"
#include "cli/row_printer.hpp"
#include "cli/screen.hpp"
#include "cli/text_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace millrace::cli {

namespace {

// An endless result shows its last rows only; this many stay, so that they can be taken back.
constexpr std::size_t most_endless_rows = 10'000;
constexpr std::size_t all_rows = std::numeric_limits<std::size_t>::max();

// Rows of a table that fit beside its frame, the progress line and the line of the cursor.
std::size_t table_rows(const screen& size) { return size.rows > 6 ? size.rows - 6 : 0; }

class table_printer final : public row_printer {
 public:
  table_printer(std::vector<std::string> names, const printer_choice& choice)
      : names_(std::move(names)),
        zone_(choice.zone),
        live_(choice.terminal),
        most_rows_(choice.most_rows > 0 ? choice.most_rows : all_rows),
        folded_(choice.bounded ? 0 : most_endless_rows, {zone_.get(), true}) {}

  void rows(const data::record_batch& batch) override { folded_.apply(batch); }
  bool live() const override { return live_; }

  void refresh(std::string_view progress) override {
    if (!live_) return;
    const screen size = screen::now();
    std::string text = wipe();
    const std::size_t most = table_rows(size);
    if (most > 0) draw_table(text, names_, folded_.last(most), size.columns);
    text += cut_to(progress, size.columns) + '\n';
    drawn_lines_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    write(text);
  }

  void finish() override { draw_last(most_rows_); }
  void leave() override { draw_last(std::min(most_rows_, table_rows(screen::now()))); }

 private:
  void draw_last(std::size_t most) {
    std::string text = wipe();
    const std::size_t shown = std::min(most, folded_.count());
    draw_table(text, names_, folded_.last(shown), live_ ? screen::now().columns : 0);
    text += std::to_string(folded_.count()) + (folded_.count() == 1 ? " row" : " rows");
    if (shown < folded_.count() || folded_.forgotten() > 0) text += ", the last of them above";
    write(text + "\n");
  }

  // Moves back over what was drawn last and clears it.
  std::string wipe() {
    if (drawn_lines_ == 0) return {};
    std::string text = "\r\x1b[" + std::to_string(drawn_lines_) + "A\x1b[J";
    drawn_lines_ = 0;
    return text;
  }

  text_row names_;
  std::shared_ptr<const data::zone_offsets> zone_;
  bool live_;
  std::size_t most_rows_;
  folded_rows folded_;
  std::size_t drawn_lines_ = 0;
};

}  // namespace

std::unique_ptr<row_printer> make_table_printer(std::vector<std::string> names,
                                                const printer_choice& choice) {
  return std::make_unique<table_printer>(std::move(names), choice);
}

}  // namespace millrace::cli
