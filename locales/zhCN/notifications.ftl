# 除了必需的消息，玩家还想收到哪些。
notify-title = **你想收到哪些消息？**
notify-how = 你自己的对局需要的消息总会发给你。其余的由你决定。
notify-both = 你还会收到公告，以及影响你积分的旧对局更正。
notify-corrections-only = 你还会收到影响你积分的旧对局更正，但不收公告。
notify-announcements-only = 你还会收到公告，但不收旧对局更正。
notify-neither = 公告和旧对局更正你都不收。
notify-pings-nobody = 别人排队时不会告诉你。
notify-pings-bw = 有人用母巢之战排队而没有对手时会告诉你，最多每 { $minutes } 分钟一次。
notify-pings-sc2 = 有人用星际争霸II排队而没有对手时会告诉你，最多每 { $minutes } 分钟一次。
notify-pings-anyone = 有人排队而没有对手时会告诉你，最多每 { $minutes } 分钟一次。
notify-quiet = 免打扰时段：你那里的 { $from } 到 { $to }（{ $zone }）。

notify-menu-kinds = 还想看什么
notify-menu-pings = 有人排队时告诉我
notify-option-corrections = 旧对局的更正
notify-option-announcements = 管理团队的公告
notify-option-nobody = 有人排队时不告诉我
notify-option-bw = 有人用母巢之战排队时
notify-option-sc2 = 有人用星际争霸II排队时
notify-option-anyone = 任何人排队时
notify-button-times = 频率和免打扰时段

notify-modal-title = 有人排队时
notify-modal-cooldown = 两条消息之间的分钟数
notify-modal-from = 免打扰开始
notify-modal-to = 免打扰结束
notify-modal-zone = 你那里现在几点？
notify-modal-help-cooldown = 至少间隔这么久：5 到 1440 分钟
notify-modal-help-from = 例如 23:00；不需要免打扰就都留空
notify-modal-help-to = 例如 8:00
notify-modal-help-zone = 照你的时钟写，如 21:35，或 UTC+8。只问一次；时钟调整后请重新填写

# Discord 无法把消息送达玩家时。
dms-closed = **私信无法送达你**，所以本该收到的内容显示在这里。
dms-held-match = 第 { $id } 场对局有新消息：用 /match 查看。
dms-held-replay = 第 { $id } 场对局的录像已读取：结果用 /match 查看。
dms-how =
    { "**天梯无法给你发消息。**" } Discord 没有把私信送达你，没有私信你就无法及时看到对局。
    1. 打开这个服务器的菜单（顶部的名称），选择隐私设置。
    2. 打开私信。如果屏蔽了机器人，请取消屏蔽。
    3. 点下面的按钮，或给机器人随便发一条消息。
dms-tried = **一条消息正在发给你。** 收到了就一切正常，可以排队。没有收到，请再检查一次这个服务器的隐私设置。
dms-button-show = 如何打开私信
dms-button-retry = 我已经打开了
dms-button-queue = 寻找对局
