# 管理团队在 /admin 里看到的内容。
staff-role-owner = 所有者
staff-role-admin = 管理员
staff-role-none = 无角色

admin-propose = **{ $act }？** 还没有执行任何操作。此询问失效时间：{ $expires }。
admin-propose-changed = **{ $act }？** 询问之后天梯发生了变化，所以没有执行任何操作。请再看一遍。此询问失效时间：{ $expires }。
admin-button-do = 执行
admin-button-cancel = 取消
admin-withdrawn = 已取消，没有执行任何操作。
admin-done = **已完成：{ $act }。** 审计日志第 { $number } 条。
admin-reason = 理由
admin-before = 之前
admin-after = 之后

admin-act-set-role = { $user } 的角色：{ $role }
admin-act-remove-from-queue = 把 { $player } 移出队列
admin-act-clear-queue = 清空队列
admin-act-ban = 封禁 { $player } { $days } 天
admin-act-ban-for-good = 永久封禁 { $player }
admin-act-unban = 解除对 { $player } 的封禁
admin-act-time-out = 限制 { $player } 排队 { $minutes } 分钟
admin-act-lift-time-out = 解除对 { $player } 的排队限制
admin-act-reset-aborts = 恢复 { $player } 本月全部的放弃次数
admin-act-announce = 向所有人公告：{ $text }
admin-act-rename = 把 { $player } 改名为 { $name }

admin-snapshot =
    { "**天梯概况**" }
    玩家：{ $players }，已完成设置 { $set-up }，被封禁 { $banned }
    排队中：{ $queued }
    进行中的对局：{ $matches }；至今已有结果：{ $decided }
    排队中的录像：{ $jobs }
    待显示的消息：{ $cards }
    待处理的案件：{ $cases }
admin-snapshot-queue = 排队中
admin-snapshot-matches = 进行中的对局
admin-queued = { $name }：{ $races }，开始于 { $since }，{ $waves } 轮
admin-open-confirming = 第 { $id } 场：{ $first }、{ $second }，等待确认，配对于 { $since }
admin-open-playing = 第 { $id } 场：{ $first }、{ $second }，进行中，配对于 { $since }

admin-player = **{ $name }**，{ $user }，玩家 { $id }
admin-player-banned = **被封禁**至 { $until }：{ $reason }
admin-player-banned-for-good = **永久封禁**：{ $reason }
admin-player-role = 管理团队：{ $role }
admin-player-no-terms = 未接受条款
admin-player-no-setup = 未完成设置
admin-player-timed-out = 限制排队中，解除时间：{ $until }
admin-player-aborts = 本月剩余放弃次数：{ $left }。种族：{ $races }
admin-player-queued = 排队开始于 { $since }
admin-player-rating = { $race }：{ $mmr } MMR，{ $wins } 胜 { $losses } 负 { $draws } 平，最近 { $last }
admin-player-match = 第 { $id } 场，玩家 { $slot }，对手 { $opponent }：{ $verdict }，配对于 { $at }

admin-match = **第 { $id } 场对局**
admin-match-paired = 配对于 { $at }
admin-match-confirming = 等待确认，截止 { $deadline }
admin-match-playing = 开始于 { $since }，关闭时间 { $deadline }
admin-match-closed = 已关闭：{ $verdict }
admin-seat-confirmed = 已确认
admin-seat-found = 已通知，尚未确认
admin-seat-not-reached = 尚未通知到

admin-verdict-open = 进行中
admin-verdict-won = 玩家 { $slot } 获胜
admin-verdict-drawn = 平局
admin-verdict-aborted = 玩家 { $slot } 放弃
admin-verdict-unconfirmed = 未确认
admin-verdict-expired = 没有人打完
admin-verdict-conflict = 双方报告矛盾
admin-verdict-void = 无效
admin-verdict-cancelled-by = 已取消，因为玩家 { $slot } 被移出天梯
admin-verdict-cancelled = 已取消

admin-log = **管理团队的操作**，第 { $page } 页，共 { $pages } 页
admin-log-empty = 管理团队还没有做过任何操作。
admin-log-entry = { $number }. { $at } { $by }：**{ $act }**（{ $reason }）

admin-health =
    记录：{ $records }，尚未写入磁盘 { $unsaved }
    录像进程：{ $workers }，空闲 { $idle }；排队中的录像：{ $line }
    已读录像：{ $parsed }，失败 { $failed }
    待显示的消息：{ $due }，发送中 { $under-way }
    其余请在服务器上用 evoladder status 查看。
admin-health-read-only = **磁盘目前拒绝写入。**

