queue-title = **Поиск матча**
queue-title-waiting = **Вы в очереди**
queue-how = Выберите, за кого играете: Brood War, StarCraft II или и то и другое — и нажмите «Встать в очередь». В матче всегда одна раса Brood War против одной расы StarCraft II.
queue-races = Ваши расы: { $races }
queue-no-races = Ваши расы: пока нет. Выберите расу ниже.
queue-vetoes = Вето на карты: { $maps }
queue-waiting = Сейчас ждут: Brood War — { $bw }, StarCraft II — { $sc2 }, и то и другое — { $both }.
queue-next-wave = Следующий подбор матчей: { $at }.
queue-since = Вы встали в очередь { $at }.

queue-hint-first-wave = Следующий подбор — ваш первый шанс.
queue-hint-alone = Сейчас больше никто не ждёт. Вы остаётесь в очереди; когда матч найдётся, придёт сообщение.
queue-hint-nobody-bw = Сейчас никто не ждёт за Brood War.
queue-hint-nobody-sc2 = Сейчас никто не ждёт за StarCraft II.
queue-hint-too-far = До лучшего соперника { $gap } MMR; сейчас вам подходит разница до { $window }, а до { $gap } — { $at }.
queue-hint-fits = Подходящий соперник есть. Решит следующий подбор.
queue-hint-outnumbered = В прошлом подборе ждали: Brood War — { $bw }, StarCraft II — { $sc2 }, и то и другое — { $both }. { $fitting ->
    [one] Вам подходил { $fitting } игрок, но ему нашлась другая пара.
    [few] Вам подходили { $fitting } игрока, но им нашлись другие пары.
   *[many] Вам подходило { $fitting } игроков, но им нашлись другие пары.
}
queue-expected = Судя по недавнему ожиданию других, матч может найтись { $at }.

queue-menu-bw = Ваша раса Brood War
queue-menu-sc2 = Ваша раса StarCraft II
queue-menu-none-bw = Без Brood War
queue-menu-none-sc2 = Без StarCraft II
queue-menu-vetoes = { $allowed ->
    [one] Вето: до { $allowed } карты
    [few] Вето: до { $allowed } карт
   *[many] Вето: до { $allowed } карт
}
queue-button-join = Встать в очередь
queue-button-leave = Выйти
queue-button-refresh = Обновить
queue-in-match = **Матч найден.** Вас больше нет в очереди.
queue-elsewhere = **Вы в очереди.** Как идут дела, всегда видно в [этом сообщении]({ $link }): оно меняется само.
queue-button-show = Найти матч
