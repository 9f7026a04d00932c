activity-title = { $days ->
    [1] **排队时段**：过去 24 小时每小时的玩家数
   *[other] **排队时段**：过去 { $days } 天平均每小时的玩家数
}
activity-hour = { $players } · 母巢 { $bw } · 星际II { $sc2 }
activity-empty = 这段时间没有人排队。用 /queue 来当第一个吧！
activity-button-pings = 有人排队时告诉我
