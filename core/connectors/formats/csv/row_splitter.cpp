#include "core/connectors/formats/csv/row_splitter.hpp"

#include <bit>
#include <cstring>

#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

namespace millrace::connectors::formats::csv {
namespace {

// Bits of the bytes of a block of 64 that are a, b or '\n'.
#if defined(__AVX2__)
std::uint64_t matches(const char* p, char a, char b) {
  std::uint64_t out = 0;
  for (int half = 0; half < 2; ++half) {
    const auto v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32 * half));
    const auto hit = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(a)),
                                                     _mm256_cmpeq_epi8(v, _mm256_set1_epi8(b))),
                                     _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')));
    out |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(hit))} << (32 * half);
  }
  return out;
}
#elif defined(__SSE2__)
std::uint64_t matches(const char* p, char a, char b) {
  std::uint64_t out = 0;
  for (int part = 0; part < 4; ++part) {
    const auto v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 16 * part));
    const auto hit = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(a)), _mm_cmpeq_epi8(v, _mm_set1_epi8(b))),
        _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
    out |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(hit))} << (16 * part);
  }
  return out;
}
#else
std::uint64_t matches(const char* p, char a, char b) {
  std::uint64_t out = 0;
  for (int i = 0; i < 64; ++i) out |= std::uint64_t{p[i] == a || p[i] == b || p[i] == '\n'} << i;
  return out;
}
#endif

std::string_view without_return(std::string_view field) {
  if (!field.empty() && field.back() == '\r') field.remove_suffix(1);
  return field;
}

}  // namespace

struct row_splitter::cursor {
  const char* p;  // the next byte to look at
  const char* end;
  bool last;
  bool incomplete = false;
};

std::string_view row_splitter::unescaped(std::string_view text, bool quoted) {
  std::string& out = copies_.emplace_back();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = options_.escape && text[i] == *options_.escape;
    const bool doubled = quoted && options_.quote && text[i] == *options_.quote;
    if ((escape || doubled) && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

// A field whose opening quote is at `c.p`; leaves `c.p` at the delimiter or line end behind it.
// False: it is not closed within the bytes, or text follows the quote.
bool row_splitter::take_quoted(cursor& c, std::string_view& field) {
  const char quote = *options_.quote;
  const char* begin = ++c.p;
  bool copy = false;
  for (; c.p < c.end; ++c.p) {
    if (options_.escape && *c.p == *options_.escape && *c.p != quote) {
      copy = true;
      ++c.p;
      continue;
    }
    if (*c.p != quote) continue;
    if (c.p + 1 < c.end && c.p[1] == quote) {
      copy = true;
      ++c.p;
      continue;
    }
    break;
  }
  if (c.p >= c.end) {
    c.incomplete = !c.last;
    return false;
  }
  const std::string_view text(begin, static_cast<std::size_t>(c.p - begin));
  field = copy ? unescaped(text, true) : text;
  ++c.p;
  while (c.p < c.end && (*c.p == ' ' || *c.p == '\r' || *c.p == '\t') && *c.p != options_.delimiter)
    ++c.p;
  if (c.p < c.end) return *c.p == options_.delimiter || *c.p == '\n';
  c.incomplete = !c.last;
  return c.last;
}

row_splitter::outcome row_splitter::next(std::string_view bytes, bool last, std::size_t& at,
                                         std::size_t most, std::vector<std::string_view>& fields,
                                         std::size_t& count) {
  const char* const row = bytes.data() + at;
  cursor c{row, bytes.data() + bytes.size(), last};
  const char special = options_.quote.value_or('\n');
  count = 0;
  const auto finish = [&](const char* behind, outcome what) {
    at = static_cast<std::size_t>(behind - bytes.data());
    return what;
  };
  if (options_.allow_comments && c.p < c.end && *c.p == '#') {
    const void* line_end = std::memchr(c.p, '\n', static_cast<std::size_t>(c.end - c.p));
    if (line_end == nullptr) return last ? finish(c.end, outcome::blank) : outcome::incomplete;
    return finish(static_cast<const char*>(line_end) + 1, outcome::blank);
  }
  const auto put = [&](std::string_view field) {
    if (count++ < most) fields.push_back(field);
  };
  const auto plain = [&](const char* begin, const char* end, bool ends_row) {
    std::string_view field(begin, static_cast<std::size_t>(end - begin));
    if (ends_row) field = without_return(field);
    if (options_.escape && field.find(*options_.escape) != std::string_view::npos)
      field = unescaped(field, false);
    put(field);
  };
  const char* begin = row;
  const char* block = row;
  while (block < c.end) {
    std::uint64_t bits = matches(block, options_.delimiter, special);
    const char* next_block = block + 64;
    for (; bits != 0; bits &= bits - 1) {
      const char* hit = block + std::countr_zero(bits);
      if (hit >= c.end) break;
      if (hit < begin) continue;
      // An escaped character is text.
      if (options_.escape && hit > begin && hit[-1] == *options_.escape &&
          !(hit - 1 > begin && hit[-2] == *options_.escape))
        continue;
      if (*hit == '\n') {
        if (count == 0 && without_return({begin, static_cast<std::size_t>(hit - begin)}).empty())
          return finish(hit + 1, outcome::blank);
        plain(begin, hit, true);
        return finish(hit + 1, outcome::row);
      }
      if (*hit == options_.delimiter) {
        plain(begin, hit, false);
        begin = hit + 1;
        continue;
      }
      if (hit != begin) continue;  // a quote inside of a field is text
      c.p = hit;
      std::string_view field;
      if (!take_quoted(c, field)) {
        if (c.incomplete) return outcome::incomplete;
        const void* line_end =
            c.p < c.end ? std::memchr(c.p, '\n', static_cast<std::size_t>(c.end - c.p)) : nullptr;
        if (line_end == nullptr && !last) return outcome::incomplete;
        return finish(line_end == nullptr ? c.end : static_cast<const char*>(line_end) + 1,
                      outcome::bad);
      }
      put(field);
      if (c.p >= c.end) return finish(c.end, outcome::row);
      if (*c.p == '\n') return finish(c.p + 1, outcome::row);
      begin = c.p + 1;
      next_block = begin;
      break;
    }
    block = next_block;
  }
  if (!last) return outcome::incomplete;
  if (count == 0 && without_return({begin, static_cast<std::size_t>(c.end - begin)}).empty())
    return finish(c.end, outcome::blank);
  plain(begin, c.end, true);
  return finish(c.end, outcome::row);
}

}  // namespace millrace::connectors::formats::csv
