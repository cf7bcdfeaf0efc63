# What the commands of a recovery key say and ask.

recovery-advice = A new recovery key, in { $parts } parts. Any { $needed } of them together make one new device of yours in the group, when you have lost every device; fewer open nothing. Each part is for another person whom you trust and who does not know the others. In no part is a name, your group, or this program.
recovery-advice-shown = The parts are shown now and never again: nothing of them is kept, here or anywhere. Have each written down by hand, or photographed so that only its keeper has the picture.
recovery-part-title = Part { $number } of { $parts }:
recovery-part-title-for = Part { $number } of { $parts }, for { $name }:
recovery-screen = They stay on this screen and in its scrollback: clear it, or close the window, when you are done.
recovery-file = Written: { $file }
recovery-files = Whoever has enough of these files together can be you in the group. Hand each to its keeper, and delete it here.
recovery-file-note = Keep this for the person who gave it to you, where nobody else finds it. Alone it opens nothing and says nothing. Give it back to that person only, and only when you see or hear them.
recovery-replaces = The parts that you gave out on { $made } will open nothing any more: they can be thrown away.
recovery-replaces-elsewhere = The parts of the key that another device of yours has made will open nothing any more.
ask-recovery-given = Is each part written down, or with its keeper? Only then does it take effect: yes or no (Enter: no)
recovery-not-made = Nothing is changed: these parts open nothing, and whatever you had before is as it was.
recovery-see = Before you rely on these parts, see what is registered: bellrope recovery status
recovery-registered = Done: the group's list has the new recovery key.
recovery-sent = The new recovery key is on its way into the group's list: its parts open nothing until the program of who keeps the list has written it down. To see whether it has: bellrope recovery status
recovery-queued = The relay was not reached: the new recovery key waits on this device, and goes out with the next bellrope watch or bellrope outbox. Until then its parts open nothing.
recovery-check-yours = Ask your people in three months whether they still find them: bellrope recovery status says how each part begins.

ask-part = A part, typed or pasted, or the path of a file that has it (Enter alone: no more):
ask-part-rest = And the rest of it (Enter alone: that was all):
part-fits = Part { $number }: in order.
part-twice = Part { $number } is there already: it was given twice. Another one is needed.
part-other-set = Part { $number } is in order, but of another set than the one before: one of the two was made later, and parts of two sets do not go together. Both are kept here; go on with parts of either.
parts-lacking = { $count ->
    [one] One more part is needed.
   *[other] { $count } more parts are needed.
}
parts-do-not-fit = Each of these parts is in order, and together they are no key: at least one is not what was given out, though it looks so. Somebody may have changed it on purpose. Another part helps: what is right is kept.
part-place-wrong = group { $group }, character { $place } (here “{ $letter }”)
part-place-left-out = group { $group }: character { $place } was left out
part-place-too-many = group { $group }: “{ $letter }” before character { $place } is too many

recovery-opens = These parts open the recovery key that is registered. Nothing of them was kept.
recovery-belongs = It belongs to the recovery key that is registered, as far as one can tell without enough parts. Nothing of it was kept.
recovery-opens-later = They are of the newest recovery key, which is not in the group's list yet: until then they open nothing.
recovery-void = They are of the recovery key of { $made }, which is of no use any more: a newer one took its place, or it was used. They open nothing and can be thrown away.
recovery-not-known = They are of no recovery key that this device knows: of another person's, or of one that another device of yours made and that is not registered. Here they open nothing.
recovery-assured-now = Noted: everybody still has their part. You are reminded again in 90 days.

watch-restored = WARNING: { $name } HAS COME BACK BY A RECOVERY KEY, { $at }, with a new device: { $device }. Whoever has enough parts of it can do that. Ask { $name } in person or over another channel whether it was they, before you trust it. Nobody has compared keys with this device. The lost one is put out alone: bellrope members remove { $word } --device CODE
watch-restored-mine = WARNING: SOMEBODY HAS COME IN AS YOU BY YOUR RECOVERY KEY, { $at }, with a new device: { $device }. If it was not you, put it out at once: bellrope device remove "{ $device }". Your recovery key is used up: bellrope recovery create makes a new one.
watch-recovery = A new recovery key: { $name } has one, { $at }. Whoever has enough of its parts can come in as { $name }. If they say that they made none, others have their device: bellrope freeze { $word }
watch-recovery-mine = Another device of yours has made a new recovery key, { $at }; the parts of the one before open nothing any more. If that was not you, others have that device: tell your coordinator at once.
watch-recovery-none = No recovery key any more: { $name }, { $at }.

members-restored = {"      "}Came back by a recovery key, { $at }. No comparison of keys from before counts for this device.
invite-advice-recovery = On the new device, { $name } types it into bellrope recovery restore. Nobody has to approve it: what lets { $name } in is the recovery key, and everybody is told. Afterwards { $name } puts the lost device out with the new one (bellrope device remove), or you do: bellrope members remove { $word } --device CODE
invite-recovery-frozen = Frozen: { $name } may be in the hands of others. Their recovery key lets nobody in until somebody who has checked lifts that: bellrope unfreeze { $word }
restore-advice = This makes a new device of yours, when you have lost every other. You need a code that a coordinator made for another device of yours, and enough parts of your recovery key. What was only on the lost device does not come back: messages, notes, who defenders are.
restore-done = Your request is made, with the word of your recovery key. You are in the group again as soon as the program of who keeps its list has seen it: bellrope watch waits for that. Code of this device, for your coordinator to compare: { $code }
restore-after = Nobody is asked to approve it; if nothing happens within a day, the parts were of an older key: ask to be invited anew. Once you are in, put the lost device out (bellrope device shows its code, bellrope device remove CODE), and make a new key, as this one is used up: bellrope recovery create
