replay-reading = **Leyendo tu repetición de la partida { $id }.** Tarda unos segundos.
replay-in-line = **Tu repetición de la partida { $id } está en fila.** { $before ->
    [one] Hay 1 repetición antes que la tuya.
   *[other] Hay { $before } repeticiones antes que la tuya.
}
replay-decided = **Tu repetición decide la partida { $id }: gana { $winner }.**
replay-decided-left-first = **Tu repetición decide la partida { $id }: gana { $winner }**, porque la otra persona salió primero.
replay-undecided = **Tu repetición coincide con la partida { $id }, pero no dice quién ganó.** Si tu rival tiene una que dura más, pídele esa.
replay-rejected = **Esta repetición no decide la partida { $id }.** Mira abajo qué no coincidió y qué puedes hacer. La partida sigue abierta.
replay-too-late = **La partida { $id } terminó antes de que se leyera tu repetición.** No cambió nada; usa /match para ver cómo terminó.
replay-already-decided = **La partida { $id } ya está decidida, por este mismo juego.** No hace falta nada más; usa /match para ver cómo terminó.
replay-for-staff = **La partida { $id } ya terminó, así que tu repetición no la decide.** El staff revisará esta partida y verá la repetición.
replay-somebody = esa persona

replay-check-readable = Dos jugadores
replay-check-identity = Jugadores
replay-check-races = Razas
replay-check-map = Mapa
replay-check-time = Hora
replay-check-reuse = Juego nuevo
replay-check-owner = Cuenta
replay-check-mod = Mod
replay-check-observers = Observadores
replay-check-privacy = Privacidad
replay-check-speed = Velocidad
replay-check-duration = Duración
replay-check-alliances = Alianzas
replay-check-passed = { $check }: { $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }: se esperaba { $expected }, se encontró { $found }
replay-checks = Revisión
replay-lobby-right = Sala: como en la hoja de la partida

# Lo que una revisión esperaba o encontró.
replay-seats = { $humans ->
    [one] 1 jugador
   *[other] { $humans } jugadores
}{ $computers ->
    [0] {""}
   *[other] {" "}y { $computers } IA
}
replay-seats-one-team = { $humans ->
    [one] 1 jugador en un equipo
   *[other] { $humans } jugadores en un mismo equipo
}
replay-mod-official = verificado ({ $release })
replay-mod-unverified = sin verificar, pues la escalera aún no conoce esta versión del mapa o del mod
replay-mod-fake = no es el mod oficial: { $files ->
    [one] 1 archivo
   *[other] { $files } archivos
} de una copia no oficial
replay-mod-region = no es el mod oficial: { $files ->
    [one] 1 archivo
   *[other] { $files } archivos
} de otra región del juego
replay-mod-differs = no es el mod oficial: { $unknown ->
    [0] {""}
    [one] 1 archivo desconocido
   *[other] { $unknown } archivos desconocidos
}{ $missing ->
    [0] {""}
   *[other] { $unknown ->
        [0] {""}
       *[other] {", "}
    }{ $missing ->
        [one] falta 1 archivo
       *[other] faltan { $missing } archivos
    }
}
replay-reuse-match = este juego ya decidió la partida { $id }
replay-owner-other = { $account } pertenece a otra persona de la escalera
replay-privacy-normal = normal
replay-privacy-no-match-history = sin historial de partidas
replay-privacy-no-build-order = sin orden de construcción
replay-speed-slower = más lenta
replay-speed-slow = lenta
replay-speed-normal = normal
replay-speed-fast = rápida
replay-speed-faster = más rápida
replay-duration-infinite = infinita
replay-duration-minutes = { $minutes ->
    [one] 1 minuto
   *[other] { $minutes } minutos
}
replay-alliances-locked = fijas
replay-alliances-open = no fijas

# Qué hacer con la primera revisión que falló.
replay-todo-readable = Envía la repetición de la partida misma: ustedes dos, uno contra otro, sin IA.
replay-todo-identity = Ambos juegan con su propia cuenta. Una cuenta nueva vale por su nombre en el juego, que debe ser tu nombre aquí o uno de tus nombres alternativos (/setup los agrega), en el servidor de la hoja de la partida; si antes jugaste ahí con otra, la repetición la tiene que enviar su dueño.
replay-todo-races = Envía la repetición en la que ambos juegan las razas de la hoja de la partida, o jueguen la partida con ellas.
replay-todo-map = Envía la repetición de esta partida, jugada en el mapa de tu hoja.
replay-todo-mod = Jueguen de nuevo y creen la sala desde el enlace de la hoja de la partida: /match lo muestra.
replay-todo-time = Envía la repetición del juego que hicieron después de encontrarse esta partida. Si el reloj de tu computadora está mal, sirve la repetición de tu rival.
replay-todo-reuse = Envía la repetición de esta partida: cada juego cuenta una sola vez.
replay-todo-owner = Juega con tu propia cuenta. Si esta es tuya, escribe al staff.

replay-fault-unsupported_build = **Tu repetición de la partida { $id } es de una versión del juego que la escalera aún no puede leer.** Actualiza el juego, mira la repetición una vez y envíala de nuevo, o pídele la suya a tu rival. La partida sigue abierta.
replay-fault-encrypted = **Tu repetición de la partida { $id } está cifrada** y la escalera no puede leerla. Pídele la suya a tu rival. La partida sigue abierta.
replay-fault-malformed = **Tu archivo para la partida { $id } está dañado o no es una repetición**, así que la escalera no puede leerlo. Envía la repetición directo de la carpeta Replays, o pídele la suya a tu rival. La partida sigue abierta.
replay-fault-too_large = **Tu archivo para la partida { $id } dice tener más de lo que cabe en una repetición**, así que la escalera no siguió leyendo. Envía la repetición de la partida misma. La partida sigue abierta.
replay-fault-file_lost = **Tu repetición de la partida { $id } se perdió de nuestro lado.** Envíala otra vez, o pídele la suya a tu rival.
replay-fault-not_read = **Tu repetición de la partida { $id } no se pudo leer a tiempo.** La culpa es de la escalera, no del archivo: envíala otra vez. La partida sigue abierta.
replay-fault-killed = **Tu archivo para la partida { $id } no se puede leer**, y el mismo archivo no se intentará de nuevo. Pídele el suyo a tu rival. La partida sigue abierta.
