match-found = **Матч найден!** Подтвердите участие: время истекает { $deadline }, потом место займут другие.
match-found-confirmed = **Матч найден, и вы подтвердили участие.** Ждём соперника: его время истекает { $deadline }.
match-found-secret = Соперника и карту покажем, когда подтвердят оба.
match-reminder = **Ваш матч всё ещё ждёт.** Нажмите «Подтвердить»: время истекает { $deadline }.
match-button-confirm = Подтвердить
match-button-abort = { $left ->
    [0] Отказаться (попыток нет, будет пауза)
    [one] Отказаться (осталась { $left } попытка)
    [few] Отказаться (осталось { $left } попытки)
   *[many] Отказаться (осталось { $left } попыток)
}
match-button-show = Показать мой матч

match-playing = **Матч { $id }: { $you } против { $opponent }**
match-playing-todo = Встретьтесь в игре, сыграйте и **пришлите сюда реплей**. Ладдер закроет этот матч { $deadline }.
match-report-todo = Нет реплея? Тогда пусть каждый из вас укажет ниже, чем всё закончилось.
match-report-yours = Вы указали: **{ $outcome }**. Это можно изменить, пока свой результат не укажет и соперник.
match-report-opponent = **Соперник указал, чем всё закончилось.** Пришлите сюда реплей или тоже укажите результат.
match-report-contradicting = Соперник указал другой результат. Реплей этого матча сейчас читается, и если сможет, решит он.
match-reported-won = победа
match-reported-lost = поражение
match-reported-draw = ничья
match-play-reminder = **Матч { $id } ещё не закончен.** Пришлите сюда реплей или укажите результат. Ладдер закроет матч { $deadline }, и тогда рейтинг ни у кого не изменится.
match-button-won = Победа
match-button-lost = Поражение
match-button-draw = Ничья
match-button-dispute = Оспорить
match-you = Вы
match-opponent = Ваш соперник
match-player-race = { $race }, { $mmr } MMR
match-player-rank = { $player }, ранг { $rank }
match-player-alternatives = другие имена: { $names }
match-map = Карта
match-map-by = { $title }, автор { $author }
match-mod = Модификация
match-server = Сервер
match-server-value = { $server } (игровой регион: { $region })
match-chat = Канал в игре
match-lobby = Настройки лобби
match-lobby-value =
    Приватность (Privacy): обычная (Normal)
    Скорость (Speed): очень быстро (Faster)
    Длительность (Duration): без ограничений (Infinite)
    Закреплённые союзы (Locked alliances): да (Yes)
match-known-problem = **Полезно знать** · { $race }: { $says }
match-guide = Как создать лобби
match-guide-value =
    Один из вас переходит в указанный игровой регион, открывает ссылку на карту в канале игры, выбирает *Создать с модификацией (Create with Mod)*, а затем модификацию.
    Настройте лобби как указано, выберите сервер и пригласите соперника по BattleTag.
    Выберите свои расы, сверьте всё с этой карточкой и начинайте. После игры любой из вас присылает сюда реплей.

match-won = **Вы выиграли матч { $id }**, соперник — { $opponent }: { $before } → { $after } MMR ({ $change })
match-lost = **Вы проиграли матч { $id }**, соперник — { $opponent }: { $before } → { $after } MMR ({ $change })
match-drawn = **Матч { $id } закончился вничью**, соперник — { $opponent }: { $before } → { $after } MMR ({ $change })
match-result-detail = { $race } — { $opponent-race }, карта { $map }
match-result-ground = Победитель в реплее не записан; соперник вышел первым, поэтому победа ваша.
match-result-ground-lost = Победитель в реплее не записан; вы вышли первыми, поэтому победа за соперником.
match-result-reported = Так указали оба игрока.
match-result-staff = Так решила администрация.
match-next = Следующий матч — /queue.
match-dispute-until = Что-то не так? Результат можно оспорить, время истекает { $until }. До решения администрации он остаётся в силе.
match-disputed = **Вы оспорили результат.** Администрация всё проверит; до её решения он остаётся в силе. Реплей, который вы пришлёте сюда, попадёт к ней.

