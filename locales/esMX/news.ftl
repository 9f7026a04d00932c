# Lo que le pasó a alguien sin que hiciera nada.
news-rating-corrected = Se corrigió el resultado de la partida { $id }. Tu puntuación con { $race }: { $before } → { $after } de MMR ({ $change })
news-match-won = El staff revisó la partida { $id } y la decidió: ganaste.
news-match-lost = El staff revisó la partida { $id } y la decidió: perdiste.
news-match-drawn = El staff revisó la partida { $id } y la decidió: no ganó nadie.
news-match-void = El staff revisó la partida { $id } y la anuló. No cuenta para nada.
news-mmr-adjusted = El staff ajustó tu puntuación con { $race }: { $before } → { $after } de MMR ({ $change }). Su razón: { $reason }
news-banned = **El staff te expulsó hasta el { $until }.** Explica por qué: { $reason }
news-banned-for-good = **El staff te expulsó de esta escalera.** Explica por qué: { $reason }
news-ban-over = Tu expulsión terminó. Usa /queue para encontrar partida.
news-unbanned = **El staff levantó tu expulsión**: { $reason } Usa /queue para encontrar partida.
news-timed-out = **El staff te puso una pausa de la cola.** Podrás volver { $until }. Explica por qué: { $reason }
news-time-out-lifted = **El staff quitó tu pausa de la cola**: { $reason }
news-aborts-reset = **El staff te devolvió todos los abandonos de este mes**: { $reason }
news-removed-from-queue = **El staff te sacó de la cola.** Explica por qué: { $reason } Puedes usar /queue de nuevo.
news-match-cancelled = **El staff terminó la partida { $id }**, y no por ti. No cambió ninguna puntuación. Usa /queue para encontrar otra.
news-match-cancelled-requeued = **El staff terminó la partida { $id }**, y no por ti. Estás de vuelta en la cola con tu tiempo de espera.
news-renamed = **El staff cambió tu nombre en la escalera a { $name }.** Explica por qué: { $reason }
news-role = **Tu rol en esta escalera es ahora: { $role }**: { $reason }
news-role-none = **Ya no eres parte del staff de esta escalera**: { $reason }
news-announcement =
    { "**Del staff de la escalera**" }
    { $text }
news-accounts-allowed = **{ $count ->
    [one] El staff permite vincular { $count } cuenta tuya en { $region }
   *[other] El staff permite vincular { $count } cuentas tuyas en { $region }
}**: { $reason }
news-account-unbound = **El staff desvinculó de ti la cuenta { $account }**: { $reason } Una partida verificada puede vincularla de nuevo.
news-queues-bw = **Alguien busca partida** con Brood War desde { $at }. No espera nadie que pueda ser su rival.
news-queues-sc2 = **Alguien busca partida** con StarCraft II desde { $at }. No espera nadie que pueda ser su rival.
news-queues-both = **Alguien busca partida** con cualquiera de las dos eras desde { $at }. No espera nadie más.
news-queues-button-queue = Buscar partida
news-queues-button-notify = Cambiar notificaciones
news-dms-open = Los mensajes te llegan aquí. Usa /queue para encontrar partida.
news-match-ruled-won = El staff revisó la partida { $id } y la decidió: ganaste. Por qué: { $reason }
news-match-ruled-lost = El staff revisó la partida { $id } y la decidió: perdiste. Por qué: { $reason }
news-match-ruled-drawn = El staff revisó la partida { $id } y la decidió: no ganó nadie. Por qué: { $reason }
news-match-ruled-void = El staff revisó la partida { $id } y la anuló. No cuenta para nada. Por qué: { $reason }
