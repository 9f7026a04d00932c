activity-title = { $days ->
    [1] **Who queues when**: players in each of the last 24 hours
   *[other] **Who queues when**: players an hour, over the last { $days } days
}
activity-hour = { $players } · BW { $bw } · SC2 { $sc2 }
activity-button-pings = Tell me when somebody queues
activity-empty = Nobody has queued in that time. Use /queue and be the first!
activity-picture-title = Who queues when
activity-picture-period = { $days ->
    [1] Players in each of the last 24 hours
   *[other] Players an hour on an average day of the last { $days }
}
activity-picture-zone = Times in { $zone }
activity-picture-both = Both
activity-picture-alt = { $period }. Most at { $hour } ({ $zone }): { $players }.
activity-busiest = Busiest: { $hours }
activity-picture-zone-own = Your time, { $zone }
activity-picture-alt-own = { $period }. Most at { $hour } (your time, { $zone }): { $players }.
