# Names of things, by their codes, and words used in more than one place.
race-bw_terran = BW Terran
race-bw_zerg = BW Zerg
race-bw_protoss = BW Protoss
race-sc2_terran = SC2 Terran
race-sc2_zerg = SC2 Zerg
race-sc2_protoss = SC2 Protoss

era-bw = Brood War
era-sc2 = StarCraft II

region-NAW = North America, west
region-NAC = North America, centre
region-NAE = North America, east
region-CAM = Central America
region-SAM = South America
region-EUW = Europe, west
region-EUE = Europe, east
region-AFR = Africa
region-MEA = Middle East
region-SEA = South-east Asia
region-KRJ = Korea and Japan
region-CHN = China
region-THM = Taiwan, Hong Kong, Macau
region-OCE = Oceania
region-USB = Urals and Siberia
region-FER = Russian Far East

server-USW = US West
server-USC = US Central
server-USE = US East
server-BRZ = Brazil
server-SNG = Singapore
server-AUS = Australia
server-EUC = Europe Central
server-KOR = Korea
server-TWN = Taiwan

game-region-americas = Americas
game-region-europe = Europe
game-region-asia = Asia

# Each language is called what its own speakers call it.
locale-enUS = English
locale-koKR = 한국어
locale-zhCN = 简体中文
locale-esMX = Español
locale-ruRU = Русский

busy-here = A lot is going on right now, and this press was not taken. Please try again in a moment.
answer-late = The ladder took too long to answer. What you did may still be saved: look with /match or /queue before you try again.
button-unknown = This button is from an older version of the ladder. Use /queue, /match or /setup to get a fresh one.
upload-not-taken = { $files ->
    [one] The ladder could not take your file. Please drop it here again in a few minutes.
   *[other] The ladder could not take { $files } of your files. Please drop them here again in a few minutes.
}
page-shown-last = The ladder is very busy, so this page is an older one: it was made { $at }.
upload-in-line = A lot is going on, so your replay waits in line at place { $place } before it is fetched. What comes of it is told here; there is no need to send it again.
taken = Got it. The rest follows here in a moment.
moment = One moment, please press again.
nothing = none

# In pictures, which cannot show a moment in the reader's own time. Numbers have two digits, the year four.
picture-date = { $year }-{ $month }-{ $day }
picture-day = { $month }/{ $day }
picture-month = { $year }-{ $month }
picture-dates = { $from } to { $to }
picture-busy = The picture is missing: many are being drawn right now. Ask again in a moment.
picture-slow = The picture takes longer than usual. Ask again in a moment.
picture-never = There is no picture to be had at present.
