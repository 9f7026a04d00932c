//! All texts of each language, to be read as a reader of that language.

use super::*;

/// Enough for the plural forms of all five languages, and none, which some texts say otherwise.
const COUNTS: [u32; 5] = [0, 1, 2, 5, 21];

/// Variables that are numbers, and whether none of them is said otherwise.
#[derive(Debug, Default)]
struct Counted {
    variables: BTreeSet<String>,
    none: bool,
}

/// A key in a line, and under it the text; where it depends on a number, the text for each.
fn page(locale: Locale, counted: &BTreeMap<&str, Counted>) -> String {
    let mut page = String::new();
    for (key, message) in messages(locale) {
        // These are as the Unicode CLDR has them.
        if key.starts_with("country-") {
            continue;
        }
        let variables = parts_of(value(key, &message)).variables;
        let counted = &counted[key];
        let numbers = match (counted.variables.is_empty(), counted.none) {
            (true, _) => &COUNTS[..1],
            (false, none) => &COUNTS[usize::from(!none)..],
        };
        page.push_str(&format!("{key}\n"));
        let mut before = String::new();
        for number in numbers {
            let sample = |name: &String| match counted.variables.contains(name) {
                true => (name.clone(), FluentValue::from(*number)),
                false => (name.clone(), FluentValue::from(format!("‹{name}›"))),
            };
            let args: Vec<_> = variables.iter().map(sample).collect();
            let text = rendered(locale, key, &args);
            if text != before {
                text.lines().for_each(|line| page.push_str(&format!("    {line}\n")));
            }
            before = text;
        }
    }
    page
}

#[test]
fn what_players_read_in_each_language() {
    let mut counted: BTreeMap<&str, Counted> = BTreeMap::new();
    for locale in Locale::ALL {
        for (key, message) in messages(*locale) {
            let known = counted.entry(key).or_default();
            for selector in parts_of(value(key, &message)).selectors {
                known.none |= selector.literals.contains(&0);
                known.variables.insert(selector.variable);
            }
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for locale in Locale::ALL {
            insta::assert_snapshot!(locale.code(), page(*locale, &counted));
        }
    });
}
