//! Faults that earlier ladders had, and the tests that would have caught each.

use super::files;

#[rustfmt::skip]
const FAULTS: &[(&str, &[&str])] = &[
    ("a restart forgot queue, timers, running matches and every live button",
        &["a_match_goes_on_after_the_ladder_was_stopped", "a_match_goes_on_after_the_ladder_was_killed", "small_crowds_are_reloaded_at_every_step"]),
    ("an undecided replay became a rated draw",
        &["an_undecided_replay_is_no_draw_and_the_match_goes_on", "the_winner_needs_a_ground"]),
    ("a replay of two strangers passed every check",
        &["a_replay_of_something_else_is_rejected_with_the_reason", "each_file_that_proves_nothing_is_answered_in_words_that_help_and_the_match_stays_open"]),
    ("one exception ended all later waves",
        &["one_bad_entry_never_stops_a_wave"]),
    ("the confirm timer began only once a screen was drawn",
        &["the_time_to_confirm_begins_with_the_wave_and_is_extended_by_a_late_delivery_only"]),
    ("one player's confirmation silenced the other's reminder",
        &["one_players_confirmation_silences_nobody_elses_reminder"]),
    ("re-resolving an old match erased all later rating changes",
        &["any_verdict_of_any_match_is_as_if_it_had_ended_so", "voiding_the_first_of_10_000_matches_is_as_if_it_never_happened"]),
    ("the write-ahead log was written after the fact, never trimmed, not drained, and replayed twice",
        &["the_promise_holds_wherever_it_breaks", "trimming_removes_whole_segments_below_and_never_the_newest", "a_lost_database_is_brought_up_from_the_journal",
          "the_batches_a_history_comes_in_make_no_difference", "a_record_sent_again_is_acknowledged_if_it_is_the_same"]),
    ("totals were recounted from a table cut to 1,000 rows",
        &["a_long_evening_leaves_nothing_behind"]),
    ("one serial Discord queue let a slow call delay all others",
        &["a_lane_has_one_user_at_a_time_and_others_do_not_wait", "a_match_overtakes_a_thousand_announcements"]),
    ("a parse time-out fell back to parsing on the event loop",
        &["the_source_keeps_its_arrows_and_habits", "a_worker_that_does_not_come_to_an_end_is_let_go_and_another_gets_the_job"]),
    ("a fatal error exited with 0, so nothing restarted",
        &["twenty_starts_in_a_row_that_were_never_ready_end_the_run", "a_wrong_token_ends_the_role_as_a_fault_of_configuration"]),
];

#[test]
fn every_fault_of_earlier_ladders_has_its_test() {
    let sources = files(&[".rs"]);
    for (fault, tests) in FAULTS {
        for test in *tests {
            let declared = format!("fn {test}()");
            let found = sources.iter().any(|(_, text)| text.contains(&declared));
            assert!(found, "{fault}: there is no test {test}");
        }
    }
}
