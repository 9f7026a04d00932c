leaderboard-title = **排行榜**，第 { $page } 页，共 { $pages } 页
leaderboard-empty = 最近没有人打过对局。用 /queue 来当第一个吧！
leaderboard-none = 排行榜上没有符合条件的人。
leaderboard-record = { $wins } 胜 { $losses } 负
leaderboard-record-draws = { $wins } 胜 { $draws } 平 { $losses } 负
leaderboard-filter-rank = 段位 { $rank }
leaderboard-filter-best = 仅最强种族
# 对局太少、尚不确定的积分。
leaderboard-provisional = { $mmr }?
leaderboard-button-previous = 上一页
leaderboard-button-next = 下一页
leaderboard-button-picture = 图片
leaderboard-picture-title = 排行榜
leaderboard-picture-alt = 从第 { $from } 名起的排行榜图片。{ $rows }
leaderboard-picture-alt-row = 第 { $place } 名：{ $name }，{ $race }，段位 { $rank }，{ $mmr } MMR。
