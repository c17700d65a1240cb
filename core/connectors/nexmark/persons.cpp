#include "core/connectors/nexmark/cell_writers.hpp"
#include "core/connectors/nexmark/row_writers.hpp"

#include <string_view>

namespace millrace::connectors::nexmark {
namespace {

constexpr std::string_view states[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::string_view cities[] = {"Phoenix",  "Los Angeles", "San Francisco", "Boise",
                                       "Portland", "Bend",        "Redmond",       "Seattle",
                                       "Kent",     "Cheyenne"};
constexpr std::string_view first_names[] = {"Peter", "Paul",  "Luke",  "John",   "Saul",  "Vicky",
                                            "Kate",  "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::string_view last_names[] = {"Shultz", "Abrams", "Spencer", "White", "Bartels",
                                           "Walton", "Smith",  "Jones",   "Noris"};

enum lane : std::uint64_t { name_lane = 10, email_lane, card_lane, place_lane };

template <std::size_t N>
std::string_view pick(const std::string_view (&from)[N], dice& d) {
  return from[d.roll(static_cast<std::uint32_t>(N))];
}

std::size_t put(char* to, std::string_view text) {
  std::memcpy(to, text.data(), text.size());
  return text.size();
}

// The string columns of persons and how one row of each is made; every function gives its size.
struct person_texts {
  const batch_frame& frame;
  text_cells name, email, card, city, state, extra;

  person_texts(const batch_frame& f, std::size_t persons)
      : frame(f),
        name(f.layout.rows, persons, 16),
        email(f.layout.rows, persons, 16),
        card(f.layout.rows, persons, 20),
        city(f.layout.rows, persons, 16),
        state(f.layout.rows, persons, 4),
        extra(f.layout.rows, persons, extra_size(0, f.config.person_bytes).longest()) {}

  [[nodiscard]] std::uint64_t word(std::int64_t event, lane which) const {
    return random_word(frame.config.seed, static_cast<std::uint64_t>(event), which);
  }
  std::size_t write_name(std::uint32_t row, std::int64_t event) {
    dice d = low_dice(word(event, name_lane));
    char* to = name.begin(row);
    std::size_t size = put(to, pick(first_names, d));
    to[size++] = ' ';
    size += put(to + size, pick(last_names, d));
    name.end(size);
    return size;
  }
  std::size_t write_email(std::uint32_t row, std::int64_t event) {
    const std::uint64_t bits = word(event, email_lane);
    dice user = low_dice(bits);
    dice host = high_dice(bits);
    char* to = email.begin(row);
    std::size_t size = copy_words(to, frame.text, user, 7);
    to[size++] = '@';
    size += copy_words(to + size, frame.text, host, 5);
    size += put(to + size, ".com");
    email.end(size);
    return size;
  }
  std::size_t write_card(std::uint32_t row, std::int64_t event) {
    const std::uint64_t bits = word(event, card_lane);
    char* to = card.begin(row);
    for (std::uint32_t part = 0; part < 4; ++part) {
      const auto number = static_cast<std::uint32_t>((bits >> (16 * part) & 0xffff) * 10'000 >> 16);
      std::memcpy(to + 5 * part, frame.text.four_digits(number), 4);
      to[5 * part + 4] = ' ';
    }
    card.end(19);
    return 19;
  }
  std::size_t write_place(std::uint32_t row, std::int64_t event) {
    dice d = low_dice(word(event, place_lane));
    const std::size_t city_size = put(city.begin(row), pick(cities, d));
    city.end(city_size);
    const std::size_t state_size = put(state.begin(row), pick(states, d));
    state.end(state_size);
    return city_size + state_size;
  }
  void write_extra(std::uint32_t row, std::int64_t event, std::size_t used) {
    dice d = high_dice(word(event, place_lane));
    const extra_size size(static_cast<std::int64_t>(used), frame.config.person_bytes);
    const std::size_t bytes = size.least + d.roll(size.spread);
    std::memcpy(extra.begin(row), frame.text.letters(d.roll(text_tables::starts)), bytes);
    extra.end(bytes);
  }
  void write(std::uint32_t row, std::int64_t event) {
    std::size_t used = 8;
    used += write_name(row, event);
    used += write_email(row, event);
    used += write_card(row, event);
    used += write_place(row, event);
    write_extra(row, event, used);
  }
};

}  // namespace

row_cells write_persons(const batch_frame& frame) {
  const auto& runs = frame.layout.of(event_kind::person);
  std::size_t persons = 0;
  for (const auto& run : runs) persons += run.count;
  number_cells id(frame.layout.rows);
  person_texts texts(frame, persons);
  for (const auto& run : runs) {
    for (std::uint32_t i = 0; i < run.count; ++i) {
      *id.at(run.row + i) = run.last_person + i + first_person_id;
      texts.write(run.row + i, run.event + i);
    }
  }
  row_cells out;
  out.fields[0] = id.finish();
  out.fields[1] = texts.name.finish();
  out.fields[2] = texts.email.finish();
  out.fields[3] = texts.card.finish();
  out.fields[4] = texts.city.finish();
  out.fields[5] = texts.state.finish();
  out.fields[6].values = frame.times;
  out.fields[7] = texts.extra.finish();
  return out;
}

}  // namespace millrace::connectors::nexmark
