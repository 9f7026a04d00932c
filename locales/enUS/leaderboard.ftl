leaderboard-title = **Leaderboard**, page { $page } of { $pages }
leaderboard-empty = Nobody has played lately. Use /queue and be the first!
leaderboard-none = Nobody on the leaderboard fits that.
leaderboard-record = { $wins }–{ $losses }
leaderboard-record-draws = { $wins }–{ $losses }–{ $draws }
leaderboard-filter-rank = rank { $rank }
leaderboard-filter-best = best races
# A rating after too few games to be sure of.
leaderboard-provisional = { $mmr }?
leaderboard-button-previous = Previous
leaderboard-button-next = Next
leaderboard-button-picture = Picture
leaderboard-picture-title = Leaderboard
leaderboard-picture-alt = The leaderboard from place { $from } as a picture. { $rows }
leaderboard-picture-alt-row = { $place }: { $name }, { $race }, rank { $rank }, { $mmr } MMR.
