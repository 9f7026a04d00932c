# What happened to a player without their doing.
news-rating-corrected = The result of match { $id } was corrected. Your rating with { $race }: { $before } → { $after } MMR ({ $change })
