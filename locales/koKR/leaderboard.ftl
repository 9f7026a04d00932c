leaderboard-title = **순위표**, { $pages }쪽 중 { $page }쪽
leaderboard-empty = 최근에 경기한 사람이 없습니다. /queue로 첫 번째가 되어 보세요!
leaderboard-none = 순위표에 해당하는 사람이 없습니다.
leaderboard-record = { $wins }승 { $losses }패
leaderboard-record-draws = { $wins }승 { $draws }무 { $losses }패
leaderboard-filter-rank = { $rank } 등급
leaderboard-filter-best = 최고 종족만
# 경기 수가 적어 아직 확실하지 않은 레이팅.
leaderboard-provisional = { $mmr }?
leaderboard-button-previous = 이전
leaderboard-button-next = 다음
leaderboard-button-picture = 그림
leaderboard-picture-title = 순위표
leaderboard-picture-alt = { $from }위부터의 순위표 그림. { $rows }
leaderboard-picture-alt-row = { $place }위: { $name }, { $race }, { $rank } 등급, MMR { $mmr }.
