# What went wrong, and what to do.

error-no-device = there is no device in { $dir }
    Found a group with bellrope create, or use an invitation with bellrope join. Another directory: --home DIR
error-nothing-here = a file of this device is missing
    Restore the directory from a backup, or ask your coordinator for a new invitation.
error-home-taken = this directory is already in use by a device
    Give another one with --home DIR: one directory is one device in one group.
error-home-newer = a newer version of Bellrope uses this directory
    To use it, update Bellrope. Nothing in it was changed.
error-home-older = a trial version of Bellrope from before its first release wrote this directory, and it cannot be read any more
    Choose another directory with --home DIR, and ask for a new invitation.
error-home-busy = another bellrope works on this device and does not go on: it was suspended, or hangs
    Let it go on (fg in its terminal), or end it.
error-wrong-passphrase = the passphrase does not fit
    Check the keyboard's language and capitals, and try again.
error-passphrases-differ = the two passphrases differ
    Nothing was done. Try again.
error-passphrase-short = the passphrase is too short: at least { $min } characters
    Several words are easier to remember than signs.
error-passphrase-file = the passphrase file { $file } cannot be read
    It must be a text file with the passphrase on its first line. BELLROPE_PASSPHRASE_FILE names the one of this device.
error-no-terminal = there is no terminal to ask for the passphrase on
    In a script, set BELLROPE_PASSPHRASE_FILE to a file that has it.
error-no-answer = the input ended before the answer
    Nothing was done. Give the answer on the command line: see --help.
error-option = the answer to { $option }: { $said }
    Nothing was sent.
error-stopped = stopped
    Nothing was sent, and nothing was kept of what you typed.
error-not-text = what came in place of the keyboard is not text in UTF-8
    Nothing was done. Convert it to UTF-8, or type the answers.
error-remove-needs-yes = there is nobody to ask before somebody is put out
    In a script, add --yes.
error-remove-oneself = you cannot put yourself out of the group
    Whoever coordinates a group stays in it until there is another coordinator.
error-verify-waits = this device is not in the group yet, so nobody has its keys
    Wait until you are let in: bellrope watch
error-verify-no-names = a defender’s device knows nobody by name
    Leave the name out, when you meet: bellrope verify --here
error-verify-whom = nobody is named with whom to compare
    Give the name in the group: bellrope verify NAME
error-verify-oneself = you cannot compare with yourself
    Give the name of somebody else. See the names: bellrope members
error-verify-here-only = on a call, only members and coordinators compare with each other; observers and defenders do it face to face: { $name }
    When you meet, add --here.
error-verify-changed = the group has got new keys meanwhile, or the other is not in it any more
    Begin again on both sides.
error-verify-too-often = the other device begins again and again, as somebody does who tries until a code fits
    Meet, and compare face to face: --here
error-verify-update = the group has parts that this version does not know
    To compare on a call, update Bellrope.
error-no-such-person = nobody in the group is called { $name }
    See the names: bellrope members
error-epoch-over = an alert waits here that was sealed with keys which the group has given up since
    The relay does not take it any more. If it still matters, write it again: bellrope alert
error-removed = this device is not in the group any more
    If you do not know why, ask a coordinator over another channel. What came before stays readable: bellrope inbox
error-needs-yes = there is nobody to show the alert to before it is sent
    In a script, add --yes.
error-erase-needs-yes = there is nobody to ask before everything is erased
    In a script, add --yes.
error-not-erased = nothing was erased
    To erase, type the word that is asked for.
error-idle-unattended = there is no keyboard at which anybody could press Enter
    Leave --idle out, or run it at a terminal.
error-part-form = this is no part of a recovery key
    Type all of it: 13 groups of 5 letters and digits, of which the first begins with R. An invitation goes to its own question.
error-part-newer = this part of a recovery key was made by a newer version
    Update this program, then type it again.
error-part-mistakes = this part is not quite what was given out: { $where }
    Compare these places with the paper, and put them right; everything else is kept as it is.
error-part-count = this part has { $found } letters and digits, and not 65
    Count the groups against the paper: there are 13, each of 5. What was typed is kept.
error-part-wrong = this part is wrong in more places than can be told
    Compare it with the paper group by group: 13 groups of 5. What was typed is kept.
