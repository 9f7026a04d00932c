help =
    { "**EvoLadder**" } empareja a jugadores de Brood War con jugadores de StarCraft II en *SC: Evo Complete*.
    1. /setup: dinos quién eres. Toma un minuto.
    2. /queue: elige tus razas, veta mapas, presiona Entrar.
    3. Partida encontrada: presiona Confirmar y encuentra a tu rival en el juego como dice la hoja de la partida.
    4. Después de jugar, suelta tu archivo .SC2Replay en este chat. La repetición decide la partida.

    /match muestra tu partida con todos sus botones, /leaderboard cómo va todo el mundo, /profile cómo va alguien y /activity a qué horas se juega.
help-hint = ¡Hola! Usa /setup para entrar a la escalera y /queue para encontrar partida, o suelta aquí tu archivo .SC2Replay después de jugar. /help cuenta lo demás.
