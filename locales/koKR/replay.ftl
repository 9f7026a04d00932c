replay-reading = **{ $id }번 경기의 리플레이를 읽는 중입니다.** 몇 초 걸립니다.
replay-in-line = **{ $id }번 경기의 리플레이가 차례를 기다립니다.** 앞에 리플레이 { $before }개가 있습니다.
replay-decided = **리플레이로 { $id }번 경기가 결정되었습니다: { $winner } 승리.**
replay-decided-left-first = **리플레이로 { $id }번 경기가 결정되었습니다: { $winner } 승리.** 다른 플레이어가 먼저 나갔기 때문입니다.
replay-undecided = **리플레이는 { $id }번 경기와 맞지만, 누가 이겼는지 기록되어 있지 않습니다.** 상대에게 더 오래 이어지는 리플레이가 있다면 그것을 올려 달라고 하세요.
replay-rejected = **이 리플레이로는 { $id }번 경기를 결정할 수 없습니다.** 무엇이 맞지 않는지, 어떻게 하면 되는지는 아래를 보세요. 경기는 아직 열려 있습니다.
replay-too-late = **리플레이를 읽기 전에 { $id }번 경기가 끝났습니다.** 바뀐 것은 없습니다. 어떻게 끝났는지는 /match로 확인하세요.
replay-already-decided = **{ $id }번 경기는 바로 이 게임으로 이미 결정되었습니다.** 더 하실 일은 없습니다. 어떻게 끝났는지는 /match로 확인하세요.
replay-for-staff = **{ $id }번 경기는 이미 끝나서 이 리플레이로 결정되지 않습니다.** 운영진이 이 경기를 살펴보며, 리플레이도 함께 확인합니다.
replay-somebody = 플레이어

replay-check-readable = 플레이어 두 명
replay-check-identity = 플레이어
replay-check-races = 종족
replay-check-map = 맵
replay-check-time = 시각
replay-check-reuse = 새 게임
replay-check-owner = 계정
replay-check-mod = 모드
replay-check-observers = 관전자
replay-check-privacy = 공개 설정
replay-check-speed = 속도
replay-check-duration = 제한 시간
replay-check-alliances = 동맹
replay-check-passed = { $check }: { $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }: 기준은 { $expected }, 리플레이는 { $found }
replay-checks = 검사
replay-lobby-right = 방 설정: 경기 안내와 같음

# 검사가 기대한 것 또는 찾은 것.
replay-seats = 플레이어 { $humans }명{ $computers ->
    [0] {""}
   *[other] , 인공지능 { $computers }
}
replay-seats-one-team = 한 팀에 플레이어 { $humans }명
replay-mod-official = 확인됨 ({ $release })
replay-mod-unverified = 미확인 (래더가 이 버전의 맵이나 모드를 아직 모릅니다)
replay-mod-fake = 공식 모드가 아님: 비공식 복사본의 파일 { $files }개
replay-mod-region = 공식 모드가 아님: 다른 게임 지역의 파일 { $files }개
replay-mod-differs = 공식 모드가 아님: { $unknown ->
    [0] {""}
   *[other] 알 수 없는 파일 { $unknown }개
}{ $missing ->
    [0] {""}
   *[other] { $unknown ->
        [0] {""}
       *[other] {", "}
    }빠진 파일 { $missing }개
}
replay-reuse-match = 이 게임으로 이미 { $id }번 경기가 결정됨
replay-owner-other = { $account } 계정은 래더의 다른 플레이어 것
replay-privacy-normal = 일반
replay-privacy-no-match-history = 대전 기록 비공개
replay-privacy-no-build-order = 빌드 순서 비공개
replay-speed-slower = 아주 느림
replay-speed-slow = 느림
replay-speed-normal = 보통
replay-speed-fast = 빠름
replay-speed-faster = 아주 빠름
replay-duration-infinite = 무제한
replay-duration-minutes = { $minutes }분
replay-alliances-locked = 고정
replay-alliances-open = 고정 안 됨

# 처음으로 통과하지 못한 검사에 대해 무엇을 하면 되는지.
replay-todo-readable = 두 사람이 인공지능 없이 서로 대결한, 바로 그 경기의 리플레이를 올려 주세요.
replay-todo-identity = 두 사람 모두 자기 계정으로 경기해야 합니다. 새 계정은 경기 안내의 서버에서 게임 내 이름으로 인정되며, 그 이름은 래더의 이름이나 다른 이름 중 하나와 같아야 합니다(/setup에서 추가). 그 서버에서 이미 다른 계정으로 경기한 적이 있다면, 그 계정의 주인이 리플레이를 올려야 합니다.
replay-todo-races = 두 사람 모두 경기 안내의 종족으로 한 리플레이를 올리거나, 그 종족으로 경기해 주세요.
replay-todo-map = 경기 안내의 맵에서 한 이 경기의 리플레이를 올려 주세요.
replay-todo-mod = 경기 안내의 링크로 방을 만들어 다시 경기해 주세요. 링크는 /match에서 볼 수 있습니다.
replay-todo-time = 이 경기가 정해진 뒤에 한 게임의 리플레이를 올려 주세요. 컴퓨터의 시계가 틀렸다면 상대의 리플레이로도 됩니다.
replay-todo-reuse = 이 경기의 리플레이를 올려 주세요. 게임은 한 번만 인정됩니다.
replay-todo-owner = 자기 계정으로 경기해 주세요. 이 계정이 본인 것이라면 운영진에게 알려 주세요.

replay-fault-unsupported_build = **{ $id }번 경기의 리플레이는 래더가 아직 읽을 수 없는 게임 버전입니다.** 게임을 업데이트하고 리플레이를 한 번 재생한 뒤 다시 올리거나, 상대에게 리플레이를 올려 달라고 하세요. 경기는 아직 열려 있습니다.
replay-fault-encrypted = **{ $id }번 경기의 리플레이는 암호화되어 있어** 래더가 읽을 수 없습니다. 상대에게 리플레이를 올려 달라고 해 주세요. 경기는 아직 열려 있습니다.
replay-fault-malformed = **{ $id }번 경기에 올린 파일은 손상되었거나 리플레이가 아니어서** 래더가 읽을 수 없습니다. Replays 폴더에 있는 리플레이를 그대로 올리거나, 상대에게 올려 달라고 하세요. 경기는 아직 열려 있습니다.
replay-fault-too_large = **{ $id }번 경기에 올린 파일은 리플레이가 담을 수 있는 것보다 크다고 되어 있어** 래더가 더 읽지 않았습니다. 그 경기의 리플레이를 올려 주세요. 경기는 아직 열려 있습니다.
replay-fault-file_lost = **{ $id }번 경기의 리플레이를 저희 쪽에서 잃어버렸습니다.** 한 번 더 올리거나, 상대에게 올려 달라고 해 주세요.
replay-fault-not_read = **{ $id }번 경기의 리플레이를 제시간에 읽지 못했습니다.** 파일이 아니라 래더의 문제이니 한 번 더 올려 주세요. 경기는 아직 열려 있습니다.
replay-fault-killed = **{ $id }번 경기에 올린 파일은 읽을 수 없으며**, 같은 파일은 다시 시도하지 않습니다. 상대에게 리플레이를 올려 달라고 해 주세요. 경기는 아직 열려 있습니다.
