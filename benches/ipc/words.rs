//! Real messages of the schema, of the size that they have in a season.

use crate::pair::{JOB_BYTES, What};
use ipc_schema::backend::{
    BackendCall, BackendEvent, BackendMessage, BackendReply, BackendRequest, CardState, ShowCard,
};
use ipc_schema::frame::{self, Message};
use ipc_schema::ids::{CardId, ChannelId, JobId, Key, MatchId, MessageId, Trace, UserId};
use ipc_schema::replay::{Job, ReplayFacts, ReplayPlayer, WorkerRequest};
use ipc_schema::view::{
    CardView, Claims, EntryView, MatchPhase, MatchSheet, MatchView, QueueHint, QueueView, SheetPlayer,
    Waiting,
};
use ipc_schema::vocab::{
    Caller, Locale, Mmr, Outcome, Race, RaceChoice, Rank, Region, Server, Timestamp, Toon,
};

pub(crate) const USER: UserId = UserId(1_110_000_000_000_000_001);
pub(crate) const CHANNEL: ChannelId = ChannelId(1_110_000_000_000_000_002);
pub(crate) const MESSAGE: MessageId = MessageId(1_110_000_000_000_000_003);
pub(crate) const CARD: CardId = CardId(41);
pub(crate) const VERSION: u32 = 2;
pub(crate) const JOB: JobId = JobId(17);
pub(crate) const KEY: Key = Key::Interaction(1_110_000_000_000_000_004);
pub(crate) const TRACE: Trace = Trace(1_110_000_000_000_000_004);
pub(crate) const AT: Timestamp = Timestamp(1_795_284_000_000);

const MAPS: [(&str, &str); 9] = [
    ("celestial_enclave", "Celestial Enclave LE"),
    ("first_light", "First Light"),
    ("holy_world", "[SC:Evo] Holy World (홀리월드)"),
    ("keres_passage", "Keres Passage SEL"),
    ("khione", "Khione SEL"),
    ("neo_sylphid", "[SC:Evo] Neo Sylphid (네오실피드)"),
    ("radeon", "[SC:Evo] Radeon (라데온)"),
    ("tourmaline", "Tourmaline LE"),
    ("vermeer", "[SC:Evo] Vermeer SE (버미어 SE)"),
];

fn text(text: &str) -> String {
    text.to_owned()
}

pub(crate) fn press() -> BackendRequest {
    BackendRequest::JoinQueue { caller: Caller { user: USER, locale: Locale::EnUs, dm: Some(CHANNEL) } }
}

pub(crate) fn queue() -> QueueView {
    QueueView {
        races: RaceChoice { bw: Some(Race::BwZerg), sc2: Some(Race::Sc2Protoss) },
        vetoes: vec![text("khione"), text("tourmaline")],
        vetoes_allowed: 4,
        maps: MAPS.map(|(key, title)| (text(key), text(title))).into(),
        next_wave: AT,
        waiting: Waiting { bw: 3, sc2: 5, both: 4 },
        entry: Some(EntryView { since: AT, hint: QueueHint::FirstWave, expected: Some(AT) }),
        in_match: false,
    }
}

pub(crate) fn card_state() -> CardState {
    CardState { card: CARD, version: VERSION, message: Some((CHANNEL, MESSAGE)), replaces: None }
}

/// What a press is answered.
pub(crate) fn pressed() -> BackendReply {
    BackendReply::Queue { locale: Locale::EnUs, queue: queue(), card: Some(card_state()) }
}

pub(crate) fn sheet() -> MatchSheet {
    let player = |name: &str, race, region| SheetPlayer {
        name: text(name),
        country: text("KR"),
        region,
        race,
        mmr: Mmr(1623),
        rank: Some(Rank::B),
        battle_tag: format!("{name}#21345"),
        alternatives: vec![format!("{name}Smurf"), format!("ll{name}ll")],
    };
    MatchSheet {
        you: player("Marigold", Race::BwZerg, Region::Euw),
        opponent: player("Tamarack", Race::Sc2Protoss, Region::Krj),
        map: text("keres_passage"),
        map_title: text("Keres Passage SEL"),
        map_author: text("HyperONE"),
        map_link: text("battlenet:://starcraft/map/2/258950"),
        mod_title: text("SC: Evo Complete"),
        mod_link: text("battlenet:://starcraft/extensionmod/2/204124"),
        server: Server::Euc,
        chat_channel: text("SCEvo"),
        known_problems: Vec::new(),
    }
}

pub(crate) const CLAIMS: Claims = Claims { yours: None, opponent_reported: false };

pub(crate) fn card() -> ShowCard {
    let phase = MatchPhase::Playing { sheet: Box::new(sheet()), deadline: AT, claims: CLAIMS };
    ShowCard {
        card: CARD,
        version: VERSION,
        user: USER,
        place: None,
        locale: Locale::EnUs,
        channel: Some(CHANNEL),
        message: Some(MESSAGE),
        replaces: None,
        tried_since: None,
        trace: TRACE,
        view: CardView::Match(Box::new(MatchView { match_id: MatchId(1_204), phase })),
    }
}

/// What a card is answered.
pub(crate) fn shown() -> BackendRequest {
    BackendRequest::CardShown { card: CARD, version: VERSION, channel: CHANNEL, message: MESSAGE }
}

pub(crate) fn facts() -> ReplayFacts {
    let player = |name: &str, race: &str, outcome| ReplayPlayer {
        toon: Toon { region: 2, realm: 1, id: 278_321 },
        name: text(name),
        race_text: text("Zerg"),
        race_code: Some(text(race)),
        outcome: Some(outcome),
        left_at_loop: Some(14_020),
    };
    ReplayFacts {
        base_build: 95_299,
        unlisted_build: false,
        duration_game_loops: 14_080,
        ended_at_ms: AT.0,
        map_title: text("Keres Passage SEL"),
        cache_handles: (0..8).map(|number| format!("{number}").repeat(80)).collect(),
        game_speed: 4,
        random_seed: 3_735_928_559,
        is_1v1: true,
        players: vec![player("Marigold", "BWZe", Outcome::Won), player("Tamarack", "SCPr", Outcome::Lost)],
        observers: 0,
        attributes: [(2001, "1v1"), (3000, "Fasr"), (3009, "Amm"), (3010, "yes")]
            .map(|(number, value)| (number, text(value)))
            .into(),
    }
}

/// What a job is answered.
pub(crate) fn read() -> WorkerRequest {
    WorkerRequest::Done { job: JOB, result: Ok(Box::new(facts())) }
}

fn bytes<T: Message>(message: &T) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    frame::encode(message, &mut out)?;
    out.drain(..frame::PREFIX_BYTES);
    out.resize(out.len() + message.blob_bytes(), 0x5a);
    Ok(out)
}

/// Question and answer as the ladder's frames hold them, without their lengths.
pub(crate) fn encoded(what: What) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    let call = |request| BackendCall { id: 1, key: Some(KEY), deadline: AT, trace: TRACE, request };
    let event = |card| BackendMessage::Event(BackendEvent::ShowCard(Box::new(card)));
    Ok(match what {
        What::Bytes(_) => (Vec::new(), Vec::new()),
        What::Press => (bytes(&call(press()))?, bytes(&BackendMessage::Reply { id: 1, reply: pressed() })?),
        What::Card => (bytes(&event(card()))?, bytes(&call(shown()))?),
        What::Job => {
            let bytes_of_job = u32::try_from(JOB_BYTES)?;
            (bytes(&Job { job: JOB, bytes: bytes_of_job, trace: TRACE })?, bytes(&read())?)
        }
    })
}
