# Lo que el staff lee en /admin.
staff-role-owner = propietario
staff-role-admin = administrador
staff-role-none = sin rol

admin-propose = **¿{ $act }?** Aún no se ha hecho nada. Esta pregunta caduca { $expires }.
admin-propose-changed = **¿{ $act }?** La escalera cambió desde que se preguntó, así que no se hizo nada. Revisa otra vez. Esta pregunta caduca { $expires }.
admin-button-do = Hacerlo
admin-button-cancel = Cancelar
admin-withdrawn = Cancelado. No se hizo nada.
admin-done = **Hecho: { $act }.** Entrada { $number } del registro de auditoría.
admin-reason = Razón
admin-before = Antes
admin-after = Después

admin-act-set-role = Rol de { $user }: { $role }
admin-act-remove-from-queue = Sacar a { $player } de la cola
admin-act-clear-queue = Vaciar la cola
admin-act-ban = Expulsar a { $player } por { $days ->
    [one] un día
   *[other] { $days } días
}
admin-act-ban-for-good = Expulsar a { $player } para siempre
admin-act-unban = Levantar la expulsión de { $player }
admin-act-time-out = Poner a { $player } una pausa de { $minutes ->
    [one] un minuto
   *[other] { $minutes } minutos
}
admin-act-lift-time-out = Quitar la pausa de { $player }
admin-act-reset-aborts = Devolver a { $player } todos los abandonos del mes
admin-act-announce = Anunciar a todo el mundo: { $text }
admin-act-rename = Cambiar el nombre de { $player } a { $name }

admin-snapshot =
    { "**La escalera**" }
    Jugadores: { $players }, configurados { $set-up }, expulsados { $banned }
    En la cola: { $queued }
    Partidas abiertas: { $matches }; decididas hasta ahora: { $decided }
    Repeticiones en fila: { $jobs }
    Mensajes por mostrar: { $cards }
    Casos para el staff: { $cases }
admin-snapshot-queue = En la cola
admin-snapshot-matches = Partidas abiertas
admin-queued = { $name }: { $races }, desde { $since }, { $waves ->
    [one] una ronda
   *[other] { $waves } rondas
}
admin-open-confirming = Partida { $id }: { $first }, { $second }, por confirmar, emparejada { $since }
admin-open-playing = Partida { $id }: { $first }, { $second }, en juego, emparejada { $since }

admin-player = **{ $name }**, { $user }, jugador { $id }
admin-player-banned = **Expulsado** hasta el { $until }: { $reason }
admin-player-banned-for-good = **Expulsado** para siempre: { $reason }
admin-player-role = Parte del staff: { $role }
admin-player-no-terms = términos sin aceptar
admin-player-no-setup = configuración sin terminar
admin-player-timed-out = En pausa, puede volver a la cola { $until }
admin-player-aborts = Abandonos que le quedan este mes: { $left }. Razas: { $races }
admin-player-queued = En la cola desde { $since }
admin-player-rating = { $race }: { $mmr } de MMR, ganadas { $wins }, perdidas { $losses }, empatadas { $draws }, última { $last }
admin-player-match = Partida { $id } como jugador { $slot } contra { $opponent }: { $verdict }, emparejada { $at }

admin-match = **Partida { $id }**
admin-match-paired = Emparejada { $at }
admin-match-confirming = Espera confirmación, hasta { $deadline }
admin-match-playing = En juego desde { $since }, se cierra { $deadline }
admin-match-closed = Cerrada: { $verdict }
admin-seat-confirmed = confirmó
admin-seat-found = recibió el aviso y no ha confirmado
admin-seat-not-reached = aún no recibe el aviso

admin-verdict-open = abierta
admin-verdict-won = ganó el jugador { $slot }
admin-verdict-drawn = empate
admin-verdict-aborted = abandonó el jugador { $slot }
admin-verdict-unconfirmed = sin confirmar
admin-verdict-expired = nadie la terminó
admin-verdict-conflict = los reportes se contradicen
admin-verdict-void = anulada
admin-verdict-cancelled-by = cancelada, porque el jugador { $slot } salió de la escalera
admin-verdict-cancelled = cancelada

admin-log = **Lo que hizo el staff**, página { $page } de { $pages }
admin-log-empty = El staff aún no ha hecho nada.
admin-log-entry = { $number }. { $at } { $by }: **{ $act }** ({ $reason })

admin-health =
    Registros: { $records }, aún sin guardar en disco { $unsaved }
    Lectores de repeticiones: { $workers }, libres { $idle }; repeticiones en fila: { $line }
    Repeticiones leídas: { $parsed }, fallidas { $failed }
    Mensajes por mostrar: { $due }, en camino { $under-way }
    evoladder status muestra lo demás en la máquina misma.
admin-health-read-only = **El disco no acepta nada por ahora.**