error-part-wrong-some = this part is wrong in several places, some of them: { $where }
    Compare it with the paper group by group, beginning with these. What was typed is kept.
error-part-file = the part in { $file } cannot be used
    Put that right in the file, or leave it out and type another part. Nothing was kept.
error-parts-many = these are more parts than any key has
    Begin again, with parts of one set: those whose first groups are nearly the same.
error-no-part = no part was given
    Have at least one at hand, and type it or name its file.
error-restore-ordinary = this invitation is for a new person, not for another device of somebody who is in
    Ask the coordinator for one made with bellrope invite NAME --recovery. The parts were not used.
error-invite-no-recovery = this person has no recovery key: nothing would speak for a new device of theirs
    Put them out with bellrope members remove, and invite them anew under the same name.
error-restore-stopped = nothing was done: fewer parts were given than are needed
    When you have more of them, begin again: the invitation is not used up.
error-recovery-division = a key cannot be cut so
    Of 2 to 7 parts, 2 or more are needed, and not more than there are: for example --parts 3 --needed 2
error-recovery-names = there are more names than parts
    Give --for at most once for each part, or more --parts.
error-recovery-needs-yes = nobody can be asked whether the parts are in safe hands
    Add --yes: then the new key takes effect at once, and the parts before it open nothing any more.
error-recovery-not-asked = only members and coordinators who are in the group have a recovery key
    Defenders and observers who lose their device are invited anew, under the same name.
error-recovery-no-parts = there is no recovery key in force whose parts were made on this device
    To see how it stands: bellrope recovery status
error-not-evidence = the file { $file } is not an evidence file of Bellrope, or it was changed
    Ask whoever wrote it with bellrope evidence --dir to send it again, as a file.
error-evidence-of-another = the file { $file } is about another relay than the first file
    Check the files of each relay on their own.
error-file-damaged = the file { $file } is damaged, or a newer version wrote it
    Restore it from a backup, or update the program.
error-file-system = the file { $file }: { $what }
    { system-remedy }
error-file-encoding = the file { $file } is no text, or nobody can tell in which encoding it is
    Save it in your editor as UTF-8 and give it again.
error-file-large = the file { $file } is too large: at most { $max } KiB are read, and nothing is left out silently
    Check that it is the right file. Shorten a form, or send photographs and documents another way.
error-file-exists = the file { $file } is there already
    Give another name, or remove it first.
error-system = the system said: { $what }
    { system-remedy }

error-address = this is not a relay's address, or it has a typing error
    Copy it whole from the host: bellrope://HOST:PORT/KEY
error-token = this is not a host's token, or it has a typing error
    Copy it whole from the host: it begins with brt1-
error-token-of-another = the token was made by another relay than this address names
    Ask the host for an address and a token of the same relay.
error-token-not-valid = the relay does not take this token
    It was changed on the way, or the relay's host has made new keys since. Ask the host for a new token.
error-name-empty = { $whose ->
    [group] the group’s name is empty
   *[person] the person’s name is empty
}
    A name has 1 to 64 characters.
error-name-long = { $whose ->
    [group] the group’s name is too long
   *[person] the person’s name is too long
}
    A name has at most 64 characters.
error-name-hidden = { $whose ->
    [group] the group’s name has a character that cannot be seen ({ $code })
   *[person] the person’s name has a character that cannot be seen ({ $code })
}
    It may have come with the paste. Type the name by hand.
error-name-alike = people would take this name for “{ $other }”, who is in the group or invited to it
    Letters of another alphabet look like its letters. Choose a name that tells them apart, for example with the organisation behind it.
error-group-full = the group is full
    A group has up to 200 people, and up to 400 people and invitations.
error-name-taken = somebody in the group has this name
    Choose a name that tells them apart.
error-name-asks = somebody asks to join by the invitation of this name
    Let them in or refuse them first. See: bellrope members
error-not-invited = nobody is invited by this name, or the invitation was taken back
    See the names: bellrope members
error-ended-make-new = this invitation has ended
    Make a new one for the same name: bellrope invite NAME --role ROLE
error-roster-rule = the group's roster does not allow it
    Fetch what is new with bellrope watch --once, and try again.
error-roster-newer = the group's roster has parts that this version does not know
    Update Bellrope before you change it.
error-not-a-coordinator = only a coordinator can do this
    Ask yours.
