match-found = **¡Partida encontrada!** Confirma; el plazo termina { $deadline }, y si no, le toca a otra persona.
match-found-confirmed = **Partida encontrada, y ya confirmaste.** Falta tu rival; su plazo termina { $deadline }.
match-found-secret = Contra quién juegas y dónde se dice cuando ambos hayan confirmado.
match-reminder = **Tu partida te sigue esperando.** Presiona Confirmar: el plazo termina { $deadline }.
match-button-confirm = Confirmar
match-button-abort = { $left ->
    [0] Abandonar (ya no te quedan, tendrás una pausa)
    [one] Abandonar (te queda { $left })
   *[other] Abandonar (te quedan { $left })
}
match-button-show = Ver mi partida

match-playing = **Partida { $id }: { $you } contra { $opponent }**
match-playing-todo = Encuéntrense en el juego, jueguen y luego **suelta aquí tu repetición**. La escalera cierra esta partida { $deadline }.
match-report-todo = ¿No hay repetición? Entonces digan ambos abajo cómo terminó.
match-report-yours = Reportaste: **{ $outcome }**. Puedes cambiarlo hasta que tu rival también reporte.
match-report-opponent = **Tu rival ya reportó cómo terminó.** Suelta aquí tu repetición o reporta tú también.
match-report-contradicting = Tu rival reportó otra cosa. Se está leyendo una repetición de esta partida, y ella decide si puede.
match-reported-won = ganaste
match-reported-lost = perdiste
match-reported-draw = empate
match-play-reminder = **La partida { $id } sigue abierta.** Suelta aquí tu repetición o reporta cómo terminó. La escalera la cierra { $deadline }, y entonces no cambia ninguna puntuación.
match-button-won = Gané
match-button-lost = Perdí
match-button-draw = Empate
match-button-dispute = Impugnar
match-you = Tú
match-opponent = Tu rival
match-player-race = { $race }, { $mmr } de MMR
match-player-rank = { $player }, rango { $rank }
match-player-alternatives = también conocido como { $names }
match-map = Mapa
match-map-by = { $title }, de { $author }
match-mod = Mod
match-server = Servidor
match-server-value = { $server } (región del juego: { $region })
match-chat = Canal del juego
match-lobby = Ajustes de la sala
match-lobby-value =
    Privacidad (Privacy): Normal
    Velocidad (Speed): Más rápida (Faster)
    Duración (Duration): Infinita (Infinite)
    Alianzas fijas (Locked alliances): Sí (Yes)
match-known-problem = **Conviene saberlo** · { $race }: { $says }
match-guide = Cómo crear la sala
match-guide-value =
    Uno de los dos cambia a la región del juego de arriba, abre el enlace del mapa en el canal del juego y elige *Crear con mod (Create with Mod)*, y luego el mod.
    Ajusta la sala como se indica, elige el servidor e invita al otro por su BattleTag.
    Tomen sus razas, revísenlas con esta hoja y empiecen. Al terminar, cualquiera de los dos suelta aquí la repetición.

match-won = **Ganaste la partida { $id }** contra { $opponent }: { $before } → { $after } de MMR ({ $change })
match-lost = **Perdiste la partida { $id }** contra { $opponent }: { $before } → { $after } de MMR ({ $change })
match-drawn = **Empataste la partida { $id }** contra { $opponent }: { $before } → { $after } de MMR ({ $change })
match-result-detail = { $race } contra { $opponent-race } en { $map }
match-result-ground = La repetición no registra ganador; tu rival salió primero, así que ganas tú.
match-result-ground-lost = La repetición no registra ganador; saliste primero, así que gana tu rival.
match-result-reported = Ambos lo reportaron así.
match-result-staff = Así lo decidió el staff.
match-next = Usa /queue para la siguiente.
match-dispute-until = ¿Está mal? Puedes impugnarlo; el plazo termina { $until }. Vale hasta que el staff decida.
match-disputed = **Impugnaste esto.** El staff lo revisará; el resultado vale hasta que decida. La repetición que sueltes aquí le llega al staff.