match-aborted-you = **Вы отказались от матча { $id }.** Когда будете готовы, используйте /queue.
match-aborted-opponent = **Соперник отказался от матча { $id }.**
match-unconfirmed-you = **Матч { $id } отменён**: вы не подтвердили участие вовремя. Когда будете готовы, используйте /queue.
match-unconfirmed-opponent = **Матч { $id } отменён**: соперник не подтвердил участие вовремя.
match-requeued = Вы снова в очереди, время ожидания сохранено.
match-not-requeued = Найти другой матч — /queue.
match-expired = **Матч { $id } закрыт**: его не закончили вовремя. Рейтинг не изменился. Следующий матч — /queue.
match-expired-reported = **Матч { $id } закрыт**: соперник не указал результат вовремя, и реплея не было. Рейтинг не изменился; администрация видит ваш результат. Если у вас есть реплей, пришлите его сюда: он попадёт к ней. Следующий матч — /queue.
match-expired-silent = **Матч { $id } закрыт**: соперник указал результат, а вы вовремя — нет. Рейтинг не изменился; администрация проверит. Если у вас есть реплей, пришлите его сюда: он попадёт к ней. Следующий матч — /queue.
match-conflict = **Матч { $id } пока закрыт**: вы и соперник указали разные результаты. Рейтинг не изменился; администрация проверит. Если у вас есть реплей, пришлите его сюда: он попадёт к ней. Следующий матч — /queue.
match-void = **Администрация аннулировала матч { $id }.** Он нигде не учитывается.
match-cancelled-you = **Администрация завершила матч { $id }.** Рейтинг не изменился.
match-cancelled = **Администрация завершила матч { $id }**, и не из-за вас. Рейтинг не изменился.
match-decided = **Исход матча { $id } решён.**
match-button-replay = Отправить реплей
past-match = **Матч { $id }**, карта { $map }
past-match-player = { $player } ({ $race })
past-match-rated = { $player } ({ $race }): { $before } → { $after } MMR ({ $change })
past-match-when = Сыгран { $at }
past-match-length = { $length } мин
past-match-won = **Победа: { $player }**
past-match-drawn = **Не победил никто**
past-match-conflict = Результаты, указанные игроками, противоречат друг другу, поэтому рейтинг не изменился.
past-match-void = Администрация аннулировала его: он нигде не учитывается.
past-match-aborted = От него отказались до начала.
past-match-unconfirmed = Его не подтвердили вовремя.
past-match-expired = Его не закончили вовремя.
past-match-cancelled = Отменён: администрация убрала игрока с ладдера.
past-match-ground-recorded = так записано в реплее
past-match-ground-left = другой игрок вышел первым
past-match-ground-reported = так указали оба игрока
past-match-ground-staff = так решила администрация
past-match-ruled = Администрация решила его заново { $at }. Числа выше — те, что были объявлены раньше.
past-match-replay-none = Реплей для него не присылали.
past-match-replay-gone = Его реплей сейчас не прочитать.
past-match-choice = { $id }: { $result }
past-match-choice-won = победа, соперник { $opponent }
past-match-choice-lost = поражение, соперник { $opponent }
past-match-choice-draw = ничья, соперник { $opponent }
past-match-choice-none = соперник { $opponent }
report-modal-title = Реплей матча { $id }
report-modal-file = Ваш файл .SC2Replay
report-modal-help = Документы, StarCraft II, Accounts, Replays, Multiplayer: самый новый файл.
report-taken = Принято. Что показал ваш реплей, появится здесь через мгновение.
report-taken-elsewhere = Принято. Что показал ваш реплей, расскажу через мгновение в личных сообщениях.
log-won = Матч { $id }: победа — { $winner }, поражение — { $loser }, карта { $map }
log-won-no-map = Матч { $id }: победа — { $winner }, поражение — { $loser }
log-drawn = Матч { $id }: { $winner } и { $loser } сыграли вничью на карте { $map }
log-drawn-no-map = Матч { $id }: { $winner } и { $loser } сыграли вничью
log-void = Матч { $id }: { $winner } — { $loser }, не учитывается
log-none = Матч { $id }: { $winner } — { $loser }, без результата
log-player = { $player } ({ $race })
log-player-rated = { $player } ({ $race }, { $before } → { $after })
log-staff = Так решила администрация.
thread-playing = **Матч { $id }: { $first } против { $second }**
thread-todo = Встретьтесь в игре и сыграйте. Потом один из вас отправляет реплей: нажмите *Отправить реплей*, используйте /report здесь или пришлите файл мне в личные сообщения. Файл, отправленный сюда, не виден. Ладдер закроет этот матч { $deadline }.
thread-over = **Матч { $id } окончен.**
thread-closed = Эта ветка закрыта. Результат у каждого из вас в личных сообщениях.
case-closed = Закрыто, решение { $by }, { $at }.
case-closed-note = Закрыто, решение { $by }, { $at }: { $note }
post-case = **Дело { $id }, матч { $match }: { $kind }** Открыто { $opened }.
