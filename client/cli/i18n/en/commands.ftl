# What commands say and ask. Content goes to stdout; the rest to stderr.

language-unspoken = Bellrope does not speak your system's language ({ $locale }) yet, and uses English. It speaks: { $languages }. To choose, for example: --lang ru
ask-passphrase = Passphrase of this device:
ask-new-passphrase = New passphrase:
ask-passphrase-again = The same again:
passphrase-again = That passphrase does not fit. Try again.
home-open-to-others = Others on this machine can look into { $dir }. They cannot read the files in it, but see that they are there, how large, and since when. To close it: chmod 700
file-set-aside = The file { $file } is damaged. It is set aside in { $dir }, and everything else goes on. { $what ->
    [outbox] If it was an alert that the relay did not have yet, it is lost: see what there is with bellrope outbox, and write again what is missing.
    [inbox] If it was an alert that had come, ask another member for it.
   *[issued] If it was an invitation that nobody has used yet, make a new one for the same name.
}
home-without-locks = The disk on which { $dir } is cannot lock files. That held nothing up; run only one command at a time there.
passphrase-advice = Choose a passphrase of several words that nobody can guess, of at least { $min } characters. It protects everything on this device. Nobody can reset it.
passphrase-changed = The passphrase of this device is changed. Programs that are running go on.
    The keys are the same: copies of the directory from before (backups, snapshots, what flash storage keeps for a while) still open with the old passphrase. If somebody may have both, tell your coordinator over another channel: this device must leave the group.
passphrase-file-old = The file { $file }, which BELLROPE_PASSPHRASE_FILE names, still has the old passphrase: write the new one there.
forget-locked = This device was locked: the program forgets its keys and ends.
forget-gone = The keys of this device are no longer in { $dir }: it was erased, or moved. The program forgets them and ends.
lock-done = Locked: no program has this device’s keys any more. The next one asks for the passphrase.
programs-remain = BUT a program with this device’s keys is still there and does not end: it was suspended (Ctrl-Z), or hangs. It has the keys in its memory. End it (kill -9), or switch the computer off.
programs-unseen = Running programs were told to end, but the disk cannot lock files: whether they have ended is not known here. See for yourself.
erase-cost = ERASE everything that Bellrope has in { $dir }?
    Everything that was received and kept here is gone for ever, and so is what still waits to be sent. Neither you nor your group nor anybody else can bring it back. To come back, you need a new invitation.
    Whoever holds or questions you may see that something was erased, and hold it against you.
erase-word = erase
ask-erase = Type the word “erase”. Enter alone erases nothing:
erase-keys = The keys are destroyed: nothing here can be opened any more, with the passphrase either.
erase-keys-removed = The disk did not let them be overwritten before they were removed: a copy of the key file may be left on it, under the passphrase.
erase-done = Everything that Bellrope had in { $dir } is removed; what is not its own stayed. On flash storage and some file systems old copies stay for a while: these are under the passphrase.
ask-group-name = What should members call the group?
ask-my-name = What should members call you?
ask-invitation = Paste the invitation code, or type the path of the invitation file, or what was read out to you on the phone:
ask-relay = Paste the relay's address, from its host:
ask-token = Paste the token, from the relay's host, or type the path of a file that has it:
ask-send = Send it? Enter or "yes" sends, "no" throws it away, a number from 1 to { $count } changes that answer, "+" adds what only few may read:
ask-about = Is it about you, or did somebody else tell you?
    1. About me, or I saw it myself
    2. Somebody else told me
    Empty: about me.
ask-send-form = Send it? Enter or "yes" sends, "no" sends nothing, "+" adds what only few may read; the form stays as it is:
ask-change = Which answer do you want to change? A number from 1 to { $count }; "no" throws everything away:
ask-change-how = Type yes, no, or the number of the question whose answer is to be changed: 1 what happened, 2 to whom, 3 where, 4 when, 5 how urgent, 6 your words, 7 sharing; further numbers are the questions after these.
ask-aside-help = Before Enter, every answer can be edited with the arrow keys. Alone on a line, "<" or "back" goes to the question before, and "?" shows this. Ctrl-C stops; then nothing is sent, and nothing is kept.
ask-now = So far: { $answer }
    Enter keeps it.
ask-first = This is the first question.
ask-account = The account, in as many lines as you like, at most { $max } characters. It ends with a line that holds a single dot (.), or with Ctrl-D. Enter at once: no account.
    Health, HIV, orientation, religion, sexual violence: not here. At the end, "+" asks for it, for few.
ask-account-there = The account so far is above. Go on below it, or go up with the arrow keys to change it. It ends with a line that holds a single dot (.), or with Ctrl-D.
ask-account-cut = It is all still there. Enter: change it. "cut": send its first { $max } characters only:
ask-summary-moved = The first line has { $found } characters, and a summary at most { $max }. The whole text is kept as the account. Now a summary in one short line:
ask-summary-edit = It is all still there: shorten it, and press Enter.

