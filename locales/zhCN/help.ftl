help =
    { "**EvoLadder**" } 在 *SC: Evo Complete* 中为母巢之战玩家和星际争霸II玩家匹配对局。
    1. /setup：介绍一下你自己，只需一分钟。
    2. /queue：选择种族，禁用地图，点“加入”。
    3. 找到对局后：点“确认”，然后按对局单在游戏里与对手会合。
    4. 打完之后，把 .SC2Replay 文件发到这个聊天里。结果由录像决定。

    /match 显示你的对局和所有按钮，/leaderboard 显示所有人的排名，/profile 显示某位玩家的战绩，/activity 显示大家什么时候在玩。
help-hint = 你好！用 /setup 加入天梯，用 /queue 寻找对局，打完之后把 .SC2Replay 文件发到这里。其余的请看 /help。
