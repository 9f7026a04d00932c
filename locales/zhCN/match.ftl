match-found = **找到对局了！** 请确认，截止时间：{ $deadline }，逾期机会将让给别人。
match-found-confirmed = **找到对局了，你已确认。** 正在等待对手确认，截止时间：{ $deadline }。
match-found-secret = 双方都确认之后，才会公布对手和地图。
match-reminder = **你的对局还在等你。** 请点“确认”，截止时间：{ $deadline }。
match-button-confirm = 确认
match-button-abort = { $left ->
    [0] 放弃（次数已用完，会被限制排队）
   *[other] 放弃（还剩 { $left } 次）
}
match-button-show = 查看我的对局

match-playing = **第 { $id } 场对局：{ $you } 对 { $opponent }**
match-playing-todo = 在游戏里会合，打完之后**把录像发到这里**。天梯会关闭这场对局的时间：{ $deadline }。
match-report-todo = 没有录像？那就请双方在下面各自报告结果。
match-report-yours = 你报告的结果：**{ $outcome }**。在对手报告之前可以更改。
match-report-opponent = **对手已经报告了结果。** 请把录像发到这里，或者也报告结果。
match-report-contradicting = 对手报告的结果与你不同。正在读取这场对局的录像，能读出结果就以录像为准。
match-reported-won = 你赢了
match-reported-lost = 你输了
match-reported-draw = 平局
match-play-reminder = **第 { $id } 场对局还没有结束。** 请把录像发到这里，或者报告结果。天梯会关闭对局的时间：{ $deadline }，届时积分不变。
match-button-won = 我赢了
match-button-lost = 我输了
match-button-draw = 平局
match-button-dispute = 申诉
match-you = 你
match-opponent = 对手
match-player-race = { $race }，{ $mmr } MMR
match-player-rank = { $player }，段位 { $rank }
match-player-alternatives = 别名：{ $names }
match-map = 地图
match-map-by = { $title }，作者 { $author }
match-mod = 模组
match-server = 服务器
match-server-value = { $server }（游戏大区：{ $region }）
match-chat = 游戏内频道
match-lobby = 房间设置
match-lobby-value =
    隐私（Privacy）：普通（Normal）
    速度（Speed）：最快（Faster）
    时限（Duration）：无限（Infinite）
    锁定联盟（Locked alliances）：是（Yes）
match-known-problem = **须知** · { $race }：{ $says }
match-guide = 如何建房
match-guide-value =
    由其中一方切换到上面的游戏大区，在游戏内频道里打开地图链接，选择*使用模组创建（Create with Mod）*，再选模组。
    按上面的列表设置房间，选好服务器，用战网昵称邀请对手。
    各自选好种族，对照这份说明检查一遍，然后开始。打完之后任意一方把录像发到这里。

match-won = **第 { $id } 场对局你赢了**，对手 { $opponent }：{ $before } → { $after } MMR（{ $change }）
match-lost = **第 { $id } 场对局你输了**，对手 { $opponent }：{ $before } → { $after } MMR（{ $change }）
match-drawn = **第 { $id } 场对局打平**，对手 { $opponent }：{ $before } → { $after } MMR（{ $change }）
match-result-detail = { $race } 对 { $opponent-race }，地图 { $map }
match-result-ground = 录像里没有记录胜者；对手先离开，所以判你获胜。
match-result-ground-lost = 录像里没有记录胜者；你先离开，所以判对手获胜。
match-result-reported = 双方报告的结果一致。
match-result-staff = 这是管理团队的裁定。
match-next = 用 /queue 寻找下一场。
match-dispute-until = 结果不对？你可以申诉，截止时间：{ $until }。管理团队裁定之前，结果有效。
match-disputed = **你已对此申诉。** 管理团队会查看，裁定之前结果有效。你发到这里的录像会转给他们。

