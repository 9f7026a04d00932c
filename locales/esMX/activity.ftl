activity-title = { $days ->
    [1] **Quién hace cola y cuándo**: jugadores en cada una de las últimas 24 horas
   *[other] **Quién hace cola y cuándo**: jugadores por hora, en los últimos { $days } días
}
activity-hour = { $players } · BW { $bw } · SC2 { $sc2 }
activity-empty = Nadie ha hecho cola en ese tiempo. ¡Usa /queue y sé quien empieza!
activity-button-pings = Avísame cuando alguien busque partida
activity-picture-title = Quién hace cola y cuándo
activity-picture-period = { $days ->
    [1] Jugadores en cada una de las últimas 24 horas
   *[other] Jugadores por hora en un día promedio de los últimos { $days }
}
activity-picture-zone = Hora de { $zone }
activity-picture-both = Ambos
activity-picture-alt = { $period }. Lo máximo a las { $hour } ({ $zone }): { $players }.
activity-busiest = Horas con más gente: { $hours }
activity-picture-zone-own = Tu hora, { $zone }
activity-picture-alt-own = { $period }. Lo máximo a las { $hour } (tu hora, { $zone }): { $players }.
