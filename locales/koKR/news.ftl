# 플레이어가 하지 않았는데 그 플레이어에게 일어난 일.
news-rating-corrected = { $id }번 경기의 결과가 정정되었습니다. { $race } 레이팅: MMR { $before } → { $after } ({ $change })
news-match-won = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 승리.
news-match-lost = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 패배.
news-match-drawn = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 무승부.
news-match-void = 운영진이 { $id }번 경기를 살펴보고 무효로 했습니다. 어디에도 반영되지 않습니다.
news-mmr-adjusted = 운영진이 { $race } 레이팅을 조정했습니다: MMR { $before } → { $after } ({ $change }). 사유: { $reason }
news-banned = **{ $until }까지 이용이 정지되었습니다.** 운영진의 사유: { $reason }
news-banned-for-good = **이 래더의 이용이 영구 정지되었습니다.** 운영진의 사유: { $reason }
news-ban-over = 이용 정지가 끝났습니다. /queue로 경기를 찾으세요.
news-unbanned = **운영진이 이용 정지를 해제했습니다**: { $reason } /queue로 경기를 찾으세요.
news-timed-out = **운영진이 대기열 이용을 제한했습니다.** { $until } 다시 대기열에 들어갈 수 있습니다. 사유: { $reason }
news-time-out-lifted = **운영진이 대기열 제한을 해제했습니다**: { $reason }
news-aborts-reset = **운영진이 이번 달의 취소 횟수를 모두 되돌려 드렸습니다**: { $reason }
news-removed-from-queue = **운영진이 대기열에서 내보냈습니다.** 사유: { $reason } /queue를 다시 사용할 수 있습니다.
news-match-cancelled = **운영진이 { $id }번 경기를 종료했습니다.** 회원님 때문은 아닙니다. 레이팅은 변하지 않았습니다. 다른 경기는 /queue로 찾으세요.
news-match-cancelled-requeued = **운영진이 { $id }번 경기를 종료했습니다.** 회원님 때문은 아닙니다. 대기열로 돌아왔으며, 기다린 시간은 그대로 인정됩니다.
news-renamed = **운영진이 래더 이름을 { $name }(으)로 바꾸었습니다.** 사유: { $reason }
news-role = **이제 이 래더의 역할은 { $role }입니다**: { $reason }
news-role-none = **이제 이 래더의 운영진이 아닙니다**: { $reason }
news-announcement =
    { "**래더 운영진이 알려 드립니다**" }
    { $text }
news-accounts-allowed = **운영진이 { $region }에서 계정을 { $count }개까지 연결할 수 있게 했습니다**: { $reason }
news-account-unbound = **운영진이 { $account } 계정의 연결을 해제했습니다**: { $reason } 확인된 경기를 하면 다시 연결될 수 있습니다.
news-queues-bw = { $at }부터 **브루드 워로 상대를 찾는 플레이어가 있습니다.** 맞붙을 상대가 아직 없습니다.
news-queues-sc2 = { $at }부터 **스타크래프트 II로 상대를 찾는 플레이어가 있습니다.** 맞붙을 상대가 아직 없습니다.
news-queues-both = { $at }부터 **어느 쪽으로든 상대를 찾는 플레이어가 있습니다.** 기다리는 사람이 또 없습니다.
news-queues-button-queue = 경기 찾기
news-queues-button-notify = 알림 변경
news-dms-open = 메시지가 잘 도착합니다. /queue로 경기를 찾으세요.
news-match-ruled-won = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 승리. 사유: { $reason }
news-match-ruled-lost = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 패배. 사유: { $reason }
news-match-ruled-drawn = 운영진이 { $id }번 경기를 살펴보고 판정했습니다: 무승부. 사유: { $reason }
news-match-ruled-void = 운영진이 { $id }번 경기를 살펴보고 무효로 했습니다. 어디에도 반영되지 않습니다. 사유: { $reason }