menu-title = What do you want to do?
menu-alert = Send an alert
menu-on-behalf = Send an alert that somebody told me about (a call, a message)
menu-watch = Leave the program running: show alerts as they arrive, and send what waits
menu-inbox = List the alerts that have arrived
menu-cases = See which alerts are led by whom, and which by nobody
menu-case = Say something about an alert: I have read it, I lead, a note
menu-outbox = See what was sent, and send what waits
menu-members = See who is in the group and who asks to be
menu-verify = Compare keys with somebody, to be sure whose device it is
menu-invite = Invite a person
menu-drill = Rehearse: send an alert that is marked as a drill
menu-join = Use an invitation that I was given
menu-create = Found a group
ask-menu = A number from 1 to { $count } (Ctrl-C: nothing):
menu-case-case = See where it stands, and what was said
menu-case-ack = I have read it
menu-case-lead = I lead it
menu-case-support = I help
menu-case-hand-over = Somebody else leads it from now on
menu-case-conflict = I stay out of it: conflict of interest
menu-case-note = Write a note
menu-case-answer = Answer whoever sent the alert
menu-case-close = Close it
menu-case-reopen = Open it again
ask-case = Number of the alert, from its list:
ask-case-reason = Why? Needed when somebody else leads (empty: nothing):
ask-hand-over = Name of the person who leads from now on:
menu-verify-call = On a call, both online: three numbers or six words
menu-verify-here = Face to face, without a network
menu-verify-group = The number of the whole group: whether all see the same people in it
ask-verify-name = With whom? The name in the group:
ask-invite-name = What will the group call the person?
ask-invite-role = What may the person do? A number from 1 to { $count }:

to-one-name = Taken as one name: “{ $name }”. For several people, give --to several times.

asked-several-lines = Several lines came at once, as when a text is pasted. They are here as one answer: look at it, and press Enter, or Ctrl-U to begin anew.
asked-not-utf8 = Where a � stands, the terminal sent something that is not UTF-8. Nothing was taken. Put the letters there, or set the terminal to UTF-8 and type it again (Ctrl-U empties the line).


create-asking = Asking the relay for the group's mailbox…
create-going-on = The group is on this device; its mailbox was not open yet. Going on from there.
create-renewing = The group is on this device. Renewing its mailbox with the new token.
create-made = The keys of "{ $group }" are made, on this device only.
create-done = Done. The group's mailbox takes alerts until { $ends }.
    Next: bellrope invite NAME --role member
create-renewed = Done. The group's mailbox takes alerts until { $ends }.

invite-file = The invitation is in { $file }
invite-replaces = The invitation that { $name } had before is taken back: nobody can use it any more.
invite-advice = For { $name }, to be used once, before { $until }. Give it to that person only, over a channel that you both trust: whoever has it can use it.
invite-advice-defender = A defender can send as soon as they have joined.
invite-advice-handle = The roster says { $handle }, and no name. Who that is only this device knows. Tell a second member, in case it is lost: bellrope contact { $word } --to MEMBER
invite-advice-reader = When { $name } has joined, let them in with: bellrope members approve { $word }
invite-waits-defender = The list of members is kept by { $holder }, whose device writes the invitation down by itself the next time it is online. It works at once. Until it is written down, what is sent with it is shown as “invited by” you and not in the list yet.
invite-waits-reader = The list of members is kept by { $holder }, whose device writes the invitation down by itself the next time it is online. The invitation can be used at once, and { $name } can be let in after that.
invite-say = On the phone, read it out to { $name }: the host { $host }, then four digits, then six. They run bellrope join and type all of it.
    It works once, for 10 minutes, and while this program is open. Who listens in on the call can be faster: stay on the phone until { $name } says that the invitation has come across.
invite-said = The invitation has gone to the first who had the code. Ask on the phone whether the program of { $name } says that it has come across. If it does not, somebody else has the invitation: take it back at once with bellrope members refuse { $word }
invite-not-said = The invitation is made, but the relay does not know it yet, and nothing can be read out without it. With a network: bellrope invite { $word } --show --dictate
invite-queued = The invitation is made, but the relay does not know it yet. Run bellrope watch or bellrope members with a network before it is used.

contact-none = This device knows of no defender who they are. A member who does can tell it: bellrope contact NAME --to MEMBER
contact-line = Defender { $handle }: { $name }
contact-reach = {"  "}How to reach them: { $reach }
contact-from = {"  "}Told by { $by }, { $time }
contact-own = {"  "}Written on this device, { $time }
contact-given = Who { $name } is was sealed to: { $to }. The relay has it; whether they have read it is not known.
contact-queued = Who { $name } is was sealed to: { $to }. It waits on this device. Send it with a network: bellrope outbox
contact-forgotten = This device does not know any more who { $handle } is. Whom you told still know.

relay-opened = The group's mailbox is open at the new relay until { $ends }.
relay-moved = The group's relay is from now on { $address }
relay-moved-advice = Whose program still reaches the old address hears of it by itself. Give the others a file: bellrope relay move { $address } --file FILE
    Invitations that nobody has used yet lead to the old address. See whose they are with bellrope members, and give each again: bellrope invite NAME --show
relay-file = Where the relay is now is in { $file }
    Give it to everybody whom the old address does not lead there. It has no name in it, and opens nothing; but who has it knows where the relay is. They run: bellrope relay follow FILE
relay-followed = From now on this device looks for the relay at { $address }
    Go on with: bellrope watch, or bellrope alert
relay-known = This device knows that already: { $address }

join-asking = Asking { $host }…
join-across = The invitation has come across: say so on the phone.
join-fetching = Fetching the invitation from the relay…
join-claim-waits = The relay was not told yet that you joined. That happens by itself the next time you send or watch.
join-done-defender = You can send now: bellrope alert
join-done-device = Now on your other device: it shows this code as well, and asks whether it is the same. This one is let in then; wait for that with: bellrope watch
    {"    "}{ $code }
join-done-reader = Your coordinator must let you in. Wait for that with: bellrope watch
    If the coordinator asks over another channel, the code of this device is:
    {"    "}{ $code }

