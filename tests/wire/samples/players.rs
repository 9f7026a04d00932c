//! What players are told and can be, and what they choose of it.

use super::{CARD, text};
use ipc_schema::notifications::{Notifications, Pings, Quiet, Times, Wish};
use ipc_schema::view::{CardView, HeldCard};
use ipc_schema::vocab::{PingsOf, Refusal};

pub(super) fn notifications() -> Notifications {
    let quiet = Some(Quiet { from_min: 1380, to_min: 450 });
    let pings = Pings { of: PingsOf::Sc2, cooldown_min: 1440, quiet, utc_offset_min: Some(-210) };
    Notifications { corrections: true, announcements: false, pings }
}

pub(super) fn wishes() -> Vec<Wish> {
    let whose = every!(PingsOf: Nobody, Bw, Sc2, Anyone);
    let mut wishes = every!(Wish:
        Kinds { corrections: false, announcements: true },
        Pings(PingsOf::Bw),
        Times(Times {
            cooldown: text("60"),
            quiet_from: text("23:00"),
            quiet_to: text("7:30"),
            zone: text("21:35"),
        }),
    );
    wishes.extend(whose.into_iter().map(Wish::Pings));
    wishes
}

pub(super) fn held_cards() -> Vec<HeldCard> {
    let view = CardView::Notice { refusal: Refusal::NotAReplay, files: 2 };
    vec![HeldCard { card: CARD, version: 3, view }]
}
