use super::*;
use crate::ipc::link::Link;
use ipc_schema::control::{Hello, Role};
use ipc_schema::ids::{ChannelId, Incarnation, MatchId, MessageId};
use ipc_schema::view::ReplayView;
use ipc_schema::vocab::Caller;

/// A ladder whose db-writer is not there.
fn core(folder: &std::path::Path) -> Core {
    let hello = Hello::new(Role::Backend, Incarnation(1));
    let (writer, _) = Link::<WriterProtocol>::start(folder.join("nobody"), hello, 8);
    let (events, _) = mpsc::channel(8);
    Core::new(crate::season::load(crate::season::Which::Real).unwrap(), 1, writer, events)
}

fn join() -> BackendRequest {
    let caller = Caller { user: UserId(7), locale: Locale::EnUs, dm: Some(ChannelId(9)) };
    BackendRequest::JoinQueue { caller }
}

fn refused(refusal: Refusal) -> Option<BackendReply> {
    Some(BackendReply::Refused { locale: Locale::EnUs, refusal })
}

#[tokio::test]
async fn a_press_that_was_told_no_is_not_decided_when_it_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut core = core(folder.path());
    let now = crate::clock::now();
    let key = |press: u64| Some(Key::Interaction(now.to_snowflake() | press));
    let delivery = Some(Key::Card { card: CardId(1), version: 1 });

    core.seq = Seq(UNSAVED);
    for key in [key(1), delivery] {
        assert_eq!(core.refuse_before_deciding(key, &join(), now), refused(Refusal::Busy));
    }
    // The disk refuses what was decided before, and for a while nothing is decided.
    core.hold_under(key(2), 1, 1, BackendReply::Taken);
    core.refused = true;
    assert!(core.must_reload());
    assert_eq!(core.refuse_before_deciding(key(3), &join(), now), refused(Refusal::ReadOnly));

    (core.seq, core.refused, core.read_only_until) = (Seq(0), false, Timestamp::ZERO);
    assert_eq!(core.refuse_before_deciding(key(4), &join(), now), None, "there is room again");
    let again = [key(1), key(2), key(3), key(4), delivery].map(|key| core.repeated(key?, &join()));
    let read_only = || refused(Refusal::ReadOnly);
    assert_eq!(again, [refused(Refusal::Busy), read_only(), read_only(), None, None]);
}

#[tokio::test]
async fn a_replay_that_is_judged_soon_is_told_of_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut core = core(folder.path());
    let now = crate::clock::now();
    let card = |stage, message| {
        let view = CardView::Replay(Box::new(ReplayView { job: JobId(1), match_id: MatchId(1), stage }));
        let show = ShowCard {
            card: CardId(1),
            version: 1,
            user: UserId(7),
            place: None,
            locale: Locale::EnUs,
            channel: None,
            message,
            replaces: None,
            tried_since: None,
            trace: Trace::NONE,
            view,
        };
        DueCard { seq: Seq(1), since: now, show }
    };
    let kept_back = |stage, message| card(stage, message).kept_back_until();
    assert_eq!(kept_back(ReplayStage::Reading, None), Some(now + UNMENTIONED));
    assert_eq!(kept_back(ReplayStage::Reading, Some(MessageId(3))), None, "an edit corrects what is shown");
    assert_eq!(kept_back(ReplayStage::InLine { before: 2 }, None), None, "who waits is told at once");

    // The loop wakes for it once, and not again and again while it is on its way.
    core.cards.insert(CardId(1), card(ReplayStage::Reading, None));
    core.last_now = now;
    assert_eq!(core.next_to_mention(), Some(now + UNMENTIONED));
    core.last_now = now + UNMENTIONED;
    assert_eq!(core.next_to_mention(), None);
}
