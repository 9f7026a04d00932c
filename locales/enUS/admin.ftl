# What staff read in /admin.
staff-role-owner = owner
staff-role-admin = admin
staff-role-none = no role

admin-propose = **{ $act }?** Nothing has been done yet. This question ends { $expires }.
admin-propose-changed = **{ $act }?** The ladder has changed since you were asked, so nothing was done. Look again. This question ends { $expires }.
admin-button-do = Do it
admin-button-cancel = Cancel
admin-withdrawn = Cancelled. Nothing was done.
admin-done = **Done: { $act }.** Entry { $number } of the audit log.
admin-reason = Reason
admin-before = Before
admin-after = After

admin-act-set-role = Role of { $user }: { $role }
admin-act-remove-from-queue = Remove { $player } from the queue
admin-act-clear-queue = Clear the queue
admin-act-ban = Ban { $player } for { $days ->
    [one] a day
   *[other] { $days } days
}
admin-act-ban-for-good = Ban { $player } for good
admin-act-unban = Unban { $player }
admin-act-time-out = Time { $player } out for { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}
admin-act-lift-time-out = Lift the time-out of { $player }
admin-act-reset-aborts = Give { $player } all aborts of the month back
admin-act-announce = Announce to everyone: { $text }
admin-act-rename = Rename { $player } to { $name }

admin-snapshot =
    { "**The ladder**" }
    Players: { $players }, set up { $set-up }, banned { $banned }
    In the queue: { $queued }
    Open matches: { $matches }; decided so far: { $decided }
    Replays in line: { $jobs }
    Messages to be shown: { $cards }
    Cases for staff: { $cases }
admin-snapshot-queue = In the queue
admin-snapshot-matches = Open matches
admin-queued = { $name }: { $races }, since { $since }, { $waves ->
    [one] one wave
   *[other] { $waves } waves
}
admin-open-confirming = Match { $id }: { $first }, { $second }, confirming, paired { $since }
admin-open-playing = Match { $id }: { $first }, { $second }, playing, paired { $since }

admin-player = **{ $name }**, { $user }, player { $id }
admin-player-banned = **Banned** until { $until }: { $reason }
admin-player-banned-for-good = **Banned** for good: { $reason }
admin-player-role = Staff: { $role }
admin-player-no-terms = terms not accepted
admin-player-no-setup = setup not finished
admin-player-timed-out = Timed out, may queue again { $until }
admin-player-aborts = Aborts left this month: { $left }. Races: { $races }
admin-player-queued = In the queue since { $since }
admin-player-rating = { $race }: { $mmr } MMR, { $wins } won, { $losses } lost, { $draws } drawn, last { $last }
admin-player-match = Match { $id } as player { $slot } against { $opponent }: { $verdict }, paired { $at }

admin-match = **Match { $id }**
admin-match-paired = Paired { $at }
admin-match-confirming = Waits to be confirmed, until { $deadline }
admin-match-playing = Playing since { $since }, closes { $deadline }
admin-match-closed = Closed: { $verdict }
admin-seat-confirmed = confirmed
admin-seat-found = was reached, and has not confirmed
admin-seat-not-reached = was not reached yet

admin-verdict-open = open
admin-verdict-won = player { $slot } won
admin-verdict-drawn = a draw
admin-verdict-aborted = player { $slot } aborted
admin-verdict-unconfirmed = not confirmed
admin-verdict-expired = nobody finished it
admin-verdict-conflict = the reports contradict each other
admin-verdict-void = void
admin-verdict-cancelled-by = cancelled, since player { $slot } was taken off the ladder
admin-verdict-cancelled = cancelled

admin-log = **What staff did**, page { $page } of { $pages }
admin-log-empty = Staff have not done anything yet.
admin-log-entry = { $number }. { $at } { $by }: **{ $act }** ({ $reason })

admin-health =
    Records: { $records }, not on disk yet { $unsaved }
    Replay workers: { $workers }, idle { $idle }; replays in line: { $line }
    Replays read: { $parsed }, failed { $failed }
    Messages to be shown: { $due }, on their way { $under-way }
    evoladder status shows the rest on the machine itself.
admin-health-read-only = **The disk refuses to take anything at present.**

