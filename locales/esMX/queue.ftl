queue-title = **Buscar partida**
queue-title-waiting = **Estás en la cola**
queue-how = Elige con qué juegas, Brood War, StarCraft II o ambos, y presiona Entrar. Una partida siempre es una raza de Brood War contra una de StarCraft II.
queue-races = Juegas con: { $races }
queue-no-races = Juegas con: nada todavía. Elige una raza abajo.
queue-vetoes = Mapas vetados: { $maps }
queue-waiting = En espera ahora: { $bw } con Brood War, { $sc2 } con StarCraft II, { $both } con ambos.
queue-next-wave = Las próximas partidas se arman { $at }.
queue-since = Esperas desde { $at }.

queue-hint-first-wave = La próxima ronda es tu primera oportunidad.
queue-hint-alone = Por ahora nadie más está esperando. Sigues en la cola y te llegará un mensaje cuando haya partida.
queue-hint-nobody-bw = Por ahora no espera nadie que juegue Brood War.
queue-hint-nobody-sc2 = Por ahora no espera nadie que juegue StarCraft II.
queue-hint-too-far = El mejor rival está a { $gap } de MMR; ahora aceptas { $window } y { $at } aceptarás { $gap }.
queue-hint-fits = Hay alguien para ti. La próxima ronda lo dirá.
queue-hint-outnumbered = En la última ronda esperaban { $bw } con Brood War, { $sc2 } con StarCraft II y { $both } con ambos. { $fitting ->
    [one] A quien era para ti le tocó otra persona.
   *[other] A los { $fitting } que eran para ti les tocaron otras personas.
}
queue-expected = Por lo que otros esperaron últimamente, quizá haya partida { $at }.

queue-menu-bw = Tu raza de Brood War
queue-menu-sc2 = Tu raza de StarCraft II
queue-menu-none-bw = Sin Brood War
queue-menu-none-sc2 = Sin StarCraft II
queue-menu-vetoes = { $allowed ->
    [one] Veta un mapa
   *[other] Veta hasta { $allowed } mapas
}
queue-button-join = Entrar
queue-button-leave = Salir
queue-button-refresh = Actualizar
queue-in-match = **Se encontró una partida.** Ya no estás en la cola.
queue-elsewhere = **Estás en la cola.** Cómo va está siempre en [este mensaje]({ $link }), que cambia solo.
queue-button-show = Buscar partida
