//! What a connector falls into under Puffer (its contract, 1.1 to 1.8), and the tests that show that it doesn't.

#[test]
fn each_is_tested() {
    connector_tests::each_test_is_there(AVOIDED);
}

const COMMAND: &str = "connector-sdk/src/platform/puffer/command/stream/tests.rs";
const DRAFT: &str = "connector-sdk/src/manifest/draft.rs";
const EVENTS: &str = "connector-sdk/src/event/tests.rs";
const FRAMES: &str = "connector-sdk/src/platform/puffer/payload.rs";
const HEALTH: &str = "connector-sdk/src/platform/puffer/subscribe/tests.rs";
const LATE: &str = "connector-sdk/src/cli/puffer/tests.rs";
const LINES: &str = "connector-sdk/src/platform/puffer/lines.rs";
const NOTES: &str = "examples/notes/src/folder.rs";
const STDERR: &str = "connector-sdk/src/cli/streams.rs";
const TEMPLATE: &str = "connector-sdk/src/platform/puffer/tests.rs";
const WINDOW: &str = "connector-sdk/src/event/window.rs";
const MADE: &str = "tests/tests/puffer/made.rs";
const MUSTS: &str = "tests/tests/musts/template.rs";
const PROCESS: &str = "tests/tests/puffer/process.rs";
const RUDE: &str = "tests/tests/puffer/rude.rs";
const STREAM: &str = "tests/tests/puffer/stream.rs";