error-not-the-holder = the list of members is kept by { $name }, and only that device changes it
    Ask { $name } to do it, or to let you keep the list: bellrope members pen YOUR-NAME
error-pen-keys = this device keeps the list of members, but the keys that this takes have not come yet
    Run bellrope watch --once, and try again.
error-wishes-too-many = too much of what you asked for waits for the device that keeps the list of members
    See what waits, with bellrope members pending, and ask who keeps the list to go online.
error-agree-not-asked = only coordinators and members decide about this
    Ask one of them.
error-agree-nobody = that cannot be done with this person
    See what everybody is: bellrope members
error-not-a-member = only a member can become a coordinator, and { $name } is none
    See what everybody is: bellrope members
error-not-coordinating = the role of coordinator is not one that { $name } has
    See what everybody is: bellrope members
error-take-pen = the list of members can pass to a coordinator who does not keep it now; { $name } is none
    See who coordinates and who keeps it: bellrope members
error-agree-has-the-pen = that is about who keeps the list of members: it cannot be written down while they do
    A coordinator who keeps it hands it over first: bellrope members pen NAME. If they do not, another one takes it: bellrope members take-pen
error-agree-only-coordinator = one person coordinates here, and it takes two members at the least to go on without them
    If that device is lost, found a new group. So that this does not happen: bellrope members promote NAME
error-take-pen-needs-token = what rules the group’s mailbox is on the only coordinator’s device alone: without it the group goes on in another mailbox
    Ask the relay’s host for a token, and give it: bellrope members take-pen --token TOKEN
error-account-gone = whoever kept the list of members before has begun another mailbox, which the group does not follow, and the relay lets none but that one take the place of the one before
    Nothing is lost, and nobody has to be at fault; but what is new waits. Ask the relay’s host for a token, and give it: bellrope members renew --token TOKEN
error-token-not-needed = the group does not wait for a mailbox: the token was not used
    To keep the mailbox for longer, give it by: bellrope create
error-agree-signed-for-another = you have signed for somebody else to keep the list of members, at this very point of it
    Only one of the two can: ask the other members with whom they agree, and wait for what they do.
error-has-the-pen = the list of members is kept by { $name } already
    Nothing needs to be done.
error-pen-to-a-member = the list of members is kept by coordinators, and { $name } is none
    Make a coordinator of somebody first: bellrope members promote NAME
error-nothing-pending = nothing waits for agreement about { $name }
    See what waits: bellrope members pending
error-several-pending = several things wait for agreement about { $name }
    Say which one you mean by its own command (remove, promote, demote): see bellrope members pending
error-device-may-not = this person cannot have several devices here
    Members and coordinators can, once they are in. Observers and defenders ask their coordinator for a new invitation.
error-device-too-many = you have as many devices as a person may have
    Put out one that you do not use: bellrope device, bellrope device remove CODE
error-device-nobody = no device asks to be yours
    Begin here: bellrope device add
error-device-other-code = the device that asks has another code
    If yours shows the code that you typed, somebody else has used the invitation: bellrope device refuse, then bellrope device add
error-only-theirs = that is to be another device of { $name }, and only { $name } says whether it is
    They do so on a device that they have: bellrope device add. To take the invitation back: bellrope members refuse NAME
error-no-such-device = no single device of { $name } has a code that begins with { $code }
    See their codes: bellrope members
error-remove-this-device = a device does not put itself out
    Do it on another device of yours, or ask a coordinator.
error-only-device = that is the only device of { $name }
    To put the person out: bellrope members remove NAME
error-nobody-asks = nobody asks to join with this invitation
    See who does: bellrope members
error-no-such-request = there is no open invitation for { $name }
    See the names: bellrope members
error-contact-unknown = this device does not know who { $handle } is
    Write it down: bellrope contact { $handle } --call NAME. Or ask a member who knows to tell you.
error-contact-no-name = this device does not know the person’s name yet
    Say it as well: --call NAME
error-contact-reach = how to reach somebody has up to 500 characters that can be seen
    Make it shorter, and type it by hand if it came from a paste.
error-contact-is-a-reader = only of defenders a name is kept here; the roster itself names { $name }
    See the names: bellrope members
error-readers-other-version = another version of Bellrope kept this alert, and whom it was sealed to cannot be read from it
    Update Bellrope, and look again.
