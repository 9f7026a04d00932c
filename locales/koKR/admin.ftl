# 운영진이 /admin에서 읽는 것.
staff-role-owner = 소유자
staff-role-admin = 관리자
staff-role-none = 역할 없음

admin-propose = **{ $act }: 할까요?** 아직 아무것도 하지 않았습니다. 이 확인은 { $expires } 끝납니다.
admin-propose-changed = **{ $act }: 할까요?** 물어본 뒤에 래더가 바뀌어 아무것도 하지 않았습니다. 다시 확인해 주세요. 이 확인은 { $expires } 끝납니다.
admin-button-do = 실행
admin-button-cancel = 취소
admin-withdrawn = 취소했습니다. 아무것도 하지 않았습니다.
admin-done = **완료: { $act }.** 감사 기록 { $number }번.
admin-reason = 사유
admin-before = 이전
admin-after = 이후

admin-act-set-role = { $user }의 역할: { $role }
admin-act-remove-from-queue = { $player } 대기열에서 내보내기
admin-act-clear-queue = 대기열 비우기
admin-act-ban = { $player } { $days }일 이용 정지
admin-act-ban-for-good = { $player } 영구 이용 정지
admin-act-unban = { $player } 이용 정지 해제
admin-act-time-out = { $player } 대기열 { $minutes }분 제한
admin-act-lift-time-out = { $player } 대기열 제한 해제
admin-act-reset-aborts = { $player } 이번 달 취소 횟수 모두 되돌리기
admin-act-announce = 모두에게 공지: { $text }
admin-act-rename = { $player } 이름을 { $name }(으)로 변경

admin-snapshot =
    { "**래더 현황**" }
    플레이어: { $players }, 설정 완료 { $set-up }, 이용 정지 { $banned }
    대기열: { $queued }
    열린 경기: { $matches }, 지금까지 결정된 경기: { $decided }
    차례를 기다리는 리플레이: { $jobs }
    보여 줄 메시지: { $cards }
    운영진 안건: { $cases }
admin-snapshot-queue = 대기열
admin-snapshot-matches = 열린 경기
admin-queued = { $name }: { $races }, 대기 시작 { $since }, 매칭 { $waves }회
admin-open-confirming = { $id }번 경기: { $first }, { $second }, 수락 대기, 짝지은 때 { $since }
admin-open-playing = { $id }번 경기: { $first }, { $second }, 진행 중, 짝지은 때 { $since }

admin-player = **{ $name }**, { $user }, 플레이어 { $id }
admin-player-banned = **이용 정지** 기한 { $until }: { $reason }
admin-player-banned-for-good = **영구 이용 정지**: { $reason }
admin-player-role = 운영진: { $role }
admin-player-no-terms = 약관 미동의
admin-player-no-setup = 설정 미완료
admin-player-timed-out = 대기열 제한 중, 해제 { $until }
admin-player-aborts = 이번 달 남은 취소: { $left }. 종족: { $races }
admin-player-queued = 대기열에 들어온 때 { $since }
admin-player-rating = { $race }: MMR { $mmr }, { $wins }승 { $losses }패 { $draws }무, 마지막 { $last }
admin-player-match = { $id }번 경기, 플레이어 { $slot }, 상대 { $opponent }: { $verdict }, 짝지은 때 { $at }

admin-match = **{ $id }번 경기**
admin-match-paired = 짝지은 때 { $at }
admin-match-confirming = 수락 대기, 기한 { $deadline }
admin-match-playing = 시작 { $since }, 마감 { $deadline }
admin-match-closed = 종료: { $verdict }
admin-seat-confirmed = 수락함
admin-seat-found = 알림은 전달됨, 아직 수락하지 않음
admin-seat-not-reached = 알림이 아직 전달되지 않음

admin-verdict-open = 진행 중
admin-verdict-won = 플레이어 { $slot } 승리
admin-verdict-drawn = 무승부
admin-verdict-aborted = 플레이어 { $slot } 취소
admin-verdict-unconfirmed = 수락되지 않음
admin-verdict-expired = 아무도 끝내지 않음
admin-verdict-conflict = 보고가 서로 다름
admin-verdict-void = 무효
admin-verdict-cancelled-by = 취소됨 (플레이어 { $slot } 래더에서 제외)
admin-verdict-cancelled = 취소됨

admin-log = **운영진이 한 일**, { $pages }쪽 중 { $page }쪽
admin-log-empty = 운영진이 아직 한 일이 없습니다.
admin-log-entry = { $number }. { $at } { $by }: **{ $act }** ({ $reason })

admin-health =
    기록: { $records }, 아직 디스크에 없음 { $unsaved }
    리플레이 작업자: { $workers }, 쉬는 중 { $idle }, 차례를 기다리는 리플레이: { $line }
    읽은 리플레이: { $parsed }, 실패 { $failed }
    보여 줄 메시지: { $due }, 보내는 중 { $under-way }
    나머지는 서버에서 evoladder status로 볼 수 있습니다.
admin-health-read-only = **지금 디스크에 아무것도 쓸 수 없습니다.**

