# Cases: where they stand, and what was said in them, on every front end.

case-title = CASE { $case }
case-title-drill = CASE OF A DRILL { $case }
case-about = What: { $about }
case-withdrawn = WITHDRAWN, { $at }: whoever sent this has taken it back. “{ $text }” Stop everything outside that is about it, and ask them before you do more.
case-alert = The whole alert: bellrope show { $case }
case-translated = Shown in translation. In the words of the originals: bellrope case { $case } --original
case-translations = All translations: bellrope translate { $case }
case-lead = Leads: { $name }, since { $at }
case-lead-you = Leads: you ({ $name }), since { $at }
case-lead-gone = Leads: nobody any more. Last it was { $name }.
case-lead-nobody = Leads: nobody yet.
case-lead-take = To take it: bellrope lead { $case }
case-rivals = NOTE: at the same time { $names } took the lead too, and none of them had seen it of another. It is { $name }, as earlier in the group’s list. Whoever leads can change that: bellrope hand-over { $case } NAME
case-opened-to = Open besides to: { $names }. { $by } opened it, { $at }.
case-no-longer-open-to = No longer open to: { $names }. { $by } said so, { $at }. What they have read stays with them.
case-read = { $count ->
    [0] Read: nobody has said so yet.
    [one] Read by one person: { $names }
   *[other] Read by { $count } people: { $names }
}
case-opened = { $count ->
    [one] Opened on one device, as far as devices say. That is not read by a person.
   *[other] Opened on { $count } devices, as far as devices say. That is not read by a person.
}
case-supporting = Help: { $names }
case-apart = Stay out of it: { $names }
case-stands = State: { $state }
case-stands-by = State: { $state }; so said { $name }, { $at }
case-waits = { $count ->
    [one] WAITING HERE: the others do not have one thing that you said. Send it with: bellrope outbox
   *[other] WAITING HERE: the others do not have { $count } things that you said. Send them with: bellrope outbox
}
case-missing = { $count ->
    [one] NOTE: one thing that others had seen in this case is not here, or not yet. Who leads may be somebody else.
   *[other] NOTE: { $count } things that others had seen in this case are not here, or not yet. Who leads may be somebody else.
}
case-story = What was said, in order:

case-line = Leads: { $name }
case-line-you = Leads: you
case-line-nobody = Leads: nobody
case-line-withdrawn = WITHDRAWN BY THE SENDER
case-line-read = read by { $count }
case-line-newest = Newest: { $said }

story-line = {"  "}{ $at }, { $name }: { $what }
story-short = by { $name }, { $at }: { $what }
story-waits = {"    "}The others do not have this yet: it waits on this device.
story-cloned = {"    "}WARNING: two devices speak with this person’s key. The device may have been copied. Ask over another channel.
story-answer-waiting = {"    "}Not handed on to the sender yet, as far as is known here. A coordinator’s program does that by itself.
story-answer-held = {"    "}HELD: the sender is frozen, and is told nothing until that is lifted.
story-answer-handed-on = {"    "}Handed on to the sender’s mailbox. Whether they have seen it is not known.
story-answer-dropped = {"    "}NOT HANDED ON: it could not be for two weeks, or its author was frozen, or the sender cannot be reached any more.
story-told-held = {"    "}The sender is not told of this, as they are frozen.
story-told-handed-on = {"    "}The sender is told of this, without a name. Whether they have seen it is not known.
story-told-dropped = {"    "}The sender could not be told of this.
story-void-not-a-member = {"    "}NO EFFECT: nobody who is known as a member of the group said this, as far as this device knows.
story-void-frozen = {"    "}NO EFFECT: this may be written by others. Somebody said so of this person’s device before it came.
story-void-not-the-sender = {"    "}NO EFFECT: this is not from whoever sent the alert. Somebody else says it about it.
story-void-other-alert = {"    "}NO EFFECT: it means another alert, which has the same id.
story-void-not-for-them = {"    "}NO EFFECT: the alert was not written for this person, and somebody handed it to them.
story-void-to-nobody = {"    "}NO EFFECT: it hands the case over to somebody who cannot read it.
story-void-may-not-open = {"    "}NO EFFECT: the case was opened to this person, and they may not open it further.
story-void-opens-to-nobody = {"    "}NO EFFECT: the case cannot be opened to anybody whom this names.
story-note-not-yours = {"    "}Its words are for them alone.
story-note-unreadable = {"    "}WARNING: this device cannot read it. It may have been added later, or this is not what was signed. Ask over another channel.

