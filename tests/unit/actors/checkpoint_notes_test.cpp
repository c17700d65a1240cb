#include "actors/jobs/checkpoint_notes.hpp"
#include "core/base/result.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::actors {
namespace {

using phase = checkpoint_note::phase;

checkpoint_note note_of(std::uint64_t id, timestamp_ms at = 1000) {
  checkpoint_note note;
  note.id = checkpoint_id(id);
  note.triggered_at = at;
  note.tasks = 2;
  return note;
}

TEST(checkpoint_notes_test, follows_a_checkpoint_to_its_end) {
  checkpoint_notes notes;
  notes.on_begun(note_of(7));
  EXPECT_EQ(notes.all()[0].now, phase::in_progress);
  notes.on_acknowledged(checkpoint_id(7));
  notes.on_stored(checkpoint_id(7), 512);
  notes.on_settled(checkpoint_id(7), 1250, std::nullopt);
  const checkpoint_note& done = notes.all()[0];
  EXPECT_EQ(done.now, phase::complete);
  EXPECT_EQ(done.acknowledged, 1U);
  EXPECT_EQ(done.bytes, 512U);
  EXPECT_EQ(done.duration_ms, 250);
  EXPECT_EQ(done.failure, "");
}

TEST(checkpoint_notes_test, says_why_one_was_given_up) {
  checkpoint_notes notes;
  notes.on_begun(note_of(7));
  notes.on_begun(note_of(8));
  notes.on_settled(checkpoint_id(7), 900, make_error(errc::state_io, "the disk is full"));
  EXPECT_EQ(notes.all()[0].now, phase::failed);
  EXPECT_EQ(notes.all()[0].failure, "the disk is full");
  EXPECT_EQ(notes.all()[0].duration_ms, 0);  // a clock that was set back
  EXPECT_EQ(notes.all()[1].now, phase::in_progress);
}

TEST(checkpoint_notes_test, only_the_first_word_counts) {
  checkpoint_notes notes;
  notes.on_begun(note_of(7));
  notes.on_settled(checkpoint_id(7), 1100, std::nullopt);
  notes.on_settled(checkpoint_id(7), 1900, make_error(errc::state_io, "late"));
  EXPECT_EQ(notes.all()[0].now, phase::complete);
  EXPECT_EQ(notes.all()[0].duration_ms, 100);
}

TEST(checkpoint_notes_test, forgets_the_oldest) {
  checkpoint_notes notes;
  for (std::uint64_t id = 1; id <= checkpoint_notes::most + 3; ++id) notes.on_begun(note_of(id));
  EXPECT_EQ(notes.all().size(), checkpoint_notes::most);
  EXPECT_EQ(notes.all().front().id, checkpoint_id(4));
  notes.on_settled(checkpoint_id(1), 1100, std::nullopt);
  EXPECT_EQ(notes.all().front().now, phase::in_progress);
}

TEST(checkpoint_notes_test, phases_have_names) {
  EXPECT_EQ(std::string(to_text(phase::in_progress)), "in_progress");
  EXPECT_EQ(std::string(to_text(phase::complete)), "complete");
  EXPECT_EQ(std::string(to_text(phase::failed)), "failed");
}

}  // namespace
}  // namespace millrace::actors
