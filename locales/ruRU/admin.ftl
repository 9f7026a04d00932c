# Что администрация видит в /admin.
staff-role-owner = владелец
staff-role-admin = администратор
staff-role-none = без роли

admin-propose = **{ $act }?** Пока ничего не сделано. Срок вопроса истекает { $expires }.
admin-propose-changed = **{ $act }?** С момента вопроса ладдер изменился, поэтому ничего не сделано. Посмотрите ещё раз. Срок вопроса истекает { $expires }.
admin-button-do = Выполнить
admin-button-cancel = Отмена
admin-withdrawn = Отменено. Ничего не сделано.
admin-done = **Сделано: { $act }.** Запись { $number } журнала аудита.
admin-reason = Причина
admin-before = До
admin-after = После

admin-act-set-role = Роль { $user }: { $role }
admin-act-remove-from-queue = Убрать из очереди: { $player }
admin-act-clear-queue = Очистить очередь
admin-act-ban = Заблокировать { $player } на { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[many] { $days } дней
}
admin-act-ban-for-good = Заблокировать { $player } навсегда
admin-act-unban = Снять блокировку: { $player }
admin-act-time-out = Пауза для { $player }: { $minutes ->
    [one] { $minutes } минута
    [few] { $minutes } минуты
   *[many] { $minutes } минут
}
admin-act-lift-time-out = Снять паузу: { $player }
admin-act-reset-aborts = Вернуть все отказы месяца: { $player }
admin-act-announce = Объявить всем: { $text }
admin-act-rename = Переименовать { $player } в { $name }

admin-snapshot =
    { "**Ладдер**" }
    Игроки: { $players }, настроены { $set-up }, заблокированы { $banned }
    В очереди: { $queued }
    Открытые матчи: { $matches }; решено всего: { $decided }
    Реплеи в очереди: { $jobs }
    Сообщения к показу: { $cards }
    Дела для администрации: { $cases }
admin-snapshot-queue = В очереди
admin-snapshot-matches = Открытые матчи
admin-queued = { $name }: { $races }, в очереди: { $since }, { $waves ->
    [one] { $waves } подбор
    [few] { $waves } подбора
   *[many] { $waves } подборов
}
admin-open-confirming = Матч { $id }: { $first }, { $second }, ждёт подтверждения, пара найдена { $since }
admin-open-playing = Матч { $id }: { $first }, { $second }, идёт игра, пара найдена { $since }

admin-player = **{ $name }**, { $user }, игрок { $id }
admin-player-banned = **Заблокирован** до { $until }: { $reason }
admin-player-banned-for-good = **Заблокирован** навсегда: { $reason }
admin-player-role = В администрации: { $role }
admin-player-no-terms = условия не приняты
admin-player-no-setup = настройка не завершена
admin-player-timed-out = Пауза, снова в очередь { $until }
admin-player-aborts = Осталось отказов в этом месяце: { $left }. Расы: { $races }
admin-player-queued = В очереди: { $since }
admin-player-rating = { $race }: { $mmr } MMR, побед { $wins }, поражений { $losses }, ничьих { $draws }, последняя игра { $last }
admin-player-match = Матч { $id }, игрок { $slot }, соперник { $opponent }: { $verdict }, пара найдена { $at }

admin-match = **Матч { $id }**
admin-match-paired = Пара найдена { $at }
admin-match-confirming = Ждёт подтверждения, срок истекает { $deadline }
admin-match-playing = Игра идёт с { $since }, закроется { $deadline }
admin-match-closed = Закрыт: { $verdict }
admin-seat-confirmed = участие подтверждено
admin-seat-found = уведомление доставлено, подтверждения нет
admin-seat-not-reached = уведомление ещё не доставлено

admin-verdict-open = открыт
admin-verdict-won = победил игрок { $slot }
admin-verdict-drawn = ничья
admin-verdict-aborted = отказался игрок { $slot }
admin-verdict-unconfirmed = не подтверждён
admin-verdict-expired = никто не закончил
admin-verdict-conflict = результаты противоречат друг другу
admin-verdict-void = аннулирован
admin-verdict-cancelled-by = отменён: игрок { $slot } убран с ладдера
admin-verdict-cancelled = отменён

admin-log = **Действия администрации**, страница { $page } из { $pages }
admin-log-empty = Администрация ещё ничего не делала.
admin-log-entry = { $number }. { $at } { $by }: **{ $act }** ({ $reason })

admin-health =
    Записи: { $records }, ещё не на диске { $unsaved }
    Обработчики реплеев: { $workers }, свободны { $idle }; реплеи в очереди: { $line }
    Прочитано реплеев: { $parsed }, с ошибкой { $failed }
    Сообщения к показу: { $due }, в пути { $under-way }
    Остальное покажет evoladder status на самой машине.
admin-health-read-only = **Диск сейчас ничего не принимает.**