ack-done = { $case }: the group sees that you have read it.
lead-done = { $case }: you lead it.
lead-not = { $case }: you do not lead it. It is { $name }, who took it at the same time and is earlier in the group’s list. To change that, { $name } can hand it over to you.
support-done = { $case }: the group sees that you help.
hand-over-done = { $case }: { $name } leads it now.
conflict-done = { $case }: the group sees that you stay out of it.
open-follows = What was said until now follows at once, and what is said from now on goes to them too. Everybody who reads the case sees that you opened it. It cannot be taken back: what they have read stays with them.
narrow-follows = What is said from now on is not sealed to them; they are told so. What they have read stays with them, and nobody can take it back.
open-chosen = { $count ->
    [one] The sender wrote this to one chosen device only, and does not know of anybody else.
   *[other] The sender wrote this to { $count } chosen devices only, and does not know of anybody else.
}
ask-open = Open it to others all the same? (yes/no, empty: no):
note-done = { $case }: your note is there.
note-lead-done = { $case }: your note is there, for { $name } alone, who leads. The others see that you wrote it, and not what.
note-to-done = { $case }: your note is there, for those alone whom you named. The others see that you wrote it, and not what.
notes-handed-on = { $count ->
    [one] Handed on as well: one note for who leads.
   *[other] Handed on as well: { $count } notes for who leads.
}
notes-not-handed-on = What was written to you as who leads is not handed on yet. To do it: bellrope note { $case } --hand-on
notes-none-to-hand-on = { $case }: there is no note for who led that this device can hand on.
translate-done = { $case }: your translation is there, with your name.
translate-machine-done = { $case }: the translation is there, marked as a machine’s that nobody has checked. Somebody else checks it with: bellrope translate { $case } --check LETTERS
translate-check-done = { $case }: it is noted that you have compared the translation with its original.
translate-next = The text for whoever translates it: bellrope translate { $case } --text. A translation: bellrope translate { $case } --into LANGUAGE. Of anything but the alert: --of LETTERS
translate-saved = Saved: { $file }
translate-tells = Whoever pastes this into an on-line translator tells its owner of the case. A person, or a translator that works on your own computer, is safer.
translate-given = This is what { $name } is given, and nothing else of the case. What names somebody was taken out where the program knows it: read it to the end. A text of your own instead: --from FILE
ask-translate = Does anything in it still tell who it is about? Send it as it is? (yes/no, empty: no):
translate-asked = { $case }: { $name } is asked. Everybody who reads the case sees what they were given; their translation comes into the case by itself.
asked-none = Nobody asks you for a translation.
asked-next = You do not read these cases: names were taken out on purpose. The translation: bellrope translate --asked LETTERS --from FILE
asked-done = Your translation is on its way to those who read the case. { $name } asked for it. The text is no longer on this device.
watch-to-translate = You are asked for a translation, by { $name }, of a case that you do not read. See: bellrope translate
ask-translation = The translation. It ends with a line that has only a dot.
answer-done = { $case }: the answer is there, for the group too. A coordinator’s program hands it on to the sender; how far it came says: bellrope case { $case }
close-done = { $case }: closed. Everything stays here: bellrope cases --all
reopen-done = { $case }: open again.
forget-none = Nobody wishes that a case is forgotten, and none was.
forget-nobody = { $case }: nobody wishes that it is forgotten. To wish it: bellrope forget { $case } --because WHY
forget-look = When two people wish it, everything that identifies people in { $case } goes from all devices of the group: the alert, all that was said, photographs and papers. What is counted stays. It cannot be brought back.
forget-linked = Linked with it, and not forgotten with it: { $cases }
ask-forget = Do you wish it? (yes/no, empty: no):
forget-wished-done = { $case }: the others see that you wish it to be forgotten. It goes when one of them agrees. To take it back before that: bellrope forget { $case } --not
forget-agreed = { $case }: you agree. With the relay’s next answer it goes from every device, each when it is online.
forget-taken-back = { $case }: you wish no longer that it is forgotten.
forget-due-none = Nothing is due to be forgotten that you have not said so of. When something will be: bellrope retention
forget-due-look = Due to be forgotten ({ $count }). When two people wish it, everything that identifies people in these cases goes from all devices of the group: the alerts, all that was said, photographs and papers. What is counted stays. It cannot be brought back. To keep one longer, answer no: bellrope keep CASE --until DATE --because WHY
ask-forget-due = Do you wish it of all of these? (yes/no, empty: no):
forget-due-done = Said of so many cases: { $count }. Those that somebody else wished too go from every device, each when it is online; of the others a second person says the same: bellrope forget --due
keep-not = { $case }: nobody keeps it longer than others. To do so: bellrope keep { $case } --until DATE --because WHY
case-said-before = { $case }: you have said so before, and it is still so. Nothing was sent.
case-queued = The others do not have it yet: it goes out with the next bellrope watch or bellrope outbox.
opened-on = The others are told, some random minutes later, that an alert was opened on this device. They see on how many devices, and that this is not read by a person. To end that: bellrope opened --off
opened-off = The others are not told that an alert was opened on this device. To tell them: bellrope opened --on
cases-none-open = No case is open. Those that are closed: bellrope cases --all
cases-none-fit = No case fits that. All of them: bellrope cases --all
ask-note = The note. It ends with a line that has only a dot.
ask-answer = The answer to the sender. No name goes along. It ends with a line that has only a dot.
answers-not-kept = This device has not kept that: it is shown once. Remember what you need.
freeze-done = Frozen: { $name }. Everybody’s program marks what comes from this sender from now on: it may be written by others. To lift it when somebody has checked: bellrope unfreeze { $word }
freeze-reads = Their device still receives what the group says. If it may be in other hands, put it out: bellrope members remove { $word }
freeze-held = Their device is sent no new keys of the group meanwhile, as those tell who reads. It can still send.
freeze-queued = The relay does not have it yet: others hear of it with the next bellrope watch or bellrope outbox.
freeze-nobody = Nobody is frozen, as far as this device has heard.
freeze-line = Frozen: { $name }, by { $by }, { $since }{ $has ->
    [yes] . Their reason: “{ $reason }”
   *[no] {""}
}
unfreeze-done = Not frozen any more: { $name }. What came meanwhile stays marked.