error-no-such-defender = there is no defender with the name { $name }
    See the names: bellrope members
error-no-roster = this device does not know who is in the group
    Members' devices do, once they are let in. A defender's never does, to protect the members.
error-no-inbox = this device does not read alerts
    A defender's sends only. A member's reads once the coordinator has let it in: bellrope watch
error-group-unfinished = the group's mailbox is not open yet
    Run bellrope create again with the same address and a token.
error-qr = the code is too long for a QR code
    Use the text, or --file.

error-code-form = this is neither an invitation code nor an invitation file, nor what is read out for one
    Copy the whole code, or give the path of the file, or type what was read out: alert.example.org 4182 730956
error-code-typo = the invitation has a typing error, or a part is missing
    Nothing was sent. Compare it with the original, or copy it again.
error-code-version = the invitation was made by a newer version
    Update the program.
error-reason-long = the reason is longer than { $max } characters
    Shorten it.
error-circle-needs-yes = there is nobody to ask before it is decided who reads
    In a script, add --yes.
error-circle-no-member = new alerts are for members and coordinators only
    An observer reads what is sent to them by name: bellrope alert --to NAME
error-circle-not-few = at most { $max } people can be named for what is sensitive
    Name two or three.
error-circle-no-number = nothing in the list has this number
    See the numbers: bellrope circle
error-circle-which = it is not said which alerts
    Add --country, --act, --about or --source; to have somebody read every new alert: bellrope circle set NAME
error-circle-same = that is so already
    See how it is: bellrope circle
error-circle-too-much = that is more than one list can hold
    Put several countries or acts into one line, as in --country BY,RU.
error-circle-changed = somebody has changed it, or left the group, since it was shown
    Look at it again: bellrope circle
error-duty-needs-yes = there is nobody to ask before it is decided who is on duty
    Add --yes to do it without being asked
error-duty-shift = these are no hours and no person: { $shift }
    Give days, hours and a name: --shift "mon-fri 08:00-20:00 Anna"; with a second line: --shift "sat 10-18 Anna / Ivan"
error-duty-time = this is no time that can be meant here: { $time }
    Hours as 22:00-07:00, a moment as "2026-12-24 18:00"
error-duty-no-member = only members and coordinators can be on duty
    Look who is one: bellrope members
error-duty-no-rota = there is no rota
    Make one: bellrope duty set --place Europe/Warsaw --shift "mon-fri 08:00-20:00 NAME"
error-duty-no-time = that time is over, ends before it begins, or is longer than a hundred days
    Give two moments to come: --from "2026-12-24 18:00" --until "2026-12-27 08:00"
error-duty-same = that is so already
    See how it is: bellrope duty
error-shift-not-yours = you are not on duty: there is nothing to hand over
    See who is: bellrope duty
error-shift-nobody = nobody else is on duty within two weeks
    Say who is to take it: bellrope duty hand-over --to NAME
error-shift-none = you have no shift then
    See when you are on duty: bellrope duty
error-shift-oneself = nobody gives a shift to themselves
    Name somebody else.
error-shift-cannot = on duty are members and coordinators who are in the rota, or read new alerts
    Look who that is: bellrope circle
error-shift-nothing = no shift waits for that
    See what there is: bellrope duty
error-shift-several = several shifts wait: { $names }
    Say whose, as in: bellrope duty accept NAME
error-shift-long = it is longer than { $max } characters
    Make it shorter; --without-cases leaves out the draft.
error-duty-too-much = that is more than one rota can hold
    Use fewer hours, at most 64, and fewer exceptions
error-duty-changed = somebody has changed it, or left the group, since it was shown
    Look at it again: bellrope duty
error-sent-nothing = this device knows of no alert { $case } that was sent from it
    See what it knows: bellrope outbox. If it was sent from another device, or before this one was set up, send a new alert and name the number in it.
error-sent-several = the number of more than one alert begins like that
    Give one more letter of it, or its id: bellrope outbox
error-no-case = what { $id } names begins no case
    See which there are: bellrope cases --all
error-case-not-for-you = { $case } was written for others, and somebody passed it to you: what you say about it would have no effect
    Ask one of its readers: bellrope show { $case } --readers
error-case-behind = who reads { $case } is not known here: this device lacks what its sender had seen of the group
    It comes with: bellrope watch
