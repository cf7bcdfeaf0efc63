# Shifts that are handed over or swapped.
shift-handed-waits = Hand-over: { $by } to { $to }, for { $from }–{ $until }. No answer yet; until { $to } accepts, it rings { $by }.
shift-handed-accepted = Hand-over: { $to } has taken over from { $by }, until { $until }.
shift-handed-refused = Hand-over: { $to } has refused what { $by } handed over for { $from }–{ $until }. It rings { $rung } then.
shift-handed-unanswered = Hand-over: { $to } has not answered { $by } in time. It rings { $rung } until { $to } accepts.
shift-swap-waits = Swap: { $by } asks { $to } to be on duty { $from }–{ $until }. No answer yet.
shift-swap-accepted = Swap: { $to } is on duty for { $by }, { $from }–{ $until }.
shift-swap-refused = Swap: { $to } will not be on duty for { $by }, { $from }–{ $until }.
shift-rings-you = Nobody has taken this shift over: it is yours now, as the second line.
shift-because = Reason: { $text }
shift-answer-it = Take it: bellrope duty accept. If you cannot: bellrope duty refuse --because WHY
shift-note = Note from { $by }:
shift-none-written = No hand-over was written: { $name } was on duty before.

# What a note has of the cases.
hand-over-case = { "" }{ $case }: { $about }
hand-over-lead = {"  "}Leads: { $name }
hand-over-nobody = {"  "}Nobody leads it.
hand-over-contact = {"  "}DO NOT CALL the person or the family: { $names } alone does.
hand-over-more = { $count ->
    [one] One more is open: bellrope cases
   *[other] { $count } more are open: bellrope cases
}