members-title = In the group { $group }:
members-me = {"  "}{ $name }, { $role } (you)
members-person = {"  "}{ $name }, { $role }
members-me-pen = {"  "}{ $name }, { $role }, keeps the list of members (you)
members-person-pen = {"  "}{ $name }, { $role }, keeps the list of members
members-invited = {"  "}{ $name }, { $role }: invited, not joined yet; the invitation ends { $until }
members-not-listed = {"  "}{ $name }, { $role }: invited by { $by }, not in the list yet; the invitation ends { $until }
members-asks = {"  "}{ $name }, { $role }: asks to join, from a device with this code:
    {"      "}{ $code }
    {"    "}Ask them over another channel for that code. If it is the same: bellrope members approve { $word }
members-device = {"    "}{ $code }{ $this ->
    [yes] {" "}(this device)
   *[no] {""}
}{ $pen ->
    [yes] {" "}keeps the list
   *[no] {""}
}
members-device-invited = {"  "}{ $name }: another device is invited, until { $until }
members-device-asks = {"  "}{ $name }: another device asks, with the code { $code }. Only { $name } says whether it is theirs.
members-ended = {"  "}{ $name }, { $role }: the invitation ended { $until }
members-closed = {"  "}{ $name }, { $role }: the invitation was taken back { $closed }; nobody is let in by it
members-approved = In the roster now: { $name }. They are in as soon as their program has fetched it.
members-not-on-duty = New alerts go to those on duty, and { $name } is not one of them. To change that: bellrope circle
members-refused = Nobody is let in by the invitation of { $name } any more.
members-remove-look = About to be put out of the group: { $name } ({ $role }). They can come back by a new invitation only.
    Everybody else gets new keys and another mailbox, by themselves, the next time they are online. Alerts that defenders send before their device has heard of it can still be read by { $name }, and are marked.
    What { $name } has received so far stays readable to them.
ask-remove = Put them out? yes or no (Enter: no)
members-removed = Put out of the group: { $name }. The relay lets their device read and send nothing any more. The others’ devices get the new keys when they are next online.
members-removed-here = Put out of the group on this device: { $name }. The relay does NOT know it yet: until it does, { $name } can go on reading. Run bellrope members with a network, soon.
members-not-removed = Nothing was changed: { $name } is still in the group.
members-renewed = The group has new keys and another mailbox. The others’ devices get them when they are next online.
members-renewed-here = The new keys are made, but the relay does not know of them yet. Run bellrope members with a network.
members-alike = NOTE: the name { $name } looks like { $other }. Another program may have written it so that you take one for the other: ask over another channel who it is.
members-offline = Not everything was done at the relay. What you see is what this device knows; what you did is sent the next time.
circle-look = This is what it will come to:
ask-circle = Let it be so? yes or no (Enter: no)
circle-set = Everybody’s program hears of it, and those of defenders at once. An alert from a defender’s device that has not heard of it goes by what was before.
circle-not-set = Nothing was changed.
circle-set-others = Say who is on duty now: bellrope circle set NAME
duty-set = Everybody’s program hears of it; those of defenders hear at which hours somebody is on duty, and not who.
retention-set-done = Everybody’s program hears of it. What is due: bellrope retention
ask-shift-note = What else do they have to know? It ends with a line that has only a dot.
shift-draft = What the cases say, for { $name }:
shift-draft-none = No case is urgent and open, and nothing is due soon.
shift-left-out = { $count ->
    [one] Left out for { $name }: one case that they do not read.
   *[other] Left out for { $name }: { $count } cases that they do not read.
}
ask-shift = This goes to { $name }.
ask-shift-two = This goes to { $name }, and to { $second }, who is the second line.
ask-shift-swap = You ask { $name } to be on duty { $from }–{ $until }.
shift-not-said = Nothing was said.
shift-queued = The others do not have it yet: it goes out with the next bellrope watch or bellrope outbox.
shift-handed = Handed over to { $name }. It rings you until they accept; if they have not by { $until }, it rings by the rota, and you after that.
shift-handed-two = Handed over to { $name }. It rings you until they accept; if they have not by { $until }, it rings the second line, { $second }.
shift-asked = Asked: { $name }. Nothing changes before they accept: { $from }–{ $until } is yours until then.
shift-accepted = You are on duty now, until { $until }. Everybody’s program hears of it.
shift-accepted-swap = You are on duty { $from }–{ $until } for { $name }. Everybody’s program hears of it.
shift-refused = Refused. { $name } is told, and everybody’s program hears of it.
shift-taken-back = Taken back. { $name } is told.
duty-quiet = Your quiet hours on this device, by its clock: { $hours }
duty-quiet-none = You have no quiet hours on this device.

device-line = {"  "}{ $code }{ $this ->
    [yes] {" "}(this device)
   *[no] {""}
}{ $pen ->
    [yes] , keeps the list of members
   *[no] {""}
}
device-asked = Asked for an invitation. It is made by the program of { $holder }, who keeps the list of members; as soon as it is there, its code is shown here…
device-asked-later = The program of { $holder } has not answered yet: it may be off. Run bellrope device add again later, and the code is shown.
device-invited = On the new device: bellrope join, with this code. It is for you alone, to be used once, before { $until }. Show it to nobody else.
device-invited-later = When it has joined, it shows a code of its own. Then, here: bellrope device approve CODE
device-asks = A device asks to be yours. It says that its code is:
    {"    "}{ $code }
