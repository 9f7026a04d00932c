activity-title = { $days ->
    [1] **Кто когда в очереди**: игроки за каждый из последних 24 часов
    [one] **Кто когда в очереди**: игроков в час за последний { $days } день
    [few] **Кто когда в очереди**: игроков в час за последние { $days } дня
   *[many] **Кто когда в очереди**: игроков в час за последние { $days } дней
}
activity-hour = { $players } · BW { $bw } · SC2 { $sc2 }
activity-empty = За это время в очереди никого не было. Используйте /queue и станьте первым!
activity-button-pings = Сообщать, когда кто-то ищет матч
activity-picture-title = Кто когда в очереди
activity-picture-period = { $days ->
    [1] Игроки за каждый из последних 24 часов
    [one] Игроков в час в среднем за последний { $days } день
    [few] Игроков в час в среднем за последние { $days } дня
   *[many] Игроков в час в среднем за последние { $days } дней
}
activity-picture-zone = Время: { $zone }
activity-picture-both = Обе игры
activity-picture-alt = { $period }. Больше всего в { $hour } ({ $zone }): { $players }.
activity-busiest = Больше всего игроков: { $hours }
activity-picture-zone-own = Ваше время, { $zone }
activity-picture-alt-own = { $period }. Больше всего в { $hour } (ваше время, { $zone }): { $players }.
