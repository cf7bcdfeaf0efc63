# Forgetting a case, on every front end.

forget-wished = TO BE FORGOTTEN? { $names } wished it, { $at }: everything that identifies people in this case is to go from all devices. It goes when a second person agrees, and cannot be brought back: bellrope forget { $case } --agree
forget-wished-you = TO BE FORGOTTEN? You wished it, { $at }. It goes when a second person agrees, and cannot be brought back. To take it back before that: bellrope forget { $case } --not
forget-wished-two = TO BE FORGOTTEN, by the wish of { $names }. It goes from this device when it reads from the relay next, and cannot be brought back.
forget-with-sender = The sender’s contact card is to go, too.
forget-why = Why: “{ $text }”

said-forget = wishes that this case is forgotten
said-forget-sender = wishes that this case and its sender’s contact card are forgotten
said-forget-not = wishes no longer that this case is forgotten
said-erased = has erased it from this device

forget-due-person = DUE TO BE FORGOTTEN since { $at }: the person does not agree that the group keeps this case. Two people do that: bellrope forget --due. To keep it longer: bellrope keep { $case } --until DATE --because WHY
forget-due-time = DUE TO BE FORGOTTEN since { $at }, by how long the group keeps cases (bellrope retention). Two people do that: bellrope forget --due. To keep it longer: bellrope keep { $case } --until DATE --because WHY
forget-soon = SOON TO BE FORGOTTEN: it is due from { $at } on (bellrope retention). To keep it longer: bellrope keep { $case } --until DATE --because WHY
forget-as-due = No reason was given but that it is due. By what this device knows, it is due from { $at } on.
forget-as-due-later = No reason was given but that it is due, AND BY WHAT THIS DEVICE KNOWS IT IS NOT YET, but from { $at } on.
forget-as-due-not = No reason was given but that it is due, AND BY WHAT THIS DEVICE KNOWS IT IS NOT.
case-kept = KEPT LONGER, until { $until }: { $name } says so, { $at }: “{ $text }”. When that is no longer so: bellrope keep { $case } --not
said-keep = keeps this case until { $until }, also where it would be due to be forgotten
said-keep-not = keeps this case no longer than others
digest-forget-soon = Due to be forgotten within 30 days ({ $count }); to keep one longer: bellrope keep CASE --until DATE --because WHY
digest-retention = Changed: how long cases are kept, by { $by }, { $at } (bellrope retention)
digest-forget-due = Due to be forgotten ({ $count }): bellrope forget --due
digest-forget = TO BE FORGOTTEN when a second person agrees ({ $count }): bellrope forget CASE
# How long cases are kept.
retention-months = A case is due to be forgotten { $months } months after it was closed. It goes when two people say so.
retention-off = No case is due to be forgotten by time: only where a person does not agree that theirs is kept.
retention-set = Set by { $by }, { $at }
retention-founded = Nobody has set this; it is so in every group at first. A coordinator sets it: bellrope retention set MONTHS
retention-due = Due to be forgotten ({ $count }): bellrope forget --due
retention-soon = Due within 30 days ({ $count }); to keep one longer: bellrope keep CASE --until DATE --because WHY
retention-ahead = Closed by a clock that was ahead, at a moment that has not come, and due too late ({ $count }). Two people can forget one before: bellrope forget CASE --because WHY
retention-kept = Kept longer ({ $count }):
retention-nothing = Nothing is due, or will be within 30 days.
retention-new-due = By that, so many cases on this device become due at once: { $count }
retention-row = {"  "}{ $case }, due { $at }: { $about }
retention-row-wished = {"  "}{ $case }, due { $at }, wished by { $names }, goes with your word: { $about }
retention-row-sender = {"  "}{ $case }, due { $at }, wished by { $names }, goes with your word, and the sender’s contact card with it: { $about }

forgotten-title = FORGOTTEN: CASE { $case }
forgotten-by = By the wish of { $names }, settled { $at }. What identifies people in it is gone from this device, and cannot be brought back.
forgotten-half = NOT DONE YET on this device: something of it could not be removed. Every command tries again.
forgotten-sender = The contact card of { $handle } went with it.
forgotten-figures = What is counted of it: { $what }
forgotten-came = came in quarter { $quarter } of { $year }
forgotten-closed = closed in quarter { $quarter } of { $year }: { $what }
forgotten-open = not closed: { $what }
forgotten-erased = { $count ->
    [0] No device says yet that it has erased it, of { $all }.
    [one] Erased on one of { $all } devices: { $names }
   *[other] Erased on { $count } of { $all } devices: { $names }
}
forgotten-everywhere = These are all devices on which it was, as far as is known here.
forgotten-not-yet = NOT YET: { $names }. A device that was away does it when it is back, and says so within an hour.
forgotten-cannot-say = NOT KNOWN: { $names }. An observer’s device does it too, and can send nothing.
forgotten-out = OUT OF THE GROUP, and may still have it: { $names }. Nothing reaches these devices any more.
forgotten-limits = Out of reach of Bellrope: what was exported, printed, or photographed from a screen, backups of a device, and old blocks of flash storage. At the relay sealed messages expire within 14 days.
forgotten-line = { $case }: forgotten { $at }, erased on { $count } of { $all } devices
