# How received messages, senders and people are shown, on every front end.

role-coordinator = coordinator
role-member = member
role-observer = observer
role-defender = defender
role-unknown = a role that a newer version knows

page-line = { $number }. { $case }  { $arrived }  { $sender }
page-line-new = { $number }. NEW { $case }  { $arrived }  { $sender }
page-line-doubted = CHECK WHO: { $name }
page-title = ALERT { $case }
page-title-update = UPDATE { $case }
page-title-correction = CORRECTION { $case }
page-title-withdrawal = WITHDRAWAL { $case }
page-title-closure = CASE CLOSED { $case }
page-title-check-in = CHECK-IN { $case }
page-title-drill = DRILL { $case }
page-title-other = MESSAGE { $case }
page-anothers = WARNING: this says something about an earlier alert, and is NOT FROM WHOEVER SENT THAT ONE. In its case it has no effect. Ask the sender over another channel.
page-known = From: { $name } ({ $role }), verified by the group's roster
page-invited = From: { $name } ({ $role }), verified by the invitation of the group; the coordinator's program will confirm
page-unverified = From: UNVERIFIED SENDER. { $reason } Do not act on it without checking another way.
page-unverified-short = UNVERIFIED
page-compared-here = Keys: compared by you with { $name }, face to face, { $at }
page-compared-call = Keys: compared by you with { $name }, on a call, { $at }
page-compared-differ = WARNING: CHECK WHO SENT THIS. When keys were compared with this device, they DIFFERED ({ $at }). Somebody may have put it in the place of { $name }. Before you believe anything below, ask { $name } over another channel.
page-compared-other = WARNING: ANOTHER DEVICE. You compared keys with another device of { $name } ({ $at }), and never with this one. Ask over another channel whether this one is theirs, and compare again.
page-gap = Note: this sender said something before that is not on this device: it was for others alone, or has not arrived, or not yet.
page-uncounted = NOTE: this is not counted: its device says that it could not write down that it sent it, as on a full disk. If another one like it went missing, nobody would notice. A copy of the device can say the same: if you have a doubt, ask the sender over another channel.
page-uncounted-apart = NOTE: this is not counted: its device says that it could not write down that it sent it, as on a full disk. And it does not follow on what came last: either something that this sender said has not arrived here, or it was sent from an older copy of the device. Ask the sender over another channel.
page-cloned = WARNING: two devices speak with this sender's key. The device may have been copied. Ask the sender over another channel.
page-late = NOTE: it reached the relay later than its sender allowed. Somebody posted an old message again, another device passed it on to one that was away, or a clock is wrong. Look at when it was signed.
page-newer = NOTE: a newer version wrote this, and says something around it that this program cannot show or check. Update this program.
page-chosen = { $count ->
    [one] Sent to one chosen reader only.
   *[other] Sent to { $count } chosen readers only, not to the whole group.
}
page-contact-from = Name: { $name }, as { $by } told this device; the roster has the handle alone.
page-passed-on = Passed on: by the device of { $name }, as the sender’s did not know yet that you are in the group
page-opened-by = Opened: to you, by { $name }, { $at }. The sender wrote it to others, and does not know that you read it.
readers-sealed = Sealed to these people, on whose devices it can be opened:
readers-person = {"  "}{ $name }, { $role }
readers-device = {"    "}on { $code }
readers-removed = {"  "}{ $name }, { $role }; not in the group any more
readers-unknown = { $count ->
    [one] {"  "}One more whom this device does not know.
   *[other] {"  "}{ $count } more whom this device does not know.
}
readers-passed-on = In the group when it came, and not known to its sender. Another device may have passed it on to them:
readers-opened = Opened: to them, by { $by }, { $at }:
readers-week = This device opened it with its key of the week from { $since }, which it deletes after { $until }. Then this device cannot open what others recorded of it, only what is kept here.
readers-lasting = This device opened it with its lasting key, which is never deleted: with this device and its passphrase, what others recorded of it can be opened for ever.
readers-not-known = To whom it was sealed is not known: this device lacks the roster that its sender saw.
page-open-to-removed = { $count ->
    [one] NOTE: { $names } may read this too: its sender’s device did not know yet that { $names } is not in the group any more. Tell the sender.
   *[other] NOTE: { $names } may read this too: its sender’s device did not know yet that they are not in the group any more. Tell the sender.
}
page-line-frozen = MAY BE OTHERS: { $name }
page-line-freeze = Frozen: what { $whom } says from then on may be written by others
page-line-lift = Lifted: what { $whom } says is theirs again
page-title-freeze = NOTICE: A SENDER MAY BE SOMEBODY ELSE
page-title-lift = NOTICE: A SENDER IS THEMSELVES AGAIN
page-freeze = From now on, what { $whom } says is marked: it may be written by others. It is lifted by a person who has checked, with bellrope unfreeze.
page-lift = From now on, what { $whom } says is not marked any more.
page-freeze-reason = Their reason: “{ $reason }”
page-freeze-void = NOTE: it has no effect. Only members and coordinators say this, and nobody of their own device.
page-frozen = WARNING: MAY BE WRITTEN BY OTHERS. Whoever sent this may be in custody, or their device in other hands: so said { $by }, { $since }. Check another way before you act.
page-frozen-lifted = That was lifted later: by { $by }, { $at }.
page-times = Signed { $signed }; at the relay { $arrived }
page-time-unknown = (time unknown)
page-id = Id: { $id }

