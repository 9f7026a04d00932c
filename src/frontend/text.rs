//! Words for players, by key. The words are in `locales/`; this file only looks them up.
//!
//! A key that a locale does not have is said in English, so that a player always reads something.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use ipc_schema::vocab::{Locale, Timestamp};
use std::sync::OnceLock;

/// The files of one locale; more files may share a locale.
const FILES: &[(Locale, &str, &str)] = &[
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/words.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/setup.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/queue.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/match.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/replay.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/leaderboard.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/profile.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/refusals.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/help.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/news.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/activity.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/admin.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/countries.ftl")),
    (Locale::EnUs, "en-US", include_str!("../../locales/enUS/notifications.ftl")),
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
        let mut bundles: Vec<(Locale, FluentBundle<FluentResource>)> = Vec::new();
        for (locale, language, source) in FILES {
            let resource = FluentResource::try_new((*source).to_owned())
                .unwrap_or_else(|(_, errors)| panic!("texts of {locale} do not parse: {errors:?}"));
            let known = bundles.iter().position(|(known, _)| known == locale);
            let index = known.unwrap_or_else(|| {
                let language = language.parse().expect("the table names real languages");
                let mut bundle = FluentBundle::new_concurrent(vec![language]);
                // The marks would show up as boxes in code spans, and break what players copy.
                bundle.set_use_isolating(false);
                bundles.push((*locale, bundle));
                bundles.len() - 1
            });
            bundles[index]
                .1
                .add_resource(resource)
                .unwrap_or_else(|errors| panic!("texts of {locale} repeat a key: {errors:?}"));
        }
        Texts { bundles }
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
        let (_, bundle) = self.bundles.iter().find(|(known, _)| *known == locale)?;
        let pattern = bundle.get_message(key)?.value()?;
        let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
        debug_assert!(errors.is_empty(), "text {key} of {locale}: {errors:?}");
        Some(text.into_owned())
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

/// Codes of the countries that fit what is typed, by code and by name, as many as Discord shows.
pub fn countries_matching(words: Words, typed: &str) -> Vec<&'static str> {
    let typed = typed.trim().to_lowercase();
    let lines = include_str!("../../locales/enUS/countries.ftl").lines();
    let codes = lines.filter_map(|line| line.strip_prefix("country-")?.get(..2));
    let mut found: Vec<(bool, String, &str)> = codes
        .map(|code| (code, words.name_of("country", code)))
        .filter_map(|(code, name)| {
            let lower = name.to_lowercase();
            let begins = lower.starts_with(&typed) || code.to_lowercase() == typed;
            lower.contains(&typed).then_some(()).or(begins.then_some(()))?;
            Some((!begins, name, code))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, code)| code).take(25).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn a_flag_is_made_from_the_country() {
        for (country, expected) in [("KR", "🇰🇷"), ("XX", "🏳️"), ("ZZ", "🌐"), ("", "🌐"), ("korea", "🌐")]
        {
            assert_eq!(flag(country), expected, "{country}");
        }
    }

    #[test]
    fn text_of_others_means_nothing_to_discord_and_fits() {
        assert_eq!(plain("a*b\nc", 10), "a\\*b c");
        assert_eq!(plain("<@1> @everyone", 100), "\\<\\@1\\> \\@everyone");
        assert_eq!(plain("abcdef", 4), "abc…");
        assert_eq!(plain("홀리월드", 10), "홀리월드");
        assert!(plain(&"*".repeat(500), 60).chars().count() <= 60);
    }

    #[test]
    fn what_staff_wrote_ends_as_a_sentence() {
        for (text, expected) in [(" left early ", "left early."), ("Why?", "Why?"), ("*a*", "\\*a\\*.")] {
            assert_eq!(sentence(text), expected);
        }
    }

    #[test]
    fn a_locale_without_texts_of_its_own_speaks_english() {
        assert_eq!(Words::of(Locale::KoKr).say("race-bw_zerg"), Words::of(Locale::EnUs).say("race-bw_zerg"));
    }

    #[test]
    fn every_key_in_the_code_has_a_text() {
        let mut keys = BTreeSet::new();
        collect_keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/frontend"), &mut keys);
        assert!(keys.len() > 60, "only {} keys found, the search is broken", keys.len());
        let bundle = &Texts::all().bundles[0].1;
        let missing: Vec<_> = keys.iter().filter(|key| !bundle.has_message(key)).collect();
        assert!(missing.is_empty(), "keys without a text: {missing:?}");
    }

    /// The first string after each call that takes a key.
    fn collect_keys(folder: &Path, keys: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect_keys(&path, keys);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            for call in [".say(", ".with(", "Plan::Say("] {
                for after in source.split(call).skip(1) {
                    if let Some(literal) = after.trim_start().strip_prefix('"')
                        && let Some((key, _)) = literal.split_once('"')
                    {
                        keys.insert(key.to_owned());
                    }
                }
            }
        }
    }
}
