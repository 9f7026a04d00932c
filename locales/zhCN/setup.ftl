setup-title-terms = **欢迎来到 EvoLadder！** 设置只需要一分钟。
setup-title-names = **设置 2/5：你是谁？**
setup-title-region = **设置 3/5：你在哪里玩？**
setup-title-preview = **设置 5/5：都对吗？**
setup-title-done = **全部设置好了。** 用 /queue 寻找对局。

setup-body-terms = 选择语言，然后阅读条款，接受后继续。
setup-body-names = 告诉我们你的名字、战网昵称和国家或地区。对手靠这些在游戏里找到你。
setup-body-region = 选择你所在的地区。它决定你的对局在哪个服务器上进行。
setup-body-preview = 请检查一下。不对的地方用菜单和按钮修改，然后点“完成”。
setup-body-done = 先读一读简短的说明，然后寻找对局。这里的内容随时都可以修改。

setup-terms-title = 条款
setup-terms = 公平竞技，善待对手。天梯会保存你的 Discord ID、你在这里填写的内容、你的对局和你发送的录像，并向其他玩家显示你的名字、国家或地区和积分。对作弊或骚扰他人的玩家，管理团队可以判其结果无效并封禁。你可以随时拒绝；拒绝之后，重新接受之前不能参加对局。

setup-field-name = 名字
setup-field-battle-tag = 战网昵称
setup-field-alternatives = 别名
setup-field-country = 国家或地区
setup-field-region = 所在区域
setup-field-language = 语言

setup-menu-language = 语言
setup-menu-region = 你所在的区域
setup-button-accept = 接受
setup-button-decline = 拒绝
setup-button-withdraw = 撤回对条款的同意
setup-button-names = 填写名字
setup-button-names-change = 修改名字
setup-button-finish = 完成

setup-modal-title = 你是谁？
setup-modal-name = 天梯上的名字
setup-modal-name-help = 3 到 12 个文字或数字
setup-modal-battle-tag = 战网昵称（BattleTag）
setup-modal-battle-tag-help = 与战网客户端中的一致，包括 # 和数字
setup-modal-alternatives = 别名
setup-modal-alternatives-help = 你在游戏里用的其他名字，最多三个，用逗号分开
setup-modal-country = 国家或地区
setup-modal-country-help = 名称或两个字母；XX：不愿透露，ZZ：其他。/setcountry 列出全部
setup-title-notifications = **设置 4/5：你想收到哪些消息？**
setup-body-notifications = 你自己的对局需要的消息总会发给你。选择还想看什么，然后点“继续”；随时可以用 /notifications 修改。
setup-field-notifications = 通知
setup-button-continue = 继续
setup-button-guide = 对局指南
setup-button-notifications = 通知
setup-button-show = 开始设置

language-spoken = 天梯现在用{ $language }与你交流。随时可以在下面选择其他语言。
country-set = 你的国家或地区现在是 { $flag } { $country }。
