replay-reading = **Читаем ваш реплей матча { $id }.** Это займёт несколько секунд.
replay-in-line = **Ваш реплей матча { $id } ждёт своей очереди.** { $before ->
    [one] Перед ним { $before } реплей.
    [few] Перед ним { $before } реплея.
   *[many] Перед ним { $before } реплеев.
}
replay-decided = **Ваш реплей решает матч { $id }: побеждает { $winner }.**
replay-decided-left-first = **Ваш реплей решает матч { $id }: побеждает { $winner }**, потому что другой игрок вышел первым.
replay-undecided = **Ваш реплей подходит к матчу { $id }, но не говорит, кто победил.** Если у соперника есть более длинный реплей, попросите прислать его.
replay-rejected = **Этот реплей не решает матч { $id }.** Ниже — что не сошлось и что делать. Матч всё ещё открыт.
replay-too-late = **Матч { $id } закончился раньше, чем прочитали ваш реплей.** Ничего не изменилось; чем всё закончилось, покажет /match.
replay-already-decided = **Матч { $id } уже решён этой самой игрой.** Больше ничего не нужно; чем всё закончилось, покажет /match.
replay-for-staff = **Матч { $id } уже закончился, поэтому ваш реплей его не решает.** Администрация проверит этот матч и увидит реплей.
replay-somebody = игрок

replay-check-readable = Два игрока
replay-check-identity = Игроки
replay-check-races = Расы
replay-check-map = Карта
replay-check-time = Время
replay-check-reuse = Новая игра
replay-check-owner = Учётная запись
replay-check-mod = Модификация
replay-check-observers = Наблюдатели
replay-check-privacy = Приватность
replay-check-speed = Скорость
replay-check-duration = Длительность
replay-check-alliances = Союзы
replay-check-passed = { $check }: { $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }: ожидалось — { $expected }, найдено — { $found }
replay-checks = Проверки
replay-lobby-right = Лобби: как в карточке матча

# Чего проверка ожидала или что нашла.
replay-seats = { $humans ->
    [one] { $humans } игрок
    [few] { $humans } игрока
   *[many] { $humans } игроков
}{ $computers ->
    [0] {""}
   *[other] {" "}и { $computers } ИИ
}
replay-seats-one-team = { $humans ->
    [one] { $humans } игрок в одной команде
    [few] { $humans } игрока в одной команде
   *[many] { $humans } игроков в одной команде
}
replay-mod-official = проверена ({ $release })
replay-mod-unverified = не проверена: эту версию карты или модификации ладдер пока не знает
replay-mod-fake = не официальная модификация: { $files ->
    [one] { $files } файл
    [few] { $files } файла
   *[many] { $files } файлов
} неофициальной копии
replay-mod-region = не официальная модификация: { $files ->
    [one] { $files } файл
    [few] { $files } файла
   *[many] { $files } файлов
} другого игрового региона
replay-mod-differs = не официальная модификация: { $unknown ->
    [0] {""}
    [one] { $unknown } неизвестный файл
    [few] { $unknown } неизвестных файла
   *[many] { $unknown } неизвестных файлов
}{ $missing ->
    [0] {""}
    [one] { $unknown ->
        [0] {""}
       *[other] {", "}
    }не хватает { $missing } файла
    [few] { $unknown ->
        [0] {""}
       *[other] {", "}
    }не хватает { $missing } файлов
   *[many] { $unknown ->
        [0] {""}
       *[other] {", "}
    }не хватает { $missing } файлов
}
replay-reuse-match = этой игрой уже решён матч { $id }
replay-owner-other = { $account } принадлежит другому игроку ладдера
replay-privacy-normal = обычная
replay-privacy-no-match-history = без истории матчей
replay-privacy-no-build-order = без порядка строительства
replay-speed-slower = очень медленно
replay-speed-slow = медленно
replay-speed-normal = нормально
replay-speed-fast = быстро
replay-speed-faster = очень быстро
replay-duration-infinite = без ограничений
replay-duration-minutes = { $minutes ->
    [one] { $minutes } минута
    [few] { $minutes } минуты
   *[many] { $minutes } минут
}
replay-alliances-locked = закреплены
replay-alliances-open = не закреплены

# Что делать с первой непройденной проверкой.
replay-todo-readable = Пришлите реплей самого матча: вы вдвоём друг против друга, без ИИ.
replay-todo-identity = Оба играют со своих учётных записей. Новая запись засчитывается по имени в игре: оно должно совпадать с вашим именем здесь или с одним из других имён (их добавляет /setup), и на сервере из карточки матча; если вы уже играли там с другой записи, реплей должен прислать её владелец.
replay-todo-races = Пришлите реплей, где оба играют за расы из карточки матча, или сыграйте матч за них.
replay-todo-map = Пришлите реплей этого матча, сыгранного на карте из карточки матча.
replay-todo-mod = Сыграйте матч ещё раз и создайте лобби по ссылке из карточки матча: её покажет /match.
replay-todo-time = Пришлите реплей игры, которую вы сыграли после того, как нашёлся этот матч. Если часы вашего компьютера идут неверно, подойдёт реплей соперника.
replay-todo-reuse = Пришлите реплей этого матча: каждая игра засчитывается один раз.
replay-todo-owner = Играйте со своей учётной записи. Если эта — ваша, напишите администрации.

replay-fault-unsupported_build = **Ваш реплей матча { $id } — из версии игры, которую ладдер пока не умеет читать.** Обновите игру, посмотрите реплей один раз и пришлите снова или попросите соперника прислать свой. Матч всё ещё открыт.
replay-fault-encrypted = **Ваш реплей матча { $id } зашифрован**, и ладдер не может его прочитать. Попросите соперника прислать свой. Матч всё ещё открыт.
replay-fault-malformed = **Ваш файл для матча { $id } повреждён или это вообще не реплей**, и ладдер не может его прочитать. Пришлите реплей прямо из папки Replays или попросите соперника прислать свой. Матч всё ещё открыт.
replay-fault-too_large = **Ваш файл для матча { $id } заявляет больше, чем вмещает реплей**, и ладдер не стал читать дальше. Пришлите реплей самого матча. Матч всё ещё открыт.
replay-fault-file_lost = **Ваш реплей матча { $id } потерялся на нашей стороне.** Пришлите его ещё раз или попросите соперника прислать свой.
replay-fault-not_read = **Ваш реплей матча { $id } не удалось прочитать вовремя.** Виноват ладдер, а не файл: пришлите его ещё раз. Матч всё ещё открыт.
replay-fault-killed = **Ваш файл для матча { $id } не читается**, и второй раз этот же файл читать не будем. Попросите соперника прислать свой. Матч всё ещё открыт.