to-all = { $count ->
    [0] to nobody but you
    [one] to { $count } person
   *[other] to all { $count } { $others ->
        [yes] other members
       *[no] members
    }
}
to-members = { $count ->
    [one] to { $count } member
   *[other] to { $count } members
}
to-members-for-want = { $count ->
    [0] to nobody but you: nobody is on duty for it
    [one] to { $count } member, as nobody is on duty for it
   *[other] to { $count } members, as nobody is on duty for it
}
to-duty = { $count ->
    [0] to nobody but you: nobody else is on duty
    [one] to { $count } person on duty
   *[other] to { $count } people on duty
}
to-names = { $count ->
    [0] to { $last }
   *[other] to { $names } and { $last }
}

why-unknown = Nobody in the group's roster has this key.
why-invitation-taken = It names an invitation that another device used before.
why-invitation-ended = It names an invitation that had ended when it arrived.
why-invitation-replaced = It names an invitation that the coordinator has replaced by a newer one since.
why-invitation-withdrawn = It names an invitation that the coordinator took back on { $time }.
why-removed = This person was put out of the group on { $time }, before it arrived.
why-observer = The roster says that this person reads and does not send.
why-not-listed = Invited by { $by } as { $name }, and not in the list of members yet: the device that keeps the list has not written it down.
wish-invite = the invitation of { $name }
wish-withdraw = the invitation of { $name } taken back
wish-approve = letting in { $name }
wish-circle = who reads new alerts
wish-duty = who is on duty when
wish-retention = how long cases are kept
wish-not-name = Somebody has that name, or one that people would take for it. Invite the person by another name.
wish-not-over = The invitation is used, taken back or over.
wish-not-nobody = Another device asks by that invitation. See: bellrope members
wish-not-changed = Somebody else has changed it meanwhile, or somebody has left. Look at it, and change it again.
wish-not-other-coordinators = Somebody coordinates no more who did when it was asked for, and knew the secret. Ask for it again.
wish-not-full = The group is full.
wish-not-rules = The group’s rules are against it.
why-other-roster = The sender saw a version of the roster that this device does not have, or not yet: after an absence it asks the other members’ devices for it.
why-other-version = Another version of this program kept it here, and this one cannot check who signed it.

rejected-not-signed = its signature is not valid.
rejected-other-group = it was written for another group, and somebody posted it here.
rejected-other-epoch = it was written in another period of the group, whose keys this device does not have.
rejected-other-readers = it was written for other readers, and one of them passed it on.

clock-relay = The relay's clock is { $minutes } min { $relay ->
    [ahead] ahead of
   *[behind] behind
} this device's, and senders agree with this device: the relay's seems to be wrong. Tell its host. Until then the times at which alerts arrived are wrong.
clock-ours = The relay's clock is { $minutes } min { $relay ->
    [ahead] ahead of
   *[behind] behind
} this device's, and senders agree with the relay: the clock of this device seems to be wrong. Set it, or what you send carries a wrong time.
clock-either = The relay's clock is { $minutes } min { $relay ->
    [ahead] ahead of
   *[behind] behind
} this device's. Which of the two is wrong, nobody has said yet: compare this device's with another clock.

