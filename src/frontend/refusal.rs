//! A refusal in words that help: what is the matter, and what to do next.

use super::custom_id::CustomId;
use super::reply::{Reply, button};
use super::text::{Words, date, relative, sentence};
use ipc_schema::vocab::Refusal;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::component::ButtonStyle;

pub fn render(refusal: &Refusal, words: Words) -> String {
    match refusal {
        Refusal::SetupNeeded => words.say("refusal-setup-needed"),
        Refusal::TermsNeeded => words.say("refusal-terms-needed"),
        Refusal::NameInvalid => words.say("refusal-name-invalid"),
        Refusal::NameTaken => words.say("refusal-name-taken"),
        Refusal::BattleTagInvalid => words.say("refusal-battle-tag-invalid"),
        Refusal::BattleTagTaken => words.say("refusal-battle-tag-taken"),
        Refusal::AlternativeNameInvalid => words.say("refusal-alternative-name-invalid"),
        Refusal::CountryUnknown => words.say("refusal-country-unknown"),
        Refusal::RegionUnknown => words.say("refusal-region-unknown"),
        Refusal::NoRace => words.say("refusal-no-race"),
        Refusal::TooManyVetoes { allowed } => {
            words.with("refusal-too-many-vetoes", &[("allowed", (*allowed).into())])
        }
        Refusal::MapUnknown => words.say("refusal-map-unknown"),
        Refusal::AlreadyQueued => words.say("refusal-already-queued"),
        Refusal::NotQueued => words.say("refusal-not-queued"),
        Refusal::InMatch => words.say("refusal-in-match"),
        Refusal::TimedOut { until } => words.with("refusal-timed-out", &[("until", relative(*until).into())]),
        Refusal::MatchUnknown => words.say("refusal-match-unknown"),
        Refusal::TooLate => words.say("refusal-too-late"),
        Refusal::NoOpenMatch => words.say("refusal-no-open-match"),
        Refusal::FileTooLarge { limit_bytes } => {
            words.with("refusal-file-too-large", &[("mebibytes", (limit_bytes >> 20).into())])
        }
        Refusal::NotAReplay => words.say("refusal-not-a-replay"),
        Refusal::FileRefused => words.say("refusal-file-refused"),
        Refusal::LineFull => words.say("refusal-line-full"),
        Refusal::DownloadFailed => words.say("refusal-download-failed"),
        Refusal::ReadOnly => words.say("refusal-read-only"),
        Refusal::Busy => words.say("refusal-busy"),
        Refusal::Stale => words.say("refusal-stale"),
        Refusal::PlayerUnknown => words.say("refusal-player-unknown"),
        Refusal::OwnLineFull { limit } => words.with("refusal-own-line-full", &[("limit", (*limit).into())]),
        Refusal::TooManyFiles { limit } => {
            words.with("refusal-too-many-files", &[("limit", (*limit).into())])
        }
        Refusal::FileQuarantined => words.say("refusal-file-quarantined"),
        Refusal::AlreadyDecided => words.say("refusal-already-decided"),
        Refusal::TooManyUploads { limit } => {
            words.with("refusal-too-many-uploads", &[("limit", (*limit).into())])
        }
        Refusal::KnobUnknown => words.say("refusal-knob-unknown"),
        Refusal::KnobInvalid { name, expects } => words.with(
            "refusal-knob-invalid",
            &[("name", name.as_str().into()), ("expects", expects.as_str().into())],
        ),
        Refusal::KnobOutOfRange { name, min, max } => words.with(
            "refusal-knob-out-of-range",
            &[("name", name.as_str().into()), ("min", min.as_str().into()), ("max", max.as_str().into())],
        ),
        Refusal::HandlesInvalid => words.say("refusal-handles-invalid"),
        Refusal::HandlesFake => words.say("refusal-handles-fake"),
        Refusal::HandlesKnown => words.say("refusal-handles-known"),
        Refusal::HandlesUnknown => words.say("refusal-handles-unknown"),
        Refusal::ToonUnknown => words.say("refusal-toon-unknown"),
        Refusal::NotStarted => words.say("refusal-not-started"),
        Refusal::NotDisputable => words.say("refusal-not-disputable"),
        Refusal::DisputeOver { minutes } => {
            words.with("refusal-dispute-over", &[("minutes", (*minutes).into())])
        }
        Refusal::CaseUnknown => words.say("refusal-case-unknown"),
        Refusal::MatchNotPlayed => words.say("refusal-match-not-played"),
        Refusal::Unchanged => words.say("refusal-unchanged"),
        Refusal::CorrectionTooLarge { limit } => {
            words.with("refusal-correction-too-large", &[("limit", (*limit).into())])
        }
        Refusal::MmrOutOfRange { least, most } => words.with(
            "refusal-mmr-out-of-range",
            &[("least", least.to_string().into()), ("most", most.to_string().into())],
        ),
        Refusal::Banned { until, reason } => {
            let reason = ("reason", sentence(reason).into());
            match until {
                Some(until) => words.with("refusal-banned", &[("until", date(*until).into()), reason]),
                None => words.with("refusal-banned-for-good", &[reason]),
            }
        }
        Refusal::StaffOnly => words.say("refusal-staff-only"),
        Refusal::OwnerOnly => words.say("refusal-owner-only"),
        Refusal::ReasonNeeded { from, to } => {
            words.with("refusal-reason-needed", &[("from", (*from).into()), ("to", (*to).into())])
        }
        Refusal::ProposalGone => words.say("refusal-proposal-gone"),
        Refusal::NothingToDo => words.say("refusal-nothing-to-do"),
        Refusal::LastOwner => words.say("refusal-last-owner"),
        Refusal::StaffNotBanned => words.say("refusal-staff-not-banned"),
        Refusal::OutOfRange { from, to } => {
            words.with("refusal-out-of-range", &[("from", (*from).into()), ("to", (*to).into())])
        }
        Refusal::TextLength { from, to } => {
            words.with("refusal-text-length", &[("from", (*from).into()), ("to", (*to).into())])
        }
        Refusal::HistoryAway => words.say("refusal-history-away"),
        Refusal::ReplayInLine => words.say("refusal-replay-in-line"),
        Refusal::MatchPrivate => words.say("refusal-match-private"),
        Refusal::GuideUnread => words.say("refusal-guide-unread"),
        Refusal::DmsClosed => words.say("refusal-dms-closed"),
        Refusal::TimeInvalid => words.say("refusal-time-invalid"),
        Refusal::ZoneInvalid => words.say("refusal-zone-invalid"),
    }
}

