leaderboard-title = **Leaderboard**, page { $page } of { $pages }
leaderboard-empty = Nobody has a rating yet. Use /queue and be the first!
leaderboard-record = { $wins }–{ $losses }
leaderboard-button-previous = Previous
leaderboard-button-next = Next
