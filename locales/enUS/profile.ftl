profile-unrated = No rated match yet.
profile-rating = { $race }: **{ $mmr }** MMR, place { $place }, { $wins }–{ $losses }
profile-recent = Lately
profile-period = { $days } days: { $wins }–{ $losses }
profile-won-in-a-row = { $run } won in a row
profile-lost-in-a-row = { $run } lost in a row
profile-against-you = You against them
