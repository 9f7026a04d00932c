help =
    { "**EvoLadder**" } pairs Brood War players with StarCraft II players in *SC: Evo Complete*.
    1. /setup: tell us who you are. It takes a minute.
    2. /queue: pick your races, veto maps, press Join.
    3. Match found: press Confirm, then meet your opponent in the game as the match sheet says.
    4. After the game, drop your .SC2Replay file into this chat, press *Send replay* on the match, or use /report anywhere. The replay decides the match.

    /match shows your match with all its buttons, and with a number any match that is over, with its replay; /leaderboard shows where everybody stands, /profile how one player does, and /activity when people play. /notifications chooses what you hear of, /language and /setcountry change what they say.
help-hint = Hello! Use /setup to join the ladder and /queue to find a match, or drop your .SC2Replay file here after a game. /help tells the rest.
guide =
    { "**How a match works**" }
    1. When a match is found you get a message here. Press Confirm in time; missing it means a break from the queue.
    2. The match sheet names your opponent, the map, the server and the lobby. One of you makes the lobby in the game with the mod *SC: Evo Complete* and invites the other; the channel `SCEvoLadder` is where you meet.
    3. Play your race of the sheet on its map. Leaving the game loses it.
    4. Send the .SC2Replay file of the game here. The replay proves who won, so without it nobody's rating moves until both of you report the same.
    5. Something went wrong? Report by the buttons of the match or dispute a result; staff look at it.
guide-button-read = Got it, to the queue
