help =
    { "**EvoLadder**" } empareja a jugadores de Brood War con jugadores de StarCraft II en *SC: Evo Complete*.
    1. /setup: dinos quién eres. Toma un minuto.
    2. /queue: elige tus razas, veta mapas, presiona Entrar.
    3. Partida encontrada: presiona Confirmar y encuentra a tu rival en el juego como dice la hoja de la partida.
    4. Después de jugar, suelta tu archivo .SC2Replay en este chat, presiona *Enviar repetición* en la partida o usa /report donde sea. La repetición decide la partida.

    /match muestra tu partida con todos sus botones y, con un número, cualquier partida terminada con su repetición, /leaderboard cómo va todo el mundo, /profile cómo va alguien y /activity a qué horas se juega. Con /notifications eliges de qué enterarte, y con /language y /setcountry cambias el idioma y el país.
help-hint = ¡Hola! Usa /setup para entrar a la escalera y /queue para encontrar partida, o suelta aquí tu archivo .SC2Replay después de jugar. /help cuenta lo demás.
guide =
    { "**Cómo es una partida**" }
    1. Cuando se encuentra una partida, te llega un mensaje aquí. Presiona Confirmar a tiempo; si no, tendrás una pausa de la cola.
    2. La hoja de la partida dice tu rival, el mapa, el servidor y la sala. Uno de los dos crea la sala con el mod *SC: Evo Complete* e invita al otro; en el canal `SCEvoLadder` se encuentran.
    3. Juega con tu raza de la hoja en su mapa. Salir del juego es perderlo.
    4. Envía aquí el archivo .SC2Replay del juego. La repetición demuestra quién ganó; sin ella, ninguna puntuación cambia hasta que ambos reporten lo mismo.
    5. ¿Algo salió mal? Reporta con los botones de la partida o disputa el resultado; el staff lo revisa.
guide-button-read = Entendido, a la cola
