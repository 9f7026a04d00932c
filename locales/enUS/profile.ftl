profile-unrated = No rated match yet.
profile-rating = { $race }: **{ $mmr }** MMR, { $record }
profile-rating-placed = { $race }: **{ $mmr }** MMR, rank { $rank }, place { $place }, { $record }
profile-provisional = ? Too few games to be sure of.
profile-recent = Lately
profile-period = { $days ->
    [one] { $days } day: { $record }
   *[other] { $days } days: { $record }
}
profile-won-in-a-row = { $run } won in a row
profile-lost-in-a-row = { $run } lost in a row
profile-against-you = You against them