admin-health-level-normal = **래더는 평소와 같습니다**
admin-health-level-busy = **래더가 붐빕니다**
admin-health-level-overloaded = **래더에 과부하가 걸렸습니다**
admin-health-unknown = **전체 상태를 아직 알 수 없습니다.** 잠시 후 다시 확인하세요.
admin-health-no-alert = 이상이 없습니다.
admin-health-alert = ⚠ **{ $name }**, { $at }: { $text }
admin-health-numbers =
    플레이어: 활동 중 { $active }, 대기열 { $queue }, 열린 경기 { $matches }
    응답: 절반은 { $p50 } 이내, 20개 중 19개는 { $p95 } 이내, 처리 중 { $presses }
    디스크까지: 20개 중 19개는 { $durable } 이내, 밀린 시간: 저널 { $journal-lag }, 데이터베이스 { $database-lag }
    초당 Discord 호출: { $calls }, 대기 { $waiting }, 10분 동안 실패: { $failures }
    메모리: { $memory }
admin-health-role = { $role }: { $processes }개 중 { $ready }개 준비됨, 재시작 { $restarts }, { $memory }

# In the channel of staff, in English alone; the text is the supervisor's.
alert-began = **경보 { $name }**, { $began }부터: { $text }
alert-over = **{ $name } 경보가 끝났습니다.** { $began }부터 { $over }까지였습니다.
alert-was = **경보 { $name }**, 지금은 끝남: { $text }. { $began }부터 { $over }까지였습니다.

admin-roster = **운영진**

admin-act-set-knob = { $name } 값을 { $value }(으)로 설정
admin-act-retire-handles = 릴리스 { $release }의 파일을 더 이상 인정하지 않기 ({ $where })
admin-act-mark-fake = 파일 { $file }이 있는 게임 거부
admin-act-clear-fake = 파일 { $file }이 있는 게임을 더 이상 거부하지 않기
admin-act-allow-accounts = { $player }의 { $region } 계정을 { $count }개까지 연결 허용
admin-act-unbind-account = { $player }의 계정 { $account } 연결 해제
admin-all-regions = 모든 게임 지역
admin-all-maps = 모든 맵

admin-knobs = **규칙의 수치.** /admin set-knob으로 바꿉니다. 운영진이 바꾼 것에는 ✎ 표시가 있습니다.

admin-act-resolve = { $id }번 경기 판정: { $verdict }
admin-act-adjust-mmr = { $player }의 { $race } 레이팅을 MMR { $mmr }(으)로 설정
admin-act-close-case = 안건 { $id }번을 닫고 경기는 그대로 두기
admin-act-learn-handles = 안건 { $id }번의 파일을 공식 모드로 등록

admin-cases-none = 열린 안건이 없습니다.
admin-case = **안건 { $id }번, { $match }번 경기: { $kind }** 등록 { $opened }. { $pages }건 중 { $page }번째.
admin-case-conflict = 보고가 서로 다릅니다.
admin-case-one_report = 시간이 끝났고 한 사람만 보고했습니다.
admin-case-dispute = 한 플레이어가 결과에 동의하지 않습니다.
admin-case-unverified = 아무도 모르는 파일로 경기했습니다.
admin-case-clash = 리플레이에 다른 사람의 계정이 있습니다.
admin-case-contradiction = 리플레이의 승자가 다릅니다.
admin-case-closed = 종료 { $at }: { $verdict }
admin-case-files = { $region }, { $map }: 파일 { $files }개
admin-case-account = 플레이어 { $player }의 계정 { $account }
admin-button-first = 플레이어 1 승리
admin-button-second = 플레이어 2 승리
admin-button-draw = 무승부
admin-button-void = 무효
admin-button-close = 그대로 두기
admin-button-learn = 파일 등록
admin-modal-title = 사유
admin-modal-reason-help = 감사 기록에 남습니다. 실행하기 전에 한 번 더 묻습니다.
admin-report-won = 승리로 보고
admin-report-lost = 패배로 보고
admin-report-draw = 무승부로 보고
admin-upload = 플레이어 { $slot }의 리플레이, { $at }: { $end } `{ $file }`
admin-upload-in-line = 차례를 기다림
admin-upload-undecided = 승자가 기록되어 있지 않음
admin-upload-rejected = 거부됨
admin-upload-late = 너무 늦음
admin-match-case = 안건 { $id }번
admin-archive = **{ $id }번 경기**, 보관 기록
admin-archive-began = 시작 { $at }
admin-archive-closed = 종료 { $at }: { $verdict }
admin-archive-ground-recorded = 리플레이 기록
admin-archive-ground-left = 상대가 먼저 나감
admin-archive-ground-reported = 두 사람의 보고
admin-archive-ground-staff = 운영진 판정
admin-archive-aborted = 한 플레이어가 취소
admin-archive-open = 종료되지 않음
admin-archive-resolved = { $by }의 판정, { $at }: { $before } → { $after }
admin-archive-corrected = 정정: 플레이어 { $slot } ({ $race }) MMR { $before } → { $after }
admin-archive-others = 이 판정으로 다른 플레이어의 레이팅 { $count }개가 바뀜
admin-archive-case = 안건 { $id }번, 등록 { $opened }: { $kind }
admin-archive-case-closed = 종료 { $at }, 담당 { $by }
admin-archive-would-be = { $end }, 제시간이었다면: { $other }
admin-archive-decided = 경기를 결정함
