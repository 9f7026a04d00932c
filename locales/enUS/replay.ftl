replay-reading = **Reading your replay of match { $id }.** This takes a few seconds.
replay-in-line = **Your replay of match { $id } is in line.** { $before ->
    [one] 1 replay is before yours.
   *[other] { $before } replays are before yours.
}
replay-decided = **Your replay decides match { $id }: { $winner } wins.**
replay-decided-left-first = **Your replay decides match { $id }: { $winner } wins**, because the other player left first.
replay-undecided = **Your replay of match { $id } fits, but does not say who won.** If your opponent has a replay that goes on for longer, ask for that one.
replay-rejected = **This replay does not decide match { $id }.** See below what did not fit and what to do. The match is still open.
replay-too-late = **Match { $id } had ended before your replay was read.** Nothing changed; use /match to see how it ended.
replay-already-decided = **Match { $id } is already decided, by this very game.** Nothing more is needed; use /match to see how it ended.
replay-for-staff = **Match { $id } has ended, so your replay does not decide it.** Staff will look at this match, and they see the replay.
replay-somebody = the player

replay-check-readable = Two players
replay-check-identity = Players
replay-check-races = Races
replay-check-map = Map
replay-check-time = Time
replay-check-reuse = New game
replay-check-owner = Account
replay-check-mod = Mod
replay-check-observers = Observers
replay-check-privacy = Privacy
replay-check-speed = Speed
replay-check-duration = Duration
replay-check-alliances = Alliances
replay-check-passed = { $check }: { $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }: expected { $expected }, found { $found }
replay-checks = Checks
replay-lobby-right = Lobby: as on the match sheet

# What a check expected or found.
replay-seats = { $humans ->
    [one] 1 player
   *[other] { $humans } players
}{ $computers ->
    [0] {""}
   *[other] {" "}and { $computers } AI
}
replay-seats-one-team = { $humans } players on one team
replay-mod-official = verified ({ $release })
replay-mod-unverified = unverified, since the ladder does not know this version of the map or mod yet
replay-mod-fake = not the official mod: { $files ->
    [one] 1 file
   *[other] { $files } files
} of an unofficial copy
replay-mod-region = not the official mod: { $files ->
    [one] 1 file
   *[other] { $files } files
} of another game region
replay-mod-differs = not the official mod: { $unknown ->
    [0] {""}
    [one] 1 unknown file
   *[other] { $unknown } unknown files
}{ $missing ->
    [0] {""}
   *[other] { $unknown ->
        [0] {""}
       *[other] {", "}
    }{ $missing ->
        [one] 1 file missing
       *[other] { $missing } files missing
    }
}
replay-reuse-match = this game decided match { $id } already
replay-owner-other = { $account } belongs to another player of the ladder
replay-privacy-normal = Normal
replay-privacy-no-match-history = No match history
replay-privacy-no-build-order = No build order
replay-speed-slower = Slower
replay-speed-slow = Slow
replay-speed-normal = Normal
replay-speed-fast = Fast
replay-speed-faster = Faster
replay-duration-infinite = Infinite
replay-duration-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}
replay-alliances-locked = locked
replay-alliances-open = not locked

# What to do about the first check that failed.
replay-todo-readable = Send the replay of the match itself: the two of you against each other, without AI.
replay-todo-identity = Both play with their own accounts. A new account counts by its name in the game, which has to be your name here or one of your alternative names (/setup adds those), on the server of the match sheet; if you have played with another one there before, its owner has to send the replay.
replay-todo-races = Send the replay in which both play the races of the match sheet, or play the match with them.
replay-todo-map = Send the replay of this match, played on the map of your match sheet.
replay-todo-mod = Play the match again, and host the lobby from the link on your match sheet: /match shows it.
replay-todo-time = Send the replay of the game that you played after this match was found. If the clock of your computer is wrong, your opponent's replay will do.
replay-todo-reuse = Send the replay of this match: every game counts once.
replay-todo-owner = Play with your own account. If it is yours, write to the staff.

replay-fault-unsupported_build = **Your replay of match { $id } comes from a game version the ladder cannot read yet.** Update the game, watch the replay once and send it again, or ask your opponent to send theirs. The match is still open.
replay-fault-encrypted = **Your replay of match { $id } is encrypted**, so the ladder cannot read it. Please ask your opponent to send theirs. The match is still open.
replay-fault-malformed = **Your file for match { $id } is damaged, or no replay at all**, so the ladder cannot read it. Send the replay straight from the Replays folder, or ask your opponent to send theirs. The match is still open.
replay-fault-too_large = **Your file for match { $id } claims more than a replay can hold**, so the ladder did not read on. Send the replay of the match itself. The match is still open.
replay-fault-file_lost = **Your replay of match { $id } got lost on our side.** Please send it once more, or ask your opponent to send theirs.
replay-fault-not_read = **Your replay of match { $id } could not be read in time.** That is the ladder's fault, not the file's: please send it once more. The match stays open.
replay-fault-killed = **Your file for match { $id } cannot be read**, and the same file will not be tried again. Please ask your opponent to send theirs. The match is still open.
