# 不由玩家自己引起、却发生在玩家身上的事。
news-rating-corrected = 第 { $id } 场对局的结果已更正。你的 { $race } 积分：{ $before } → { $after } MMR（{ $change }）
news-match-won = 管理团队查看了第 { $id } 场对局并作出裁定：你赢了。
news-match-lost = 管理团队查看了第 { $id } 场对局并作出裁定：你输了。
news-match-drawn = 管理团队查看了第 { $id } 场对局并作出裁定：平局。
news-match-void = 管理团队查看了第 { $id } 场对局并将其撤销。它不计入任何成绩。
news-mmr-adjusted = 管理团队调整了你的 { $race } 积分：{ $before } → { $after } MMR（{ $change }）。理由：{ $reason }
news-banned = **你被封禁至 { $until }。** 管理团队的理由：{ $reason }
news-banned-for-good = **你已被这个天梯永久封禁。** 管理团队的理由：{ $reason }
news-ban-over = 你的封禁已结束。用 /queue 寻找对局。
news-unbanned = **管理团队解除了对你的封禁**：{ $reason } 用 /queue 寻找对局。
news-timed-out = **管理团队限制了你排队。** 你可以再次排队的时间：{ $until }。理由：{ $reason }
news-time-out-lifted = **管理团队解除了对你的排队限制**：{ $reason }
news-aborts-reset = **管理团队恢复了你本月全部的放弃次数**：{ $reason }
news-removed-from-queue = **管理团队把你移出了队列。** 理由：{ $reason } 你可以再次使用 /queue。
news-match-cancelled = **管理团队结束了第 { $id } 场对局**，与你无关。积分没有变化。用 /queue 寻找另一场。
news-match-cancelled-requeued = **管理团队结束了第 { $id } 场对局**，与你无关。你已回到队列，之前的等待时间仍然有效。
news-renamed = **管理团队把你在天梯上的名字改成了 { $name }。** 理由：{ $reason }
news-role = **你现在是这个天梯的{ $role }**：{ $reason }
news-role-none = **你不再是这个天梯的管理团队成员**：{ $reason }
news-announcement =
    { "**天梯管理团队的公告**" }
    { $text }
news-accounts-allowed = **管理团队允许你在{ $region }绑定 { $count } 个账号**：{ $reason }
news-account-unbound = **管理团队解除了账号 { $account } 与你的绑定**：{ $reason } 经过验证的对局可以重新绑定它。
news-queues-bw = **有人用母巢之战寻找对局**，开始于 { $at }。还没有能与其对战的人在等待。
news-queues-sc2 = **有人用星际争霸II寻找对局**，开始于 { $at }。还没有能与其对战的人在等待。
news-queues-both = **有人在寻找对局**，两个时代都可以，开始于 { $at }。没有其他人在等待。
news-queues-button-queue = 寻找对局
news-queues-button-notify = 修改通知
news-dms-open = 消息可以送达了。用 /queue 寻找对局。
news-match-ruled-won = 管理团队查看了第 { $id } 场对局并作出裁定：你赢了。理由：{ $reason }
news-match-ruled-lost = 管理团队查看了第 { $id } 场对局并作出裁定：你输了。理由：{ $reason }
news-match-ruled-drawn = 管理团队查看了第 { $id } 场对局并作出裁定：平局。理由：{ $reason }
news-match-ruled-void = 管理团队查看了第 { $id } 场对局并将其撤销。它不计入任何成绩。理由：{ $reason }