admin-health-level-normal = **天梯运行正常**
admin-health-level-busy = **天梯繁忙**
admin-health-level-overloaded = **天梯过载**
admin-health-unknown = **整体状况尚不清楚。** 请稍后再看。
admin-health-no-alert = 一切正常。
admin-health-alert = ⚠ **{ $name }**，{ $at }：{ $text }
admin-health-numbers =
    玩家：活跃 { $active }，排队 { $queue }；进行中的对局 { $matches }
    回复：一半在 { $p50 } 内，二十分之十九在 { $p95 } 内；处理中 { $presses }
    写入磁盘：二十分之十九在 { $durable } 内；落后：日志 { $journal-lag }，数据库 { $database-lag }
    每秒 Discord 调用：{ $calls }，排队 { $waiting }；十分钟内失败：{ $failures }
    内存：{ $memory }
admin-health-role = { $role }：{ $processes } 个中 { $ready } 个就绪，重启 { $restarts } 次，{ $memory }

# In the channel of staff, in English alone; the text is the supervisor's.
alert-began = **警报 { $name }**，自 { $began }：{ $text }
alert-over = **{ $name } 已解除。** 从 { $began } 持续到 { $over }。
alert-was = **警报 { $name }**，现已解除：{ $text }。从 { $began } 持续到 { $over }。

admin-roster = **管理团队**

admin-act-set-knob = 把 { $name } 设为 { $value }
admin-act-retire-handles = 不再承认版本 { $release } 的文件（{ $where }）
admin-act-mark-fake = 拒绝含有文件 { $file } 的对局
admin-act-clear-fake = 不再拒绝含有文件 { $file } 的对局
admin-act-allow-accounts = 允许 { $player } 在{ $region }绑定 { $count } 个账号
admin-act-unbind-account = 解除账号 { $account } 与 { $player } 的绑定
admin-all-regions = 所有游戏大区
admin-all-maps = 所有地图

admin-knobs = **规则参数。** 用 /admin set-knob 修改；管理团队改过的标有 ✎。

admin-act-resolve = 裁定第 { $id } 场对局：{ $verdict }
admin-act-adjust-mmr = 把 { $player } 的 { $race } 积分设为 { $mmr } MMR
admin-act-close-case = 关闭案件 { $id }，对局保持原样
admin-act-learn-handles = 把案件 { $id } 的文件登记为官方模组

admin-cases-none = 没有待处理的案件。
admin-case = **案件 { $id }，第 { $match } 场对局：{ $kind }** 立案 { $opened }。第 { $page } 件，共 { $pages } 件。
admin-case-conflict = 双方报告矛盾。
admin-case-one_report = 时间已到，只有一名玩家报告。
admin-case-dispute = 有玩家不同意结果。
admin-case-unverified = 对局使用了没人认识的文件。
admin-case-clash = 录像里有别人的账号。
admin-case-contradiction = 录像里的胜者不同。
admin-case-closed = 关闭于 { $at }：{ $verdict }
admin-case-files = { $region }，{ $map }：{ $files } 个文件
admin-case-account = 玩家 { $player } 的账号 { $account }
admin-button-first = 玩家 1 获胜
admin-button-second = 玩家 2 获胜
admin-button-draw = 平局
admin-button-void = 无效
admin-button-close = 保持原样
admin-button-learn = 登记文件
admin-modal-title = 理由
admin-modal-reason-help = 写入审计日志。执行之前会再问一次。
admin-report-won = 报告获胜
admin-report-lost = 报告失败
admin-report-draw = 报告平局
admin-upload = 玩家 { $slot } 的录像，{ $at }：{ $end } `{ $file }`
admin-upload-in-line = 等待读取
admin-upload-undecided = 看不出胜者
admin-upload-rejected = 被拒绝
admin-upload-late = 来得太晚
admin-match-case = 案件 { $id }
admin-archive = **第 { $id } 场对局**，来自存档
admin-archive-began = 开始于 { $at }
admin-archive-closed = 关闭于 { $at }：{ $verdict }
admin-archive-ground-recorded = 依据录像
admin-archive-ground-left = 另一名玩家先离开
admin-archive-ground-reported = 双方报告一致
admin-archive-ground-staff = 管理团队裁定
admin-archive-aborted = 有玩家放弃
admin-archive-open = 未关闭
admin-archive-resolved = { $by } 的裁定，{ $at }：{ $before } → { $after }
admin-archive-corrected = 更正：玩家 { $slot }（{ $race }）{ $before } → { $after } MMR
admin-archive-others = 裁定改变了其他玩家的 { $count } 项积分
admin-archive-case = 案件 { $id }，立案 { $opened }：{ $kind }
admin-archive-case-closed = 关闭于 { $at }，处理人 { $by }
admin-archive-would-be = { $end }；若及时：{ $other }
admin-archive-decided = 决定了对局
