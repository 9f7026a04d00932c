replay-reading = **Reading your replay of match { $id }.** This takes a few seconds.
replay-in-line = **Your replay of match { $id } is in line.** { $before ->
    [one] 1 replay is before yours.
   *[other] { $before } replays are before yours.
}
replay-decided = **Your replay decides match { $id }: { $winner } wins.**
replay-decided-left-first = **Your replay decides match { $id }: { $winner } wins**, because the other player left first.
replay-undecided = **Your replay of match { $id } fits, but does not say who won.** If your opponent has a replay that goes on for longer, ask for that one.
replay-rejected = **This replay does not decide match { $id }.** See below what did not fit, and send the replay of the match itself. The match is still open.
replay-too-late = **Match { $id } had ended before your replay was read.** Nothing changed; use /match to see how it ended.
replay-somebody = the player

replay-check-readable = Two players
replay-check-identity = Players
replay-check-races = Races
replay-check-map = Map
replay-check-time = Time
replay-check-reuse = New game
replay-check-passed = { $check }: { $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }: expected { $expected }, found { $found }
replay-checks = Checks

replay-fault-unsupported_build = **Your replay of match { $id } comes from a game version the ladder cannot read yet.** Update the game, watch the replay once and send it again, or ask your opponent to send theirs. The match is still open.
replay-fault-encrypted = **Your replay of match { $id } is encrypted**, so the ladder cannot read it. Please ask your opponent to send theirs. The match is still open.
replay-fault-malformed = **Your file for match { $id } is damaged, or no replay at all**, so the ladder cannot read it. Send the replay straight from the Replays folder, or ask your opponent to send theirs. The match is still open.
replay-fault-too_large = **Your file for match { $id } claims more than a replay can hold**, so the ladder did not read on. Send the replay of the match itself. The match is still open.
replay-fault-file_lost = **Your replay of match { $id } got lost on our side.** Please send it once more, or ask your opponent to send theirs.
replay-fault-not_read = **Your replay of match { $id } could not be read in time.** That is the ladder's fault, not the file's: please send it once more. The match stays open.
replay-fault-killed = **Your file for match { $id } cannot be read**, and the same file will not be tried again. Please ask your opponent to send theirs. The match is still open.
