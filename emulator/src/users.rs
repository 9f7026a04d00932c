//! What a Discord client does for its user, as JSON over HTTP under `/emulator`.
//!
//! Simulated players and the web page use this and nothing else. It needs no
//! authorisation: whoever reaches the port may act as any user. It refuses what
//! a Discord client would not let its user do, so a bot under test never sees a
//! press that could not have happened.
//!
//! Ids are strings, as everywhere at Discord. A refusal has status 400 (404 for
//! an unknown user, command or path, 413 for a file above 10 MiB) and a body
//! `{"error": "a sentence"}`. Every other answer is 200, or 201 where something
//! was made.
//!
//! # Requests
//!
//! `POST /emulator/users` `{"name": "ana", "locale": "ko"}` answers `{"id", "name",
//! "locale", "dm_channel_id"}`. The same name is the same user (200 instead of
//! 201) with the same ids, also in another run with the same seed. `locale` is
//! `en-US` unless given; giving another one changes it.
//!
//! `GET /emulator/commands` lists the registered commands as Discord shows them.
//!
//! `POST /emulator/users/{id}/commands` `{"name": "report", "options": {"match": 12}}`
//! presses Enter on a slash command and answers `{"interaction_id"}`. A sub-command
//! is written with spaces: `"admin player ban"`. Types come from the registered
//! command; integers, numbers and booleans may be written as JSON or as text, a user
//! option is a user's id. An attachment option needs a multipart request: the JSON is
//! the part `payload_json`, the files are parts with any other name, and the option's
//! value is the name of its part.
//!
//! `POST /emulator/users/{id}/autocomplete` has the same body and `"focused": "country"`,
//! the option being typed. The suggestions follow as an event `choices`.
//!
//! `POST /emulator/users/{id}/components` `{"message_id", "custom_id", "values": ["a"]}`
//! presses a button (without `values`) or chooses in a menu, and answers
//! `{"interaction_id"}`. Refused when the message is not shown to this user, has no
//! such component, or the component is disabled; when a value is not among the options;
//! and when there are fewer or more values than the menu allows.
//!
//! `POST /emulator/users/{id}/modals` `{"modal_id", "fields": {"name": "Ana", "races": ["bw_zerg"]}}`
//! submits a modal that came in an event and answers `{"interaction_id"}`. Keys are the
//! custom ids of its inputs, values text, a list for a menu, or the names of multipart
//! parts for a file upload. A field left out keeps the value the modal came with. Refused
//! when a required field is empty or a length is outside the input's bounds; the modal
//! then stays open. A modal can be submitted once.
//!
//! `POST /emulator/users/{id}/messages`, multipart with `content` and any number of
//! `file` parts, or JSON `{"content"}`, writes to the bot and answers `{"message_id"}`.
//!
//! `GET /emulator/users/{id}/messages` is a list of what the user's DM shows, oldest
//! first, as Discord's message objects. Ephemeral ones (flag 64) are shown only to their
//! user. Attachments have signed links to this server that expire.
//!
//! `POST /emulator/faults` `{"disconnect": true}` drops every gateway connection without
//! a close frame.
//!
//! `GET /emulator/stats` is [`crate::Stats::read`] as JSON.
//!
//! # Events
//!
//! `GET /emulator/events?after=SEQ` never ends: one JSON object a line, for all users, in
//! the order in which it became visible. `seq` counts from 1 without holes. Without `after`
//! it begins with what happens next, with `after=0` with the oldest line still known, and a
//! reader that lost its connection goes on with the last `seq` it had.
//!
//! ```json
//! {"seq": 7, "at_ms": 1795000000000, "user": "1423...", "kind": "message_create", "interaction_id": "1423...", "message": {"id": "..."}}
//! ```
//!
//! `at_ms` is Unix time. `interaction_id` is there when the event is an answer to an
//! interaction, also for later edits through its token.
//!
//! | kind | also has | means |
//! |---|---|---|
//! | `message_create` | `message` | a message appeared in the DM, the user's own ones too |
//! | `message_update` | `message` | a message changed; the whole message as it is shown |
//! | `message_delete` | `message` with `id` and `channel_id` | a message is gone |
//! | `thinking` | `message` with flag 128 and no content | the bot deferred; the content follows as `message_update` of the same id |
//! | `acknowledged` | | a press was taken without anything to show yet |
//! | `modal` | `modal`: `modal_id`, `custom_id`, `title`, `components` | a modal opened |
//! | `choices` | `choices`: list of `name`, `value` | suggestions for an option |
//! | `interaction_failed` | | no callback in time: "The application did not respond" |
//! | `gap` | `from`, `to`; no `user` | the lines from `from` to `to` were asked for but are no longer kept |
