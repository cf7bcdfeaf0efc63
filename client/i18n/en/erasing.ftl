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

forget-due-person = DUE TO BE FORGOTTEN: the person does not agree that the group keeps this case. Two people do that: bellrope forget { $case } --because WHY
forget-due-time = DUE TO BE FORGOTTEN: it was closed more than 18 months ago. Two people do that: bellrope forget { $case } --because WHY
digest-forget-due = Due to be forgotten, as the person does not agree that it is kept, or it was closed 18 months ago ({ $count }): bellrope forget CASE --because WHY
digest-forget = TO BE FORGOTTEN when a second person agrees ({ $count }): bellrope forget CASE

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