/// The sentence with the button that opens the gate.
pub fn reply(refusal: &Refusal, words: Words) -> Reply {
    Reply::Refused { text: render(refusal, words), gate: gate(refusal, words) }
}

/// The button that opens the gate, or shows what helps. None where only time or staff help.
pub fn gate(refusal: &Refusal, words: Words) -> Option<Component> {
    let open = |id, label: &str| Some(button(id, ButtonStyle::Primary, words.say(label)));
    match refusal {
        Refusal::SetupNeeded | Refusal::TermsNeeded | Refusal::RegionUnknown => {
            open(CustomId::SetupShow, "setup-button-show")
        }
        Refusal::NameInvalid
        | Refusal::NameTaken
        | Refusal::BattleTagInvalid
        | Refusal::BattleTagTaken
        | Refusal::AlternativeNameInvalid
        | Refusal::CountryUnknown => open(CustomId::SetupNamesOpen, "setup-button-names-change"),
        Refusal::NoRace
        | Refusal::TooManyVetoes { .. }
        | Refusal::MapUnknown
        | Refusal::AlreadyQueued
        | Refusal::NotQueued
        | Refusal::NoOpenMatch => open(CustomId::QueueRefresh, "queue-button-show"),
        Refusal::InMatch
        | Refusal::TooLate
        | Refusal::NotStarted
        | Refusal::NotDisputable
        | Refusal::DisputeOver { .. }
        | Refusal::AlreadyDecided
        | Refusal::ReplayInLine
        | Refusal::MatchPrivate => open(CustomId::MatchShow, "match-button-show"),
        Refusal::GuideUnread => open(CustomId::GuideOpen, "setup-button-guide"),
        Refusal::DmsClosed => open(CustomId::DmsShow, "dms-button-show"),
        Refusal::TimeInvalid | Refusal::ZoneInvalid => {
            open(CustomId::NotifyShow, "setup-button-notifications")
        }
        Refusal::TimedOut { .. }
        | Refusal::MatchUnknown
        | Refusal::FileTooLarge { .. }
        | Refusal::NotAReplay
        | Refusal::FileRefused
        | Refusal::LineFull
        | Refusal::DownloadFailed
        | Refusal::ReadOnly
        | Refusal::Busy
        | Refusal::Stale
        | Refusal::PlayerUnknown
        | Refusal::OwnLineFull { .. }
        | Refusal::TooManyFiles { .. }
        | Refusal::FileQuarantined
        | Refusal::TooManyUploads { .. }
        | Refusal::KnobUnknown
        | Refusal::KnobInvalid { .. }
        | Refusal::KnobOutOfRange { .. }
        | Refusal::HandlesInvalid
        | Refusal::HandlesFake
        | Refusal::HandlesKnown
        | Refusal::HandlesUnknown
        | Refusal::ToonUnknown
        | Refusal::CaseUnknown
        | Refusal::MatchNotPlayed
        | Refusal::Unchanged
        | Refusal::CorrectionTooLarge { .. }
        | Refusal::MmrOutOfRange { .. }
        | Refusal::Banned { .. }
        | Refusal::StaffOnly
        | Refusal::OwnerOnly
        | Refusal::ReasonNeeded { .. }
        | Refusal::ProposalGone
        | Refusal::NothingToDo
        | Refusal::LastOwner
        | Refusal::StaffNotBanned
        | Refusal::OutOfRange { .. }
        | Refusal::TextLength { .. }
        | Refusal::HistoryAway => None,
    }
}

