//! The texts of all languages held to one another, to the code and to Discord's limits.

mod keys;
mod snapshots;

use super::*;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser::parse;
use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What is the same word for word in English and in another language, by its key.
const SAME: &[&str] = &[
    // Languages are called what their own speakers call them.
    "locale-enUS",
    "locale-esMX",
    // Names, and signs between variables.
    "era-bw",
    "era-sc2",
    "game-region-asia",
    "setup-field-battle-tag",
    "match-mod",
    "replay-check-mod",
    "server-AUS",
    "activity-hour",
    "match-player-race",
    "profile-rating",
    "profile-picture-unit",
    "past-match-length",
    "past-match-rated",
];

/// A message of a file, by its key.
type Messages = BTreeMap<&'static str, Message<&'static str>>;

fn messages_of(source: &'static str) -> Messages {
    let resource = parse(source).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let of = |entry| match entry {
        Entry::Message(message) => Some((message.id.name, message)),
        _ => None,
    };
    resource.body.into_iter().filter_map(of).collect()
}

/// Everything a locale says but the words of commands, which [`commands`] holds to the commands.
fn messages(locale: Locale) -> Messages {
    let (_, _, files) = FILES.iter().find(|(known, _, _)| *known == locale).unwrap();
    files.iter().flat_map(|source| messages_of(source)).collect()
}

pub(super) fn keys_of_source(source: &'static str) -> BTreeSet<&'static str> {
    messages_of(source).into_keys().collect()
}

/// A choice by a number, with the variants' keys.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selector {
    variable: String,
    literals: BTreeSet<u64>,
    categories: BTreeSet<String>,
}

/// What a pattern is made of.
#[derive(Debug, Default)]
struct Parts {
    variables: BTreeSet<String>,
    selectors: Vec<Selector>,
    /// Its words, with a mark where a variable stands.
    words: String,
}

fn parts_of(pattern: &Pattern<&str>) -> Parts {
    let mut parts = Parts::default();
    add_pattern(pattern, &mut parts);
    parts
}

fn add_pattern(pattern: &Pattern<&str>, parts: &mut Parts) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => parts.words.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => add_inline(inline, parts),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let InlineExpression::VariableReference { id } = selector else {
                    panic!("a choice by something that is no variable: {selector:?}")
                };
                let mut found = Selector {
                    variable: id.name.to_owned(),
                    literals: BTreeSet::new(),
                    categories: BTreeSet::new(),
                };
                for variant in variants {
                    let is_new = match variant.key {
                        VariantKey::Identifier { name } => found.categories.insert(name.to_owned()),
                        VariantKey::NumberLiteral { value } => found.literals.insert(value.parse().unwrap()),
                    };
                    assert!(is_new, "two variants for {:?}", variant.key);
                    add_pattern(&variant.value, parts);
                }
                parts.variables.insert(found.variable.clone());
                parts.selectors.push(found);
            }
        }
    }
}

fn add_inline(inline: &InlineExpression<&str>, parts: &mut Parts) {
    match inline {
        InlineExpression::VariableReference { id } => {
            parts.variables.insert(id.name.to_owned());
            parts.words.push_str(&format!("{{{}}}", id.name));
        }
        InlineExpression::StringLiteral { value } => parts.words.push_str(value),
        InlineExpression::MessageReference { .. } => {}
        other => panic!("nothing of ours uses {other:?}"),
    }
}

fn value<'a>(key: &str, message: &'a Message<&'static str>) -> &'a Pattern<&'static str> {
    assert!(message.attributes.is_empty(), "{key} has an attribute, and only commands have some");
    message.value.as_ref().unwrap_or_else(|| panic!("{key} says nothing"))
}

