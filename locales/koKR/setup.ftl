setup-title-terms = **EvoLadder에 오신 것을 환영합니다!** 설정은 1분이면 됩니다.
setup-title-names = **설정 2/5: 누구신가요?**
setup-title-region = **설정 3/5: 어디에서 플레이하나요?**
setup-title-preview = **설정 5/5: 모두 맞나요?**
setup-title-done = **준비가 끝났습니다.** /queue로 경기를 찾으세요.

setup-body-terms = 언어를 고른 다음, 약관을 읽고 동의하면 계속됩니다.
setup-body-names = 이름, 배틀태그, 국가를 알려 주세요. 상대가 게임에서 회원님을 찾을 때 씁니다.
setup-body-region = 플레이하는 지역을 고르세요. 경기가 열리는 서버를 이것으로 정합니다.
setup-body-preview = 확인해 보세요. 틀린 것은 메뉴와 버튼으로 고치고 완료를 누르세요.
setup-body-done = 짧은 안내를 읽고 경기를 찾아 보세요. 여기의 내용은 언제든 바꿀 수 있습니다.

setup-terms-title = 약관
setup-terms = 정정당당하게 경기하고 상대를 존중해 주세요. 래더는 Discord ID, 여기에 입력한 내용, 경기, 올린 리플레이를 보관하며, 이름과 국가와 레이팅을 다른 플레이어에게 보여 줍니다. 운영진은 부정행위를 하거나 남을 괴롭히는 플레이어의 결과를 무효로 하고 이용을 정지할 수 있습니다. 언제든 거부할 수 있으며, 그러면 다시 동의할 때까지 경기할 수 없습니다.

setup-field-name = 이름
setup-field-battle-tag = 배틀태그
setup-field-alternatives = 다른 이름
setup-field-country = 국가
setup-field-region = 지역
setup-field-language = 언어

setup-menu-language = 언어
setup-menu-region = 내 지역
setup-button-accept = 동의
setup-button-decline = 거부
setup-button-withdraw = 약관 동의 철회
setup-button-names = 이름 입력
setup-button-names-change = 이름 변경
setup-button-finish = 완료

setup-modal-title = 누구신가요?
setup-modal-name = 래더 이름
setup-modal-name-help = 글자나 숫자 3~12자
setup-modal-battle-tag = 배틀태그
setup-modal-battle-tag-help = Battle.net 앱에 보이는 대로, #과 숫자까지
setup-modal-alternatives = 다른 이름
setup-modal-alternatives-help = 게임에서 쓰는 다른 이름을 쉼표로 구분해 최대 세 개
setup-modal-country = 국가
setup-modal-country-help = 국가 이름 또는 두 글자 코드. XX: 밝히지 않음, ZZ: 기타. 전체 목록은 /setcountry
setup-title-notifications = **설정 4/5: 어떤 소식을 받으시겠어요?**
setup-body-notifications = 내 경기에 필요한 메시지는 항상 보내 드립니다. 그 밖에 받을 소식을 고르고 계속을 누르세요. /notifications에서 언제든 바꿀 수 있습니다.
setup-field-notifications = 알림
setup-button-continue = 계속
setup-button-guide = 경기 안내
setup-button-notifications = 알림
setup-button-show = 설정하기

language-spoken = 이제 래더가 { $language }로 말합니다. 언제든 아래에서 다른 언어를 고를 수 있습니다.
country-set = 이제 국가가 { $flag } { $country }(으)로 표시됩니다.
