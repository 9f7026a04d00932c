queue-title = **Look for a match**
queue-title-waiting = **You are in the queue**
queue-how = Pick what you play, Brood War, StarCraft II or both, and press Join. A match is always one Brood War race against one StarCraft II race.
queue-races = You play: { $races }
queue-no-races = You play: nothing yet. Pick a race below.
queue-vetoes = Vetoed maps: { $maps }
queue-waiting = Waiting now: { $bw } with Brood War, { $sc2 } with StarCraft II, { $both } with both.
queue-next-wave = Next matches are made { $at }.
queue-since = You joined the queue { $at }.

queue-hint-first-wave = The next round is your first chance.
queue-hint-alone = Nobody else is waiting at present. You stay in the queue, and a message tells you when a match is found.
queue-hint-nobody-bw = Nobody is waiting who plays Brood War at present.
queue-hint-nobody-sc2 = Nobody is waiting who plays StarCraft II at present.
queue-hint-too-far = The best opponent is { $gap } MMR away; you accept { $window } now and { $gap } { $at }.
queue-hint-fits = Somebody fits you. The next round will see.
queue-hint-outnumbered = In the last round { $bw } waited with Brood War, { $sc2 } with StarCraft II and { $both } with both. { $fitting ->
    [one] The one who fits you was paired with somebody else.
   *[other] The { $fitting } who fit you were paired with others.
}
queue-expected = By what others waited lately, your match may be found { $at }.

queue-menu-bw = Your Brood War race
queue-menu-sc2 = Your StarCraft II race
queue-menu-none-bw = Not Brood War
queue-menu-none-sc2 = Not StarCraft II
queue-menu-vetoes = { $allowed ->
    [one] Veto one map
   *[other] Veto up to { $allowed } maps
}
queue-in-match = **A match was found.** You are not in the queue any more.
queue-elsewhere = **You are in the queue.** How it stands is always in [this message]({ $link }), which changes by itself.
queue-button-join = Join
queue-button-leave = Leave
queue-button-refresh = Refresh
queue-button-show = Look for a match