error-case-led = somebody else leads { $case }: { $name }
    To take it over, say why: bellrope lead { $case } --reason WHY
error-case-to-nobody = of the readers of { $case } nobody who can answer is called { $name }
    See who reads it: bellrope show { $case } --readers
error-may-not-open = { $case } was opened to you: only those for whom the alert was written open it to others
    Ask one of its readers: bellrope open { $case }
error-open-not-a-reader = nothing can be opened to { $name }, who reads nothing in this group
    See who reads: bellrope members
error-kept-out = the group keeps { $name } out of alerts like { $case }
    See why, and who could change it: bellrope circle
error-not-open-to = nobody opened { $case } to { $name }
    See who reads it, and why: bellrope open { $case }
error-open-leads = this case is led by { $name }
    First lead it yourself: bellrope lead { $case } --reason WHY
error-open-needs-yes = there is nobody to ask: the sender of this alert chose who reads it
    In a script, add --yes.
error-not-opened = nothing was opened
    To see who reads it: bellrope open CASE
error-forgotten = { $case } was forgotten
    What is left of it, and on which devices it is gone: bellrope case { $case }
error-forget-needs-yes = there is nobody to ask whether the case is to be forgotten
    In a script, add --yes.
error-not-forgotten = nothing was said, and nothing is forgotten
    How it stands: bellrope forget CASE
error-forget-why = it is not said why the case is to be forgotten
    Say it in a line: bellrope forget CASE --because WHY
error-keep-not = { $case } is not kept longer than others
    How it stands: bellrope keep { $case }
error-keep-past = that time is over
    Name a day to come, as 2030-12-31.
error-keep-far = nobody keeps a case for more than five years with one word
    Name an earlier day; when it comes near, somebody looks again, and says it again.
error-keep-why = it is not said why the case is kept longer
    Say it with --because, in one line.
error-keep-until = it is not said until when the case is kept
    Say it with --until, as 2030-12-31; or --not: no longer.
error-retention-needs-yes = there is nobody to ask whether cases are to be kept so long
    In a script, add --yes.
error-retention-months = cases are kept for 3 to 120 months
    Where none is to be due by time: bellrope retention off
error-retention-same = that is so already
    How it stands: bellrope retention
error-retention-changed = somebody has changed it since it was shown
    Look at it again: bellrope retention
error-forget-nobody = nobody else wishes that { $case } is forgotten
    To be the first: bellrope forget { $case } --because WHY
error-forget-not-you = you have not wished that { $case } is forgotten
    Who does: bellrope forget { $case }
error-case-closed = { $case } is closed already
    See what was said: bellrope case { $case }
error-case-open = { $case } is not closed
    See what was said: bellrope case { $case }
error-note-empty = the note is empty
    Write it after the case: bellrope note CASE TEXT
error-note-long = the note is longer than { $max } characters
    Make two of it.
error-note-does-not-read = the readers of { $case } do not include { $name }
    Open it to them: bellrope open { $case } to NAME
error-note-many = a note is for { $max } people at most
    Write it for everybody who reads the case: bellrope note CASE TEXT
error-note-nobody-leads = nobody leads { $case }
    Write it for everybody who reads the case: bellrope note { $case } TEXT
error-note-you-lead = you lead { $case } yourself
    To somebody else who reads it: bellrope note { $case } --to NAME TEXT
error-translation-empty = the translation is empty
    Write it after the language: bellrope translate CASE --into LANGUAGE TEXT
error-translation-long = the translation is longer than { $max } characters
    Shorten it; what is longer in one language than in another can end with where the rest is.
error-translate-language = this is the tag of no language
    Two or three small letters, as in: --into ru
error-translate-gone = there is nothing of this kind in { $case } with these letters
    See what there is: bellrope translate { $case }
error-translate-none = nothing of this kind in { $case } has letters that begin with { $letters }
    See what there is: bellrope translate { $case }
error-translate-several = several in { $case } have letters that begin with { $letters }
    Give one more letter: bellrope translate { $case } --json
error-translation-own = nobody checks their own translation
    Ask somebody else who reads { $case } to do it.
error-translate-reads = this person reads { $case } anyway: { $name }
    Write them a note: bellrope note { $case } --to NAME TEXT
error-translate-observer = an observer cannot answer: { $name }
    Ask a member who does not read { $case }.