admin-health-level-normal = **Ладдер работает как обычно**
admin-health-level-busy = **Ладдер загружен**
admin-health-level-overloaded = **Ладдер перегружен**
admin-health-unknown = **Общее состояние пока неизвестно.** Спросите ещё раз через секунду.
admin-health-no-alert = Всё в порядке.
admin-health-alert = ⚠ **{ $name }**, { $at }: { $text }
admin-health-numbers =
    Игроки: активных { $active }, в очереди { $queue }; открытых матчей { $matches }
    Ответы: половина за { $p50 }, 19 из 20 за { $p95 }; в пути { $presses }
    На диск: 19 из 20 за { $durable }; отставание: журнал { $journal-lag }, база данных { $database-lag }
    Вызовов Discord в секунду: { $calls }, ждут { $waiting }; ошибок за десять минут: { $failures }
    Память: { $memory }
admin-health-role = { $role }: готово { $ready } из { $processes }, перезапусков { $restarts }, { $memory }

# In the channel of staff, in English alone; the text is the supervisor's.
alert-began = **Тревога { $name }** с { $began }: { $text }
alert-over = **{ $name }: всё снова в порядке.** Так было с { $began } до { $over }.
alert-was = **Тревога { $name }**, уже прошла: { $text }. Так было с { $began } до { $over }.

admin-roster = **Администрация**

admin-act-set-knob = Задать { $name } = { $value }
admin-act-retire-handles = Больше не засчитывать файлы выпуска { $release } ({ $where })
admin-act-mark-fake = Отклонять игры с файлом { $file }
admin-act-clear-fake = Больше не отклонять игры с файлом { $file }
admin-act-allow-accounts = Учётных записей у { $player } в регионе «{ $region }»: до { $count }
admin-act-unbind-account = Отвязать учётную запись { $account } от { $player }
admin-all-regions = все игровые регионы
admin-all-maps = все карты

admin-knobs = **Числа правил.** Изменить одно — /admin set-knob; изменённые администрацией отмечены знаком ✎.

admin-act-resolve = Решить матч { $id }: { $verdict }
admin-act-adjust-mmr = Задать рейтинг { $player } ({ $race }): { $mmr } MMR
admin-act-close-case = Закрыть дело { $id }, матч оставить как есть
admin-act-learn-handles = Принять файлы дела { $id } за официальную модификацию

admin-cases-none = Открытых дел нет.
admin-case = **Дело { $id }, матч { $match }: { $kind }** Открыто { $opened }. Дело { $page } из { $pages }.
admin-case-conflict = результаты противоречат друг другу.
admin-case-one_report = время вышло, а результат указал только один игрок.
admin-case-dispute = игрок не согласен с исходом.
admin-case-unverified = сыграно с файлами, которых никто не знает.
admin-case-clash = в реплее чужая учётная запись.
admin-case-contradiction = реплей называет другого победителя.
admin-case-closed = Закрыто { $at }: { $verdict }
admin-case-files = Файлов: { $files }, карта { $map }, регион { $region }
admin-case-account = Учётная запись { $account } игрока { $player }
admin-button-first = Победил игрок 1
admin-button-second = Победил игрок 2
admin-button-draw = Ничья
admin-button-void = Аннулировать
admin-button-close = Оставить как есть
admin-button-learn = Принять файлы
admin-modal-title = Почему?
admin-modal-reason-help = Для журнала аудита. Перед выполнением спросим ещё раз.
admin-report-won = указана победа
admin-report-lost = указано поражение
admin-report-draw = указана ничья
admin-upload = Реплей игрока { $slot }, { $at }: { $end } `{ $file }`
admin-upload-in-line = ждёт чтения
admin-upload-undecided = победитель не указан
admin-upload-rejected = отклонён
admin-upload-late = пришёл слишком поздно
admin-match-case = Дело { $id }
admin-archive = **Матч { $id }**, из архива
admin-archive-began = Начался { $at }
admin-archive-closed = Закрыт { $at }: { $verdict }
admin-archive-ground-recorded = так записано в реплее
admin-archive-ground-left = другой игрок вышел первым
admin-archive-ground-reported = так указали оба игрока
admin-archive-ground-staff = так решила администрация
admin-archive-aborted = игрок отказался
admin-archive-open = Не закрыт
admin-archive-resolved = Решение { $by }, { $at }: { $before } → { $after }
admin-archive-corrected = Исправлено: игрок { $slot } ({ $race }) { $before } → { $after } MMR
admin-archive-others = { $count ->
    [one] Решения изменили { $count } рейтинг других игроков
    [few] Решения изменили { $count } рейтинга других игроков
   *[many] Решения изменили { $count } рейтингов других игроков
}
admin-archive-case = Дело { $id }, открыто { $opened }: { $kind }
admin-archive-case-closed = Закрыто { $at }, решение { $by }
admin-archive-would-be = { $end }; если бы вовремя: { $other }
admin-archive-decided = решил матч
