match-found = **상대를 찾았습니다!** { $deadline } 마감되기 전에 수락하세요. 수락하지 않으면 다른 사람에게 넘어갑니다.
match-found-confirmed = **상대를 찾았고, 수락하셨습니다.** 상대의 수락을 기다립니다. 마감: { $deadline }
match-found-secret = 상대와 전장은 두 사람이 모두 수락한 뒤에 공개됩니다.
match-reminder = **경기가 아직 기다리고 있습니다.** 수락을 눌러 주세요. 마감: { $deadline }
match-button-confirm = 수락
match-button-abort = { $left ->
    [0] 취소 (남은 횟수 없음, 대기열 제한)
   *[other] 취소 ({ $left }회 남음)
}
match-button-show = 내 경기 보기

match-playing = **{ $id }번 경기: { $you } 대 { $opponent }**
match-playing-todo = 게임에서 만나 경기한 다음 **여기에 리플레이를 올려 주세요**. 래더는 { $deadline } 이 경기를 마감합니다.
match-report-todo = 리플레이가 없나요? 그러면 두 분 모두 아래에서 결과를 알려 주세요.
match-report-yours = 내가 보고한 결과: **{ $outcome }**. 상대도 보고하기 전까지는 바꿀 수 있습니다.
match-report-opponent = **상대가 결과를 보고했습니다.** 여기에 리플레이를 올리거나 결과를 보고해 주세요.
match-report-contradicting = 상대는 다른 결과를 보고했습니다. 이 경기의 리플레이를 읽는 중이며, 읽을 수 있으면 리플레이로 결정됩니다.
match-reported-won = 승리
match-reported-lost = 패배
match-reported-draw = 무승부
match-play-reminder = **{ $id }번 경기가 아직 끝나지 않았습니다.** 여기에 리플레이를 올리거나 결과를 보고해 주세요. 래더는 { $deadline } 경기를 마감하며, 그러면 레이팅은 변하지 않습니다.
match-button-won = 이겼음
match-button-lost = 졌음
match-button-draw = 무승부
match-button-dispute = 이의 제기
match-you = 나
match-opponent = 상대
match-player-race = { $race }, MMR { $mmr }
match-player-rank = { $player }, { $rank } 등급
match-player-alternatives = 다른 이름: { $names }
match-map = 맵
match-map-by = { $title } (제작: { $author })
match-mod = 모드
match-server = 서버
match-server-value = { $server } (게임 지역: { $region })
match-chat = 게임 내 채널
match-lobby = 방 설정
match-lobby-value =
    공개 설정(Privacy): 일반(Normal)
    속도(Speed): 아주 빠름(Faster)
    제한 시간(Duration): 무제한(Infinite)
    동맹 고정(Locked alliances): 예(Yes)
match-known-problem = **알아 두세요** · { $race }: { $says }
match-guide = 방 만드는 법
match-guide-value =
    한 사람이 위의 게임 지역으로 접속해 게임 내 채널에서 맵 링크를 열고, *모드와 함께 만들기(Create with Mod)* 를 누른 다음 모드를 고릅니다.
    방을 위와 같이 설정하고 서버를 고른 뒤, 배틀태그로 상대를 초대합니다.
    각자 자기 종족을 고르고 이 안내와 맞는지 확인한 뒤 시작하세요. 경기가 끝나면 둘 중 한 사람이 여기에 리플레이를 올립니다.

match-won = **{ $id }번 경기에서 승리했습니다.** 상대: { $opponent }, MMR { $before } → { $after } ({ $change })
match-lost = **{ $id }번 경기에서 패배했습니다.** 상대: { $opponent }, MMR { $before } → { $after } ({ $change })
match-drawn = **{ $id }번 경기에서 비겼습니다.** 상대: { $opponent }, MMR { $before } → { $after } ({ $change })
match-result-detail = { $race } 대 { $opponent-race }, { $map }
match-result-ground = 리플레이에 승자가 기록되어 있지 않습니다. 상대가 먼저 나갔으므로 나의 승리입니다.
match-result-ground-lost = 리플레이에 승자가 기록되어 있지 않습니다. 내가 먼저 나갔으므로 상대의 승리입니다.
match-result-reported = 두 사람 모두 이렇게 보고했습니다.
match-result-staff = 운영진이 이렇게 판정했습니다.
match-next = 다음 경기는 /queue로 찾으세요.
match-dispute-until = 결과가 잘못되었나요? 이의를 제기할 수 있습니다. 기한: { $until }. 운영진이 판정할 때까지 이 결과는 유지됩니다.
match-disputed = **이의를 제기했습니다.** 운영진이 살펴볼 예정이며, 판정할 때까지 이 결과는 유지됩니다. 여기에 올리는 리플레이는 운영진에게 전달됩니다.

