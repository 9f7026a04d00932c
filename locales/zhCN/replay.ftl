replay-reading = **正在读取你第 { $id } 场对局的录像。** 需要几秒钟。
replay-in-line = **你第 { $id } 场对局的录像正在排队。** 前面还有 { $before } 个录像。
replay-decided = **你的录像决定了第 { $id } 场对局：{ $winner } 获胜。**
replay-decided-left-first = **你的录像决定了第 { $id } 场对局：{ $winner } 获胜**，因为另一名玩家先离开了。
replay-undecided = **你的录像属于第 { $id } 场对局，但看不出谁赢了。** 如果对手有录得更久的录像，请让对手发过来。
replay-rejected = **这个录像不能决定第 { $id } 场对局。** 哪里不符、该怎么办，请看下面。对局仍然开放。
replay-too-late = **录像读完之前，第 { $id } 场对局已经结束。** 没有任何变化；用 /match 查看结果。
replay-already-decided = **第 { $id } 场对局已经由这一局游戏决定。** 不需要再做什么；用 /match 查看结果。
replay-for-staff = **第 { $id } 场对局已经结束，所以你的录像不能决定它。** 管理团队会查看这场对局，也会看到这个录像。
replay-somebody = 该玩家

replay-check-readable = 两名玩家
replay-check-identity = 玩家
replay-check-races = 种族
replay-check-map = 地图
replay-check-time = 时间
replay-check-reuse = 新的一局
replay-check-owner = 账号
replay-check-mod = 模组
replay-check-observers = 观战者
replay-check-privacy = 隐私
replay-check-speed = 速度
replay-check-duration = 时限
replay-check-alliances = 联盟
replay-check-passed = { $check }：{ $found }
replay-check-passed-plain = { $check }
replay-check-differs = { $check }：应为 { $expected }，实为 { $found }
replay-checks = 检查
replay-lobby-right = 房间：与对局单一致

# 某项检查期望的和实际看到的。
replay-seats = { $humans } 名玩家{ $computers ->
    [0] {""}
   *[other] 和 { $computers } 个电脑
}
replay-seats-one-team = 同一队里有 { $humans } 名玩家
replay-mod-official = 已验证（{ $release }）
replay-mod-unverified = 未验证，天梯还不认识这个版本的地图或模组
replay-mod-fake = 不是官方模组：有 { $files } 个文件来自非官方副本
replay-mod-region = 不是官方模组：有 { $files } 个文件来自其他游戏大区
replay-mod-differs = 不是官方模组：{ $unknown ->
    [0] {""}
   *[other] { $unknown } 个未知文件
}{ $missing ->
    [0] {""}
   *[other] { $unknown ->
        [0] {""}
       *[other] {"，"}
    }缺少 { $missing } 个文件
}
replay-reuse-match = 这一局已经决定了第 { $id } 场对局
replay-owner-other = { $account } 属于天梯上的另一名玩家
replay-privacy-normal = 普通
replay-privacy-no-match-history = 不公开比赛记录
replay-privacy-no-build-order = 不公开建造顺序
replay-speed-slower = 最慢
replay-speed-slow = 慢
replay-speed-normal = 正常
replay-speed-fast = 快
replay-speed-faster = 最快
replay-duration-infinite = 无限
replay-duration-minutes = { $minutes } 分钟
replay-alliances-locked = 已锁定
replay-alliances-open = 未锁定

# 针对第一项没通过的检查，该怎么办。
replay-todo-readable = 请发这场对局本身的录像：你们两人对战，没有电脑。
replay-todo-identity = 双方都要使用自己的账号。新账号按游戏内名称认定，必须与你在这里的名字或某个别名相同（可在 /setup 中添加），并且在对局单上的服务器；如果你之前在那里用过别的账号，就要由那个账号的主人发录像。
replay-todo-races = 请发双方都使用对局单上种族的录像，或者用这些种族再打一局。
replay-todo-map = 请发这场对局的录像，地图要与对局单一致。
replay-todo-mod = 请再打一局，并用对局单上的链接建房：/match 会显示链接。
replay-todo-time = 请发这场对局找到之后所打的那一局的录像。如果你的电脑时间不准，用对手的录像也可以。
replay-todo-reuse = 请发这场对局的录像：每局游戏只算一次。
replay-todo-owner = 请用你自己的账号。如果它确实是你的，请联系管理团队。

replay-fault-unsupported_build = **你第 { $id } 场对局的录像来自天梯还不能读取的游戏版本。** 请更新游戏，播放一次录像后再发，或者让对手发。对局仍然开放。
replay-fault-encrypted = **你第 { $id } 场对局的录像是加密的**，天梯无法读取。请让对手发。对局仍然开放。
replay-fault-malformed = **你为第 { $id } 场对局发的文件已损坏，或者根本不是录像**，天梯无法读取。请直接发 Replays 文件夹里的录像，或者让对手发。对局仍然开放。
replay-fault-too_large = **你为第 { $id } 场对局发的文件声称的内容超出了录像所能容纳的大小**，天梯没有继续读取。请发这场对局本身的录像。对局仍然开放。
replay-fault-file_lost = **你第 { $id } 场对局的录像在我们这边丢失了。** 请再发一次，或者让对手发。
replay-fault-not_read = **没能及时读完你第 { $id } 场对局的录像。** 这是天梯的问题，不是文件的问题：请再发一次。对局仍然开放。
replay-fault-killed = **你为第 { $id } 场对局发的文件无法读取**，同一个文件不会再尝试。请让对手发。对局仍然开放。
