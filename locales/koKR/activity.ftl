activity-title = { $days ->
    [1] **대기열 시간대**: 지난 24시간의 시간별 플레이어 수
   *[other] **대기열 시간대**: 지난 { $days }일 동안 시간당 플레이어 수
}
activity-hour = { $players } · 스1 { $bw } · 스2 { $sc2 }
activity-empty = 그동안 대기열에 들어온 사람이 없습니다. /queue로 첫 번째가 되어 보세요!
activity-button-pings = 누가 대기열에 들어오면 알림 받기
activity-picture-title = 대기열 시간대
activity-picture-period = { $days ->
    [1] 지난 24시간의 시간별 플레이어
   *[other] 지난 { $days }일의 하루 평균, 시간당 플레이어
}
activity-picture-zone = 시간대: { $zone }
activity-picture-both = 둘 다
activity-picture-alt = { $period }. 가장 많은 때는 { $hour } ({ $zone }): { $players }.
activity-busiest = 가장 붐비는 시간: { $hours }
activity-picture-zone-own = 내 시간: { $zone }
activity-picture-alt-own = { $period }. 가장 많은 때는 { $hour } (내 시간, { $zone }): { $players }.