admin-health-level-normal = **The ladder does as usual**
admin-health-level-busy = **The ladder is busy**
admin-health-level-overloaded = **The ladder is overloaded**
admin-health-unknown = **How the whole does is not known yet.** Ask again in a second.
admin-health-no-alert = Nothing is wrong.
admin-health-alert = ⚠ **{ $name }**, { $at }: { $text }
admin-health-numbers =
    Players: { $active } active, { $queue } in the queue; { $matches } matches open
    Answers: half within { $p50 }, 19 of 20 within { $p95 }; { $presses } on their way
    To the disk: 19 of 20 within { $durable }; behind: journal { $journal-lag }, database { $database-lag }
    Calls to Discord a second: { $calls }, in line { $waiting }; failures in ten minutes: { $failures }
    Memory: { $memory }
admin-health-role = { $role }: { $ready } of { $processes } ready, restarts { $restarts }, { $memory }

# In the channel of staff, in English alone; the text is the supervisor's.
alert-began = **Alert { $name }** since { $began }: { $text }
alert-over = **{ $name } is over.** It was so from { $began } to { $over }.
alert-was = **Alert { $name }**, over by now: { $text }. It was so from { $began } to { $over }.

admin-roster = **Staff**

admin-act-set-knob = Set { $name } to { $value }
admin-act-retire-handles = Let the files of release { $release } count no more ({ $where })
admin-act-mark-fake = Reject games with the file { $file }
admin-act-clear-fake = No longer reject games with the file { $file }
admin-act-allow-accounts = { $count ->
    [one] Let { $count } account of { $player } be bound in { $region }
   *[other] Let { $count } accounts of { $player } be bound in { $region }
}
admin-act-unbind-account = Take the account { $account } off { $player }
admin-all-regions = all game regions
admin-all-maps = all maps

admin-knobs = **The numbers of the rules.** /admin set-knob changes one; those that staff changed are marked with ✎.

admin-act-resolve = Decide match { $id }: { $verdict }
admin-act-adjust-mmr = Set the rating of { $player } with { $race } to { $mmr } MMR
admin-act-close-case = Close case { $id } and leave its match as it is
admin-act-learn-handles = Take the files of case { $id } for the official mod

admin-cases-none = No case is open.
admin-case = **Case { $id }, match { $match }: { $kind }** Opened { $opened }. Case { $page } of { $pages }.
admin-case-conflict = the reports contradict each other.
admin-case-one_report = the time was over, and only one player had reported.
admin-case-dispute = a player does not agree with how it was decided.
admin-case-unverified = it was played with files that nobody knows.
admin-case-clash = a replay has the account of somebody else.
admin-case-contradiction = a replay names another winner.
admin-case-closed = Closed { $at }: { $verdict }
admin-case-files = { $files ->
    [one] { $files } file on { $map } in { $region }
   *[other] { $files } files on { $map } in { $region }
}
admin-case-account = Account { $account } of player { $player }
admin-button-first = Player 1 won
admin-button-second = Player 2 won
admin-button-draw = A draw
admin-button-void = Void
admin-button-close = Leave it as it is
admin-button-learn = Learn the files
admin-modal-title = Why?
admin-modal-reason-help = For the audit log. You are asked once more before it is done.
admin-report-won = reported a win
admin-report-lost = reported a loss
admin-report-draw = reported a draw
admin-upload = Replay of player { $slot }, { $at }: { $end } `{ $file }`
admin-upload-in-line = waits to be read
admin-upload-undecided = says nothing of a winner
admin-upload-rejected = rejected
admin-upload-late = came too late
admin-match-case = Case { $id }
admin-archive = **Match { $id }**, from the archive
admin-archive-began = Began { $at }
admin-archive-closed = Closed { $at }: { $verdict }
admin-archive-ground-recorded = the replay says so
admin-archive-ground-left = the other player left first
admin-archive-ground-reported = both players said so
admin-archive-ground-staff = staff ruled so
admin-archive-aborted = a player aborted
admin-archive-open = Not closed
admin-archive-resolved = Ruling of { $by }, { $at }: { $before } → { $after }
admin-archive-corrected = Corrected: player { $slot } ({ $race }) { $before } → { $after } MMR
admin-archive-others = { $count ->
    [one] The rulings moved 1 rating of another player
   *[other] The rulings moved { $count } ratings of other players
}
admin-archive-case = Case { $id }, opened { $opened }: { $kind }
admin-archive-case-closed = Closed { $at } by { $by }
admin-archive-would-be = { $end }; in time: { $other }
admin-archive-decided = decided the match