error-translate-needs-yes = there is nobody to ask whether this may go
    In a script, add --yes.
error-translate-not-asked = nobody was asked for a translation
    A text of your own goes with: --from FILE
error-asked-none = nobody asks you for a translation with these letters: { $letters }
    See what there is: bellrope translate
error-answer-reads = whoever sent { $case } is a member of the group and reads the case
    Write it there: bellrope note { $case } TEXT
error-answer-nobody = whoever sent { $case } cannot be reached through the group: they are not in it by any invitation that is known here
    Use another channel; the group can read how in a note: bellrope note { $case } TEXT
error-answer-empty = the answer is empty
    Write it after the case: bellrope answer CASE TEXT
error-answer-long = the answer has no room for more than { $max } characters, and for fewer of some scripts
    Make two of it.
error-freeze-oneself = nobody freezes or lifts their own device
    Ask another member to do it.
error-not-frozen = nobody has frozen this sender, as far as this device has heard
    See who is frozen: bellrope freeze
error-dictate-wrong = SOMEBODY ANSWERED WITH A WRONG CODE: a digit was misheard, or somebody guesses, or sits in between. The code is void, and nothing was handed over.
    Read out a new one for the same invitation: bellrope invite NAME --show --dictate
error-dictate-time = nobody answered in time: the code is void
    Read out a new one for the same invitation: bellrope invite NAME --show --dictate
error-dictate-no-slot = the relay has no free number for a code: somebody may be taking them on purpose
    Give the same invitation another way: bellrope invite NAME --show
error-spoken-digits = ten digits belong behind the name of the host, and here are { $found }
    Nothing was sent. Have the four and the six digits read out again, and type them like this: alert.example.org 4182 730956
error-spoken-no-slot = nothing waits there under these four digits
    Compare the name of the host and the four digits with what was read out, and type all of it again. The code was not used up.
error-spoken-host = what answers there, if anything, is no relay for which codes are dictated
    Compare the name of the host with what was read out. If it is right, ask for the invitation in another way.
error-spoken-forestalled = SOMEBODY HAS USED OR SPOILT THIS CODE BEFORE: it is void
    If it was not you, say at once, on the phone, that the invitation must be taken back. Ask for a new one.
error-spoken-wrong = THE CODE DOES NOT FIT: a digit was misheard, or somebody sits in between and guesses. It is void now.
    Ask for a new one on the phone, and do not type this one again: each time, somebody in between could guess once.
error-spoken-time = the time of this code is over
    Ask for a new one on the phone.
error-spoken-silent = the other program does not answer: it was ended, or has no network
    Ask for a new code on the phone.
error-move-needs-token = this is another relay, where the group has no mailbox yet
    Ask its host for a token, and add: --token TOKEN
error-move-unreached = nothing answers at the new address, and the relay still answers at the old one
    Nothing was told to anybody. Compare the address with the host's. A relay must be reached at its new address first.
error-relay-same = the group's relay is at this address already
    To write a file for those who do not know it, add --file FILE; that goes once the relay has moved.
error-moved-form = this is not a file that says where a relay has moved, or it was changed on the way
    Ask for it again. Its first line is: bellrope moved 1
error-moved-version = the file was made by a newer version of Bellrope
    Update Bellrope, then follow it.
error-moved-not-ours = no coordinator of this device's group has signed this file
    It is not followed. If you belong to several groups, name the directory of the other device with --home. Else tell your coordinator.
error-moved-older = this file is older than what this device knows of the relay
    It is not followed. See where the relay is: bellrope relay
error-invitation-ended = the invitation has ended
    Ask the coordinator for a new one. If it should still be good, check this device’s clock.
error-invitation-used = the invitation was used before
    If that was not you, tell the coordinator at once over another channel, and ask for a new one.
error-invitation-taken-back = the coordinator has taken this invitation back
    Ask the coordinator, over another channel, for a new one.
error-invitation-used-by-other = another device used this invitation at the same time, and was first
    Tell the coordinator at once over another channel, and ask for a new one.
error-invitation-gone = the relay knows no such invitation, or no longer
    Ask the coordinator to run bellrope watch, or for a new one.
error-invitation-damaged = the invitation does not open: it is damaged, or somebody other than its maker put it there
    Ask the coordinator, over another channel, for a new one.
