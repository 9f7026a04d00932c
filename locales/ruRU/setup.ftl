setup-title-terms = **Добро пожаловать в EvoLadder!** Настройка займёт минуту.
setup-title-names = **Настройка, шаг 2 из 5: кто вы?**
setup-title-region = **Настройка, шаг 3 из 5: где вы играете?**
setup-title-preview = **Настройка, шаг 5 из 5: всё верно?**
setup-title-done = **Всё готово.** Найти матч — /queue.

setup-body-terms = Выберите язык, затем прочитайте условия и примите их, чтобы продолжить.
setup-body-names = Укажите имя, BattleTag и страну. По ним соперники находят вас в игре.
setup-body-region = Выберите регион, из которого играете. От него зависит, на каком сервере пройдут ваши матчи.
setup-body-preview = Проверьте. Исправьте ошибки через меню и кнопки, затем нажмите «Готово».
setup-body-done = Прочитайте короткую памятку, а потом ищите матч. Всё это можно изменить в любой момент.

setup-terms-title = Условия
setup-terms = Играйте честно и уважайте соперников. Ладдер хранит ваш Discord ID, то, что вы здесь указали, ваши матчи и присланные реплеи и показывает другим игрокам ваше имя, страну и рейтинг. Администрация может аннулировать результаты и блокировать игроков за обман и травлю. Вы можете отказаться в любой момент; тогда играть нельзя, пока вы снова не примете условия.

setup-field-name = Имя
setup-field-battle-tag = BattleTag
setup-field-alternatives = Другие имена
setup-field-country = Страна
setup-field-region = Регион
setup-field-language = Язык

setup-menu-language = Язык
setup-menu-region = Ваш регион
setup-button-accept = Принять
setup-button-decline = Отказаться
setup-button-withdraw = Отозвать согласие с условиями
setup-button-names = Указать имена
setup-button-names-change = Изменить имена
setup-button-finish = Готово

setup-modal-title = Кто вы?
setup-modal-name = Имя на ладдере
setup-modal-name-help = От 3 до 12 букв или цифр
setup-modal-battle-tag = Ваш BattleTag
setup-modal-battle-tag-help = Как в приложении Battle.net, с # и числом
setup-modal-alternatives = Другие имена
setup-modal-alternatives-help = До трёх других имён, под которыми вы играете, через запятую
setup-modal-country = Страна
setup-modal-country-help = Название или две буквы; XX — не указывать, ZZ — другая. Весь список — /setcountry
setup-title-notifications = **Настройка, шаг 4 из 5: о чём вам сообщать?**
setup-body-notifications = То, что нужно для ваших матчей, приходит всегда. Выберите, что ещё хотите читать, и нажмите «Продолжить»; изменить это можно в любой момент: /notifications.
setup-field-notifications = Уведомления
setup-button-continue = Продолжить
setup-button-guide = Как проходит матч
setup-button-notifications = Уведомления
setup-button-show = Перейти к настройке

language-spoken = Теперь ладдер говорит с вами на этом языке: { $language }. Другой язык можно выбрать ниже в любой момент.
country-set = Теперь ваша страна — { $flag } { $country }.
