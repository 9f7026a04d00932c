help =
    { "**EvoLadder**" } pairs Brood War players with StarCraft II players in *SC: Evo Complete*.
    1. /setup: tell us who you are. It takes a minute.
    2. /queue: pick your races, veto maps, press Join.
    3. Match found: press Confirm, then meet your opponent in the game as the match sheet says.
    4. After the game, drop your .SC2Replay file into this chat, press *Send replay* on the match, or use /report anywhere. The replay decides the match.

    /match shows your match with all its buttons, and with a number any match that is over, with its replay; /leaderboard shows where everybody stands, /profile how one player does, and /activity when people play.
help-hint = Hello! Use /setup to join the ladder and /queue to find a match, or drop your .SC2Replay file here after a game. /help tells the rest.