device-asks-later = Look at the new device. If it shows the same: bellrope device approve "{ $code }"   Else: bellrope device refuse
ask-device = Does the new device, in front of you, show just this code? yes or no
device-added = It is yours from now on: { $code }. Nobody has compared keys with it yet: others are told so before anything that it says.
device-approved = That it is yours is on its way. The program of { $holder }, who keeps the list of members, lets it in the next time it is online.
device-refused = Not yours: it is not let in, and the invitation is of no use any more. Whoever used it had its code; to begin anew: bellrope device add
device-remove-look = About to be put out of the group: the device { $code } of { $name }, who stays with the others. Everybody else’s devices get new keys, by themselves, when they are next online. What that device has received so far stays readable on it.
ask-remove-device = Put that device out? yes or no (Enter: no)
device-removed = Put out of the group: the device { $code } of { $name }. The relay lets it read and send nothing any more.
device-removed-here = Put out of the group on this device: the device { $code } of { $name }. The relay does NOT know it yet. Run bellrope members with a network, soon.
device-not-removed = Nothing was changed: that device is still in the group.

members-promoted = Coordinates from now on, too: { $name }.
members-demoted = A member and no coordinator any more: { $name }. The group has new keys. Invitations that nobody had used are taken back, as their secrets are known there: invite these people anew.
pen-is = The list of members is kept by { $holder }. What others wish is written down by that device.
pen-handed = From now on the list of members is kept by { $name }. Everything that takes is on its way there.
pen-taken = From now on this device keeps the list of members.
members-cut-off = {"    "}What leads { $name } to the group is lost with the coordinator before: this device hears nothing of the new keys, and has to be invited anew, with bellrope invite. { $reads ->
    [yes] What it sends still arrives until { $until }; whoever has the lost coordinator’s device may read that too.
   *[other] What it sends now is read by nobody here.
} Once they have come by the new invitation: bellrope members remove { $word }
take-pen-mailbox = What rules the group’s mailbox is on the device of { $name } alone. Without it the group goes on in another mailbox, and without { $name }: whoever agrees, agrees with both. The relay’s host gives a token for the mailbox.
take-pen-opened = The mailbox for it is open until { $ends }. It is used once the others have agreed.
take-pen-puts-out = By the same { $name } is put out of the group.
take-pen-token-kept = The token is kept on this device. Once the relay is there, the same without a token goes on: bellrope members take-pen
take-pen-ask = Ask the others over another channel. Who agrees runs: bellrope members confirm { $word }
token-not-used = The token was not needed, and is not used.
renew-opened = The group’s new mailbox is open until { $ends }. What waited goes there now.
agreed = That you agree is on its way to the others.
agreed-done = It is done: you were the last to agree.
lacking-nobody = Nobody else has to agree. The program of { $holder }, who keeps the list, writes it down the next time it is online.
lacking-nobody-take = Nobody else has to agree. It is done by the program of { $name } the next time it is online.
lacking-another-holder = It is about { $holder }, who keeps the list of members: another coordinator has to take that over first, with bellrope members take-pen.
lacking-holder = {"  "}Still to agree: { $holder }, who keeps the list of members.
lacking-coordinators = { $count ->
    [one] {"  "}Still to agree: one more coordinator.
   *[other] {"  "}Still to agree: { $count } more coordinators.
}
lacking-members = { $count ->
    [one] {"  "}Still to agree: one more member.
   *[other] {"  "}Still to agree: { $count } more members.
}
pending-none = Nothing waits for anybody’s agreement.
pending-remove = To be put out of the group: { $name }
pending-remove-device = To be put out of the group: one device of { $name }
pending-promote = To become a coordinator: { $name }
pending-demote = To be a coordinator no more: { $name }
pending-take-pen = To keep the list of members in the place of { $holder }: { $name }
pending-take-over = To coordinate in the place of { $holder }, who is put out of the group: { $name }
pending-by = {"  "}Agreed: { $names }
pending-confirm = {"  "}If you agree, after asking over another channel: bellrope members confirm { $word }
wish-asked = Asked for. The list of members is kept by { $holder }, whose device does it by itself the next time it is online. What came of it: bellrope members pending
wish-waits = Asked for by { $by }: { $what }
    {"  "}The device of { $holder }, who keeps the list, does it by itself the next time it is online.
wish-refused = Asked for by { $by }, and not done: { $what }
    {"  "}{ $why }
mailbox-full = New keys wait on this device for { $name }: their mailbox at the relay is full. They are sent with the next bellrope watch or bellrope members, when what fills it has expired. Until then { $name } does not know who has come or gone since.

alert-form = An empty form is in { $file }. Fill it in, send it with bellrope alert --from, and delete it.
alert-last-look = This will be sent { $to }:
alert-not-sent = Nothing was sent, and nothing was kept.
alert-sealed = Sealed { $to }. Sending…
alert-sealed-for-ever = Sealed { $to }. Nobody can read it on this device any more, not even you. Sending…
alert-stored = Stored at the relay { $time }. Whether anybody has read it is not known yet. (id { $id })
alert-queued = QUEUED, NOT SENT YET. It waits sealed on this device and is sent with the next bellrope alert, bellrope outbox or bellrope watch. (id { $id })
alert-not-counted = NOT NUMBERED, for the reason above. The alert is on this device and goes all the same. Those who get it are told that this device could not number it.
alert-not-kept = NOT KEPT ON THIS DEVICE, for the reason above. The alert is sealed in this program's memory alone, and is sent from there. Leave the program open until it says that the relay has stored the alert: if it ends before that, the alert is lost.
alert-not-kept-yet = NOT SENT YET, AND NOT KEPT. It is tried again until the relay has the alert, or there is room for it on this device. Leave the program open: if it ends now, the alert is lost.
alert-receipt-not-kept = This device could not keep the relay's receipt. So bellrope outbox does not list this alert, and this device would not notice if the relay lost it.
alert-lost = NOT SENT, AND NOT KEPT: the alert is lost, unless it reached the relay in the last moment. Write it again, or reach your group another way. (id { $id })
alert-case = For the phone: members find this alert under { $case }, after the two letters of the country.
alert-needs-help = Trying again will not help by itself: please tell your coordinator, over another channel, what the line above says.

