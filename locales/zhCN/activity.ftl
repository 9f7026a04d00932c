activity-title = { $days ->
    [1] **排队时段**：过去 24 小时每小时的玩家数
   *[other] **排队时段**：过去 { $days } 天平均每小时的玩家数
}
activity-hour = { $players } · 母巢 { $bw } · 星际II { $sc2 }
activity-empty = 这段时间没有人排队。用 /queue 来当第一个吧！
activity-button-pings = 有人排队时告诉我
activity-picture-title = 排队时段
activity-picture-period = { $days ->
    [1] 过去 24 小时每小时的玩家
   *[other] 过去 { $days } 天平均一天中每小时的玩家
}
activity-picture-zone = 时区：{ $zone }
activity-picture-both = 两者皆可
activity-picture-alt = { $period }。最多的时段是 { $hour }（{ $zone }）：{ $players }。
activity-busiest = 最热闹的时段：{ $hours }
activity-picture-zone-own = 你的时间：{ $zone }
activity-picture-alt-own = { $period }。最多的时段是 { $hour }（你的时间，{ $zone }）：{ $players }。
