//! What players are told of a race that has a known problem.

use super::uploads::{honest_file, playing};
use super::{confirm, told_the_result};
use crate::support::{Ladder, Person};
use ipc_schema::fact_line::Fact;

const NOTICE: &str = "**Good to know** · SC2 Terran: In the demo all is well with it.";

#[tokio::test]
async fn a_known_problem_is_told_in_the_first_match_with_the_race_and_in_no_other() {
    let ladder = Ladder::start().await;
    let (ana, bea, first) = playing(&ladder, ["Ana", "Bea"]).await;
    for person in [&ana, &bea] {
        person.reads_in_time(NOTICE).await;
    }
    ana.upload("game.SC2Replay", honest_file(&ana, &bea).await).await;
    told_the_result(&ana, &bea, first).await;
    assert!(!ana.reads(NOTICE).await, "the result took the sheet's place");

    let cid = Person::new(ladder.emulator, "Cid").await;
    cid.set_up().await;
    ana.join("bw", "bw_zerg").await;
    cid.join("sc2", "sc2_terran").await;
    let second = cid.found_match().await;
    for person in [&ana, &cid] {
        confirm(person, second).await;
    }
    cid.reads_in_time(NOTICE).await;
    ana.told("the second sheet", |line| {
        (line.match_id == second && matches!(line.fact, Fact::Playing { .. })).then_some(())
    })
    .await;
    assert!(!ana.reads(NOTICE).await, "Ana knows");
    assert!(ladder.stop().0.success());
}
