#include "core/data/civil_time.hpp"
#include "core/expr/cast/cast.hpp"
#include "core/expr/temporal/time_zone.hpp"
#include "core/expr/type_rules.hpp"

namespace millrace::expr {
namespace {

using data::type_id;

// Goes by local ticks of the target's (or source's) precision, with the session zone on the way in
// or out of TIMESTAMP_LTZ.
struct time_cast {
  const cast_call& call;
  std::shared_ptr<const time_zone> zone;
  bool from_zoned = call.from->type.id() == type_id::timestamp_ltz;
  bool to_zoned = call.to.id() == type_id::timestamp_ltz;

  [[nodiscard]] std::int64_t local(std::int64_t ticks, std::int64_t per_second) const {
    return from_zoned ? zone->to_local(ticks, per_second) : ticks;
  }

  [[nodiscard]] data::column_ptr between_timestamps() const {
    const auto p = call.from->type.precision(), q = call.to.precision();
    const auto per_second = data::ticks_per_second(p);
    if (from_zoned == to_zoned) {
      return cast_values<std::int64_t, std::int64_t>(
          call, [=](std::int64_t v) { return data::rescale_ticks(v, p, q); });
    }
    return cast_values<std::int64_t, std::int64_t>(call, [=, this](std::int64_t v) {
      const auto moved = from_zoned ? zone->to_local(v, per_second) : zone->to_utc(v, per_second);
      return data::rescale_ticks(moved, p, q);
    });
  }

  [[nodiscard]] data::column_ptr to_date() const {
    const auto per_second = data::ticks_per_second(call.from->type.precision());
    return cast_values<std::int64_t, std::int32_t>(call, [=, this](std::int64_t v) {
      return static_cast<std::int32_t>(
          data::floor_div(local(v, per_second), per_second * data::seconds_per_day));
    });
  }

  [[nodiscard]] data::column_ptr to_time() const {
    const auto per_second = data::ticks_per_second(call.from->type.precision());
    const std::int64_t unit = call.to.precision() == 0 ? 1000 : 1;
    return cast_values<std::int64_t, std::int32_t>(call, [=, this](std::int64_t v) {
      const auto of_day = data::floor_mod(local(v, per_second), per_second * data::seconds_per_day);
      const auto ms = of_day / (per_second / 1000);
      return static_cast<std::int32_t>(ms - ms % unit);
    });
  }

  // Days times 86,400 s, or milliseconds of 1970-01-01.
  [[nodiscard]] data::column_ptr to_timestamp() const {
    const auto per_second = data::ticks_per_second(call.to.precision());
    const bool date = call.from->type.id() == type_id::date;
    const std::int64_t unit = date ? per_second * data::seconds_per_day : per_second / 1000;
    return cast_values<std::int32_t, std::int64_t>(call, [=, this](std::int32_t v) {
      const auto ticks = static_cast<std::int64_t>(static_cast<std::uint64_t>(std::int64_t{v}) *
                                                   static_cast<std::uint64_t>(unit));
      return to_zoned ? zone->to_utc(ticks, per_second) : ticks;
    });
  }
};

}  // namespace

result<data::column_ptr> cast_time_to_time(const cast_call& call) {
  MILLRACE_TRY(auto zone, time_zone::find(call.context.time_zone));
  const time_cast cast{call, std::move(zone)};
  const type_id from = call.from->type.id(), to = call.to.id();
  if (from == type_id::time && to == type_id::time) {
    const std::int32_t unit = call.to.precision() == 0   ? 1000
                              : call.to.precision() == 1 ? 100
                              : call.to.precision() == 2 ? 10
                                                         : 1;
    return cast_values<std::int32_t, std::int32_t>(call,
                                                   [=](std::int32_t v) { return v - v % unit; });
  }
  if (from == type_id::date || from == type_id::time) return cast.to_timestamp();
  if (to == type_id::date) return cast.to_date();
  if (to == type_id::time) return cast.to_time();
  return cast.between_timestamps();
}

}  // namespace millrace::expr
