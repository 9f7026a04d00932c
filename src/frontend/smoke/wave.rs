//! A wave that finds five hundred matches while others wait to be told something.

use super::*;
use crate::clock;
use ipc_schema::view::News;

const MATCHES: u64 = 500;
const PLAYERS: usize = 2 * MATCHES as usize;
const NEWS: usize = 300;

/// Cards under way when the wave comes go out before it, and calls side by side may overtake one another.
const UNDER_WAY: usize = 64;

fn card(number: usize, (user, channel): (UserId, ChannelId), view: CardView) -> BackendEvent {
    BackendEvent::ShowCard(Box::new(ShowCard {
        card: CardId(number as u64),
        version: 1,
        user,
        locale: Locale::EnUs,
        channel: Some(channel),
        message: None,
        replaces: None,
        tried_since: None,
        trace: Trace::NONE,
        place: None,
        view,
    }))
}

/// Waits until the bot has told everyone of their match, and has the texts of all messages so far in order.
async fn posted(ladder: &Ladder) -> Vec<String> {
    let mut stream = ladder.http.get(format!("{}/events?after=0", ladder.base)).send().await.unwrap();
    let (mut texts, mut bytes, mut matches) = (Vec::new(), Vec::new(), 0);
    while matches < PLAYERS {
        let Ok(chunk) = timeout(PATIENCE, stream.chunk()).await else {
            panic!("nothing comes after {matches} of {PLAYERS}");
        };
        let chunk = chunk.unwrap().expect("the stream never ends");
        bytes.extend_from_slice(&chunk);
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let event: Value = serde_json::from_slice(&bytes[..end]).unwrap();
            bytes.drain(..=end);
            if event["kind"] == "message_create" {
                let text = event["message"].to_string();
                matches += usize::from(is_match(&text));
                texts.push(text);
            }
        }
    }
    texts
}

#[tokio::test]
async fn a_wave_is_told_before_everything_else_in_its_order_and_as_fast_as_discord_allows() {
    let ladder = Ladder::start().await;
    let mut players = Vec::new();
    for number in 0..PLAYERS {
        let user = json!({ "name": format!("p{number}") });
        let user = ladder.http.post(format!("{}/users", ladder.base)).json(&user).send().await.unwrap();
        let user: Value = user.json().await.unwrap();
        let id = |field: &str| user[field].as_str().unwrap().parse().unwrap();
        players.push((UserId(id("id")), ChannelId(id("dm_channel_id"))));
    }
    ladder.event(BackendEvent::Ladder(LadderId(1))).await;
    let news = |number: usize| CardView::News(News::Announcement { text: format!("news {number}.") });
    for (number, player) in players.iter().enumerate().take(NEWS) {
        ladder.event(card(1 + number, *player, news(number))).await;
    }
    let began = clock::instant();
    for (number, player) in players.iter().enumerate() {
        let view = MatchView { match_id: MatchId(1 + number as u64 / 2), phase: confirming(false) };
        ladder.event(card(10_000 + number, *player, CardView::Match(Box::new(view)))).await;
    }
    let texts = posted(&ladder).await;
    let took = began.elapsed();
    let earlier = texts.iter().filter(|text| !is_match(text)).count();
    // And those whose turn came while the wave was on its way from the backend.
    assert!(earlier <= 2 * UNDER_WAY, "{earlier} others came before the last match");
    let told: Vec<usize> = texts.iter().filter(|text| is_match(text)).map(|text| number_of(text)).collect();
    assert_eq!(told.len(), PLAYERS, "each once");
    // Whose other message is under way waits for that, and then for those that are under way by then.
    for (place, number) in told.iter().enumerate() {
        assert!(place.abs_diff(2 * number) <= 3 * UNDER_WAY, "match {number} was told as number {place}");
    }
    // 50 a second are allowed.
    let least = Duration::from_secs(PLAYERS as u64 / 50 - 1);
    assert!(took >= least && took <= least.mul_f64(1.4), "{took:?}, at least {least:?}");
    let stats = ladder.http.get(format!("{}/stats", ladder.base)).send().await.unwrap();
    let stats: Value = stats.json().await.unwrap();
    assert_eq!(stats["http_refusals"].get("429"), None, "{stats:#}");
    ladder.leave().await;
}

fn is_match(text: &str) -> bool {
    text.contains("-# match ")
}

/// The match of a message, from 0.
fn number_of(text: &str) -> usize {
    let (_, behind) = text.split_once("-# match ").unwrap();
    let (number, _) = behind.split_once(' ').unwrap();
    number.parse::<usize>().unwrap() - 1
}