error-invitation-newer = the invitation was made by a newer version of Bellrope
    To use it, update Bellrope, then join.
error-not-let-in = the coordinator did not let this device in
    Ask them over another channel.

error-may-not-send = this device cannot send: it is not let in yet, or is an observer's
    Wait for approval with bellrope watch.
error-update-to-send = the group has changed in a way that this version does not know, and nothing can be sealed rightly
    To send, update Bellrope. In an emergency, call a member of the group.
error-nobody-reads = nobody in the group would read it
    Ask your coordinator.
error-not-a-reader = a chosen reader does not read in this group
    See the names: bellrope members
error-no-such-reader = nobody called { $name } reads in this group
    See the names: bellrope members
error-to-needs-names = this device does not know the members' names, so it cannot choose among them
    Leave --to out: the alert goes to all members.
error-too-many-readers = one alert goes to at most 256 readers
    Choose some with --to.
error-does-not-fit = the alert is too long to be sealed
    Shorten the account.
error-sealing = the encryption library failed
    Nothing was sent. Try again; if it stays, tell the project.
error-several-alerts = several alerts begin like this
    Give more of the id.
error-no-such-alert = there is no alert { $id } here
    See what there is: bellrope inbox

error-relay-name = the relay's name was not found
    Check the network. If it works otherwise, the name may be blocked here.
error-relay-unreachable = the relay cannot be reached
    Check the network. If it works otherwise, UDP may be blocked here: try another network.
error-relay-key = what answers is not the relay
    Somebody may be in between on this network. Nothing was sent. Try another network, and tell your coordinator.
error-relay-old-keys = what answers has keys that the relay gave up
    Either somebody has taken them, or the relay's host put back an old copy of it. Nothing was sent, and what you have written is kept. Tell your coordinator: the host can help with bellrope-relay rotate-keys.
error-relay-busy = the relay has too many connections now
    It is tried again.
error-relay-stopping = the relay is being restarted
    It is tried again.
error-relay-ended = the connection to the relay ended
    It is tried again.
error-relay-silent = the relay has gone silent
    Alerts may be waiting there. It is tried again; if it lasts, tell the host.
error-relay-protocol = the relay does not speak as it should
    Update the program. If that does not help, tell the host.
error-relay-broken = WARNING: what the relay delivers contradicts what it signed
    It may be hiding or inventing messages. Tell the other members over another channel.
error-relay-restored = the relay says that it was restored from a backup of { $time }: it has forgotten what came after that
    Ask its host whether that is so. If it is not, the relay hides messages: tell the other members over another channel.
error-engine-stopped = a part of the program has stopped by a fault of its own
    Start it again. If it happens again, tell the project what bellrope --verbose prints.
error-no-socket = the system gave no network socket
    Check that the program may use the network.

refused-version = the relay speaks another version
    Update the program, or ask the host to update.
refused-not-valid = the relay does not accept this device's right
    Check that the device's clock and relay are right; then ask the coordinator.
refused-grant-expired = this device's right at the relay has ended
    Ask the coordinator.
refused-no-mailbox = the relay has no such mailbox
    Ask the coordinator: the relay may have been set up anew.
refused-no-right = this device may not do that at the relay
    Ask the coordinator.
refused-mailbox-ended = the mailbox at the relay has ended
    The coordinator renews it with a new token of the host: bellrope create
refused-mailbox-full = the group's mailbox is full
    Room comes back as old messages expire. Tell the coordinator.
refused-lane-share = this device has used its share of a mailbox that is filling up
    It is sent when there is room again.
refused-lane-rate = this device sends faster than the relay takes
    It is sent a little later.
refused-token-spent = the token was used before, or has expired
    Ask the host for a new one.
refused-sponsor-full = the group has no room at the relay for another invitation
    Wait until old ones end, or ask the host for a larger quota.
refused-unavailable = the relay's disk is full or failing; its host can see why
    It is tried again; if it lasts, tell the host.
refused-revoked = this device's right at the relay was taken back
    If you did not expect that, ask a coordinator over another channel.
refused-succeeded = the group uses another mailbox at the relay by now
    Fetch what is new with bellrope watch --once, and try again.
refused-revocations-full = the relay takes back no more rights at this mailbox
    Only a new mailbox for the group shuts out more people.
refused-other = the relay refused, for a reason that this version does not know
    Update the program.
