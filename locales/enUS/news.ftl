# What happened to a player without their doing.
news-rating-corrected = The result of match { $id } was corrected. Your rating with { $race }: { $before } → { $after } MMR ({ $change })
news-match-won = Staff looked at match { $id } and decided it: you won.
news-match-lost = Staff looked at match { $id } and decided it: you lost.
news-match-drawn = Staff looked at match { $id } and decided it: nobody won.
news-match-void = Staff looked at match { $id } and took it back. It counts for nothing.
news-mmr-adjusted = Staff set your rating with { $race }: { $before } → { $after } MMR ({ $change }). Their reason: { $reason }