outbox-stored = { $case } ({ $id }): stored at the relay { $stored }
outbox-unanswered = Nobody has answered yet.
outbox-queued = { $case } ({ $id }): QUEUED since { $queued }, not at the relay yet
outbox-late = { $case } ({ $id }): QUEUED since { $queued }, not at the relay yet. It is late by now: members will see that. If it still matters, write it again.
outbox-words = { $count ->
    [one] Waiting here: one thing that you said in a case.
   *[other] Waiting here: { $count } things that you said in cases.
}
outbox-others = { $count ->
    [one] One message of the program itself waits as well.
   *[other] { $count } messages of the program itself wait as well.
}
outbox-empty = Nothing was sent from here lately, and nothing waits.

inbox-empty = Nothing has come yet. New alerts are fetched by: bellrope watch
inbox-forgotten = Nothing is here: what had come was forgotten (bellrope forget lists it). New alerts are fetched by: bellrope watch
inbox-none-fit = Nothing of what has come fits that. All of it: bellrope inbox

watch-on = Watching. New alerts appear here the moment they arrive. Ctrl-C stops.
watch-idle = { $minutes ->
    [one] Watching ends when Enter was not pressed for one minute.
   *[other] Watching ends when Enter was not pressed for { $minutes } minutes.
}
watch-idle-over = Nobody has pressed Enter for that long: the program forgets its keys and ends. NO alert is shown any more. To go on: bellrope watch
watch-bell = Press Enter when you have seen it. Until then the bell rings again every { $seconds } seconds.
watch-bell-off = The bell is quiet until the next urgent alert.
watch-bell-settled = The bell stops: somebody has it, or it is another’s turn.
watch-exec-not-started = The program that --exec names could not be started: { $what }. Alerts are shown all the same. This is said once.
watch-exec-failed = The program that --exec names ended with a failure: { $what }. Alerts are shown all the same. This is said once.
watch-exec-too-many = Too many of the programs that --exec names run still: it was not started again. Alerts are shown all the same. This is said once.
watch-sending = Connected. What you send goes out at once, and new keys of the group arrive here. Ctrl-C stops.
watch-waiting = Waiting for the coordinator to let you in. You can stop with Ctrl-C and come back later.
watch-still-waiting = The coordinator has not let you in yet.
watch-let-in = You are in.
watch-new-keys = The group's keys are new; your next alert is sealed to everybody whom your coordinator has named by now.
watch-reply-newer = Your coordinator sent something that this version cannot use. Update Bellrope.
watch-foreign-answer = WARNING: something came that says it is an answer of the group, and is not signed for you by who is named. It is not shown. Ask your coordinator over another channel.
watch-newer = Something arrived that a newer version of Bellrope wrote and that this one cannot show. Update Bellrope.
watch-roster-newer = The group has changed in a way that this version does not know. Update Bellrope: until then it sends no alerts, and goes on showing what arrives.
watch-other-log = WARNING: the device of { $name } says that the relay showed it another record of the group's messages than yours. Either the relay keeps messages from one of you, or that device is wrong. Compare over another channel what each of you has received.
watch-taken = WARNING: another device used your invitation before this one. Members will see your alerts as unverified. Ask the coordinator, over another channel, for a new invitation.
watch-taken-back = WARNING: the coordinator has taken your invitation back. Members see what you send, marked as unverified. Ask the coordinator, over another channel, for a new invitation.
watch-moved = Your coordinator has said that the group's relay has moved. This device goes on there. Where that is: bellrope relay
watch-contact = Who { $handle } is, { $by } has told this device. See: bellrope contact { $handle }
watch-asks = Asks to join: { $name }. From which device, and how to let them in, says: bellrope members
watch-admitted = Has joined and can send: { $name }. The roster has them now.
watch-spoiled = What came by the invitation of { $name } cannot be let in, and nobody will be let in by it. Ask { $name } over another channel what happened, and make a new invitation for the same name.
watch-roster = Who is in the group has changed. See: bellrope members
watch-circle = Who reads new alerts has changed. From now on (bellrope circle shows it again):
watch-duty = The rota has changed (bellrope duty shows all of it).
watch-retention = How long the group keeps cases was changed (bellrope retention shows it, and who changed it).
watch-seen-elsewhere = { $count ->
    [one] One alert, new here, was read on another device of yours. If that was not you, put it out: bellrope device
   *[other] { $count } alerts, new here, were read on another device of yours. If that was not you, put it out: bellrope device
}
watch-device-asks = A device asks to be yours. If you did not ask for one, it is a stranger’s: bellrope device refuse. Else look at its code: bellrope device add
watch-agreed = Something needs more than one person’s agreement, and { $name } agrees with it. See: bellrope members pending
watch-wish = Asked for by { $by }, of the list of members: { $what }. See: bellrope members pending
watch-wish-written = In the list of members now, as { $by } asked: { $what }.
watch-wish-refused = Not done, though { $by } asked for it: { $what }. { $why }
watch-pen = The list of members is now kept by { $name }.
watch-took-pen = This device keeps the list of members now, as the others have agreed. What there is to see to: bellrope members
watch-overtaken = Others have taken over the list of members, and what this device knew of { $names } does not count any more. What you had written this device asks for again by itself: bellrope members pending
watch-removed = Not in the group any more: { $names }. The group has new keys, and this device has them.
watch-turned = The group has new keys, and this device has them. Nobody was put out.
watch-missed = { $count ->
    [one] One message expired at the relay before this device came to fetch it.
   *[other] { $count } messages expired at the relay before this device came to fetch them.
}
watch-asked-again = This device was away. The other members' devices are asked for what it missed and was meant for it; that comes when one of them is online.
watch-forgotten = { $case } is forgotten on this device: two people wished it. What is left of it: bellrope case { $case }
watch-passed-on = { $count ->
    [one] One alert is being passed on to people who were in the group when it came, and of whom its sender’s device did not know.
   *[other] { $count } alerts are being passed on to people who were in the group when they came, and of whom their senders’ devices did not know.
}
watch-sent-again = Was away: { $name }. Being sent again, for their device: { $count ->
    [0] the newest of who is in the group.
    [one] one message.
   *[other] { $count } messages.
}
watch-undone = This device was restored from an older copy. The group follows what it had written before; what it wrote since then is undone. It was about: { $names }. Do it again if it is still wanted.
watch-roster-behind = This device was away and does not know yet who came into the group meanwhile. Until it does, some senders may be shown as unverified.
watch-refused = Message { $sequence } is not shown: { $reason }
watch-same-id = WARNING: message { $sequence } claims to be the alert { $id } and says something else. The one that came first is kept.
watch-fork = WARNING: message { $sequence } is a second version of the group's roster, signed by a coordinator. It is not followed. Talk to your coordinators over another channel.
watch-roster-gap = Entries of the group's roster expired at the relay before this device came to fetch them. They come again within a week, once your coordinator's program is online; until then some senders may be shown as unverified.
watch-roguish = Message { $sequence } is a roster entry against the rules, and is not followed.
watch-damaged = Message { $sequence } cannot be opened: damaged, or from a newer version.
watch-not-kept = What is shown above could not be stored on this device, so bellrope inbox does not have it. It comes again when there is room. This is said once.
watch-part-not-kept = A part of a file of a case could not be stored for the reason above; alerts do not wait for it. It comes again when there is room, the next time that this program starts or the connection does, and as long as the relay has it. This is said once.
watch-reading-again = All that the relay has is read again, and what you sent is sent again if the relay has lost it. What it delivers is shown as before, and nothing twice.
watch-evidence = What the relay signed is kept on this device, sealed. To show it to others: bellrope evidence --dir DIRECTORY
evidence-none = No relay has signed anything here that does not fit together.
evidence-line = {"  "}{ $name }  found { $found }, signed by the relay at { $relay }
evidence-written = Written for others: { $file }. It names the relay; no person and no alert is in it.
evidence-signed = Relay: { $relay }
    { $count ->
        [one] One statement in these files is signed by it.
       *[other] { $count } statements in these files are signed by it.
    }