#[test]
fn every_locale_has_the_same_files_and_all_are_read() {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let names = |locale: Locale| -> BTreeSet<String> {
        let files = fs::read_dir(locales.join(locale.code())).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    let mut others = names(Locale::EnUs);
    assert_eq!(FILES[0].2.len(), others.len(), "a file is not in the table");
    others.insert("commands.ftl".to_owned());
    for locale in &Locale::ALL[1..] {
        assert_eq!(names(*locale), others, "{locale}");
    }
    assert_eq!(FILES.iter().map(|(locale, _, _)| *locale).collect::<Vec<_>>(), Locale::ALL);
}

#[test]
fn every_locale_says_the_same_things_with_the_same_variables() {
    let english = messages(Locale::EnUs);
    assert!(english.len() > 500, "only {} messages found", english.len());
    let mut faults = Vec::new();
    for locale in &Locale::ALL[1..] {
        let other = messages(*locale);
        faults.extend(
            other
                .keys()
                .filter(|key| !english.contains_key(*key))
                .map(|key| format!("{locale}: {key} is not in English")),
        );
        for (key, message) in &english {
            let Some(translated) = other.get(key) else {
                faults.push(format!("{locale}: {key} is missing"));
                continue;
            };
            let (expected, found) = (parts_of(value(key, message)), parts_of(value(key, translated)));
            if expected.variables != found.variables {
                faults
                    .push(format!("{locale}: {key} has {:?}, not {:?}", found.variables, expected.variables));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn category(rules: &PluralRules, number: u64) -> &'static str {
    match rules.select(number).unwrap() {
        PluralCategory::ZERO => "zero",
        PluralCategory::ONE => "one",
        PluralCategory::TWO => "two",
        PluralCategory::FEW => "few",
        PluralCategory::MANY => "many",
        PluralCategory::OTHER => "other",
    }
}

#[test]
fn a_choice_by_number_has_the_plural_forms_of_its_language() {
    let mut faults = Vec::new();
    for (locale, language, _) in FILES {
        let rules = PluralRules::create(
            language.parse::<unic_langid::LanguageIdentifier>().unwrap(),
            PluralRuleType::CARDINAL,
        )
        .unwrap();
        for (key, message) in messages(*locale) {
            for selector in parts_of(value(key, &message)).selectors {
                // Whether there is one at all, say, which is no question of grammar.
                if !selector.literals.is_empty()
                    && selector.categories == BTreeSet::from(["other".to_owned()])
                {
                    continue;
                }
                let numbers = (0..1000).filter(|number| !selector.literals.contains(number));
                let expected: BTreeSet<String> =
                    numbers.map(|number| category(&rules, number).to_owned()).collect();
                if selector.categories != expected {
                    faults.push(format!("{locale}: {key} has {:?}, not {expected:?}", selector.categories));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_is_left_in_english() {
    let english = messages(Locale::EnUs);
    let mut faults = Vec::new();
    let mut same = BTreeSet::new();
    for locale in &Locale::ALL[1..] {
        for (key, message) in messages(*locale) {
            let (words, translated) =
                (parts_of(value(key, &english[key])).words, parts_of(value(key, &message)).words);
            let is_said = english_words(&words);
            // Spanish writes many countries as English does.
            if words != translated || !is_said || key.starts_with("country-") && *locale == Locale::EsMx {
                continue;
            }
            same.insert(key);
            if !SAME.contains(&key) {
                faults.push(format!("{locale}: {key} = {translated}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let needless: Vec<_> = SAME.iter().filter(|key| !same.contains(**key)).collect();
    assert!(needless.is_empty(), "translated everywhere: {needless:?}");
}

/// Whether anything of it could be translated.
fn english_words(words: &str) -> bool {
    let mut inside = false;
    words.chars().any(|letter| {
        inside = letter == '{' || inside && letter != '}';
        !inside && letter.is_ascii_alphabetic()
    })
}

/// The longest that Discord shows of a text of this kind, in characters.
fn room(key: &str) -> usize {
    let has = |part: &str| key.contains(part);
    match key {
        _ if has("-button-") => 80,
        // Options of a menu or suggestions.
        _ if has("-menu-none-")
            || ["region-", "locale-", "race-", "notify-option-"].iter().any(|kind| key.starts_with(kind))
            || key.starts_with("country-") && key.len() == "country-XX".len() =>
        {
            100
        }
        _ if has("-menu-") => 150,
        _ if has("-modal-") && key.ends_with("-help") || has("-modal-help-") => 100,
        _ if has("-modal-") || key == "admin-reason" => 45,
        _ if has("-field-") || has("-check-") && !has("-check-passed") && !has("-check-differs") => 100,
        // A line of an embed.
        "admin-log-entry" => 4000,
        // A field of an embed, within the marks that fold it.
        "match-guide-value" => 1020,
        _ => 2000,
    }
}

/// A value as long as the code lets it be.
fn longest(variable: &str) -> FluentValue<'static> {
    let max = match variable {
        // Staff write these, see `sentence` and the options of /admin.
        "text" => 1500,
        "reason" => 700,
        "act" => 1200,
        "why" => 400,
        "found" | "expected" => 200,
        // Of a match.
        "id" => 20,
        _ => 80,
    };
    "W".repeat(max).into()
}

#[test]
fn every_text_fits_where_discord_shows_it() {
    let mut faults = Vec::new();
    for locale in Locale::ALL {
        for (key, message) in messages(*locale) {
            let parts = parts_of(value(key, &message));
            let numbers: BTreeSet<&String> =
                parts.selectors.iter().map(|selector| &selector.variable).collect();
            for number in [0u32, 1, 2, 5, 4_000_000_000] {
                let args: Vec<(String, FluentValue<'_>)> = parts
                    .variables
                    .iter()
                    .map(|name| {
                        let value = if numbers.contains(name) { number.into() } else { longest(name) };
                        (name.clone(), value)
                    })
                    .collect();
                let text = rendered(*locale, key, &args);
                let length = text.chars().count();
                if length > room(key) {
                    faults.push(format!("{locale}: {key} has {length} of {}", room(key)));
                }
                if text.trim().is_empty() {
                    faults.push(format!("{locale}: {key} says nothing"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// As [`Texts::get`], with variables whose names are not written in the code, and no fallback.
fn rendered(locale: Locale, key: &str, args: &[(String, FluentValue<'_>)]) -> String {
    let bundle = Texts::all().bundle(locale).unwrap();
    let pattern = bundle.get_message(key).unwrap().value().unwrap();
    let mut errors = Vec::new();
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
    assert!(errors.is_empty(), "{locale}: {key}: {errors:?}");
    text.into_owned()
}

#[test]
fn what_a_language_cannot_say_is_said_in_english() {
    let mut texts = Texts::read();
    let korean = texts.bundles.iter_mut().find(|(locale, _)| *locale == Locale::KoKr).unwrap();
    korean.1 = FluentBundle::new_concurrent(vec!["ko".parse().unwrap()]);
    assert_eq!(texts.get(Locale::KoKr, "moment", &[]), Words::of(Locale::EnUs).say("moment"));
    assert_ne!(Words::of(Locale::KoKr).say("moment"), Words::of(Locale::EnUs).say("moment"));
}

#[test]
fn numbers_are_counted_as_each_language_does() {
    let taken = |locale, files: u32| Words::of(locale).with("upload-not-taken", &[("files", files.into())]);
    for (locale, files, expected) in [
        (Locale::EnUs, 1, "your file."),
        (Locale::EnUs, 2, "2 of your files."),
        (Locale::EsMx, 1, "tu archivo."),
        (Locale::EsMx, 3, "3 de tus archivos."),
        (Locale::RuRu, 1, "1 ваш файл."),
        (Locale::RuRu, 21, "21 ваш файл."),
        (Locale::RuRu, 3, "3 ваших файла."),
        (Locale::RuRu, 12, "12 ваших файлов."),
        (Locale::KoKr, 1, "파일 1개를"),
        (Locale::ZhCn, 5, "有 5 个文件"),
    ] {
        let text = taken(locale, files);
        assert!(text.contains(expected), "{locale}, {files}: {text}");
    }
}

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