status-role = The role of this device: { $role }.
status-devices = You use { $count } devices here, this one among them; which, says: bellrope device
status-waits = It waits for the coordinator to let it in: bellrope watch
status-readers = { $count ->
    [0] An alert from here would reach nobody: nobody else in the group reads.
    [one] An alert from here goes to one person: { $names }
   *[other] An alert from here goes to { $count } people: { $names }
}
status-readers-count = { $count ->
    [0] An alert from here would reach nobody.
    [one] An alert from here goes to one device.
   *[other] An alert from here goes to { $count } devices. Whose they are is not on this device.
}
status-duty = { $count ->
    [0] An alert from here would reach nobody: nobody else is on duty.
    [one] An alert from here goes to one person on duty: { $names }
   *[other] An alert from here goes to { $count } people on duty: { $names }
}
status-duty-count = { $count ->
    [one] An alert from here goes to one device, of somebody on duty.
   *[other] An alert from here goes to { $count } devices, of people on duty. Whose they are is not on this device.
}
status-unread = { $count ->
    [0] Everything that came was shown.
    [one] One alert came and was not shown yet: bellrope inbox --unread
   *[other] { $count } alerts came and were not shown yet: bellrope inbox --unread
}
status-nothing-waits = No alert waits here to be sent.
status-alerts-wait = { $count ->
    [one] WAITING HERE, NOT SENT YET: one alert, since { $since }. Send it with: bellrope outbox
   *[other] WAITING HERE, NOT SENT YET: { $count } alerts, the oldest since { $since }. Send them with: bellrope outbox
}
status-words-wait = { $count ->
    [one] WAITING HERE, NOT SENT YET: one thing that you said in a case. Send it with: bellrope outbox
   *[other] WAITING HERE, NOT SENT YET: { $count } things that you said in cases. Send them with: bellrope outbox
}
status-others-wait = { $count ->
    [one] One message of the program itself waits as well.
   *[other] { $count } messages of the program itself wait as well.
}
status-week-opens = Recorded alerts that were sealed to the weekly keys of this device since { $since } can be opened with it and its passphrase, older ones cannot. What is kept here can be opened too, and what was sealed to its lasting key.
status-week-opens-all = This device has no weekly keys: whatever was recorded on its way to it can be opened with it and its passphrase.
status-week-until = Others have weekly keys of this device until { $until }.
status-week-none = Others have no key of this device for this week. Alerts to it are sealed to its lasting key, which is never deleted.
status-week-lacking = No key of this week is known here of: { $names }. What goes to them from here is sealed to their lasting keys.
status-week-lacking-count = { $count ->
    [one] For one of them no key of this week is known here: alerts are sealed to its lasting key.
   *[other] For { $count } of them no key of this week is known here: alerts are sealed to their lasting keys.
}
status-week-two = WARNING: two different keys for one week came from: { $names }. Somebody may have a copy of the device, or it was put back from an older copy. Ask over another channel. What is sealed for such a week is sealed to lasting keys.
status-former = { $count ->
    [one] The secret of one former period of the group is still on this device, until { $until }.
   *[other] Secrets of { $count } former periods of the group are still on this device, the last until { $until }.
}
status-mailbox = The group's mailbox takes alerts until { $ends }, as far as this device has heard.
status-mailbox-ended = WARNING: as far as this device has heard, the group's mailbox has ended on { $ends } and takes no alerts.
status-relay = Relay { $relay }: heard { $heard }.
status-relay-silent = Relay { $relay }: SILENT. It was last heard { $heard }.
status-relay-never = Relay { $relay }: not heard by this device yet.

members-compared-here = {"    "}compared by you, face to face: { $at }
members-compared-call = {"    "}compared by you, on a call: { $at }
members-compared-differ = {"    "}WARNING: when keys were compared with this device, they DIFFERED ({ $at }). Somebody may have put it in the place of { $name }.
members-compared-other = {"    "}NOTE: ANOTHER DEVICE than the one with which you compared ({ $at }). Nobody has shown you that this one belongs to { $name }: compare again.
status-met = { $count ->
    [one] One of them you have met and compared with.
   *[other] You have met { $count } of them and compared with them.
}

page-comparisons-failed = WARNING: CHECK WHO SENT THIS. Three comparisons of keys with this device have failed in a day, says the device of { $by } ({ $at }). Somebody may have put it in the place of { $about }. Before you believe anything below, ask over another channel.
members-comparisons-failed = {"    "}WARNING: three comparisons of keys with this device have failed in a day, says the device of { $by } ({ $at }). Somebody may have put it in the place of { $about }.
members-compared-by-here = {"    "}compared by { $name }, face to face: { $at } (their word)
members-compared-by-call = {"    "}compared by { $name }, on a call: { $at } (their word)
members-compared-by-more = {"    "}and by { $count ->
    [one] one other
   *[other] { $count } others
}

circle-everybody = New alerts are read by all members: { $names }
circle-duty = { $count ->
    [one] New alerts are read by one person on duty: { $names }
   *[other] New alerts are read by { $count } people on duty: { $names }
}
circle-nobody-left = WARNING: nobody is left of those who were on duty. New alerts are read by all members: { $names }
circle-besides = { $number }. Besides, { $name } reads: { $about }
circle-kept-out = { $number }. Kept out, { $name } never reads: { $about }
circle-kept-out-of-all = { $number }. Kept out, { $name } reads no new alerts.
circle-unsaid = What an alert does not say counts against who is kept out: one without a country is kept from them too.
circle-all-kept-out = Everybody on duty is kept out of something: what none of them may read goes to the other members.
circle-sensitive = { $count ->
    [0] Nobody is named for what is sensitive in an alert (health, HIV, orientation, religion, sexual violence). It goes to those coordinators who read the alert. To name two or three people: bellrope circle sensitive NAME NAME
   *[other] What is sensitive in an alert (health, HIV, orientation, religion, sexual violence) is read by those of these who read the alert: { $names }
}
circle-since = Set by { $by }, { $at }
circle-subjects = whom it is about: { $labels }
circle-sources = threat from: { $labels }
