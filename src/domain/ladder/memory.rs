//! What the stores of a ladder take of memory.

use super::Ladder;
use crate::domain::memory::{of_deque, of_flat_map, of_map, of_set, of_texts, of_vec};
use crate::domain::queue::Entry;

impl Ladder {
    /// Bytes of each store, about. `docs/operations/watching.md` says what is in which.
    pub fn memory(&self) -> [(&'static str, usize); 7] {
        let texts = |name: &String, _: &_| name.capacity();
        let players = of_map(&self.players, |_, player| player.heap_bytes())
            + of_flat_map(&self.by_user)
            + of_map(&self.by_name, texts)
            + of_map(&self.by_battle_tag, texts)
            + of_flat_map(&self.by_toon);
        let vetoes = |entry: &Entry| of_texts(&entry.vetoes);
        let queue = of_map(&self.queue, |_, entry| vetoes(entry))
            + self.waits.bytes()
            + of_flat_map(&self.queue_cards);
        let matches = of_map(&self.matches, |_, of| {
            of.pairing.map.capacity() + of_vec(&of.uploads) + of.entries.iter().map(vetoes).sum::<usize>()
        }) + of_flat_map(&self.open)
            + of_deque(&self.closed)
            + of_flat_map(&self.last_match);
        let replays = of_flat_map(&self.jobs)
            + of_set(&self.spent_files)
            + of_set(&self.quarantined_files)
            + of_flat_map(&self.strikes)
            + of_flat_map(&self.games);
        [
            ("players", players),
            ("queue", queue),
            ("matches", matches),
            ("ratings", of_flat_map(&self.ratings) + self.standings.bytes()),
            ("history", self.history.bytes()),
            ("replays", replays),
            ("cards", self.cards.bytes()),
        ]
    }
}
