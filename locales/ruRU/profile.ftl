profile-unrated = Рейтинговых матчей ещё нет.
profile-rating = { $race }: **{ $mmr }** MMR, { $record }
profile-rating-placed = { $race }: **{ $mmr }** MMR, ранг { $rank }, место { $place }, { $record }
profile-provisional = ? Слишком мало игр, чтобы судить наверняка.
profile-recent = За последнее время
profile-period = { $days ->
    [one] { $days } день: { $record }
    [few] { $days } дня: { $record }
   *[many] { $days } дней: { $record }
}
profile-won-in-a-row = { $run ->
    [one] { $run } победа подряд
    [few] { $run } победы подряд
   *[many] { $run } побед подряд
}
profile-lost-in-a-row = { $run ->
    [one] { $run } поражение подряд
    [few] { $run } поражения подряд
   *[many] { $run } поражений подряд
}
profile-against-you = В играх против вас
profile-picture-unit = MMR
profile-picture-alt = График рейтинга: { $name }, с { $from } по { $to }.
profile-picture-alt-race = { $race }: { $mmr } MMR, за это время от { $least } до { $most }.
