# The rules say no. One or two sentences: what is the matter, and what to do next.
refusal-setup-needed = Finish your setup first: follow the steps below, or use /setup at any time.
refusal-terms-needed = Please read and accept the terms first: the button is below, and in /setup.
refusal-name-invalid = That name does not work here. Use 3 to 12 letters or digits, without spaces or signs.
refusal-name-taken = Somebody on the ladder already has that name. Please pick another one.
refusal-battle-tag-invalid = That does not look like a BattleTag. It is written like Name#1234; you find it in the Battle.net app.
refusal-battle-tag-taken = That BattleTag already belongs to another player here. If it is yours, please tell the staff.
refusal-alternative-name-invalid = One of the alternative names does not work. Each has 3 to 12 letters or digits, at most three, separated by commas, and all are different.
refusal-country-unknown = That country is not known. Use its name or its two letters, such as KR or DE; XX if you would rather not say, ZZ for any other. /setcountry lists them all.
refusal-region-unknown = That region is not known. Please pick one from the list in /setup.
refusal-no-race = Pick at least one race first, then press Join again.
refusal-too-many-vetoes = You can veto { $allowed ->
    [one] one map
   *[other] up to { $allowed } maps
}. Please choose fewer.
refusal-map-unknown = That map is not in this season's pool any more. Use /queue to see the pool.
refusal-already-queued = You are in the queue already. Lean back: you will get a message when a match is found.
refusal-not-queued = You are not in the queue right now. Use /queue to look for a match.
refusal-in-match = You have a match already. Use /match to see it.
refusal-timed-out = You can queue again { $until }. Missed confirmations and too many aborts cause such a break.
refusal-match-unknown = There is no such match that you could look at. /match shows yours, and /queue finds one.
refusal-too-late = That came too late: the match has moved on. Use /match to see where it is.
refusal-no-open-match = You have no match that waits for a replay. Use /queue to find one, and send the replay after the game.
refusal-file-too-large = That file is too large for a replay; the limit is { $mebibytes } MiB. Send the .SC2Replay file of the match itself.
refusal-not-a-replay = That is not a replay. Send the file that ends in .SC2Replay; StarCraft II keeps it in your Documents folder, under Accounts.
refusal-file-refused = This replay decided a match before. Send the replay of your current match.
refusal-line-full = Many replays are being read right now. Please send yours again in a minute; your match waits for it.
refusal-own-line-full = You already have { $limit ->
    [one] { $limit } replay on its way or in line. Wait for its answer before
   *[other] { $limit } replays on their way or in line. Wait for their answers before
} you send another; your match stays open.
refusal-too-many-files = { $limit ->
    [one] At most { $limit } file of one message is read.
   *[other] At most { $limit } files of one message are read.
} One replay decides a match: send the file of that game alone.
refusal-file-quarantined = This very file could not be read before, so it is not tried again. Ask your opponent to send theirs; your match stays open.
refusal-too-many-uploads = You have sent { $limit ->
    [one] { $limit } replay
   *[other] { $limit } replays
} for this match, and no more are taken. Ask your opponent to send theirs.
refusal-already-decided = Your last match has its result already, so no replay is needed. See it with /match, or find the next one with /queue.
refusal-files = { $files } of your files were not taken. { $why }
refusal-download-failed = Discord did not hand out your file. Please send it once more.
refusal-read-only = The ladder cannot save anything at the moment, so nothing was changed. Please try again in a few minutes.
refusal-busy = The ladder is very busy right now, and nothing was changed. Please try again in a moment.
refusal-stale = That was pressed too long ago to be sure what happened. Use /match or /queue to see where you are.
refusal-player-unknown = Nobody on the ladder has this name. /leaderboard lists those who have played.
refusal-knob-unknown = No number of the rules has this name. The list of them says what each is called.
refusal-knob-invalid = { $name } should be { $expects }. Nothing was changed.
refusal-knob-out-of-range = { $name } can be set to anything from { $min } to { $max }. Nothing was changed.
refusal-handles-invalid = These are not the files of a game on this map. Each file is a SHA-256 of 64 lower-case hex digits.
refusal-handles-fake = One of these files is known from unofficial copies of the mod, so they were not learned.
refusal-handles-known = The lists have this as official already, so nothing was changed.
refusal-handles-unknown = The lists have nothing like that, so there is nothing to change.
refusal-toon-unknown = This account is not bound to the player. Their page lists the accounts that are.
refusal-not-started = That match has not begun: both of you have to confirm it first. /match shows where it stands.
refusal-not-disputable = That match has no result that you could dispute. /match shows how it ended.
refusal-dispute-over = A result can be disputed for { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}, and that time is over. If something is wrong, write to the staff.
refusal-case-unknown = There is no open case of that number.
refusal-match-not-played = That match was never played, so there is no result to change.
refusal-unchanged = Nothing was changed: it is like that already.
refusal-correction-too-large = This correction would move more than { $limit } ratings, so it was not made.
refusal-mmr-out-of-range = A rating has to lie between { $least } and { $most }.
refusal-banned = You are banned until { $until }: { $reason }
refusal-banned-for-good = You are banned from this ladder: { $reason }
refusal-staff-only = That is for the staff of the ladder. /help shows what everyone can do.
refusal-owner-only = Only an owner of the ladder changes roles.
refusal-reason-needed = Give a reason of { $from } to { $to } characters. It goes into the audit log, and those it concerns read it.
refusal-proposal-gone = This question is not open any more: it was answered, replaced by a newer one, or is too old. Use /admin again.
refusal-nothing-to-do = That is how it is already, so there is nothing to do.
refusal-last-owner = A ladder needs an owner. Make somebody else owner first.
refusal-staff-not-banned = Staff cannot be banned. An owner has to take the role away first.
refusal-out-of-range = That number has to be from { $from } to { $to }.
refusal-text-length = That text needs { $from } to { $to } characters.
refusal-history-away = Older matches cannot be read at the moment, since the database does not answer. Please try again in a few minutes.
refusal-replay-in-line = This very file is being read already, so it counts once. Its answer comes into our DM.
refusal-match-private = That match has no result, and only its two players can look at it.
refusal-guide-unread = Before your first match, have a look at how one works: it is short, and the button below leads on to the queue.
refusal-dms-closed = You cannot queue yet, since direct messages do not reach you and you would not see your match.
refusal-time-invalid = Quiet hours need two different times such as 23:00 and 8:00, or leave both empty for none.
refusal-zone-invalid = Tell what time it is where you are, such as 21:35, or how far your clock is from UTC, such as UTC+9.
