//! Who plays: people made from a seed, each valid by the ladder's rules and unlike the others.

use super::chance::Chance;
use ipc_schema::vocab::{GameRegion, Locale, Race, RaceChoice, Region, Toon};
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub name: String,
    pub battle_tag: String,
    pub alternatives: Vec<String>,
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    pub region: Region,
    pub locale: Locale,
    pub races: RaceChoice,
    /// Keys of maps.
    pub vetoes: Vec<&'static str>,
    /// Hidden from the ladder, on the scale of its MMR; 0 is the average.
    pub skill: f64,
    /// The accounts, one in each game region.
    account: u64,
}

impl Person {
    pub fn toon(&self, region: GameRegion) -> Toon {
        // Accounts of one person are not the same number in two regions.
        let id = self.account * 10 + u64::from(region.number());
        Toon { region: region.number(), realm: 1, id }
    }
}

/// Makes `count` people. The first of them are the same for any `count`.
pub fn people(seed: u64, count: usize, maps: &[&'static str]) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    (0..count)
        .map(|index| {
            let mut chance = Chance::of(seed, "person", index as u64);
            person(&mut chance, index, maps, &mut taken)
        })
        .collect()
}

fn person(chance: &mut Chance, index: usize, maps: &[&'static str], taken: &mut BTreeSet<String>) -> Person {
    let home = chance.pick(HOMES);
    let name = new_name(chance, home.script, taken);
    let alternatives =
        if chance.percent(25) { vec![new_name(chance, Script::Latin, taken)] } else { Vec::new() };
    let vetoes = if chance.percent(60) { 0 } else { 1 + chance.below(3) };
    Person {
        // The number is unique, so the tag is; 3 to 12 digits are allowed.
        battle_tag: format!("{name}#{}", 1_000 + index),
        name,
        alternatives,
        country: chance.pick::<&str>(home.countries),
        region: *chance.pick(home.regions),
        locale: home.locale,
        races: races(chance),
        vetoes: some_of(chance, maps, vetoes),
        // The sum of three even draws is near enough to a bell; most lie within 400.
        skill: (0..3).map(|_| chance.fraction() * 2.0 - 1.0).sum::<f64>() * 250.0,
        account: 100_000 + index as u64 * 97 + chance.below(97) as u64,
    }
}

fn races(chance: &mut Chance) -> RaceChoice {
    let bw = *chance.pick(&[Race::BwTerran, Race::BwZerg, Race::BwProtoss]);
    let sc2 = *chance.pick(&[Race::Sc2Terran, Race::Sc2Zerg, Race::Sc2Protoss]);
    match chance.below(10) {
        0..=3 => RaceChoice { bw: Some(bw), sc2: None },
        4..=6 => RaceChoice { bw: None, sc2: Some(sc2) },
        _ => RaceChoice { bw: Some(bw), sc2: Some(sc2) },
    }
}

fn some_of(chance: &mut Chance, from: &[&'static str], count: usize) -> Vec<&'static str> {
    let mut left = from.to_vec();
    (0..count.min(from.len())).map(|_| left.remove(chance.below(left.len()))).collect()
}

#[derive(Debug, Clone, Copy)]
enum Script {
    Latin,
    LatinMarked,
    Cyrillic,
    Greek,
    Hangul,
    Han,
}

/// Where people come from, and how they write. Places that stand twice are twice as likely.
struct Home {
    script: Script,
    locale: Locale,
    countries: &'static [&'static str],
    regions: &'static [Region],
}

#[rustfmt::skip]
const HOMES: &[Home] = &[
    Home { script: Script::Latin, locale: Locale::EnUs, countries: &["US", "CA"], regions: &[Region::Naw, Region::Nac, Region::Nae] },
    Home { script: Script::Latin, locale: Locale::EnUs, countries: &["US", "CA"], regions: &[Region::Naw, Region::Nac, Region::Nae] },
    Home { script: Script::Latin, locale: Locale::EnUs, countries: &["GB", "DE", "NL", "FR"], regions: &[Region::Euw] },
    Home { script: Script::LatinMarked, locale: Locale::EnUs, countries: &["SE", "PL", "CZ", "TR"], regions: &[Region::Euw, Region::Eue] },
    Home { script: Script::LatinMarked, locale: Locale::EsMx, countries: &["MX", "PE", "CL", "AR"], regions: &[Region::Cam, Region::Sam] },
    Home { script: Script::Greek, locale: Locale::EnUs, countries: &["GR", "CY"], regions: &[Region::Eue, Region::Mea] },
    Home { script: Script::Cyrillic, locale: Locale::RuRu, countries: &["RU", "KZ", "UA"], regions: &[Region::Eue, Region::Usb, Region::Fer] },
    Home { script: Script::Hangul, locale: Locale::KoKr, countries: &["KR"], regions: &[Region::Krj] },
    Home { script: Script::Hangul, locale: Locale::KoKr, countries: &["KR"], regions: &[Region::Krj] },
    Home { script: Script::Han, locale: Locale::ZhCn, countries: &["CN", "TW"], regions: &[Region::Chn, Region::Thm] },
    Home { script: Script::Latin, locale: Locale::EnUs, countries: &["AU", "NZ", "SG", "XX"], regions: &[Region::Oce, Region::Sea] },
    Home { script: Script::Latin, locale: Locale::EnUs, countries: &["ZA", "EG", "ZZ"], regions: &[Region::Afr, Region::Mea] },
];

fn new_name(chance: &mut Chance, script: Script, taken: &mut BTreeSet<String>) -> String {
    loop {
        let name = name(chance, script);
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
}

/// 3 to 12 letters, and digits at the end of some.
fn name(chance: &mut Chance, script: Script) -> String {
    let mut name = match script {
        Script::Latin => syllables(chance, "bcdfghjklmnprstvwz", "aeiou"),
        Script::LatinMarked => syllables(chance, "bčdfgklmnñprsštvž", "aáeéiíoóöuúü"),
        Script::Cyrillic => syllables(chance, "бвгджзклмнпрстх", "аеиоуыя"),
        Script::Greek => syllables(chance, "βγδζθκλμνπρστφχ", "αειου"),
        Script::Hangul => {
            // Blocks without a final consonant, from initial and vowel.
            let length = 3 + chance.below(3);
            let mut block = || {
                let (initial, vowel) = (chance.below(19) as u32, chance.below(21) as u32);
                char::from_u32(0xac00 + (initial * 21 + vowel) * 28).expect("within the Hangul blocks")
            };
            (0..length).map(|_| block()).collect()
        }
        Script::Han => {
            let letters: Vec<char> = "风云龙虎星月山海雷电火剑雪林江天".chars().collect();
            let length = 3 + chance.below(2);
            (0..length).map(|_| *chance.pick(&letters)).collect()
        }
    };
    if name.chars().count() <= 10 && chance.percent(20) {
        name.push_str(&(10 + chance.below(90)).to_string());
    }
    name
}

/// Two to four open syllables, the first letter large, an extra letter at the end of some.
fn syllables(chance: &mut Chance, consonants: &str, vowels: &str) -> String {
    let consonants: Vec<char> = consonants.chars().collect();
    let vowels: Vec<char> = vowels.chars().collect();
    let mut name = String::new();
    for at in 0..2 + chance.below(3) {
        let consonant = *chance.pick(&consonants);
        if at == 0 {
            name.extend(consonant.to_uppercase());
        } else {
            name.push(consonant);
        }
        name.push(*chance.pick(&vowels));
    }
    if chance.percent(40) {
        name.push(*chance.pick(&consonants));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    const MAPS: &[&str] = &["a", "b", "c", "d", "e"];

    fn is_name(text: &str) -> bool {
        (3..=12).contains(&text.chars().count())
            && text.chars().all(char::is_alphanumeric)
            && text.nfc().eq(text.chars())
    }

    #[test]
    fn everyone_is_valid_by_the_rules_of_setup() {
        for person in people(7, 2_000, MAPS) {
            assert!(is_name(&person.name), "{person:?}");
            assert!(person.alternatives.iter().all(|name| is_name(name) && *name != person.name));
            let (name, digits) = person.battle_tag.split_once('#').unwrap();
            assert!((1..=12).contains(&name.chars().count()), "{person:?}");
            assert!(name.chars().all(char::is_alphanumeric), "{person:?}");
            assert!((3..=12).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
            assert!(
                person.country.len() == 2 && person.country.bytes().all(|byte| byte.is_ascii_uppercase())
            );
            assert!(!person.races.is_empty() && person.vetoes.len() <= 4, "{person:?}");
            assert!(person.skill.abs() <= 750.0);
        }
    }

    #[test]
    fn nobody_is_like_another() {
        let everyone = people(7, 2_000, MAPS);
        let mut names = BTreeSet::new();
        let mut accounts = BTreeSet::new();
        for person in &everyone {
            for name in std::iter::once(&person.name).chain(&person.alternatives) {
                assert!(names.insert(name.to_lowercase()), "{name}");
            }
            assert!(names.insert(person.battle_tag.to_lowercase()));
            for region in GameRegion::ALL {
                assert!(accounts.insert(person.toon(*region)), "{person:?}");
            }
        }
    }

    #[test]
    fn all_races_scripts_and_both_eras_are_there() {
        let everyone = people(1, 200, MAPS);
        for race in Race::ALL {
            assert!(everyone.iter().any(|person| person.races.of(race.era()) == Some(*race)), "{race}");
        }
        let scripts = ['a'..='z', 'а'..='я', 'α'..='ω', '가'..='힣', '一'..='鿿'];
        for script in scripts {
            let uses = |person: &Person| person.name.chars().any(|letter| script.contains(&letter));
            assert!(everyone.iter().any(uses), "{script:?}");
        }
        assert!(everyone.iter().any(|person| person.races.bw.is_some() && person.races.sc2.is_some()));
    }

    #[test]
    fn a_seed_makes_the_same_people_however_many() {
        assert_eq!(people(3, 50, MAPS)[..20], people(3, 20, MAPS)[..]);
        assert_ne!(people(3, 20, MAPS), people(4, 20, MAPS));
    }
}
