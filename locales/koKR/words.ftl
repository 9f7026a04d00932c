# 여러 곳에서 쓰는 낱말과, 코드로 불리는 것들의 이름. 종족 이름은 모드와 게임 클라이언트를 따른다.
race-bw_terran = 스1 테란
race-bw_zerg = 스1 저그
race-bw_protoss = 스1 프로토스
race-sc2_terran = 스2 테란
race-sc2_zerg = 스2 저그
race-sc2_protoss = 스2 프로토스

era-bw = 브루드 워
era-sc2 = 스타크래프트 II

region-NAW = 북미 서부
region-NAC = 북미 중부
region-NAE = 북미 동부
region-CAM = 중앙아메리카
region-SAM = 남아메리카
region-EUW = 서유럽
region-EUE = 동유럽
region-AFR = 아프리카
region-MEA = 중동
region-SEA = 동남아시아
region-KRJ = 한국·일본
region-CHN = 중국
region-THM = 대만·홍콩·마카오
region-OCE = 오세아니아
region-USB = 우랄·시베리아
region-FER = 러시아 극동

server-USW = 미국 서부
server-USC = 미국 중부
server-USE = 미국 동부
server-BRZ = 브라질
server-SNG = 싱가포르
server-AUS = 호주
server-EUC = 유럽 중부
server-KOR = 한국
server-TWN = 대만

game-region-americas = 아메리카
game-region-europe = 유럽
game-region-asia = 아시아

# 언어는 그 언어를 쓰는 사람들이 부르는 이름으로 적는다.
locale-enUS = English
locale-koKR = 한국어
locale-zhCN = 简体中文
locale-esMX = Español
locale-ruRU = Русский

busy-here = 지금 요청이 너무 많아 방금 누른 것은 처리되지 않았습니다. 잠시 후 다시 시도해 주세요.
answer-late = 래더의 응답이 너무 늦었습니다. 방금 하신 일은 이미 저장되었을 수 있으니, 다시 시도하기 전에 /match 또는 /queue로 확인해 주세요.
button-unknown = 예전 버전 래더의 버튼입니다. /queue, /match, /setup 중 하나로 새 버튼을 받아 주세요.
upload-not-taken = 파일 { $files }개를 받지 못했습니다. 몇 분 뒤에 여기에 다시 올려 주세요.
page-shown-last = 지금 래더가 매우 붐벼서 이전에 만든 페이지를 보여 드립니다. 만든 시각: { $at }.
upload-in-line = 지금 요청이 많아 리플레이를 가져오기 전에 { $place }번째로 차례를 기다립니다. 결과는 여기에 알려 드리니 다시 보내지 않아도 됩니다.
taken = 접수했습니다. 잠시 후 여기에 이어서 알려 드립니다.
moment = 잠시만 기다렸다가 다시 눌러 주세요.
nothing = 없음
picture-date = { $year }-{ $month }-{ $day }
picture-day = { $month }/{ $day }
picture-month = { $year }-{ $month }
picture-dates = { $from }~{ $to }
picture-busy = 지금 그림이 많이 밀려 있어 그림이 빠졌습니다. 잠시 후 다시 요청해 주세요.
picture-slow = 그림이 평소보다 오래 걸립니다. 잠시 후 다시 요청해 주세요.
picture-never = 지금은 그림을 만들 수 없습니다.
