# Nombres de las cosas, por sus códigos, y palabras que se usan en más de un lugar.
race-bw_terran = Terran de BW
race-bw_zerg = Zerg de BW
race-bw_protoss = Protoss de BW
race-sc2_terran = Terran de SC2
race-sc2_zerg = Zerg de SC2
race-sc2_protoss = Protoss de SC2

era-bw = Brood War
era-sc2 = StarCraft II

region-NAW = Norteamérica, oeste
region-NAC = Norteamérica, centro
region-NAE = Norteamérica, este
region-CAM = Centroamérica
region-SAM = Sudamérica
region-EUW = Europa, oeste
region-EUE = Europa, este
region-AFR = África
region-MEA = Medio Oriente
region-SEA = Sudeste asiático
region-KRJ = Corea y Japón
region-CHN = China continental
region-THM = Taiwán, Hong Kong y Macao
region-OCE = Oceanía
region-USB = Urales y Siberia
region-FER = Lejano Oriente ruso

server-USW = EE. UU. Oeste
server-USC = EE. UU. Centro
server-USE = EE. UU. Este
server-BRZ = Brasil
server-SNG = Singapur
server-AUS = Australia
server-EUC = Europa Central
server-KOR = Corea
server-TWN = Taiwán

game-region-americas = América
game-region-europe = Europa
game-region-asia = Asia

# Cada idioma se llama como lo llaman quienes lo hablan.
locale-enUS = English
locale-koKR = 한국어
locale-zhCN = 简体中文
locale-esMX = Español
locale-ruRU = Русский

busy-here = Hay mucho movimiento en este momento y no se pudo atender lo que presionaste. Inténtalo de nuevo en un momento.
answer-late = La escalera tardó demasiado en responder. Puede que lo que hiciste sí se haya guardado: revisa con /match o /queue antes de intentarlo de nuevo.
button-unknown = Este botón es de una versión anterior de la escalera. Usa /queue, /match o /setup para obtener uno nuevo.
upload-not-taken = { $files ->
    [one] La escalera no pudo recibir tu archivo. Vuelve a soltarlo aquí en unos minutos.
   *[other] La escalera no pudo recibir { $files } de tus archivos. Vuelve a soltarlos aquí en unos minutos.
}
page-shown-last = La escalera está muy ocupada, así que esta página es anterior: se hizo { $at }.
upload-in-line = Hay mucho movimiento, así que tu repetición espera en la fila en el lugar { $place } antes de descargarse. Aquí te diremos qué resulta; no hace falta enviarla de nuevo.
taken = Recibido. En un momento sigue lo demás aquí.
moment = Espera un momento y presiona otra vez.
nothing = ninguno
picture-date = { $day }/{ $month }/{ $year }
picture-day = { $day }/{ $month }
picture-month = { $month }/{ $year }
picture-dates = del { $from } al { $to }
picture-busy = Falta la imagen: se están dibujando muchas. Pídela de nuevo en un momento.
picture-slow = La imagen tarda más de lo normal. Pídela de nuevo en un momento.
picture-never = Por ahora no hay imagen.