admin-health-level-normal = **La escalera va como siempre**
admin-health-level-busy = **La escalera está ocupada**
admin-health-level-overloaded = **La escalera está sobrecargada**
admin-health-unknown = **Aún no se sabe cómo va todo.** Pregunta de nuevo en un segundo.
admin-health-no-alert = No hay nada mal.
admin-health-alert = ⚠ **{ $name }**, { $at }: { $text }
admin-health-numbers =
    Jugadores: { $active } activos, { $queue } en la fila; partidas abiertas: { $matches }
    Respuestas: la mitad en { $p50 }, 19 de 20 en { $p95 }; en camino { $presses }
    Al disco: 19 de 20 en { $durable }; retraso: diario { $journal-lag }, base de datos { $database-lag }
    Llamadas a Discord por segundo: { $calls }, en fila { $waiting }; fallos en diez minutos: { $failures }
    Memoria: { $memory }
admin-health-role = { $role }: { $ready } de { $processes } listos, reinicios { $restarts }, { $memory }

# In the channel of staff, in English alone; the text is the supervisor's.
alert-began = **Alerta { $name }** desde { $began }: { $text }
alert-over = **{ $name } terminó.** Fue así de { $began } a { $over }.
alert-was = **Alerta { $name }**, ya terminada: { $text }. Fue así de { $began } a { $over }.

admin-roster = **El staff**

admin-act-set-knob = Poner { $name } en { $value }
admin-act-retire-handles = Dejar de aceptar los archivos de la versión { $release } ({ $where })
admin-act-mark-fake = Rechazar juegos con el archivo { $file }
admin-act-clear-fake = Dejar de rechazar juegos con el archivo { $file }
admin-act-allow-accounts = { $count ->
    [one] Permitir { $count } cuenta de { $player } en { $region }
   *[other] Permitir { $count } cuentas de { $player } en { $region }
}
admin-act-unbind-account = Desvincular la cuenta { $account } de { $player }
admin-all-regions = todas las regiones del juego
admin-all-maps = todos los mapas

admin-knobs = **Los números de las reglas.** /admin set-knob cambia uno; los que cambió el staff llevan ✎.

admin-act-resolve = Decidir la partida { $id }: { $verdict }
admin-act-adjust-mmr = Poner la puntuación de { $player } con { $race } en { $mmr } de MMR
admin-act-close-case = Cerrar el caso { $id } y dejar su partida como está
admin-act-learn-handles = Registrar los archivos del caso { $id } como mod oficial

admin-cases-none = No hay casos abiertos.
admin-case = **Caso { $id }, partida { $match }: { $kind }** Abierto { $opened }. Caso { $page } de { $pages }.
admin-case-conflict = los reportes se contradicen.
admin-case-one_report = se acabó el tiempo y solo reportó una persona.
admin-case-dispute = alguien no está de acuerdo con la decisión.
admin-case-unverified = se jugó con archivos que nadie conoce.
admin-case-clash = una repetición tiene la cuenta de otra persona.
admin-case-contradiction = una repetición da otro ganador.
admin-case-closed = Cerrado { $at }: { $verdict }
admin-case-files = { $files ->
    [one] { $files } archivo en { $map }, { $region }
   *[other] { $files } archivos en { $map }, { $region }
}
admin-case-account = Cuenta { $account } del jugador { $player }
admin-button-first = Ganó el jugador 1
admin-button-second = Ganó el jugador 2
admin-button-draw = Empate
admin-button-void = Anular
admin-button-close = Dejar como está
admin-button-learn = Registrar los archivos
admin-modal-title = ¿Por qué?
admin-modal-reason-help = Para el registro de auditoría. Se pregunta una vez más antes de hacerlo.
admin-report-won = reportó victoria
admin-report-lost = reportó derrota
admin-report-draw = reportó empate
admin-upload = Repetición del jugador { $slot }, { $at }: { $end } `{ $file }`
admin-upload-in-line = espera su lectura
admin-upload-undecided = no dice quién ganó
admin-upload-rejected = rechazada
admin-upload-late = llegó tarde
admin-match-case = Caso { $id }
admin-archive = **Partida { $id }**, del archivo
admin-archive-began = Empezó { $at }
admin-archive-closed = Cerrada { $at }: { $verdict }
admin-archive-ground-recorded = lo dice la repetición
admin-archive-ground-left = el otro jugador salió primero
admin-archive-ground-reported = ambos lo dijeron
admin-archive-ground-staff = lo decidió el staff
admin-archive-aborted = abandonó un jugador
admin-archive-open = Sin cerrar
admin-archive-resolved = Decisión de { $by }, { $at }: { $before } → { $after }
admin-archive-corrected = Corregido: jugador { $slot } ({ $race }) { $before } → { $after } de MMR
admin-archive-others = { $count ->
    [one] Las decisiones movieron 1 puntuación de otros jugadores
   *[other] Las decisiones movieron { $count } puntuaciones de otros jugadores
}
admin-archive-case = Caso { $id }, abierto { $opened }: { $kind }
admin-archive-case-closed = Cerrado { $at } por { $by }
admin-archive-would-be = { $end }; a tiempo: { $other }
admin-archive-decided = decidió la partida
