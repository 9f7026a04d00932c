setup-title-terms = **¡Te damos la bienvenida a EvoLadder!** Configurar todo toma un minuto.
setup-title-names = **Configuración 2 de 5: ¿quién eres?**
setup-title-region = **Configuración 3 de 5: ¿dónde juegas?**
setup-title-preview = **Configuración 5 de 5: ¿está todo bien?**
setup-title-done = **Todo listo.** Usa /queue para encontrar partida.

setup-body-terms = Elige tu idioma; luego lee los términos y acéptalos para seguir.
setup-body-names = Dinos tu nombre, tu BattleTag y tu país. Tus rivales los usan para encontrarte en el juego.
setup-body-region = Elige la región desde la que juegas. De ella depende en qué servidor se juegan tus partidas.
setup-body-preview = Revisa los datos. Cambia lo que esté mal con el menú y los botones, y luego presiona Terminar.
setup-body-done = Lee la guía breve y luego busca partida. Puedes cambiar todo esto cuando quieras.

setup-terms-title = Términos
setup-terms = Juega limpio y trata bien a tus rivales. La escalera guarda tu id de Discord, lo que escribes aquí, tus partidas y las repeticiones que envías, y muestra tu nombre, tu país y tus puntuaciones a los demás. El staff puede anular resultados y expulsar a quien haga trampa o acose. Puedes rechazar los términos cuando quieras; entonces no podrás jugar hasta que los aceptes de nuevo.

setup-field-name = Nombre
setup-field-battle-tag = BattleTag
setup-field-alternatives = Nombres alternativos
setup-field-country = País
setup-field-region = Región
setup-field-language = Idioma

setup-menu-language = Idioma
setup-menu-region = Tu región
setup-button-accept = Aceptar
setup-button-decline = Rechazar
setup-button-withdraw = Retirar mi aceptación de los términos
setup-button-names = Escribir nombres
setup-button-names-change = Cambiar nombres
setup-button-finish = Terminar

setup-modal-title = ¿Quién eres?
setup-modal-name = Nombre en la escalera
setup-modal-name-help = De 3 a 12 letras o dígitos
setup-modal-battle-tag = Tu BattleTag
setup-modal-battle-tag-help = Como en la app de Battle.net, con # y número
setup-modal-alternatives = Nombres alternativos
setup-modal-alternatives-help = Hasta otros tres nombres con los que juegas, separados por comas
setup-modal-country = País
setup-modal-country-help = Su nombre o sus dos letras; XX: prefiero no decirlo, ZZ: otro. /setcountry los muestra todos
setup-title-notifications = **Configuración 4 de 5: ¿de qué quieres enterarte?**
setup-body-notifications = Lo que necesitan tus partidas siempre te llega. Elige qué más quieres leer y presiona Continuar; /notifications lo cambia cuando quieras.
setup-field-notifications = Notificaciones
setup-button-continue = Continuar
setup-button-guide = Cómo es una partida
setup-button-notifications = Notificaciones
setup-button-show = Configurar

language-spoken = Ahora la escalera te habla en { $language }. Elige otro idioma abajo cuando quieras.
country-set = Ahora tu país es { $flag } { $country }.
