profile-unrated = Aún no hay partidas con puntuación.
profile-rating = { $race }: **{ $mmr }** de MMR, { $record }
profile-rating-placed = { $race }: **{ $mmr }** de MMR, rango { $rank }, lugar { $place }, { $record }
profile-provisional = ? Son muy pocas partidas para saberlo bien.
profile-recent = Últimamente
profile-period = { $days ->
    [one] { $days } día: { $record }
   *[other] { $days } días: { $record }
}
profile-won-in-a-row = { $run ->
    [one] { $run } victoria
   *[other] { $run } victorias seguidas
}
profile-lost-in-a-row = { $run ->
    [one] { $run } derrota
   *[other] { $run } derrotas seguidas
}
profile-against-you = Contra ti
profile-picture-unit = MMR
profile-picture-alt = Gráfica de las puntuaciones de { $name }, de { $from } a { $to }.
profile-picture-alt-race = { $race }: { $mmr } de MMR, en este tiempo entre { $least } y { $most }.