match-aborted-you = **Abandonaste la partida { $id }.** Usa /queue cuando quieras volver a jugar.
match-aborted-opponent = **Tu rival abandonó la partida { $id }.**
match-unconfirmed-you = **La partida { $id } se canceló** porque no confirmaste a tiempo. Usa /queue cuando quieras volver a jugar.
match-unconfirmed-opponent = **La partida { $id } se canceló** porque tu rival no confirmó a tiempo.
match-requeued = Estás de vuelta en la cola y conservas tu tiempo de espera.
match-not-requeued = Usa /queue para buscar otra.
match-expired = **La partida { $id } se cerró** porque nadie la terminó a tiempo. No cambió ninguna puntuación. Usa /queue para la siguiente.
match-expired-reported = **La partida { $id } se cerró** porque tu rival no reportó a tiempo y no hubo repetición. No cambió ninguna puntuación; el staff verá tu reporte. Si tienes la repetición, suéltala aquí para el staff. Usa /queue para la siguiente.
match-expired-silent = **La partida { $id } se cerró** porque no reportaste a tiempo, aunque tu rival sí. No cambió ninguna puntuación; el staff la revisará. Si tienes la repetición, suéltala aquí para el staff. Usa /queue para la siguiente.
match-conflict = **La partida { $id } queda cerrada por ahora**: tu rival y tú reportaron resultados distintos. No cambió ninguna puntuación; el staff la revisará. Si tienes la repetición, suéltala aquí para el staff. Usa /queue para la siguiente.
match-void = **El staff anuló la partida { $id }.** No cuenta para nada.
match-cancelled-you = **El staff terminó la partida { $id }.** No cambió ninguna puntuación.
match-cancelled = **El staff terminó la partida { $id }**, y no por ti. No cambió ninguna puntuación.
match-decided = **La partida { $id } está decidida.**
match-button-replay = Enviar repetición
past-match = **Partida { $id }** en { $map }
past-match-player = { $player } ({ $race })
past-match-rated = { $player } ({ $race }): { $before } → { $after } de MMR ({ $change })
past-match-when = Jugada { $at }
past-match-length = { $length } min
past-match-won = **Ganó { $player }**
past-match-drawn = **No ganó nadie**
past-match-conflict = Los dos reportes se contradicen, así que no cambió ninguna puntuación.
past-match-void = El staff la anuló: no cuenta para nada.
past-match-aborted = Se abandonó antes de empezar.
past-match-unconfirmed = No se confirmó a tiempo.
past-match-expired = Nadie la terminó a tiempo.
past-match-cancelled = Se canceló porque el staff sacó a alguien de la escalera.
past-match-ground-recorded = según la repetición
past-match-ground-left = el otro jugador salió primero
past-match-ground-reported = como ambos reportaron
past-match-ground-staff = como decidió el staff
past-match-ruled = El staff la decidió de nuevo { $at }. Los números de arriba son los que se dijeron antes.
past-match-replay-none = No se envió ninguna repetición de ella.
past-match-replay-gone = Por ahora no se puede recuperar su repetición.
past-match-choice = { $id }: { $result }
past-match-choice-won = victoria contra { $opponent }
past-match-choice-lost = derrota contra { $opponent }
past-match-choice-draw = empate con { $opponent }
past-match-choice-none = contra { $opponent }
report-modal-title = Repetición de la partida { $id }
report-modal-file = Tu archivo .SC2Replay
report-modal-help = En Documentos, StarCraft II, Accounts, Replays, Multiplayer: el más reciente.
report-taken = Recibida. En un momento sigue aquí qué resultó de tu repetición.
report-taken-elsewhere = Recibida. En un momento te digo por mensaje directo qué resultó de tu repetición.
log-won = Partida { $id }: { $winner } venció a { $loser } en { $map }
log-won-no-map = Partida { $id }: { $winner } venció a { $loser }
log-drawn = Partida { $id }: { $winner } y { $loser } empataron en { $map }
log-drawn-no-map = Partida { $id }: { $winner } y { $loser } empataron
log-void = Partida { $id }: { $winner } contra { $loser } no cuenta para nada
log-none = Partida { $id }: { $winner } contra { $loser } no tiene resultado
log-player = { $player } ({ $race })
log-player-rated = { $player } ({ $race }, { $before } → { $after })
log-staff = Así lo decidió el staff.
thread-playing = **Partida { $id }: { $first } contra { $second }**
thread-todo = Encuéntrense en el juego y jueguen. Después uno envía la repetición: presiona *Enviar repetición*, usa /report aquí o suelta el archivo en tus mensajes directos conmigo. Un archivo soltado aquí no se ve. La escalera cierra esta partida { $deadline }.
thread-over = **La partida { $id } terminó.**
thread-closed = Este hilo ya está cerrado. Cada quien tiene el resultado en sus mensajes directos.
case-closed = Cerrado por { $by }, { $at }.
case-closed-note = Cerrado por { $by }, { $at }: { $note }
post-case = **Caso { $id }, partida { $match }: { $kind }** Abierto { $opened }.
