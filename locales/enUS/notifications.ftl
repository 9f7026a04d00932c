# Which messages beyond the necessary a player wants.
notify-title = **What would you like to hear of?**
notify-how = Whatever your own matches need always reaches you. The rest is up to you.
notify-both = You also read announcements, and corrections of old matches that move your rating.
notify-corrections-only = You also read corrections of old matches that move your rating, but no announcements.
notify-announcements-only = You also read announcements, but no corrections of old matches.
notify-neither = You read neither announcements nor corrections of old matches.
notify-pings-nobody = You are not told when others queue.
notify-pings-bw = You are told when somebody queues with Brood War and nobody waits for them, once in { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
} at most.
notify-pings-sc2 = You are told when somebody queues with StarCraft II and nobody waits for them, once in { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
} at most.
notify-pings-anyone = You are told when somebody queues and nobody waits for them, once in { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
} at most.
notify-quiet = Quiet from { $from } to { $to } of your day ({ $zone }).

notify-menu-kinds = What you also want to read
notify-menu-pings = Tell me when somebody queues
notify-option-corrections = Corrections of old matches
notify-option-announcements = Announcements of the staff
notify-option-nobody = Never tell me when somebody queues
notify-option-bw = When somebody queues with Brood War
notify-option-sc2 = When somebody queues with StarCraft II
notify-option-anyone = When anybody queues
notify-button-times = How often, quiet hours

notify-modal-title = When somebody queues
notify-modal-cooldown = Minutes between two messages
notify-modal-from = Quiet from
notify-modal-to = Quiet to
notify-modal-zone = What time is it where you are?
notify-modal-help-cooldown = At least so long between them: 5 to 1440 minutes
notify-modal-help-from = Such as 23:00; leave both empty for no quiet hours
notify-modal-help-to = Such as 8:00
notify-modal-help-zone = As your clock shows it, 21:35, or as UTC+9. Asked once; tell it again when your clock changes

# Where Discord does not bring messages to a player.
dms-closed = **Direct messages do not reach you**, so you read here what you would have got.
dms-held-match = Match { $id } has news for you: /match shows it.
dms-held-replay = A replay of match { $id } was read: /match shows what came of it.
dms-how =
    { "**The ladder cannot write to you.**" } Discord does not bring its direct messages to you, and without them you would not see a match in time.
    1. Open the menu of this server (its name at the top) and choose Privacy Settings.
    2. Switch on Direct Messages. If you have blocked the bot, unblock it.
    3. Press the button below, or write the bot any message.
dms-tried = **A message is on its way to you.** If it arrives, everything works, and you can queue. If it does not, look at the privacy settings of this server once more.
dms-button-show = How to open direct messages
dms-button-retry = I have opened them
dms-button-queue = Look for a match
