# Qué mensajes quiere alguien además de los necesarios.
notify-title = **¿De qué quieres enterarte?**
notify-how = Lo que necesitan tus partidas siempre te llega. Lo demás lo decides tú.
notify-both = También recibes anuncios y correcciones de partidas anteriores que cambian tu puntuación.
notify-corrections-only = También recibes correcciones de partidas anteriores que cambian tu puntuación, pero no anuncios.
notify-announcements-only = También recibes anuncios, pero no correcciones de partidas anteriores.
notify-neither = No recibes ni anuncios ni correcciones de partidas anteriores.
notify-pings-nobody = No se te avisa cuando otros buscan partida.
notify-pings-bw = Se te avisa cuando alguien entra a la cola con Brood War y nadie le espera, como máximo una vez cada { $minutes ->
    [one] minuto
   *[other] { $minutes } minutos
}.
notify-pings-sc2 = Se te avisa cuando alguien entra a la cola con StarCraft II y nadie le espera, como máximo una vez cada { $minutes ->
    [one] minuto
   *[other] { $minutes } minutos
}.
notify-pings-anyone = Se te avisa cuando alguien entra a la cola y nadie le espera, como máximo una vez cada { $minutes ->
    [one] minuto
   *[other] { $minutes } minutos
}.
notify-quiet = Silencio de { $from } a { $to } de tu día ({ $zone }).

notify-menu-kinds = Qué más quieres leer
notify-menu-pings = Avísame cuando alguien busque partida
notify-option-corrections = Correcciones de partidas anteriores
notify-option-announcements = Anuncios del staff
notify-option-nobody = No me avises nunca
notify-option-bw = Cuando alguien entre con Brood War
notify-option-sc2 = Cuando alguien entre con StarCraft II
notify-option-anyone = Cuando entre cualquiera
notify-button-times = Cada cuánto, horas de silencio

notify-modal-title = Cuando alguien busca partida
notify-modal-cooldown = Minutos entre dos mensajes
notify-modal-from = Silencio desde
notify-modal-to = Silencio hasta
notify-modal-zone = ¿Qué hora es donde estás?
notify-modal-help-cooldown = Al menos este tiempo entre ellos: de 5 a 1440 minutos
notify-modal-help-from = Como 23:00; deja ambas vacías si no quieres horas de silencio
notify-modal-help-to = Como 8:00
notify-modal-help-zone = Como en tu reloj, 21:35, o como UTC-6. Se pregunta una vez; dilo de nuevo si cambia tu reloj

# Cuando Discord no le entrega mensajes a alguien.
dms-closed = **Los mensajes directos no te llegan**, así que lees aquí lo que habrías recibido.
dms-held-match = La partida { $id } tiene novedades: /match las muestra.
dms-held-replay = Se leyó una repetición de la partida { $id }: /match muestra qué resultó.
dms-how =
    { "**La escalera no puede escribirte.**" } Discord no te entrega sus mensajes directos, y sin ellos no verías una partida a tiempo.
    1. Abre el menú de este servidor (su nombre, arriba) y elige Ajustes de privacidad.
    2. Activa los mensajes directos. Si bloqueaste al bot, desbloquéalo.
    3. Presiona el botón de abajo, o escríbele al bot cualquier mensaje.
dms-tried = **Va un mensaje en camino.** Si te llega, todo funciona y puedes entrar a la cola. Si no, revisa otra vez los ajustes de privacidad de este servidor.
dms-button-show = Cómo abrir los mensajes directos
dms-button-retry = Ya los abrí
dms-button-queue = Buscar partida