/// A clock that jumps back is no trap here: waits and spans are measured by `Instant`, which never does, and the engine
/// makes neither ids nor cursors. Those of `examples/notes` are the times of files, and its own tests set the clock back.
const AVOIDED: connector_tests::Mended = &[
    (
        "1.0 there are two generations of hosts: unknown keys and operations, `contact_ids`, a stream that is closed",
        &[
            (STREAM, "events_come_after_the_cursor"),
            (STREAM, "nothing_that_a_host_writes_ends_a_stream"),
            (COMMAND, "what_a_frame_has_besides_is_nothing"),
            (STREAM, "the_end_of_standard_input_ends_the_process"),
            (RUDE, "the_end_of_standard_input_is_heard_while_a_connection_is_opened"),
        ],
    ),
    (
        "1.2 the short form of `ConnectorRegister` loses actions and schemas",
        &[
            (TEMPLATE, "the_files_are_where_puffer_looks"),
            (MUSTS, "what_is_registered_is_the_whole_template"),
        ],
    ),
    (
        "1.4 stdout of a process that fails is thrown away",
        &[
            (PROCESS, "failures_are_answers"),
            (PROCESS, "auth_ok_is_about_the_credentials"),
            (RUDE, "a_panic_that_nobody_can_catch_is_an_answer"),
        ],
    ),
    (
        "1.4 a grandchild that holds stdout makes a call time out",
        &[
            (PROCESS, "a_process_that_a_connector_starts_holds_nobody_up"),
            (RUDE, "a_process_that_a_connector_starts_holds_no_output"),
        ],
    ),
    (
        "1.4 a line of a log on stdout fails an action",
        &[
            (PROCESS, "whatever_a_connector_prints_is_no_answer"),
            (PROCESS, "an_action_answers_with_one_value"),
        ],
    ),
    (
        "1.4 a call is killed after 30 s",
        &[
            (PROCESS, "a_method_without_an_end_is_given_up_before_the_host_kills_it"),
            (RUDE, "a_method_that_keeps_its_thread_is_answered_for_before_the_host_kills_it"),
            (LATE, "a_store_that_is_held_is_given_up_in_time"),
            (LATE, "a_renewal_that_hangs_holds_no_answer_up"),
        ],
    ),
    (
        "1.4 keys are added to the input",
        &[
            (PROCESS, "an_action_answers_with_one_value"),
            (TEMPLATE, "what_the_host_adds_to_an_input_is_left_out_unless_it_is_asked_for"),
        ],
    ),
    (
        "1.4 an answer without a `success` that is a bool, or with an empty `summary`, hides a failure",
        &[(PROCESS, "failures_are_answers"), (PROCESS, "an_action_answers_with_one_value")],
    ),
    (
        "1.4 who exits before all of stdin was read breaks the call",
        &[(PROCESS, "all_of_the_input_is_read_whatever_becomes_of_it")],
    ),
    (
        "1.4 the connection of a stream is in its first line and in no argument",
        &[(STREAM, "events_come_after_the_cursor"), (STREAM, "a_connection_that_is_not_stored_is_a_frame")],
    ),
    (
        "1.4 cursors that are no text, and payloads without a `message` that is one",
        &[
            (STREAM, "frames_are_these_bytes"),
            (STREAM, "events_come_after_the_cursor"),
            (STREAM, "a_cursor_that_is_no_text_is_never_the_beginning"),
            (FRAMES, "a_message_is_always_a_text"),
        ],
    ),
    (
        "1.4 frames and lines have no limit there, and the pipe no backpressure",
        &[
            (LINES, "a_line_that_is_too_long_is_left_out"),
            (MADE, "no_more_is_told_than_the_attribute_s_window"),
            (WINDOW, "one_event_that_is_never_acknowledged_does_not_take_all_memory"),
            (EVENTS, "an_id_and_a_cursor_are_short"),
        ],
    ),
    (
        "1.4 the working directory is the host's, so a relative path leads elsewhere",
        &[(NOTES, "a_folder_that_is_none_is_a_matter_of_settings")],
    ),
    (
        "1.4 bytes that are no text on stderr end its reader",
        &[
            (RUDE, "standard_error_is_text_and_open_to_the_end"),
            (STDERR, "text_is_text_however_it_is_cut"),
            (PROCESS, "whatever_a_connector_prints_is_no_answer"),
        ],
    ),
    (
        "1.4 a stderr that is closed before the end makes the host spin",
        &[(RUDE, "standard_error_is_text_and_open_to_the_end")],
    ),
    (
        "1.4 a batch that fails is asked for again, and a killed stream begins at what was saved",
        &[
            (STREAM, "nothing_is_lost_when_the_process_is_killed"),
            (STREAM, "a_cursor_of_another_connector_is_never_the_beginning"),
            (WINDOW, "the_safe_cursor_is_before_the_oldest_unacknowledged_event_in_every_order"),
        ],
    ),
    (
        "1.4 a checkpoint is saved at once, ahead of what is unacknowledged",
        &[(WINDOW, "a_checkpoint_waits_until_nothing_is_outstanding")],
    ),
    (
        "1.4 a stream that says that it is unwell is shut down, and one that exits too",
        &[
            (STREAM, "a_brief_failure_is_no_frame"),
            (HEALTH, "minutes_of_failures_are_one_frame_and_so_is_their_end"),
            (HEALTH, "failures_that_end_within_two_minutes_are_no_frame"),
            (HEALTH, "a_long_wait_that_a_service_asks_for_is_kept"),
            (STREAM, "refused_credentials_are_a_frame_and_no_loop"),
        ],
    ),
    (
        "1.4 without `requires_auth` a stream that exited never comes back, and `auth-ok` has to answer",
        &[
            (TEMPLATE, "what_subscribes_requires_auth_and_what_needs_nothing_does_not"),
            (PROCESS, "auth_ok_is_about_the_credentials"),
            (MUSTS, "what_subscribes_requires_auth"),
        ],
    ),
    ("1.4 `contacts` are for built-in connectors", &[(PROCESS, "contacts_are_refused_politely")]),
    (
        "1.5 `ConnectorAct` doesn't check that a connection exists",
        &[(PROCESS, "a_connection_is_the_stored_one_of_that_name")],
    ),
    (
        "1.5 an external side effect without a recipient and a text can't be drafted",
        &[
            (TEMPLATE, "what_agents_can_not_run_is_found"),
            (DRAFT, "a_draft_has_a_recipient_and_a_text_of_the_right_types"),
            (MUSTS, "what_can_not_be_drafted_is_found_before"),
        ],
    ),
    (
        "1.7 no other connector than its own is asked as an agent's proxy",
        &[(MUSTS, "no_agent_is_stood_in_for")],
    ),
    (
        "1.8 a topic has no acknowledgements",
        &[
            (STREAM, "a_topic_keeps_its_own_cursor"),
            (STREAM, "a_topic_whose_cursor_has_no_room_goes_on_and_begins_where_it_was"),
        ],
    ),
    (
        "1.8 only what has ended is started again",
        &[(STREAM, "a_topic_ends_where_somebody_has_to_mend_something")],
    ),
];
