//! A small share of what `scripts/oracle` compares.

use oracle::{File, Outcome};

/// Compares files; gives how many were compared.
fn check<'a>(files: impl Iterator<Item = File> + 'a) -> usize {
    let (mut compared, mut wrong) = (0, Vec::new());
    for file in files {
        if let Outcome::Compared { differences } = oracle::check(&file) {
            compared += 1;
            wrong.extend(differences.iter().map(|difference| format!("{}: {difference}", file.name)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    compared
}

#[test]
fn the_crate_reads_the_same_in_real_replays() {
    let files = oracle::real_files().expect("the folder can be read");
    if files.is_empty() {
        println!("skipped: no real replays");
        return;
    }
    assert!(check(files.into_iter()) > 0, "some are of builds that are read");
}

#[test]
fn the_crate_reads_the_same_in_forged_replays() {
    let (seed, count) = (1, 40);
    println!("seed {seed}");
    assert_eq!(check(oracle::forged_files(seed, count)), count as usize);
}

#[test]
fn a_file_that_is_read_otherwise_or_not_at_all_is_found() {
    let mut file = oracle::forged_files(1, 1).next().expect("there is one");
    // One invented event more than the file has.
    file.invented_events = file.invented_events.map(|events| events + 1);
    let Outcome::Compared { differences } = oracle::check(&file) else { panic!("it is read") };
    assert!(differences.iter().any(|difference| difference.starts_with("game_events")), "{differences:?}");

    // An honest file that is not read is a difference too.
    file.bytes.truncate(2000);
    let Outcome::Compared { differences } = oracle::check(&file) else { panic!("it is compared") };
    assert!(differences[0].starts_with("not read here"), "{differences:?}");
}
