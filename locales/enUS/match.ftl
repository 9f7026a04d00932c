match-found = **Match found!** Confirm { $deadline }, or it goes to somebody else.
match-found-confirmed = **Match found, and you confirmed.** Waiting for your opponent, who has until { $deadline }.
match-found-secret = Who you play and where is told when both have confirmed.
match-reminder = **Your match is still waiting for you.** Press Confirm: the time runs out { $deadline }.
match-button-confirm = Confirm
match-button-abort = { $left ->
    [0] Abort (none left, a break follows)
   *[other] Abort ({ $left } left)
}
match-button-show = Show my match

match-playing = **Match { $id }: { $you } against { $opponent }**
match-playing-todo = Meet in the game, play, then **drop your replay here**. The ladder closes this match { $deadline }.
match-report-todo = No replay? Then both of you say below how it ended.
match-report-yours = You reported: **{ $outcome }**. You may change it until your opponent has reported too.
match-report-opponent = **Your opponent has reported how it ended.** Drop your replay here, or report as well.
match-report-contradicting = Your opponent has reported something else. A replay of this match is being read and decides, if it can.
match-reported-won = you won
match-reported-lost = you lost
match-reported-draw = a draw
match-play-reminder = **Match { $id } is still open.** Drop your replay here, or report how it ended. The ladder closes it { $deadline }, and then no rating changes.
match-button-won = I won
match-button-lost = I lost
match-button-draw = Draw
match-button-dispute = Dispute
match-you = You
match-opponent = Your opponent
match-player-race = { $race }, { $mmr } MMR
match-player-rank = { $player }, rank { $rank }
match-player-alternatives = also known as { $names }
match-map = Map
match-map-by = { $title } by { $author }
match-mod = Mod
match-server = Server
match-server-value = { $server } (game region { $region })
match-chat = In-game channel
match-lobby = Lobby settings
match-lobby-value =
    Privacy: Normal
    Speed: Faster
    Duration: Infinite
    Locked alliances: Yes
match-known-problem = **Good to know** · { $race }: { $says }
match-guide = How to host
match-guide-value =
    One of you switches to the game region above, opens the map link in the in-game channel and picks *Create with Mod*, then the mod.
    Set the lobby as listed, choose the server, and invite the other one by BattleTag.
    Take your races, check them against this sheet, and start. Afterwards either of you drops the replay here.

match-won = **You won match { $id }** against { $opponent }: { $before } → { $after } MMR ({ $change })
match-lost = **You lost match { $id }** against { $opponent }: { $before } → { $after } MMR ({ $change })
match-drawn = **You drew match { $id }** against { $opponent }: { $before } → { $after } MMR ({ $change })
match-result-detail = { $race } against { $opponent-race } on { $map }
match-result-ground = The replay records no winner; your opponent left first, so the win is yours.
match-result-ground-lost = The replay records no winner; you left first, so the win is your opponent's.
match-result-reported = Both of you reported it so.
match-result-staff = Staff decided it so.
match-next = Use /queue for the next one.
match-dispute-until = Is this wrong? You can dispute it; the time for that ends { $until }. It stands until staff decide.
match-disputed = **You disputed this.** Staff will look at it; the result stands until they decide. A replay that you drop here goes to them.

match-aborted-you = **You aborted match { $id }.** Use /queue when you are ready again.
match-aborted-opponent = **Your opponent aborted match { $id }.**
match-unconfirmed-you = **Match { $id } was called off**, because you did not confirm in time. Use /queue when you are ready again.
match-unconfirmed-opponent = **Match { $id } was called off**, because your opponent did not confirm in time.
match-requeued = You are back in the queue and keep your waiting time.
match-not-requeued = Use /queue to look for another one.
match-expired = **Match { $id } was closed**, because nobody finished it in time. No rating changed. Use /queue for the next one.
match-expired-reported = **Match { $id } was closed**, because your opponent did not report in time and there was no replay. No rating changed; staff see your report. If you have the replay, drop it here for them. Use /queue for the next one.
match-expired-silent = **Match { $id } was closed**, because you did not report in time, though your opponent did. No rating changed; staff will look at it. If you have the replay, drop it here for them. Use /queue for the next one.
match-conflict = **Match { $id } is closed for now**: you and your opponent reported different results. No rating changed; staff will look at it. If you have the replay, drop it here for them. Use /queue for the next one.
match-void = **Match { $id } was taken back by staff.** It counts for nothing.
match-cancelled-you = **Match { $id } was ended by staff.** No rating changed.
match-cancelled = **Match { $id } was ended by staff**, and not because of you. No rating changed.
match-decided = **Match { $id } is decided.**
match-button-replay = Send replay

past-match = **Match { $id }** on { $map }
past-match-player = { $player } ({ $race })
past-match-rated = { $player } ({ $race }): { $before } → { $after } MMR ({ $change })
past-match-when = Played { $at }
past-match-length = { $length } min
past-match-won = **{ $player } won**
past-match-drawn = **Nobody won**
past-match-conflict = The two reports contradict each other, so no rating moved.
past-match-void = Staff took it back: it counts for nothing.
past-match-aborted = It was aborted before it began.
past-match-unconfirmed = It was not confirmed in time.
past-match-expired = Nobody finished it in time.
past-match-cancelled = It was cancelled, because staff took a player off the ladder.
past-match-ground-recorded = as the replay records
past-match-ground-left = the other player left first
past-match-ground-reported = as both reported
past-match-ground-staff = as staff decided
past-match-ruled = Staff decided it anew { $at }. The numbers above are those that were told before.
past-match-replay-none = No replay was sent for it.
past-match-replay-gone = Its replay cannot be read back at the moment.
past-match-choice = { $id }: { $result }
past-match-choice-won = won against { $opponent }
past-match-choice-lost = lost against { $opponent }
past-match-choice-draw = a draw with { $opponent }
past-match-choice-none = against { $opponent }

report-modal-title = Replay of match { $id }
report-modal-file = Your .SC2Replay file
report-modal-help = In Documents, StarCraft II, Accounts, Replays, Multiplayer: the newest one.
report-taken = Got it. What comes of your replay follows here in a moment.
report-taken-elsewhere = Got it. What comes of your replay is told in our DM in a moment.

log-won = Match { $id }: { $winner } beat { $loser } on { $map }
log-won-no-map = Match { $id }: { $winner } beat { $loser }
log-drawn = Match { $id }: { $winner } and { $loser } drew on { $map }
log-drawn-no-map = Match { $id }: { $winner } and { $loser } drew
log-void = Match { $id }: { $winner } against { $loser } counts for nothing
log-none = Match { $id }: { $winner } against { $loser } has no result
log-player = { $player } ({ $race })
log-player-rated = { $player } ({ $race }, { $before } → { $after })
log-staff = Staff decided it so.

thread-playing = **Match { $id }: { $first } against { $second }**
thread-todo = Meet in the game and play. Then one of you sends the replay: press *Send replay*, use /report here, or drop the file into your DM with me. A file that is dropped here is not seen. The ladder closes this match { $deadline }.
thread-over = **Match { $id } is over.**
thread-closed = This thread is closed now. Each of you has the result in the DM.
case-closed = Closed by { $by }, { $at }.
case-closed-note = Closed by { $by }, { $at }: { $note }
post-case = **Case { $id }, match { $match }: { $kind }** Opened { $opened }.
