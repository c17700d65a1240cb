#include "actors/jobs/checkpoint_notes.hpp"

#include <algorithm>

namespace millrace::actors {

using phase = checkpoint_note::phase;

const char* to_text(phase p) {
  switch (p) {
    case phase::in_progress: return "in_progress";
    case phase::complete: return "complete";
    case phase::failed: return "failed";
  }
  return "";
}

checkpoint_note* checkpoint_notes::find(checkpoint_id id) {
  const auto at = std::ranges::find(notes_, id, &checkpoint_note::id);
  return at == notes_.end() ? nullptr : &*at;
}

void checkpoint_notes::on_begun(const checkpoint_note& note) {
  if (notes_.size() == most) notes_.erase(notes_.begin());
  notes_.push_back(note);
}

void checkpoint_notes::on_acknowledged(checkpoint_id id) {
  if (checkpoint_note* note = find(id)) ++note->acknowledged;
}

void checkpoint_notes::on_stored(checkpoint_id id, std::uint64_t bytes) {
  if (checkpoint_note* note = find(id)) note->bytes = bytes;
}

void checkpoint_notes::on_settled(checkpoint_id id, timestamp_ms now,
                                  const std::optional<error>& failure) {
  checkpoint_note* note = find(id);
  if (note == nullptr || note->now != phase::in_progress) return;
  note->now = failure ? phase::failed : phase::complete;
  note->duration_ms = std::max<std::int64_t>(0, now - note->triggered_at);
  if (failure) note->failure = failure->message;
}

}  // namespace millrace::actors
