# Передача дежурства и обмен дежурствами.
shift-handed-waits = Передача дежурства: { $by } → { $to }, { $from }–{ $until }. Ответа пока нет; до согласия { $to } звонит у { $by }.
shift-handed-accepted = Передача дежурства: { $to } дежурит вместо { $by } до { $until }.
shift-handed-refused = Передача дежурства: { $to } не берёт у { $by } часы { $from }–{ $until }. Тогда звонит у { $rung }.
shift-handed-unanswered = Передача дежурства: ответа от { $to } на просьбу { $by } вовремя не было. До согласия { $to } звонит у { $rung }.
shift-swap-waits = Обмен дежурством: { $by } просит { $to } подежурить { $from }–{ $until }. Ответа пока нет.
shift-swap-accepted = Обмен дежурством: { $to } дежурит за { $by }, { $from }–{ $until }.
shift-swap-refused = Обмен дежурством: { $to } не будет дежурить за { $by }, { $from }–{ $until }.
shift-rings-you = Это дежурство никто не принял: теперь оно ваше, вы на подмене.
shift-because = Причина: { $text }
shift-answer-it = Взять дежурство: bellrope duty accept. Если не можете: bellrope duty refuse --because ПРИЧИНА
shift-note = Записка от { $by }:
shift-none-written = Записки о передаче дежурства нет: до этого дежурство было у { $name }.

# Что в записке сказано о делах.
hand-over-case = { "" }{ $case }: { $about }
hand-over-lead = {"  "}Дело ведёт { $name }
hand-over-nobody = {"  "}Дело никто не ведёт.
hand-over-contact = {"  "}НЕ ЗВОНИТЬ ни человеку, ни семье: это делает только { $names }.
hand-over-more = { $count ->
    [one] Открыто ещё { $count } дело: bellrope cases
    [few] Открыто ещё { $count } дела: bellrope cases
   *[many] Открыто ещё { $count } дел: bellrope cases
}
