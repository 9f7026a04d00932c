//! Countries by name, for the reader who types one.

use super::Words;
use ipc_schema::vocab::Locale;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Discord shows no more suggestions.
pub const AT_MOST: usize = 25;

const ENGLISH: &str = include_str!("../../../locales/enUS/countries.ftl");

/// A country as a reader of one locale may look for it.
#[derive(Debug)]
struct Country {
    code: &'static str,
    /// In the reader's language and in English, folded.
    names: [String; 2],
}

/// The codes of the countries that fit what was typed, best first, at most [`AT_MOST`].
///
/// The code itself comes first; then names that begin with it, then those with a word that does, then those
/// that have it anywhere, each in the reader's language before English. Case and accents mean nothing.
/// Nothing typed fits all, in the order of their names.
pub fn countries_matching(words: Words, typed: &str) -> Vec<&'static str> {
    let typed = fold(typed);
    let mut found: Vec<(u8, &str, &'static str)> = countries(words.locale())
        .iter()
        .filter_map(|country| Some((fit(country, &typed)?, country.names[0].as_str(), country.code)))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, code)| code).take(AT_MOST).collect()
}

/// Lower is better; None where it does not fit.
fn fit(country: &Country, typed: &str) -> Option<u8> {
    if country.code.eq_ignore_ascii_case(typed) {
        return Some(0);
    }
    let ways: [fn(&str, &str) -> bool; 3] = [
        |name, typed| name.starts_with(typed),
        |name, typed| name.split(' ').any(|word| word.starts_with(typed)),
        |name, typed| name.contains(typed),
    ];
    let tried = ways.iter().flat_map(|way| country.names.iter().map(move |name| way(name, typed)));
    (1..).zip(tried).find_map(|(rank, fits)| fits.then_some(rank))
}

fn countries(locale: Locale) -> &'static [Country] {
    static ALL: OnceLock<Vec<(Locale, Vec<Country>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let of = |locale| {
            let name = |locale, code| fold(&Words::of(locale).name_of("country", code));
            let country = |code| Country { code, names: [name(locale, code), name(Locale::EnUs, code)] };
            (locale, codes().map(country).collect())
        };
        Locale::ALL.iter().map(|locale| of(*locale)).collect()
    });
    all.iter().find(|(known, _)| *known == locale).map_or(&[], |(_, countries)| countries)
}

/// In the order of the file.
fn codes() -> impl Iterator<Item = &'static str> {
    ENGLISH.lines().filter_map(|line| Some(line.strip_prefix("country-")?.split_once(" = ")?.0))
}

/// Without case, accents and signs, its words apart by one blank.
fn fold(text: &str) -> String {
    let letters: String = text
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn first(locale: Locale, typed: &str) -> Vec<&'static str> {
        countries_matching(Words::of(locale), typed).into_iter().take(3).collect()
    }

    #[test]
    fn a_country_is_found_by_code_and_by_name_in_the_readers_language_and_in_english() {
        let cases: [(Locale, &str, &[&str]); 14] = [
            (Locale::EnUs, "kr", &["KR"]),
            (Locale::EnUs, "south k", &["KR"]),
            (Locale::EnUs, "KOREA", &["KP", "KR"]),
            (Locale::EnUs, "cote d'i", &["CI"]),
            (Locale::EnUs, "aland", &["AX"]),
            (Locale::EnUs, "rather", &["XX"]),
            (Locale::KoKr, "대한", &["KR"]),
            (Locale::KoKr, "germany", &["DE"]),
            (Locale::ZhCn, "德", &["DE"]),
            (Locale::EsMx, "mexico", &["MX"]),
            (Locale::EsMx, "méx", &["MX"]),
            (Locale::EsMx, "otro", &["ZZ"]),
            (Locale::RuRu, "россия", &["RU"]),
            (Locale::RuRu, "ИСПАН", &["ES"]),
        ];
        for (locale, typed, expected) in cases {
            let found = first(locale, typed);
            assert_eq!(found[..expected.len().min(found.len())], *expected, "{typed} in {locale}");
        }
        assert!(first(Locale::EnUs, "atlantis").is_empty());
    }

    #[test]
    fn nothing_typed_offers_as_many_as_discord_shows() {
        let found = countries_matching(Words::of(Locale::RuRu), " ");
        assert_eq!(found.len(), AT_MOST);
        assert_eq!(found[..2], ["AU", "AT"], "in the order of their names");
    }

    #[test]
    fn every_country_of_the_season_has_a_name() {
        let season: toml::Table = include_str!("../../../season/2026.toml").parse().unwrap();
        let season: BTreeSet<&str> =
            season["countries"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
        assert_eq!(codes().collect::<BTreeSet<_>>(), season);
    }
}