evidence-unsigned = { $count ->
    [one] One more is not signed by any key of this relay that the files have, and proves nothing.
   *[other] { $count } more are not signed by any key of this relay that the files have, and prove nothing.
}
evidence-contradiction = PROOF: for mailbox { $mailbox } the relay signed place { $one } ({ $one-time }) and place { $other } ({ $other-time }) in a way that cannot both be true.
evidence-went-back = For mailbox { $mailbox } the relay signed place { $one } ({ $one-time }) and later, as the newest, place { $other } ({ $other-time }). It went back to an earlier state, or its clock was wrong.
evidence-restored = Its host says that a copy of { $copied } was put back on { $restored }: what was signed in between may be gone. Ask the host.
evidence-nothing = What is signed here does not contradict itself. Together with the files of others it may: give them all to one command.

lease-half = The relay's host has allowed the group's mailbox until { $ends }. Before that day the host must give you a new token; then run: bellrope create --relay { $relay }
lease-quarter = { $days ->
    [one] The group's mailbox at the relay ends { $ends }, in one day.
   *[other] The group's mailbox at the relay ends { $ends }, in { $days } days.
} The relay's host must give you a new token before that day; then run: bellrope create --relay { $relay }
lease-last = WARNING: { $days ->
    [one] the group's mailbox at the relay ends { $ends }, in one day, and takes no alerts from then on.
   *[other] the group's mailbox at the relay ends { $ends }, in { $days } days, and takes no alerts from then on.
} The relay's host must give you a new token now; then run: bellrope create --relay { $relay }
lease-over = WARNING: the time of the group's mailbox at the relay was over { $ends }: it takes no alerts. The relay's host must give you a new token; then run: bellrope create --relay { $relay }
lease-member = { $days ->
    [one] The group's mailbox at the relay ends { $ends }, in one day, as far as this device has heard.
   *[other] The group's mailbox at the relay ends { $ends }, in { $days } days, as far as this device has heard.
} Then it takes no alerts. Ask your coordinator whether the relay's host has given a new token.
lease-over-member = WARNING: as far as this device has heard, the time of the group's mailbox at the relay was over { $ends }, and it takes no alerts. Tell your coordinator over another channel: the relay's host must give a new token.

export-outer = opens the outer layer (mlkem768x25519)
export-inner = opens the inner layer (X25519)
export-done = The keys are in { $file }. Whoever has this file can read the group's alerts that were sealed to you: keep it where only you can reach it, and delete it after use.
man-done = The manual pages are in { $dir }

status-asking = Asking the relay…
status-no-answer = It does not answer yet. What follows is what this device knows.

# The end of error-system and error-file-system.
system-remedy = { $cause ->
    [no-space] Make room on the disk.
    [permission] Check that it is yours and that you may write there, or run the program as the user whose it is.
    [read-only] This disk can only be read here: have it made writable, or give a place on another one.
    [missing] Check that the path is right.
   *[other] If it happens again, show this to somebody who knows this computer.
}

