# Las reglas dicen que no. Una o dos frases: qué pasa y qué hacer.
refusal-setup-needed = Primero termina tu configuración: sigue los pasos de abajo o usa /setup cuando quieras.
refusal-terms-needed = Primero lee y acepta los términos: el botón está abajo y en /setup.
refusal-name-invalid = Ese nombre no sirve aquí. Usa de 3 a 12 letras o dígitos, sin espacios ni signos.
refusal-name-taken = Alguien en la escalera ya tiene ese nombre. Elige otro.
refusal-battle-tag-invalid = Eso no parece un BattleTag. Se escribe como Nombre#1234; lo encuentras en la app de Battle.net.
refusal-battle-tag-taken = Ese BattleTag ya pertenece a otra persona de aquí. Si es tuyo, avisa al staff.
refusal-alternative-name-invalid = Uno de los nombres alternativos no sirve. Cada uno tiene de 3 a 12 letras o dígitos, son tres como máximo, separados por comas y todos distintos.
refusal-country-unknown = Ese país no se conoce. Usa su nombre o sus dos letras, como MX o AR; XX si prefieres no decirlo, ZZ para cualquier otro. /setcountry los muestra todos.
refusal-region-unknown = Esa región no se conoce. Elige una de la lista en /setup.
refusal-no-race = Elige primero al menos una raza y presiona Entrar otra vez.
refusal-too-many-vetoes = Puedes vetar { $allowed ->
    [one] un mapa
   *[other] hasta { $allowed } mapas
}. Elige menos.
refusal-map-unknown = Ese mapa ya no está entre los de esta temporada. Usa /queue para ver cuáles son.
refusal-already-queued = Ya estás en la cola. Espera con calma: te llegará un mensaje cuando haya partida.
refusal-not-queued = Ahora no estás en la cola. Usa /queue para buscar partida.
refusal-in-match = Ya tienes una partida. Usa /match para verla.
refusal-timed-out = Podrás volver a la cola { $until }. No confirmar o abandonar demasiado causa esta pausa.
refusal-match-unknown = No hay ninguna partida así que puedas ver. /match muestra la tuya, y /queue encuentra una.
refusal-too-late = Llegó demasiado tarde: la partida ya avanzó. Usa /match para ver en qué va.
refusal-no-open-match = No tienes ninguna partida que espere una repetición. Usa /queue para encontrar una y envía la repetición después de jugar.
refusal-file-too-large = Ese archivo es demasiado grande para una repetición; el límite es de { $mebibytes } MiB. Envía el archivo .SC2Replay de la partida misma.
refusal-not-a-replay = Eso no es una repetición. Envía el archivo que termina en .SC2Replay; StarCraft II lo guarda en tu carpeta Documentos, en Accounts.
refusal-file-refused = Esta repetición ya decidió una partida antes. Envía la de tu partida actual.
refusal-line-full = Se están leyendo muchas repeticiones. Envía la tuya de nuevo en un minuto; tu partida la espera.
refusal-own-line-full = { $limit ->
    [one] Ya tienes 1 repetición en camino o en fila.
   *[other] Ya tienes { $limit } repeticiones en camino o en fila.
} Espera la respuesta antes de enviar otra; tu partida sigue abierta.
refusal-too-many-files = { $limit ->
    [one] Se lee como máximo 1 archivo por mensaje.
   *[other] Se leen como máximo { $limit } archivos por mensaje.
} Una repetición decide una partida: envía solo el archivo de ese juego.
refusal-file-quarantined = Este mismo archivo no se pudo leer antes, así que no se intenta de nuevo. Pídele el suyo a tu rival; tu partida sigue abierta.
refusal-too-many-uploads = { $limit ->
    [one] Ya enviaste 1 repetición para esta partida y no se reciben más.
   *[other] Ya enviaste { $limit } repeticiones para esta partida y no se reciben más.
} Pídele la suya a tu rival.
refusal-already-decided = Tu última partida ya tiene resultado, así que no hace falta repetición. Mírala con /match o busca la siguiente con /queue.
refusal-files = { $files ->
    [one] No se recibió { $files } de tus archivos.
   *[other] No se recibieron { $files } de tus archivos.
} { $why }
refusal-download-failed = Discord no entregó tu archivo. Envíalo otra vez.
refusal-read-only = La escalera no puede guardar nada por ahora, así que no cambió nada. Inténtalo de nuevo en unos minutos.
refusal-busy = La escalera está muy ocupada y no cambió nada. Inténtalo de nuevo en un momento.
refusal-stale = Eso se presionó hace demasiado para saber qué pasó. Usa /match o /queue para ver dónde estás.
refusal-player-unknown = Nadie en la escalera tiene ese nombre. /leaderboard muestra a quienes han jugado.
refusal-knob-unknown = Ningún número de las reglas se llama así. Su lista dice cómo se llama cada uno.
refusal-knob-invalid = { $name } debe ser { $expects }. No cambió nada.
refusal-knob-out-of-range = { $name } puede ir de { $min } a { $max }. No cambió nada.
refusal-handles-invalid = Estos no son los archivos de un juego en este mapa. Cada archivo es un SHA-256 de 64 dígitos hexadecimales en minúsculas.
refusal-handles-fake = Uno de estos archivos se conoce de copias no oficiales del mod, así que no se registraron.
refusal-handles-known = Las listas ya lo tienen como oficial, así que no cambió nada.
refusal-handles-unknown = Las listas no tienen nada así, de modo que no hay nada que cambiar.
refusal-toon-unknown = Esta cuenta no está vinculada a esa persona. Su página muestra las que sí.
refusal-not-started = Esa partida no ha empezado: antes tienen que confirmarla ambos. /match muestra en qué va.
refusal-not-disputable = Esa partida no tiene un resultado que puedas impugnar. /match muestra cómo terminó.
refusal-dispute-over = { $minutes ->
    [one] Un resultado se puede impugnar durante { $minutes } minuto
   *[other] Un resultado se puede impugnar durante { $minutes } minutos
}, y ese tiempo ya pasó. Si algo está mal, escribe al staff.
refusal-case-unknown = No hay ningún caso abierto con ese número.
refusal-match-not-played = Esa partida nunca se jugó, así que no hay resultado que cambiar.
refusal-unchanged = No cambió nada: ya está así.
refusal-correction-too-large = { $limit ->
    [one] Esta corrección movería más de { $limit } puntuación
   *[other] Esta corrección movería más de { $limit } puntuaciones
}, así que no se hizo.
refusal-mmr-out-of-range = Una puntuación tiene que estar entre { $least } y { $most }.
refusal-banned = Tienes una expulsión hasta el { $until }: { $reason }
refusal-banned-for-good = Tienes una expulsión definitiva de esta escalera: { $reason }
refusal-staff-only = Eso es solo para el staff de la escalera. /help muestra lo que puede hacer todo el mundo.
refusal-owner-only = Solo un propietario de la escalera cambia los roles.
refusal-reason-needed = Da una razón de { $from } a { $to } caracteres. Queda en el registro de auditoría, y la leen las personas afectadas.
refusal-proposal-gone = Esta pregunta ya no está abierta: se respondió, la reemplazó una más nueva o es demasiado vieja. Usa /admin otra vez.
refusal-nothing-to-do = Ya está así, no hay nada que hacer.
refusal-last-owner = Una escalera necesita un propietario. Primero nombra propietario a alguien más.
refusal-staff-not-banned = No se puede expulsar a alguien del staff. Antes un propietario tiene que quitarle el rol.
refusal-out-of-range = Ese número tiene que estar entre { $from } y { $to }.
refusal-text-length = Ese texto necesita de { $from } a { $to } caracteres.
refusal-history-away = Las partidas anteriores no se pueden leer por ahora, porque la base de datos no responde. Inténtalo de nuevo en unos minutos.
refusal-guide-unread = Antes de tu primera partida, mira cómo es: es corto, y el botón de abajo te lleva a la cola.
refusal-dms-closed = Todavía no puedes entrar a la cola: los mensajes directos no te llegan y no verías tu partida.
refusal-time-invalid = Las horas de silencio necesitan dos horas distintas, como 23:00 y 8:00, o deja ambas vacías si no quieres.
refusal-zone-invalid = Dinos qué hora es donde estás, como 21:35, o tu diferencia con UTC, como UTC-6.
refusal-replay-in-line = Este mismo archivo ya se está leyendo, así que cuenta una vez. La respuesta llega a tus mensajes directos.
refusal-match-private = Esa partida no tiene resultado, y solo sus dos jugadores pueden verla.
