leaderboard-title = **Таблица лидеров**, страница { $page } из { $pages }
leaderboard-empty = В последнее время никто не играл. Используйте /queue и станьте первым!
leaderboard-none = В таблице лидеров таких нет.
leaderboard-record = { $wins }–{ $losses }
leaderboard-record-draws = { $wins }–{ $losses }–{ $draws }
leaderboard-filter-rank = ранг { $rank }
leaderboard-filter-best = лучшие расы
# Рейтинг, за которым слишком мало игр.
leaderboard-provisional = { $mmr }?
leaderboard-button-previous = Назад
leaderboard-button-next = Вперёд
leaderboard-button-picture = Картинка
leaderboard-picture-title = Таблица лидеров
leaderboard-picture-alt = Таблица лидеров с места { $from } в виде картинки. { $rows }
leaderboard-picture-alt-row = { $place }: { $name }, { $race }, ранг { $rank }, { $mmr } MMR.