verify-here = Face to face with { $name } ({ $role }). On both screens stand the same 60 digits:
verify-here-how = One of you reads them out, the other follows on the other screen, to the last digit.
verify-half-theirs = Face to face with { $name }, a defender. They see one half at a time. The half that is theirs; they read it out, and you follow here:
verify-half-mine = The half that is yours; read it out, and they type it:
verify-half-how = Your answer is about their half. What their device says of yours, it says to them.
ask-verify-same = Are they the same?
    1. They are the same
    2. They differ
    Type 1 or 2 (Ctrl-C: stop, and nothing is noted):
verify-same = NOTED on this device: you compared keys with { $name }. A new device or key of theirs begins without this note, and you are told.
verify-differ = NOTED on this device: THEY DIFFER. One of you may have misread: go through them once more. If they differ again, somebody has put another device in the place of one of you.
    Until you know who: send nothing that only { $name } may read, and believe nothing that comes in that name. Tell the others in the group, not through Bellrope, and compare the number of the whole group with them: bellrope verify --group
verify-own-half = The half that is yours; read it out, and the member follows on the other screen:
ask-verify-half = Now type the half that the member reads out, 30 digits (Enter alone: stop):
verify-half-incomplete = These are not 30 digits: { $found }. Type all of them again.
verify-reader = A READER of your group. What you send is sealed to the device that shows these digits. That is noted here, without a name.
verify-nobody = NOBODY to whom this device seals has these digits. If that member was let in lately, fetch the newest keys with bellrope watch --once, and try again.
    If it stays like this, the device in front of you does not get what you send, and somebody else may: ask your coordinator, over another channel, before you send more.
ask-verify-said = One of you now says a number that nobody could know before, of up to 12 digits. Everybody types the same one. (Enter alone: without one. Then a coordinator who cheats could have prepared for the question.)
    The number:
verify-said-form = Only digits, at most { $max }. Type it again.
verify-group-offline = The relay did not answer, so this is the number of what the device knew before. Others may know more.
verify-group-how = It is of { $entries } entries of the roster, in period { $epoch }. Read both out on a call with the others; each of them runs the same command.
    All the same: everybody sees the same people in the group. Fewer entries: that device has not fetched everything; bellrope watch --once does, then try again.
    The same entries and ANOTHER NUMBER: somebody is shown another group. Send nothing more through it, tell everybody, and found it anew with people whom you have met.

verify-call = Comparing on a call with { $name }. Call each other, on a line where you know the voice; both run bellrope verify, each with the other’s name. Waiting for the other… (Ctrl-C: stop)
verify-other-roster = Their program knows another state of the group than this one, or one of the two has not fetched everything yet. If it stays like this, stop on both sides, run bellrope watch --once, and compare the number of the group: bellrope verify --group
verify-code = Read the numbers to each other:
verify-code-words = Or the same as words:
ask-verify-call = Are they the same on the other side?
    1. They are the same
    2. They differ
    Type 1 or 2 (Ctrl-C: stop, and nothing is noted):
verify-waits-for-answer = Waiting for the answer of the other: { $name }
verify-both-same = NOTED on this device: both of you say that they are the same. You have compared keys with { $name }. A new device or key of theirs begins without this note, and you are told.
verify-no-answer = NOTED on this device: you have compared keys with { $name }. The answer of the other side has not come. If it is that they differ, the note is taken back, and you are told.
verify-they-differ = NOTED on this device: THE OTHER SIDE SAYS THAT THEY DIFFER, so it counts as that. Read the numbers to each other once more. If one of you typed the wrong answer, compare again: bellrope verify { $word }
    Until then: send nothing that only { $name } may read, and believe nothing that comes in that name.
verify-differ-they-same = NOTED on this device: THEY DIFFER. The other side says that they are the same; do not rely on that. Read the numbers to each other once more. If they differ, somebody is between you: tell the others in the group, not through Bellrope, and compare the number of the whole group with them: bellrope verify --group
    Until you know who: send nothing that only { $name } may read, and believe nothing that comes in that name.
verify-not-committed = STOPPED: what the device of { $name } has revealed is not what it had promised before it saw this side. That is no typing error: its program is broken, or somebody uses it to get in between. Nothing counts as compared.
    Meet, and compare face to face: --here. Tell the others in the group, not through Bellrope.
verify-alerts-came = { $count ->
    [one] One alert came and was not shown yet: bellrope inbox --unread
   *[other] { $count } alerts came and were not shown yet: bellrope inbox --unread
}
watch-call-wanted = Somebody wanted to compare keys with you on a call ({ $at }): { $name }. Call them, and run: bellrope verify { $word }
watch-call-differs = WARNING: you said that the numbers were the same when you compared keys; the other side now says that they DIFFERED: { $name }. That counts. Compare again, face to face if you can.

ask-verify-tell = Tell the group that you compared? It is shown as your word, and counts as nobody else’s. yes or no (Enter: no)
verify-told = The group is told that you compared.
verify-told-later = The group is told that you compared, with the next bellrope watch or bellrope outbox.
verify-alarm = ALARM: this was the third comparison with { $name } in a day that failed. The programs of all members are told, with the next bellrope watch at the latest.
watch-two-keys = ALARM: two different keys for one week came from the device of { $name }. Somebody may have a copy of that device, or it was put back from an older copy. Ask { $name } over another channel. What is sealed to { $name } for such a week is sealed to the lasting key.
watch-comparisons-failed = ALARM: three comparisons of keys with the device of { $about } have failed in a day, says the device of { $by } ({ $at }). Somebody may have put a device in that person’s place, or is between these two.
    Believe nothing that comes from it, and send nothing that only that person may read, before you have asked them another way. Compare yourself: face to face, if you can. And compare the number of the group: bellrope verify --group