said-opened = opened on a device
said-acknowledged = has read it
said-lead = leads
said-lead-not = wanted to lead; somebody else does
said-supporting = helps
said-apart = stays out of it: conflict of interest
said-hand = hands it over to { $to }
said-hand-not = wanted to hand it over to { $to }; somebody else leads
said-state = the case is now “{ $state }”
said-note = note: { $text }
said-note-below = note
said-note-lead = writes to { $to } alone, who leads
said-note-lead-text = writes to { $to } alone, who leads: { $text }
said-note-named = writes to { $to } alone
said-note-named-text = writes to { $to } alone: { $text }
said-note-handed = hands on to { $to }, who leads, what { $author } wrote to who led before
said-note-handed-missing = hands on to { $to }, who leads, a note that is not here yet
said-translation-alert = has translated the alert ({ $language })
said-translation = has translated what { $author } wrote ({ $language })
said-translation-machine-alert = puts in a machine’s translation of the alert ({ $language })
said-translation-machine = puts in a machine’s translation of what { $author } wrote ({ $language })
said-translation-checked = has compared { $author }’s translation with the original: it is right
said-translation-asked = asks { $to } for a translation ({ $language })
said-answer = answers the sender: { $text }
said-answer-below = answers the sender of the alert
said-answer-as = answers the sender of the alert, as { $name }
said-opened-to = opens it to { $to }
said-opened-not-to = not to { $to }: kept out of it, or nobody who reads
said-narrowed = no longer opens it to { $to }
said-sender-update = the sender adds: “{ $text }”
said-sender-correction = the sender corrects: “{ $text }”
said-sender-withdrawal = THE SENDER TAKES THE ALERT BACK: “{ $text }”
said-sender-closure = the sender says that it is over: “{ $text }”
said-newer = something that a newer version says. Update this program.
said-why = Why: “{ $reason }”

news-said = { $case }, { $name }: { $what }
news-lost = YOU DO NOT LEAD { $case } ANY MORE: { $name } does.
news-lost-to-nobody = YOU DO NOT LEAD { $case } ANY MORE: nobody does.
news-given = YOU LEAD { $case } NOW.
news-later = YOU DO NOT LEAD { $case }: { $name } took it at the same time, and neither had seen it of the other. It is { $name }, as earlier in the group’s list. If it should be you, { $name } can hand it over to you.
news-earlier = AT THE SAME TIME as you { $name } took the lead of { $case }, and neither had seen it of the other. It is you, as earlier in the group’s list. To change that: bellrope hand-over { $case } NAME

# What a defender was answered.
answer-by-member = a member of the group
answer-by-name = a member of the group, who gives the name { $name }
answer-read = { $case }: a person of the group has read your alert ({ $at }).
answer-led = { $case }: a member of the group leads your case ({ $at }).
answer-words = { $case }: ANSWER by { $who }, { $at }:

drill-report = What the drill showed, counted from when it reached the relay:
drill-read = {"  "}{ $name }: { $minutes ->
    [0] read within a minute
    [one] read after a minute
   *[other] read after { $minutes } minutes
}
drill-silent = { $count ->
    [one] {"  "}Nothing was heard from one person: { $names }
   *[other] {"  "}Nothing was heard from { $count } people: { $names }
}

case-alike = NOTE: this may be about the same as { $other }: the same country, days apart, and near words. If so: bellrope fact link { $case } duplicate_of { $other }

digest-since = Since { $at }:
digest-nobody = { $count ->
    [one] NOBODY LEADS one case:
   *[other] NOBODY LEADS { $count } cases:
}
digest-mine = You lead ({ $count }):
digest-new = New ({ $count }):
digest-changed = What others said, by case ({ $count }):
digest-review = Closed in the last month, to be looked back on ({ $count }): bellrope review CASE
digest-due = Due within eight days, or over ({ $count }):
digest-case = { $case }: { $about }
digest-said = { $case }, { $count }, the newest { $said }
digest-more = {"  "}and { $count } more: bellrope cases
digest-nothing = Nothing is new, nothing waits for a lead, and nothing is due.

table-all = { $count ->
    [0] No case fits that; drills are not counted.
    [one] One case{ $systemic ->
        [0] {""}
       *[other] , about a systemic problem
    }. Drills are not counted.
   *[other] { $count } cases{ $systemic ->
        [0] {""}
       *[other] , of them about systemic problems: { $systemic }
    }. Drills are not counted.
}
table-note = These figures are for the group alone: a small number can point at one person. They are of what has reached this device, and not of all that happened.
table-countries = By country and what was done; a case with several acts counts in each:
table-months = By month:
table-origins = By who threatens:
table-systemic = Systemic problems:
table-not-said = not said
table-line = {"  "}{ $name }: { $count }{ $systemic ->
    [0] {""}
   *[other] , of them systemic: { $systemic }
}
table-act = {"    "}{ $name }: { $count }{ $systemic ->
    [0] {""}
   *[other] , of them systemic: { $systemic }
}
table-case = {"  "}{ $case }: { $about }

translation-by = {"    "}TRANSLATION ({ $language }) by { $name }, { $at }
translation-machine = {"    "}MACHINE TRANSLATION ({ $language }), put in by { $name }, { $at }
translation-machine-of = {"    "}MACHINE TRANSLATION ({ $language }) by { $service }, put in by { $name }, { $at }
translation-checked = {"    "}Checked against the original by { $names }.
translation-unchecked = {"    "}Nobody has checked it against the original.
translation-earlier = {"    "}OF AN EARLIER TEXT: the sender has added to the alert or corrected it since.
translation-letters = {"    "}Its letters: { $letters }
translatable-alert = The alert: { $text }
translatable-sender = By the sender ({ $letters }): { $text }
translatable-note = A note by { $name } ({ $letters }): { $text }
translation-asked = {"    "}Made on request by somebody who does not read the case, of a text without names.
asked-text = Asked for by { $name } ({ $language }), { $at }, letters { $letters }:
