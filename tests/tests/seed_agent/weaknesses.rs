//! What the agent's own connectors do wrong (its contract, 2.8 and 2.10), and the tests that show it mended.

#[test]
fn each_is_mended() {
    connector_tests::each_test_is_there(MENDED);
}

const FAILED: &str = "connector-sdk/src/platform/seed_agent/tests/patience.rs";
const PLACES: &str = "connector-sdk/src/platform/seed_agent/tests/places.rs";
const ENDINGS: &str = "connector-sdk/src/platform/seed_agent/tests/endings.rs";
const FILE: &str = "connector-sdk/src/platform/seed_agent/file.rs";
const LETTER: &str = "connector-sdk/src/platform/seed_agent/letter.rs";
const NAMES: &str = "connector-sdk/src/platform/seed_agent/names.rs";
const SEEN: &str = "connector-sdk/src/platform/seed_agent/seen.rs";
const DISK: &str = "tests/tests/seed_agent/disk.rs";
const INCOMING: &str = "tests/tests/seed_agent/incoming.rs";
const MODULE: &str = "tests/tests/seed_agent/module.rs";
const OUTGOING: &str = "tests/tests/seed_agent/outgoing.rs";
const PROCESS: &str = "tests/tests/seed_agent/process.rs";

const MENDED: connector_tests::Mended = &[
    (
        "1. a message is deleted before it is sent, so a failure and a crash lose it",
        &[
            (OUTGOING, "a_file_is_delivered_and_gone"),
            (OUTGOING, "killed_at_any_moment_each_is_delivered_or_failed"),
            (OUTGOING, "a_failure_is_kept_with_its_reason_and_nothing_is_overwritten"),
            (DISK, "what_is_sent_and_what_fails_needs_no_room"),
        ],
    ),
    (
        "2. a restart in the midst of a delivery repeats or loses, as it happens",
        &[
            (OUTGOING, "what_was_under_way_is_sent_again_only_where_that_does_no_harm"),
            (FAILED, "what_may_be_out_is_tried_again_only_where_a_repetition_is_told"),
        ],
    ),
    (
        "3. one bad file stops the outbox",
        &[
            (OUTGOING, "whatever_lies_there_stops_nobody"),
            (DISK, "a_file_that_may_not_be_read_stops_nobody"),
            (OUTGOING, "order_is_kept_in_a_conversation_and_one_holds_up_no_other"),
            (OUTGOING, "any_number_of_conversations_that_wait_hold_up_no_other"),
            (PROCESS, "what_one_message_is_refused_ends_nothing"),
            (FAILED, "a_delivery_that_never_ends_is_given_up"),
        ],
    ),
    ("4. a half-written file is a failure", &[(OUTGOING, "a_file_that_is_still_written_is_waited_for")]),
    (
        "5. files appear before they are whole, take each other's place, and have names from anywhere",
        &[
            (INCOMING, "whoever_watches_the_inbox_is_woken_by_a_complete_file"),
            (PLACES, "without_links_a_file_is_renamed_and_never_takes_anothers_place"),
            (PLACES, "a_name_is_after_those_that_wait_in_the_inbox_whatever_the_clock_says"),
            (DISK, "an_inbox_on_a_disk_of_its_own_gets_whole_files"),
            (NAMES, "an_instance_is_a_plain_word"),
            (NAMES, "moments_go_on_when_the_clock_jumps_back"),
        ],
    ),
    (
        "5. an agent that was busy is not woken for what came meanwhile",
        &[(FAILED, "an_agent_that_was_busy_is_woken_again_and_ever_less_often")],
    ),
    (
        "6. messages are marked as read before they are written, and come twice",
        &[
            (INCOMING, "what_was_taken_does_not_come_again"),
            (INCOMING, "killed_at_any_moment_it_loses_nothing"),
            (INCOMING, "what_was_written_and_had_not_appeared_appears_at_the_next_start"),
            (INCOMING, "a_full_disk_delays_and_loses_nothing"),
            (DISK, "what_is_remembered_has_no_room_and_nothing_is_lost"),
            (SEEN, "it_is_remembered_over_a_restart_even_where_the_last_line_was_cut"),
            (NAMES, "an_id_follows_from_what_the_platform_says"),
        ],
    ),
    (
        "7. no retry, no backoff, no limit of size, an inbox without bounds",
        &[
            (FAILED, "eight_attempts_end_in_failed_with_the_reason"),
            (FAILED, "a_service_is_asked_no_earlier_than_it_wants"),
            (FAILED, "an_agent_that_is_away_is_not_written_to_without_end"),
            (OUTGOING, "many_waiting_files_are_begun_with_at_once"),
            (OUTGOING, "whatever_lies_there_stops_nobody"),
        ],
    ),
    (
        "8. a variable that is not set is an empty setting",
        &[(MODULE, "what_a_restart_cannot_mend_is_2_through_the_manager_too")],
    ),
    (
        "9. crashes are exit code 0, and mistakes of the settings are started again for ever",
        &[
            (PROCESS, "what_a_restart_cannot_mend_is_2"),
            (ENDINGS, "events_that_end_without_a_reason_are_a_failure"),
            (PROCESS, "a_home_and_a_name_that_cannot_be_used_are_2"),
            (PROCESS, "a_state_that_is_not_its_own_is_2"),
            (PROCESS, "a_signal_ends_it_in_time_whatever_is_under_way"),
            (PROCESS, "one_process_serves_an_instance"),
            (DISK, "a_home_that_is_read_only_is_2"),
            (DISK, "a_disk_that_is_full_at_the_start_may_have_room_at_the_next"),
        ],
    ),
    (
        "10. logs hold what people wrote; a failure takes the place of an earlier one",
        &[
            (OUTGOING, "a_file_is_delivered_and_gone"),
            (INCOMING, "what_is_no_message_is_kept_and_does_not_come_again"),
            (OUTGOING, "a_failure_is_kept_with_its_reason_and_nothing_is_overwritten"),
        ],
    ),
    (
        "11. files as the agent's prompt has them are failures",
        &[
            (LETTER, "both_shapes_are_messages"),
            (LETTER, "what_is_wrong_is_said_without_what_was_written"),
            (OUTGOING, "messages_in_the_wrong_folder_are_told_of_once"),
        ],
    ),
    (
        "12. attachments have any shape, and a key too many stops the reader",
        &[
            (FILE, "a_file_has_the_keys_that_the_agent_reads_and_no_others"),
            (INCOMING, "a_message_is_a_file_that_the_agent_reads"),
            (LETTER, "both_shapes_are_messages"),
        ],
    ),
];
