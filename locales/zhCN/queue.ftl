queue-title = **寻找对局**
queue-title-waiting = **你正在排队**
queue-how = 选择你使用的种族：母巢之战、星际争霸II，或两者都选，然后点“加入”。每场对局都是一个母巢之战种族对一个星际争霸II种族。
queue-races = 你的种族：{ $races }
queue-no-races = 你的种族：还没有选。请在下面选择。
queue-vetoes = 禁用的地图：{ $maps }
queue-waiting = 正在等待：母巢之战 { $bw } 人，星际争霸II { $sc2 } 人，两者皆可 { $both } 人。
queue-next-wave = 下一轮匹配：{ $at }
queue-since = 开始等待：{ $at }

queue-hint-first-wave = 下一轮匹配是你的第一次机会。
queue-hint-alone = 目前没有其他人在等待。你会留在队列中，找到对手时会发消息通知你。
queue-hint-nobody-bw = 目前没有使用母巢之战种族的人在等待。
queue-hint-nobody-sc2 = 目前没有使用星际争霸II种族的人在等待。
queue-hint-too-far = 最合适的对手与你相差 { $gap } MMR；你现在接受 { $window } 以内，{ $at }会放宽到 { $gap }。
queue-hint-fits = 有合适的对手，等下一轮匹配见分晓。
queue-hint-outnumbered = 上一轮有 { $bw } 人使用母巢之战、{ $sc2 } 人使用星际争霸II、{ $both } 人两者皆可。适合你的 { $fitting } 人与别人配成了对。
queue-expected = 按最近的等待时间估计，{ $at }可以找到对手。

queue-menu-bw = 你的母巢之战种族
queue-menu-sc2 = 你的星际争霸II种族
queue-menu-none-bw = 不玩母巢之战
queue-menu-none-sc2 = 不玩星际争霸II
queue-menu-vetoes = 最多禁用 { $allowed } 张地图
queue-button-join = 加入
queue-button-leave = 离开
queue-button-refresh = 刷新
