# Названия по кодам и слова, которые нужны в нескольких местах.
race-bw_terran = BW терран
race-bw_zerg = BW зерг
race-bw_protoss = BW протосс
race-sc2_terran = SC2 терран
race-sc2_zerg = SC2 зерг
race-sc2_protoss = SC2 протосс

era-bw = Brood War
era-sc2 = StarCraft II

region-NAW = Северная Америка, запад
region-NAC = Северная Америка, центр
region-NAE = Северная Америка, восток
region-CAM = Центральная Америка
region-SAM = Южная Америка
region-EUW = Европа, запад
region-EUE = Европа, восток
region-AFR = Африка
region-MEA = Ближний Восток
region-SEA = Юго-Восточная Азия
region-KRJ = Корея и Япония
region-CHN = Китай
region-THM = Тайвань, Гонконг, Макао
region-OCE = Океания
region-USB = Урал и Сибирь
region-FER = Дальний Восток России

server-USW = США, запад
server-USC = США, центр
server-USE = США, восток
server-BRZ = Бразилия
server-SNG = Сингапур
server-AUS = Австралия
server-EUC = Центральная Европа
server-KOR = Корея
server-TWN = Тайвань

game-region-americas = Америка
game-region-europe = Европа
game-region-asia = Азия

# Каждый язык назван так, как его называют те, кто на нём говорит.
locale-enUS = English
locale-koKR = 한국어
locale-zhCN = 简体中文
locale-esMX = Español
locale-ruRU = Русский

busy-here = Сейчас слишком много запросов, и это нажатие не принято. Попробуйте ещё раз чуть позже.
answer-late = Ладдер слишком долго не отвечал. Возможно, ваше действие всё же сохранено: прежде чем повторять, проверьте через /match или /queue.
button-unknown = Эта кнопка — от прежней версии ладдера. Новую покажет /queue, /match или /setup.
upload-not-taken = { $files ->
    [one] Ладдер не смог принять { $files } ваш файл. Пришлите ещё раз через несколько минут.
    [few] Ладдер не смог принять { $files } ваших файла. Пришлите их ещё раз через несколько минут.
   *[many] Ладдер не смог принять { $files } ваших файлов. Пришлите их ещё раз через несколько минут.
}
page-shown-last = Ладдер сейчас очень загружен, поэтому это более ранняя страница: она сделана { $at }.
upload-in-line = Сейчас много запросов, поэтому ваш реплей ждёт загрузки, место в очереди: { $place }. О результате сообщим здесь; отправлять его снова не нужно.
taken = Принято. Остальное появится здесь через мгновение.
moment = Подождите немного и нажмите ещё раз.
nothing = нет
picture-date = { $day }.{ $month }.{ $year }
picture-day = { $day }.{ $month }
picture-month = { $month }.{ $year }
picture-dates = { $from } – { $to }
picture-busy = Картинки нет: сейчас их рисуется слишком много. Попросите ещё раз чуть позже.
picture-slow = Картинка рисуется дольше обычного. Попросите ещё раз чуть позже.
picture-never = Картинку сейчас получить нельзя.
