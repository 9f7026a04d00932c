setup-title-terms = **Welcome to EvoLadder!** Setting up takes a minute.
setup-title-names = **Setup 2 of 5: who are you?**
setup-title-region = **Setup 3 of 5: where do you play?**
setup-title-notifications = **Setup 4 of 5: what would you like to hear of?**
setup-title-preview = **Setup 5 of 5: is everything right?**
setup-title-done = **You are all set.** Use /queue to find a match.

setup-body-terms = Pick your language, then read the terms and accept them to go on.
setup-body-names = Tell us your name, your BattleTag and your country. Opponents use them to find you in the game.
setup-body-region = Pick the region you play from. It decides which server your matches are hosted on.
setup-body-notifications = Whatever your own matches need always reaches you. Choose what else you want to read, then press Continue; /notifications changes it at any time.
setup-body-preview = Have a look. Change what is wrong with the menu and the buttons, then press Finish.
setup-body-done = Read the short guide, and then look for a match. You can change anything here at any time.

setup-terms-title = Terms
setup-terms = Play fair and be kind to your opponents. The ladder keeps your Discord id, what you enter here, your matches and the replays you send, and shows your name, country and ratings to other players. Staff may void results and ban players who cheat or harass. You can decline at any time; you then cannot play until you accept again.

setup-field-name = Name
setup-field-battle-tag = BattleTag
setup-field-alternatives = Alternative names
setup-field-country = Country
setup-field-region = Region
setup-field-notifications = Notifications
setup-field-language = Language

setup-menu-language = Language
setup-menu-region = Your region
setup-button-accept = Accept
setup-button-decline = Decline
setup-button-withdraw = Withdraw from the terms
setup-button-names = Enter names
setup-button-names-change = Change names
setup-button-continue = Continue
setup-button-finish = Finish
setup-button-guide = How a match works
setup-button-notifications = Notifications
setup-button-show = Set me up

setup-modal-title = Who are you?
setup-modal-name = Name on the ladder
setup-modal-name-help = 3 to 12 letters or digits
setup-modal-battle-tag = BattleTag
setup-modal-battle-tag-help = As in the Battle.net app, with # and number
setup-modal-alternatives = Alternative names
setup-modal-alternatives-help = Up to three other names you play under, with commas
setup-modal-country = Country
setup-modal-country-help = Its name or its two letters; XX: rather not say, ZZ: other. /setcountry lists them all

language-spoken = This ladder speaks { $language } with you now. Pick another language below at any time.
country-set = Your country is { $flag } { $country } now.
