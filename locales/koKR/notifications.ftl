# 꼭 필요한 것 말고 어떤 메시지를 받을지.
notify-title = **어떤 소식을 받으시겠어요?**
notify-how = 내 경기에 필요한 메시지는 항상 보내 드립니다. 나머지는 직접 고르세요.
notify-both = 공지와, 레이팅이 바뀌는 지난 경기 정정도 받습니다.
notify-corrections-only = 레이팅이 바뀌는 지난 경기 정정은 받지만 공지는 받지 않습니다.
notify-announcements-only = 공지는 받지만 지난 경기 정정은 받지 않습니다.
notify-neither = 공지도 지난 경기 정정도 받지 않습니다.
notify-pings-nobody = 다른 사람이 대기열에 들어와도 알리지 않습니다.
notify-pings-bw = 브루드 워로 대기열에 들어온 사람에게 상대가 없으면 알립니다. 최대 { $minutes }분에 한 번입니다.
notify-pings-sc2 = 스타크래프트 II로 대기열에 들어온 사람에게 상대가 없으면 알립니다. 최대 { $minutes }분에 한 번입니다.
notify-pings-anyone = 대기열에 들어온 사람에게 상대가 없으면 알립니다. 최대 { $minutes }분에 한 번입니다.
notify-quiet = 방해 금지 시간: 내 시각으로 { $from }부터 { $to }까지 ({ $zone }).

notify-menu-kinds = 더 받을 소식
notify-menu-pings = 누가 대기열에 들어오면 알림
notify-option-corrections = 지난 경기 정정
notify-option-announcements = 운영진 공지
notify-option-nobody = 알리지 않음
notify-option-bw = 브루드 워로 들어올 때
notify-option-sc2 = 스타크래프트 II로 들어올 때
notify-option-anyone = 누구든 들어올 때
notify-button-times = 간격, 방해 금지 시간

notify-modal-title = 누가 대기열에 들어올 때
notify-modal-cooldown = 메시지 사이의 간격(분)
notify-modal-from = 방해 금지 시작
notify-modal-to = 방해 금지 끝
notify-modal-zone = 지금 계신 곳은 몇 시인가요?
notify-modal-help-cooldown = 최소 간격: 5~1440분
notify-modal-help-from = 예: 23:00. 쓰지 않으려면 둘 다 비워 두세요
notify-modal-help-to = 예: 8:00
notify-modal-help-zone = 시계에 보이는 21:35 또는 UTC+9처럼. 한 번만 묻습니다. 시각이 바뀌면 다시 알려 주세요

# Discord가 플레이어에게 메시지를 전하지 못할 때.
dms-closed = **다이렉트 메시지가 도착하지 않아** 받았을 내용을 여기에 보여 드립니다.
dms-held-match = { $id }번 경기에 소식이 있습니다. /match에서 볼 수 있습니다.
dms-held-replay = { $id }번 경기의 리플레이를 읽었습니다. 결과는 /match에서 볼 수 있습니다.
dms-how =
    { "**래더가 메시지를 보낼 수 없습니다.**" } Discord가 다이렉트 메시지를 전하지 않아, 경기를 제때 볼 수 없습니다.
    1. 이 서버의 메뉴(맨 위의 이름)를 열고 개인정보 보호 설정을 고르세요.
    2. 다이렉트 메시지를 켜세요. 봇을 차단했다면 해제하세요.
    3. 아래 버튼을 누르거나 봇에게 아무 메시지나 보내세요.
dms-tried = **메시지를 보내고 있습니다.** 도착하면 모두 정상이며 대기열에 들어갈 수 있습니다. 도착하지 않으면 이 서버의 개인정보 보호 설정을 다시 확인하세요.
dms-button-show = 다이렉트 메시지 여는 방법
dms-button-retry = 열었습니다
dms-button-queue = 경기 찾기