match-aborted-you = **你放弃了第 { $id } 场对局。** 准备好了再用 /queue。
match-aborted-opponent = **对手放弃了第 { $id } 场对局。**
match-unconfirmed-you = **第 { $id } 场对局已取消**，因为你没有及时确认。准备好了再用 /queue。
match-unconfirmed-opponent = **第 { $id } 场对局已取消**，因为对手没有及时确认。
match-requeued = 你已回到队列，之前的等待时间仍然有效。
match-not-requeued = 用 /queue 寻找另一场。
match-expired = **第 { $id } 场对局已关闭**，因为没有在时限内打完。积分没有变化。用 /queue 寻找下一场。
match-expired-reported = **第 { $id } 场对局已关闭**，因为对手没有及时报告，也没有录像。积分没有变化；管理团队会看到你的报告。如果你有录像，请发到这里给他们。用 /queue 寻找下一场。
match-expired-silent = **第 { $id } 场对局已关闭**，因为对手报告了，而你没有及时报告。积分没有变化；管理团队会查看。如果你有录像，请发到这里给他们。用 /queue 寻找下一场。
match-conflict = **第 { $id } 场对局暂时关闭**：你和对手报告的结果不同。积分没有变化；管理团队会查看。如果你有录像，请发到这里给他们。用 /queue 寻找下一场。
match-void = **管理团队撤销了第 { $id } 场对局。** 它不计入任何成绩。
match-cancelled-you = **管理团队结束了第 { $id } 场对局。** 积分没有变化。
match-cancelled = **管理团队结束了第 { $id } 场对局**，与你无关。积分没有变化。
match-decided = **第 { $id } 场对局已有结果。**
match-button-replay = 发送录像
past-match = **第 { $id } 场对局**，地图 { $map }
past-match-player = { $player }（{ $race }）
past-match-rated = { $player }（{ $race }）：{ $before } → { $after } MMR（{ $change }）
past-match-when = 对局时间：{ $at }
past-match-length = { $length } 分钟
past-match-won = **{ $player } 获胜**
past-match-drawn = **没有胜者**
past-match-conflict = 双方报告矛盾，积分没有变化。
past-match-void = 管理团队已将其撤销：不计入任何成绩。
past-match-aborted = 开始之前就被放弃了。
past-match-unconfirmed = 没有及时确认。
past-match-expired = 没有在时限内打完。
past-match-cancelled = 因为管理团队把一名玩家移出天梯，对局被取消。
past-match-ground-recorded = 依据录像记录
past-match-ground-left = 另一名玩家先离开
past-match-ground-reported = 依据双方的报告
past-match-ground-staff = 依据管理团队的裁定
past-match-ruled = 管理团队已重新裁定（{ $at }）。上面的数字是之前公布的。
past-match-replay-none = 没有人为它发过录像。
past-match-replay-gone = 目前无法读出它的录像。
past-match-choice = { $id }：{ $result }
past-match-choice-won = 战胜 { $opponent }
past-match-choice-lost = 负于 { $opponent }
past-match-choice-draw = 与 { $opponent } 平局
past-match-choice-none = 对手 { $opponent }
report-modal-title = 第 { $id } 场对局的录像
report-modal-file = 你的 .SC2Replay 文件
report-modal-help = 在“文档”的 StarCraft II、Accounts、Replays、Multiplayer 里：最新的那个。
report-taken = 收到。录像的结果马上发到这里。
report-taken-elsewhere = 收到。录像的结果马上发到我们的私信里。
log-won = 第 { $id } 场：{ $winner } 在 { $map } 战胜 { $loser }
log-won-no-map = 第 { $id } 场：{ $winner } 战胜 { $loser }
log-drawn = 第 { $id } 场：{ $winner } 与 { $loser } 在 { $map } 打平
log-drawn-no-map = 第 { $id } 场：{ $winner } 与 { $loser } 打平
log-void = 第 { $id } 场：{ $winner } 对 { $loser }，无效
log-none = 第 { $id } 场：{ $winner } 对 { $loser }，没有结果
log-player = { $player }（{ $race }）
log-player-rated = { $player }（{ $race }，{ $before } → { $after }）
log-staff = 这是管理团队的裁定。
thread-playing = **第 { $id } 场对局：{ $first } 对 { $second }**
thread-todo = 在游戏里会合并打完。之后由一方发录像：点*发送录像*、在这里用 /report，或把文件发到与我的私信里。直接发在这里的文件我看不到。天梯会关闭这场对局的时间：{ $deadline }。
thread-over = **第 { $id } 场对局结束了。**
thread-closed = 这个子区已关闭。结果在你们各自的私信里。
case-closed = 由 { $by } 关闭，{ $at }。
case-closed-note = 由 { $by } 关闭，{ $at }：{ $note }
post-case = **案件 { $id }，第 { $match } 场对局：{ $kind }** 立案 { $opened }。