match-aborted-you = **{ $id }번 경기를 취소했습니다.** 준비가 되면 /queue를 사용하세요.
match-aborted-opponent = **상대가 { $id }번 경기를 취소했습니다.**
match-unconfirmed-you = 제시간에 수락하지 않아 **{ $id }번 경기가 무산되었습니다.** 준비가 되면 /queue를 사용하세요.
match-unconfirmed-opponent = 상대가 제시간에 수락하지 않아 **{ $id }번 경기가 무산되었습니다.**
match-requeued = 대기열로 돌아왔으며, 기다린 시간은 그대로 인정됩니다.
match-not-requeued = 다른 경기는 /queue로 찾으세요.
match-expired = 제시간에 끝내지 않아 **{ $id }번 경기가 마감되었습니다.** 레이팅은 변하지 않았습니다. 다음 경기는 /queue로 찾으세요.
match-expired-reported = 상대가 제시간에 보고하지 않았고 리플레이도 없어 **{ $id }번 경기가 마감되었습니다.** 레이팅은 변하지 않았으며, 운영진이 내 보고를 확인합니다. 리플레이가 있다면 운영진을 위해 여기에 올려 주세요. 다음 경기는 /queue로 찾으세요.
match-expired-silent = 상대는 보고했지만 내가 제시간에 보고하지 않아 **{ $id }번 경기가 마감되었습니다.** 레이팅은 변하지 않았으며, 운영진이 살펴봅니다. 리플레이가 있다면 운영진을 위해 여기에 올려 주세요. 다음 경기는 /queue로 찾으세요.
match-conflict = 두 사람이 서로 다른 결과를 보고해 **{ $id }번 경기는 일단 마감되었습니다.** 레이팅은 변하지 않았으며, 운영진이 살펴봅니다. 리플레이가 있다면 운영진을 위해 여기에 올려 주세요. 다음 경기는 /queue로 찾으세요.
match-void = **운영진이 { $id }번 경기를 무효로 했습니다.** 어디에도 반영되지 않습니다.
match-cancelled-you = **운영진이 { $id }번 경기를 종료했습니다.** 레이팅은 변하지 않았습니다.
match-cancelled = **운영진이 { $id }번 경기를 종료했습니다.** 회원님 때문은 아닙니다. 레이팅은 변하지 않았습니다.
match-decided = **{ $id }번 경기의 결과가 나왔습니다.**
match-button-replay = 리플레이 보내기
past-match = **{ $id }번 경기**, { $map }
past-match-player = { $player } ({ $race })
past-match-rated = { $player } ({ $race }): MMR { $before } → { $after } ({ $change })
past-match-when = 경기한 때: { $at }
past-match-length = { $length }분
past-match-won = **{ $player } 승리**
past-match-drawn = **무승부**
past-match-conflict = 두 보고가 서로 달라 레이팅은 변하지 않았습니다.
past-match-void = 운영진이 무효로 했습니다. 어디에도 반영되지 않습니다.
past-match-aborted = 시작하기 전에 취소되었습니다.
past-match-unconfirmed = 제시간에 수락되지 않았습니다.
past-match-expired = 제시간에 끝낸 사람이 없습니다.
past-match-cancelled = 운영진이 플레이어를 래더에서 제외하여 취소되었습니다.
past-match-ground-recorded = 리플레이 기록대로
past-match-ground-left = 다른 플레이어가 먼저 나감
past-match-ground-reported = 두 사람의 보고대로
past-match-ground-staff = 운영진의 판정대로
past-match-ruled = 운영진이 다시 판정했습니다 ({ $at }). 위의 숫자는 그 전에 알려 드린 것입니다.
past-match-replay-none = 이 경기에는 리플레이가 없습니다.
past-match-replay-gone = 지금은 이 경기의 리플레이를 불러올 수 없습니다.
past-match-choice = { $id }: { $result }
past-match-choice-won = { $opponent }에게 승리
past-match-choice-lost = { $opponent }에게 패배
past-match-choice-draw = { $opponent }와(과) 무승부
past-match-choice-none = 상대 { $opponent }
report-modal-title = { $id }번 경기의 리플레이
report-modal-file = .SC2Replay 파일
report-modal-help = 문서, StarCraft II, Accounts, Replays, Multiplayer 폴더에서 가장 최근 파일입니다.
report-taken = 받았습니다. 리플레이의 결과는 잠시 후 여기에 알려 드립니다.
report-taken-elsewhere = 받았습니다. 리플레이의 결과는 잠시 후 DM으로 알려 드립니다.
log-won = { $id }번 경기: { $map }에서 { $winner } 승, { $loser } 패
log-won-no-map = { $id }번 경기: { $winner } 승, { $loser } 패
log-drawn = { $id }번 경기: { $map }에서 { $winner }, { $loser } 무승부
log-drawn-no-map = { $id }번 경기: { $winner }, { $loser } 무승부
log-void = { $id }번 경기: { $winner } 대 { $loser }, 무효
log-none = { $id }번 경기: { $winner } 대 { $loser }, 결과 없음
log-player = { $player } ({ $race })
log-player-rated = { $player } ({ $race }, { $before } → { $after })
log-staff = 운영진이 이렇게 판정했습니다.
thread-playing = **{ $id }번 경기: { $first } 대 { $second }**
thread-todo = 게임에서 만나 경기하세요. 그다음 한 사람이 리플레이를 보냅니다. *리플레이 보내기* 를 누르거나, 여기서 /report를 쓰거나, 저와의 DM에 파일을 올려 주세요. 여기에 올린 파일은 보이지 않습니다. 래더는 { $deadline } 이 경기를 마감합니다.
thread-over = **{ $id }번 경기가 끝났습니다.**
thread-closed = 이 스레드는 이제 닫혔습니다. 결과는 각자의 DM에 있습니다.
case-closed = { $by } 님이 종료, { $at }.
case-closed-note = { $by } 님이 종료, { $at }: { $note }
post-case = **안건 { $id }번, { $match }번 경기: { $kind }** 등록 { $opened }.
