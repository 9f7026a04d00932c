queue-title = **경기 찾기**
queue-title-waiting = **대기열에 있습니다**
queue-how = 브루드 워, 스타크래프트 II 중 하나 또는 둘 다 종족을 고르고 참가를 누르세요. 경기는 언제나 브루드 워 종족 하나와 스타크래프트 II 종족 하나의 대결입니다.
queue-races = 내 종족: { $races }
queue-no-races = 내 종족: 아직 없음. 아래에서 종족을 고르세요.
queue-vetoes = 제외한 맵: { $maps }
queue-waiting = 현재 대기 인원: 브루드 워 { $bw }명, 스타크래프트 II { $sc2 }명, 둘 다 { $both }명.
queue-next-wave = 다음 매칭: { $at }
queue-since = 대기 시작: { $at }

queue-hint-first-wave = 다음 매칭이 첫 번째 기회입니다.
queue-hint-alone = 지금은 기다리는 사람이 없습니다. 대기열은 그대로 유지되며, 상대를 찾으면 메시지로 알려 드립니다.
queue-hint-nobody-bw = 지금은 브루드 워 종족으로 기다리는 사람이 없습니다.
queue-hint-nobody-sc2 = 지금은 스타크래프트 II 종족으로 기다리는 사람이 없습니다.
queue-hint-too-far = 가장 알맞은 상대와의 MMR 차이는 { $gap }입니다. 지금은 { $window }까지 허용하며, { $at } { $gap }까지 넓어집니다.
queue-hint-fits = 알맞은 상대가 있습니다. 다음 매칭에서 결정됩니다.
queue-hint-outnumbered = 지난 매칭에서는 브루드 워 { $bw }명, 스타크래프트 II { $sc2 }명, 둘 다 { $both }명이 기다렸습니다. 나와 맞는 상대 { $fitting }명은 다른 사람과 짝이 되었습니다.
queue-expected = 최근 대기 시간으로 보면 { $at } 상대를 찾을 수 있습니다.

queue-menu-bw = 브루드 워 종족
queue-menu-sc2 = 스타크래프트 II 종족
queue-menu-none-bw = 브루드 워는 안 함
queue-menu-none-sc2 = 스타크래프트 II는 안 함
queue-menu-vetoes = 제외할 맵 (최대 { $allowed }개)
queue-button-join = 참가
queue-button-leave = 나가기
queue-button-refresh = 새로 고침
