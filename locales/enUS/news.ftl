# What happened to a player without their doing.
news-rating-corrected = The result of match { $id } was corrected. Your rating with { $race }: { $before } → { $after } MMR ({ $change })
news-match-won = Staff looked at match { $id } and decided it: you won.
news-match-lost = Staff looked at match { $id } and decided it: you lost.
news-match-drawn = Staff looked at match { $id } and decided it: nobody won.
news-match-void = Staff looked at match { $id } and took it back. It counts for nothing.
news-mmr-adjusted = Staff set your rating with { $race }: { $before } → { $after } MMR ({ $change }). Their reason: { $reason }
news-banned = **You were banned until { $until }.** Staff say why: { $reason }
news-banned-for-good = **You were banned from this ladder.** Staff say why: { $reason }
news-ban-over = Your ban is over. Use /queue to find a match.
news-unbanned = **Staff ended your ban**: { $reason } Use /queue to find a match.
news-timed-out = **Staff gave you a break from the queue.** You can queue again { $until }. They say why: { $reason }
news-time-out-lifted = **Staff lifted your queue time-out**: { $reason }
news-aborts-reset = **Staff gave you all aborts of this month back**: { $reason }
news-removed-from-queue = **Staff took you out of the queue.** They say why: { $reason } You can use /queue again.
news-match-cancelled = **Match { $id } was ended by staff**, and not because of you. No rating changed. Use /queue to find another one.
news-match-cancelled-requeued = **Match { $id } was ended by staff**, and not because of you. You are back in the queue with your old waiting time.
news-renamed = **Staff changed your name on the ladder to { $name }.** They say why: { $reason }
news-role = **You are { $role } of this ladder now**: { $reason }
news-role-none = **You are not staff of this ladder any more**: { $reason }
news-announcement =
    { "**From the staff of the ladder**" }
    { $text }
news-accounts-allowed = **{ $count ->
    [one] Staff let { $count } account of yours be bound in { $region }
   *[other] Staff let { $count } accounts of yours be bound in { $region }
}**: { $reason }
news-account-unbound = **Staff took the account { $account } off your name**: { $reason } A verified match may bind it again.
news-match-ruled-won = Staff looked at match { $id } and decided it: you won. Why: { $reason }
news-match-ruled-lost = Staff looked at match { $id } and decided it: you lost. Why: { $reason }
news-match-ruled-drawn = Staff looked at match { $id } and decided it: nobody won. Why: { $reason }
news-match-ruled-void = Staff looked at match { $id } and took it back. It counts for nothing. Why: { $reason }
news-queues-bw = **Somebody is looking for a match** with Brood War, since { $at }. Nobody waits who could be the opponent.
news-queues-sc2 = **Somebody is looking for a match** with StarCraft II, since { $at }. Nobody waits who could be the opponent.
news-queues-both = **Somebody is looking for a match** with either era, since { $at }. Nobody else waits.
news-queues-button-queue = Look for a match
news-queues-button-notify = Change notifications
news-dms-open = Messages reach you here. Use /queue to find a match.
