leaderboard-title = **Clasificación**, página { $page } de { $pages }
leaderboard-empty = Nadie ha jugado últimamente. ¡Usa /queue y sé quien empieza!
leaderboard-none = Nadie en la clasificación coincide con eso.
leaderboard-record = { $wins }–{ $losses }
leaderboard-record-draws = { $wins }–{ $losses }–{ $draws }
leaderboard-filter-rank = rango { $rank }
leaderboard-filter-best = mejores razas
# Una puntuación con muy pocas partidas para saberla bien.
leaderboard-provisional = { $mmr }?
leaderboard-button-previous = Anterior
leaderboard-button-next = Siguiente
leaderboard-button-picture = Imagen
leaderboard-picture-title = Clasificación
leaderboard-picture-alt = La clasificación desde el lugar { $from } como imagen. { $rows }
leaderboard-picture-alt-row = { $place }: { $name }, { $race }, rango { $rank }, { $mmr } de MMR.
