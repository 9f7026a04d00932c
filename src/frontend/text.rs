//! Words for players, by key. The words are in `locales/`; this file only looks them up.
//!
//! [`commands`] has the words of what Discord registers, [`countries`] the search by a country's name.
//!
//! A key that a locale does not have is said in English, so that a player always reads something.
//! That it never comes to that is what the tests are for.

pub mod commands;
pub mod countries;
#[cfg(test)]
mod tests;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use ipc_schema::vocab::{Locale, Timestamp};
use std::sync::OnceLock;

macro_rules! files {
    ($folder:literal: $($file:literal)*) => {
        &[$(include_str!(concat!("../../locales/", $folder, "/", $file, ".ftl"))),*]
    };
}

/// The files that every locale has.
macro_rules! every_file {
    ($folder:literal) => {
        files!($folder: "words" "setup" "queue" "match" "replay" "leaderboard" "profile" "refusals" "help" "news"
            "activity" "countries" "admin" "notifications")
    };
}

/// Locale, its language as the plural rules know it, and its files.
const FILES: &[(Locale, &str, &[&str])] = &[
    (Locale::EnUs, "en", every_file!("enUS")),
    (Locale::KoKr, "ko", every_file!("koKR")),
    (Locale::ZhCn, "zh", every_file!("zhCN")),
    (Locale::EsMx, "es", every_file!("esMX")),
    (Locale::RuRu, "ru", every_file!("ruRU")),
];

/// The English words of commands are in the commands themselves, so there is no such file in English.
const COMMAND_FILES: &[(Locale, &str)] = &[
    (Locale::KoKr, include_str!("../../locales/koKR/commands.ftl")),
    (Locale::ZhCn, include_str!("../../locales/zhCN/commands.ftl")),
    (Locale::EsMx, include_str!("../../locales/esMX/commands.ftl")),
    (Locale::RuRu, include_str!("../../locales/ruRU/commands.ftl")),
];

/// What a locale without a text of its own says instead.
const FALLBACK: Locale = Locale::EnUs;

/// One variable of a text.
pub type Arg<'a> = (&'static str, FluentValue<'a>);

pub struct Texts {
    bundles: Vec<(Locale, FluentBundle<FluentResource>)>,
}

impl Texts {
    /// All texts, read once. Panics on a file that is not Fluent: the files are part of the build.
    pub fn all() -> &'static Texts {
        static ALL: OnceLock<Texts> = OnceLock::new();
        ALL.get_or_init(Texts::read)
    }

    fn read() -> Texts {
        let read = |&(locale, language, files): &(Locale, &str, &[&str])| {
            let language = language.parse().expect("the table names real languages");
            let mut bundle = FluentBundle::new_concurrent(vec![language]);
            // The marks would show up as boxes in code spans, and break what players copy.
            bundle.set_use_isolating(false);
            let of_commands =
                COMMAND_FILES.iter().filter(|(known, _)| *known == locale).map(|(_, source)| source);
            for source in files.iter().chain(of_commands) {
                let resource = FluentResource::try_new((*source).to_owned())
                    .unwrap_or_else(|(_, errors)| panic!("texts of {locale} do not parse: {errors:?}"));
                bundle
                    .add_resource(resource)
                    .unwrap_or_else(|errors| panic!("texts of {locale} repeat a key: {errors:?}"));
            }
            (locale, bundle)
        };
        Texts { bundles: FILES.iter().map(read).collect() }
    }

    /// The text of `key` for a reader of `locale`.
    pub fn get(&self, locale: Locale, key: &str, args: &[Arg<'_>]) -> String {
        self.find(locale, key, args).or_else(|| self.find(FALLBACK, key, args)).unwrap_or_else(|| {
            // A test holds every key in use to the English files, so a player never reads this.
            debug_assert!(false, "no text for {key}");
            key.to_owned()
        })
    }

    fn find(&self, locale: Locale, key: &str, args: &[Arg<'_>]) -> Option<String> {
        let bundle = self.bundle(locale)?;
        let pattern = bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
        debug_assert!(errors.is_empty(), "text {key} of {locale}: {errors:?}");
        Some(text.into_owned())
    }

    /// The attribute `.name` of a text, which is itself a text without variables.
    fn name(&self, locale: Locale, key: &str) -> Option<String> {
        let bundle = self.bundle(locale)?;
        let name = bundle.get_message(key)?.get_attribute("name")?;
        Some(bundle.format_pattern(name.value(), None, &mut Vec::new()).into_owned())
    }

    fn bundle(&self, locale: Locale) -> Option<&FluentBundle<FluentResource>> {
        self.bundles.iter().find(|(known, _)| *known == locale).map(|(_, bundle)| bundle)
    }
}

/// The texts for one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    locale: Locale,
}

impl Words {
    pub fn of(locale: Locale) -> Words {
        Words { locale }
    }

    pub fn locale(self) -> Locale {
        self.locale
    }

    pub fn say(self, key: &str) -> String {
        Texts::all().get(self.locale, key, &[])
    }

    pub fn with(self, key: &str, args: &[Arg<'_>]) -> String {
        Texts::all().get(self.locale, key, args)
    }

    /// The name of something that has a code, such as `race-bw_zerg`.
    pub fn name_of(self, kind: &str, code: &str) -> String {
        self.say(&format!("{kind}-{code}"))
    }
}

/// A moment as "in 5 minutes", counted by the reader's own client.
pub fn relative(at: Timestamp) -> String {
    format!("<t:{}:R>", at.unix_seconds())
}

/// A moment as the reader's own date and time.
pub fn date(at: Timestamp) -> String {
    format!("<t:{}:f>", at.unix_seconds())
}

/// The flag of an ISO country; a white flag for "does not say", a globe for any other.
pub fn flag(country: &str) -> String {
    match country.as_bytes() {
        b"XX" => "🏳️".to_owned(),
        [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] if country != "ZZ" => [first, second]
            .into_iter()
            .filter_map(|letter| char::from_u32(0x1F1E6 + u32::from(letter - b'A')))
            .collect(),
        _ => "🌐".to_owned(),
    }
}

/// Text that somebody else wrote, on one line, without any meaning to Discord, cut at `max` characters.
pub fn plain(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut room = max;
    for letter in text.chars() {
        let escaped = matches!(
            letter,
            '*' | '_' | '~' | '`' | '|' | '>' | '#' | '[' | ']' | '(' | ')' | '<' | '@' | '\\' | ':' | '-'
        );
        let bytes = 1 + usize::from(escaped);
        if bytes >= room {
            out.push('…');
            break;
        }
        room -= bytes;
        if escaped {
            out.push('\\');
        }
        out.push(if letter.is_control() { ' ' } else { letter });
    }
    out
}

/// What staff wrote, as a sentence that others may follow.
pub fn sentence(text: &str) -> String {
    let mut text = plain(text.trim(), 700);
    if !text.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        text.push('.');
    }
    text
}