/// The sentence for so many files at once.
pub fn render_files(refusal: &Refusal, files: u32, words: Words) -> String {
    let why = render(refusal, words);
    match files {
        0 | 1 => why,
        _ => words.with("refusal-files", &[("files", files.into()), ("why", why.into())]),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use ipc_schema::vocab::{Locale, Mmr, Timestamp};

    pub(crate) fn every_refusal() -> Vec<Refusal> {
        vec![
            Refusal::SetupNeeded,
            Refusal::TermsNeeded,
            Refusal::NameInvalid,
            Refusal::NameTaken,
            Refusal::BattleTagInvalid,
            Refusal::BattleTagTaken,
            Refusal::AlternativeNameInvalid,
            Refusal::CountryUnknown,
            Refusal::RegionUnknown,
            Refusal::NoRace,
            Refusal::TooManyVetoes { allowed: 4 },
            Refusal::MapUnknown,
            Refusal::AlreadyQueued,
            Refusal::NotQueued,
            Refusal::InMatch,
            Refusal::TimedOut { until: Timestamp(1_800_000_000_000) },
            Refusal::MatchUnknown,
            Refusal::TooLate,
            Refusal::NoOpenMatch,
            Refusal::FileTooLarge { limit_bytes: 5 << 20 },
            Refusal::NotAReplay,
            Refusal::FileRefused,
            Refusal::LineFull,
            Refusal::DownloadFailed,
            Refusal::ReadOnly,
            Refusal::Busy,
            Refusal::Stale,
            Refusal::PlayerUnknown,
            Refusal::OwnLineFull { limit: 3 },
            Refusal::TooManyFiles { limit: 5 },
            Refusal::FileQuarantined,
            Refusal::AlreadyDecided,
            Refusal::TooManyUploads { limit: 10 },
            Refusal::KnobUnknown,
            Refusal::KnobInvalid {
                name: "wave_s".to_owned(),
                expects: "a whole number from 5 to 600".to_owned(),
            },
            Refusal::KnobOutOfRange { name: "wave_s".to_owned(), min: "5".to_owned(), max: "600".to_owned() },
            Refusal::HandlesInvalid,
            Refusal::HandlesFake,
            Refusal::HandlesKnown,
            Refusal::HandlesUnknown,
            Refusal::ToonUnknown,
            Refusal::NotStarted,
            Refusal::NotDisputable,
            Refusal::DisputeOver { minutes: 10 },
            Refusal::CaseUnknown,
            Refusal::MatchNotPlayed,
            Refusal::Unchanged,
            Refusal::CorrectionTooLarge { limit: 120_000 },
            Refusal::MmrOutOfRange { least: Mmr(-100_000), most: Mmr(100_000) },
            Refusal::Banned {
                until: Some(Timestamp(1_800_000_000_000)),
                reason: "Maphacks in match 12".to_owned(),
            },
            Refusal::Banned { until: None, reason: "Never again!".to_owned() },
            Refusal::StaffOnly,
            Refusal::OwnerOnly,
            Refusal::ReasonNeeded { from: 3, to: 300 },
            Refusal::ProposalGone,
            Refusal::NothingToDo,
            Refusal::LastOwner,
            Refusal::StaffNotBanned,
            Refusal::OutOfRange { from: 0, to: 10_080 },
            Refusal::TextLength { from: 3, to: 1500 },
            Refusal::HistoryAway,
            Refusal::ReplayInLine,
            Refusal::MatchPrivate,
            Refusal::GuideUnread,
            Refusal::DmsClosed,
            Refusal::TimeInvalid,
            Refusal::ZoneInvalid,
        ]
    }

    #[test]
    fn every_refusal_is_a_short_sentence_in_every_language() {
        for locale in Locale::ALL {
            for refusal in every_refusal() {
                let text = render(&refusal, Words::of(*locale));
                // Chinese and Korean say it in fewer letters.
                assert!((10..=330).contains(&text.chars().count()), "{refusal:?}: {text}");
                assert!(text.ends_with(['.', '!', '。', '！']), "{refusal:?}: {text}");
            }
        }
    }

    #[test]
    fn one_sentence_stands_for_many_files() {
        let words = Words::of(Locale::EnUs);
        let full = Refusal::OwnLineFull { limit: 3 };
        assert_eq!(render_files(&full, 1, words), render(&full, words));
        assert_eq!(
            render_files(&full, 17, words),
            "17 of your files were not taken. You already have 3 replays on their way or in line. Wait for their answers before \
             you send another; your match stays open."
        );
    }

    #[test]
    fn numbers_and_times_are_part_of_the_sentence() {
        let words = Words::of(Locale::EnUs);
        assert_eq!(
            render(&Refusal::TimedOut { until: Timestamp(1_800_000_000_999) }, words),
            "You can queue again <t:1800000000:R>. Missed confirmations and too many aborts cause such a break."
        );
        assert_eq!(
            render(&Refusal::FileTooLarge { limit_bytes: 5 << 20 }, words),
            "That file is too large for a replay; the limit is 5 MiB. Send the .SC2Replay file of the match itself."
        );
    }
}
