# 多处使用的词，以及按代码称呼的事物的名称。种族名称与模组和游戏客户端一致。
race-bw_terran = SC1人类
race-bw_zerg = SC1异虫
race-bw_protoss = SC1星灵
race-sc2_terran = SC2人类
race-sc2_zerg = SC2异虫
race-sc2_protoss = SC2星灵

era-bw = 母巢之战
era-sc2 = 星际争霸II

region-NAW = 北美西部
region-NAC = 北美中部
region-NAE = 北美东部
region-CAM = 中美洲
region-SAM = 南美洲
region-EUW = 西欧
region-EUE = 东欧
region-AFR = 非洲
region-MEA = 中东
region-SEA = 东南亚
region-KRJ = 韩国和日本
region-CHN = 中国大陆
region-THM = 台湾、香港、澳门
region-OCE = 大洋洲
region-USB = 乌拉尔和西伯利亚
region-FER = 俄罗斯远东

server-USW = 美国西部
server-USC = 美国中部
server-USE = 美国东部
server-BRZ = 巴西
server-SNG = 新加坡
server-AUS = 澳大利亚
server-EUC = 欧洲中部
server-KOR = 韩国
server-TWN = 台湾

game-region-americas = 美洲
game-region-europe = 欧洲
game-region-asia = 亚洲

# 每种语言都用其使用者自己的叫法。
locale-enUS = English
locale-koKR = 한국어
locale-zhCN = 简体中文
locale-esMX = Español
locale-ruRU = Русский

busy-here = 现在请求太多，刚才的操作没有被受理。请稍后再试。
answer-late = 天梯响应得太慢了。你刚才的操作可能已经保存，再次尝试之前请先用 /match 或 /queue 看一看。
button-unknown = 这个按钮来自旧版天梯。请用 /queue、/match 或 /setup 获取新的按钮。
upload-not-taken = 有 { $files } 个文件没能接收。请过几分钟再发到这里。
page-shown-last = 天梯现在非常繁忙，这是之前生成的页面：{ $at }。
upload-in-line = 现在请求很多，你的录像排在第 { $place } 位等待接收。结果会在这里告诉你，不必重新发送。
taken = 收到。结果马上发到这里。
moment = 请稍等，然后再按一次。
nothing = 无
picture-date = { $year }-{ $month }-{ $day }
picture-day = { $month }/{ $day }
picture-month = { $year }-{ $month }
picture-dates = { $from } 至 { $to }
picture-busy = 缺少图片：现在正在绘制很多图片。请稍后再试。
picture-slow = 图片比平时慢。请稍后再试。
picture-never = 目前无法提供图片。
