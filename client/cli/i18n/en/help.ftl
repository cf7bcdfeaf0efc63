# Help texts. The ids are `help`, the command, its argument, the argument's value, joined by hyphens.
# `-long` is added on --help only, `-examples` stands after both, `help-value-` names a value.

help = Send, receive and read urgent alerts, encrypted end to end
help-long = Bellrope carries urgent alerts from human rights defenders to the members of their group. Every alert is encrypted on the sender’s device and can be read on the members’ devices only. The relay in between cannot read it.
help-start =
    To be asked what you want to do:  bellrope
    To send an alert now:             bellrope alert
    To see alerts as they arrive:     bellrope watch
    You were given an invitation:     bellrope join
    To found and run a group:         bellrope create, bellrope invite, bellrope members
help-after =
    For one command, for example: bellrope alert --help

    Environment:
      BELLROPE_HOME             directory of this device, unless --home is given
      BELLROPE_PASSPHRASE_FILE  file whose first line is the passphrase

    Exit codes:
      0  done
      1  failed
      2  the command or an answer was not understood
      3  the alert is sealed and queued, but not yet stored at a relay

help-heading-usage = Usage
help-heading-commands = Commands
help-heading-options = Options
help-heading-arguments = Arguments
help-usage-options = [OPTIONS]

help-value-case = CASE
help-value-update = CASE
help-value-correct = CASE
help-value-withdraw = CASE
help-value-over = CASE
help-value-people = NAME
help-value-no-longer-to = NAME
help-value-sensitive = KIND
help-value-sensitive-from = FILE
help-value-block = LETTERS
help-value-also-to = NAME
help-value-rung = RUNG
help-value-publicity = PUBLICITY
help-value-purpose = PURPOSE
help-value-answer = ANSWER
help-value-giver = WHO
help-value-work = PART
help-value-link = LINK
help-value-other = CASE
help-value-state = STATE
help-value-stage = STAGE
help-value-until = WHEN
help-value-begins = WHEN
help-value-hours = HOURS
help-value-shift = HOURS-AND-NAME
help-value-which = WHEN
help-value-with = NAME
help-value-because = WHY
help-value-second = NAME
help-value-ground = WORDS
help-value-place = WHERE
help-value-body = WHO
help-value-articles = WORDS
help-value-lawyer = ACCESS
help-value-lawyer-name = NAME
help-value-seen = WHEN
help-value-seen-how = HOW
help-value-seen-by = WHO
help-value-kind = KIND
help-value-zone = ZONE
help-value-who = NAME
help-value-date = LETTERS
help-value-standing = STANDING
help-value-list = LIST
help-value-done = STEP
help-value-dropped = STEP
help-value-open = STEP
help-value-add = WORDS
help-value-harm = YES-NO
help-value-keep = YES-NO
help-value-closing = WHY
help-value-every = SPAN
help-value-first = WHEN
help-value-grace = SPAN
help-value-words = FILE
help-value-code = CODE
help-value-command = COMMAND
help-value-call = NAME
help-value-days = DAYS
help-value-months = MONTHS
help-value-idle = MINUTES
help-value-device = CODE
help-value-dir = DIRECTORY
help-value-envelopes = DIRECTORY
help-value-exec = PROGRAM
help-value-country = COUNTRY
help-value-since = WHEN
help-value-search = WORDS
help-value-file = FILE
help-value-files = FILE
help-value-attach = FILE
help-value-save = FILE
help-value-attach-as-it-is = FILE
help-value-taken-by = WHO
help-value-taken-when = WHEN
help-value-taken-how = LINE
help-value-form = FORM
help-value-from = FILE
help-value-group = NAME
help-value-home = DIRECTORY
help-value-id = NUMBER
help-value-invitation = INVITATION
help-value-lang = LANGUAGE
help-value-name = NAME
help-value-act = WHAT
help-value-about = WHOM
help-value-source = SOURCE
help-value-number = NUMBER
help-value-parts = NUMBER
help-value-needed = NUMBER
help-value-part = FILE
help-value-names = NAME
help-value-out = FILE
help-value-new-file = FILE
help-value-reach = TEXT
help-value-reason = LINE
help-value-relay = ADDRESS
help-value-said = DIGITS
help-value-role = ROLE
help-value-share = WITH-WHOM
help-value-shell = SHELL
help-value-summary = LINE
help-value-text = TEXT
help-value-of = LETTERS
help-value-into = LANGUAGE
help-value-by-machine = NAME
help-value-check = LETTERS
help-value-asked = LETTERS
help-value-to = NAME
help-value-token = TOKEN
help-value-urgency = URGENCY
help-value-what = WHAT
help-value-when = WHEN
help-value-caption = LINE
help-value-by = WHO
help-value-how = LINE
help-value-where = WHERE
help-value-whom = WHOM

help-global-home = Directory of this device’s keys and messages
help-global-home-long = Directory of this device’s keys and messages. Give it if one person belongs to several groups: each group needs a directory of its own. It comes before BELLROPE_HOME.
help-global-verbose = Says on stderr what the program does, for finding a fault. Nothing secret.
help-global-lang = Language of everything shown [one of: en, ru]
help-global-lang-long =
    Language of everything shown
    en: { help-global-lang-en }
    ru: { help-global-lang-ru }
help-global-lang-en = English
help-global-lang-ru = Русский (Russian)
help-global-help = Show help: -h in short, --help in full
help-global-version = Show the version

help-alert = Send an alert to your group
help-alert-long = Asks seven questions, each of which can be gone back to, shows the alert once more, seals it and sends it. Only what happened and a short summary are needed; the other questions can be left empty. Answers given as options may stay in the history of your shell; answers to the questions do not. Without a network the alert waits sealed on this device, and any later “bellrope outbox” or “bellrope watch” sends it. The exit code is then 3.
help-alert-what = What happened: words such as “detained” or “raid”, with commas between them
help-alert-whom = To whom: a name, several with commas between them, “withheld”, or “pseudonym: Swallow”
help-alert-where = Where: the country, then the town after a comma, or “withheld”
help-alert-when = When: now, 2 hours ago, this morning, 14:30, 24 November, 2026-11-24 14:30 or unknown
help-alert-urgency = How urgent: critical, high, normal or information
help-alert-summary = What happened, in one line
help-alert-text = What happened, in full
help-alert-share = With whom the group may share it, such as “group”, “organisations” or “institutions”
help-alert-from = Send a form that you have filled in (see --template); - reads it from standard input
help-alert-from-long = Send a form that you have filled in (see --template). “-” reads it from standard input; then --yes is needed. The form is not encrypted: delete it after sending.
help-alert-template = Print an empty form to fill in, and send nothing
help-alert-out = With --template: write the form to this new file, which nobody else can read
help-alert-for = Somebody else told you: you are also asked how it reached you and how to answer safely
help-alert-drill = Rehearse: the alert is clearly marked as a drill
help-alert-update = Add something to an alert that was sent from this device; its case number, or the end of it. To answer a question of the group, too
help-alert-correct = Correct something in it
help-alert-withdraw = Take it back: every member who reads it is told at once, and before anything else
help-alert-over = Say that it is over
help-alert-attach = A photograph (JPEG, PNG or WebP); may be given several times
help-alert-attach-long = A photograph (JPEG, PNG or WebP) that goes with the alert, after it. It is written anew, so that nothing goes but its pixels: no place, time, camera or name, and not the file’s name either. What can be seen in it stays. Up to 8 files; may be given several times.
help-alert-attach-as-it-is = A file with all that it tells; may be given several times
help-alert-attach-as-it-is-long = A file that goes with the alert as it is, at most 2 MB: a PDF, a document, or a picture whose time and place are wanted as evidence. First you read what a picture tells, and are asked. Of other files nobody can say it: they may tell who wrote them. The file’s name does not go.
help-alert-with-original = With each --attach its untouched file, for few
help-alert-with-original-long = Beside each picture that --attach writes anew its untouched file goes too, at most 8 MB, for evidence: it can be shown later that it is the same. First you read what it tells (often the place and the telephone), and are asked. Those can open it who coordinate the group and read the alert; where nobody of them does, everybody who reads it. The program tells the case before anybody saves it, and who can open it can hand it on to whoever keeps the evidence. It follows last, behind the alert and everything else. The file’s name does not go.
help-alert-taken-by = Who took them; everybody who reads the alert sees it
help-alert-taken-when = When they were taken, such as “yesterday 18:30”
help-alert-taken-how = How and with what, and how they came to you
help-alert-sensitive = What few are to read of it is about: health, hiv, orientation_or_identity, religion, ethnicity, sexual_violence or other; several with commas between them
help-alert-sensitive-long = A part of the alert that only few of those who read it can read: health, hiv, orientation_or_identity, religion, ethnicity, sexual_violence or other; several with commas between them. They are those whom the group has named for that (bellrope circle sensitive), or else who coordinates; how many they are is said before you write. All others see that there is something and who reads it, not what, so that nobody asks the person a second time. The words are asked for, or come from a file: never from the command line, which your shell keeps.
help-alert-sensitive-from = File that has the words for few, “-” for what is piped in; asked for when left out
help-alert-to = Only to this member of the group; may be given several times (members can do this, defenders cannot)
help-alert-to-long = Only to this member of the group; may be given several times. Names can also be given together, with commas between them; a name that has a comma in it is found first. Members can do this, defenders cannot.
help-alert-yes = Send without showing the alert once more
help-alert-json = Print the outcome as one line of JSON
help-alert-examples =
    Examples:
      Answer the questions one by one:
        bellrope alert
      All in one line:
        bellrope alert --yes --what arrest --whom "Alena Prykladnaya" \
          --where "Belarus, Homiel" --summary "Taken from her office"
      With a form:
        bellrope alert --template --out form.toml
        bellrope alert --from form.toml
      Rehearse:
        bellrope alert --drill

help-watch = Show alerts the moment they arrive
help-watch-long = Shows alerts the moment they arrive, those missed in the meantime first, until you press Ctrl+C. It also sends what waits in the outbox. On the device of a defender, or of somebody who waits to be let in, it does that and receives new keys or the approval.
help-watch-once = Show what is there now, then end
help-watch-json = Print each alert as one line of JSON
help-watch-envelopes = Also keep each sealed envelope as a file in this directory, for other programs to open with export-identity
help-watch-no-bell = Do not ring for urgent alerts
help-watch-exec = Start this program for each urgent alert
help-watch-exec-long = Start this program for each urgent alert, at the moment when the bell rings. It gets no arguments and nothing that anybody wrote: only the kind of the message, in the variable BELLROPE_KIND, and your environment without the variables of Bellrope.
help-watch-idle = End after so many minutes in which nobody pressed Enter, from 1 to 1440
help-watch-idle-long = End after so many minutes in which nobody pressed Enter, from 1 to 1440, so that a computer that was left or taken has the keys no longer. From then on no alert is shown. On Linux the time in which the computer sleeps counts too.
help-watch-examples =
    Examples:
      Leave it running:
        bellrope watch
      Look once:
        bellrope watch --once

help-inbox = List the alerts that have arrived
help-inbox-long = Lists the alerts that have arrived, oldest first, each with a number that “bellrope show” takes. NEW is what was not yet shown whole on this device, by “bellrope watch” or “bellrope show”. The options narrow the list down; with several, all must fit.
help-inbox-unread = Only those that were not shown yet
help-inbox-urgency = Only these, such as “critical, high”
help-inbox-country = Only from this country
help-inbox-since = Only those that arrived since then, such as yesterday or 2026-11-24
help-inbox-drills = Only drills
help-inbox-search = Only those that have each of these words in them
help-inbox-json = Print each alert as one line of JSON
help-inbox-examples =
    Examples:
      All of it:
        bellrope inbox
      What is urgent and was not seen yet:
        bellrope inbox --unread --urgency critical,high
      Where a word stands in it:
        bellrope inbox --search Homiel --since 2026-11-01

help-show = Show one alert in full
help-show-id = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-show-readers = Show who else could open it, instead of the alert
help-show-json = Print the alert as one line of JSON
help-show-examples =
    Example:
      bellrope show BY-2026-7KQ4

help-outbox = Show what you sent, and send what still waits
help-outbox-long = Shows what was sent, with the relay’s receipts, and tries to send what still waits. A receipt proves that the relay has stored the envelope; it does not say that somebody has read it. The text of an alert is not kept here.
help-outbox-offline = Only show; do not use the network
help-outbox-json = Print each item as one line of JSON
help-outbox-examples =
    Examples:
      Send what waits, and see how it went:
        bellrope outbox
      Only look:
        bellrope outbox --offline

help-status = Show how this device stands
help-status-long = Shows whom an alert from here goes to, what waits to be sent, when the group’s mailbox ends, whose clock seems wrong, and when the relay was last heard. It asks the relay for a few seconds, and otherwise says what this device knows.
help-status-offline = Do not ask the relay
help-status-json = Print one line of JSON
help-status-examples =
    Example:
      bellrope status

help-join = Join a group with an invitation
help-join-long = Makes the keys of this device under a passphrase of your choice and joins the group. Defenders can send alerts at once. Members and observers wait until a coordinator approves them; “bellrope watch” receives the approval.
help-join-invitation = Code or file of the invitation, what was read out to you, or - for standard input; asked when left out
help-join-invitation-long = Code or file of the invitation, what was read out to you on the phone (the host, four digits, six digits), or - for standard input. Leave the code out and you will be asked for it: then it does not stay in the history of your shell.
help-join-examples =
    Examples:
      With a code, which is asked for:
        bellrope join
      With a file, without a network:
        bellrope join alena.invitation
      With what was read out on the phone:
        bellrope join alert.example.org 4182 730956

help-create = Found a group
help-create-long = Makes your keys under a passphrase, the group, and its mailbox at the relay. You become its coordinator. Whatever is left out is asked for. If the relay could not be reached, run the same command again: it continues. With another token, it renews the mailbox of a group that is there.
help-create-relay = Address of the relay, from its host, or a file that has it; asked when left out
help-create-token = Token from the relay’s host, a file that has it, or - for standard input; asked when left out
help-create-token-long = Token from the relay’s host, which opens the mailbox; or a file that has it, or - for standard input. Leave it out and you will be asked for it: then it does not stay in the history of your shell, nor in the list of processes.
help-create-group = What the group is called; asked when left out
help-create-name = What the members call you; asked when left out
help-create-examples =
    Example:
      bellrope create --relay ADDRESS \
        --group "Example House" --name "Alena Prykladnaya"

help-circle = Show who reads new alerts, and change it
help-circle-long = Who reads a new alert by default: those on duty, or every member; who reads some alerts besides; and who is kept out of some beforehand, as a conflict of interest after reading comes too late. Every member can see it; coordinators change it, and the device that keeps the list of members writes it down. Observers read what is sent to them by name. Why somebody is kept out is not written down.
help-circle-json = All of it as one line of JSON
help-circle-set = Name those who read every new alert
help-circle-set-long = Those who are named read every new alert of which they are not kept out, and no other member does, whoever comes later either. If all of them have left, every member reads.
help-circle-set-name = Names of members
help-circle-set-yes = Without being asked
help-circle-all = Let every member read every new alert
help-circle-all-yes = Without being asked
help-circle-add = Let somebody read some alerts besides
help-circle-add-long = Somebody who is not on duty reads alerts of one sort too. Of several options all must fit; of several values of one, any. What an alert does not say fits nothing.
help-circle-add-name = Names of members
help-circle-add-country = Countries, as BY or Belarus
help-circle-add-act = What was done, as in bellrope alert --what
help-circle-add-about = Whom it is about: individual, organisation, group or systemic
help-circle-add-source = Who threatens: state or non_state
help-circle-add-yes = Without being asked
help-circle-keep-out = Keep somebody from alerts of one sort
help-circle-keep-out-long = They get none of these, be they on duty or not; without an option, no new alert at all. Of several options all must fit; of several values of one, any. What an alert does not say counts as if it fitted: a withheld country may be any.
help-circle-keep-out-name = Names of members
help-circle-keep-out-country = Countries, as AZ or Azerbaijan
help-circle-keep-out-act = What was done, as in bellrope alert --what
help-circle-keep-out-about = Whom it is about: individual, organisation, group or systemic
help-circle-keep-out-source = Who threatens: state or non_state
help-circle-keep-out-yes = Without being asked
help-circle-sensitive = Name the few who read what is sensitive in alerts
help-circle-sensitive-long = What would harm the person again if others read it (health, HIV, orientation, religion, sexual violence) a sender can seal to few of those whom an alert is for. They are those of the people named here who read the alert; where nobody is named, or none of these reads it, the coordinators who do. Name at least two, of those on duty, so that one of them is awake. A defender’s program says how many they are, and no names.
help-circle-sensitive-name = Names of members, at most 8
help-circle-sensitive-nobody = Name nobody for it any more
help-circle-sensitive-yes = Without being asked
help-circle-remove = Take back what was added or kept out
help-circle-remove-number = Its number, as bellrope circle shows it
help-circle-remove-yes = Without being asked
help-circle-examples =
    Examples:
      bellrope circle set Anna Ivan
      bellrope circle add Olga --country BY --act detention
      bellrope circle keep-out Nina --country AZ --source state
      bellrope circle sensitive Anna Vera

help-duty = Show who is on duty when, and change it
help-duty-long = With a rota, what is urgent rings the person on duty, and not everybody. A critical alert rings them again after 10 minutes, and the second line after 20, until somebody has acknowledged it; where nobody is on duty, it rings everybody who reads it and is awake. Anything else waits for the next hours. Without a rota, what is urgent rings everybody who reads it. Every member can see the rota; coordinators change it.
help-duty-json = All of it as one line of JSON
help-duty-set = Say who is on duty each week
help-duty-set-place = Whose clocks, as Europe/Minsk or +03:00. When these change is written into the rota, so that it means the same on every computer
help-duty-set-shift = Days, hours and a name, and after / the second line: "mon-fri 08:00-20:00 Anna / Ivan". As often as needed; where two overlap, the first counts
help-duty-set-yes = Without being asked
help-duty-swap = Put somebody else on duty for a time, or ask them to take your shift
help-duty-swap-long = With a name, --from and --until a coordinator puts somebody else on duty. With --with, whoever is on duty asks another to take a shift of theirs; it counts for everybody as soon as that person says bellrope duty accept, and no coordinator is needed.
help-duty-swap-name = Name of a member
help-duty-swap-from = From when, on the clocks of the rota: "2026-12-24 18:00"
help-duty-swap-until = Until when
help-duty-swap-second = The second line for this time
help-duty-swap-with = Whom you ask to take your shift
help-duty-swap-shift = Which of your shifts, by a day or a moment in it, on the clocks of the rota [default: the next]
help-duty-swap-yes = Without being asked
help-duty-hand-over = Hand your shift over to who goes on, with a note
help-duty-hand-over-long = The note is drafted from the cases: those that are urgent and open, who leads them, what is due, and who must not be called; never of a case that its reader does not read. You can add to it. It goes to who is on duty next, and to the second line. It rings you until they accept; if they refuse, or do not answer within 30 minutes of their turn, it rings the second line.
help-duty-hand-over-to = To whom [default: who is on duty next]
help-duty-hand-over-text = What they have to know besides; a file, or - for standard input
help-duty-hand-over-without-cases = Without the draft: only what you write
help-duty-hand-over-yes = Without being asked
help-duty-accept = Take a shift that somebody hands over, or asks you to take
help-duty-accept-name = Whose; needed where several wait
help-duty-refuse = Say that you do not take it
help-duty-refuse-name = Whose; needed where several wait
help-duty-refuse-because = Why, for whoever asked and the second line
help-duty-take-back = Take back what you handed over or asked, while nobody has accepted
help-duty-take-back-name = Who was to take it; needed where several wait
help-duty-nobody = Have nobody on duty for a time, as on holidays
help-duty-nobody-from = From when, on the clocks of the rota: "2026-12-24 18:00"
help-duty-nobody-until = Until when
help-duty-nobody-yes = Without being asked
help-duty-off = Have no rota any more
help-duty-off-yes = Without being asked
help-duty-quiet = Say when you are not to be woken on this device
help-duty-quiet-long = In these hours only a critical alert rings here, and only when you are on duty, or the group has no rota. Nobody is told of them. Without an argument they are shown.
help-duty-quiet-hours = By the clock of this computer, as 22:00-07:00
help-duty-quiet-off = Keep none any more
help-duty-examples =
    Examples:
      bellrope duty set --place Europe/Warsaw --shift "mon-fri 08:00-20:00 Anna / Ivan" --shift "sat,sun 10:00-18:00 Ivan"
      bellrope duty swap Ivan --from "2026-12-24 18:00" --until "2026-12-25 08:00"
      bellrope duty swap --with Ivan --shift 2026-12-24
      bellrope duty hand-over
      bellrope duty quiet 22:00-07:00
help-retention = Show how long cases are kept and what is due to be forgotten, and change it
help-retention-long = When a case was closed so many months ago, or a review says that the person does not agree that it is kept, it is due to be forgotten. People are told 30 days before, on its page and in the digest, and can keep it longer (“bellrope keep”). Nothing goes by a clock: two people each say “bellrope forget --due”, after a look at what is due by their own device. Then what identifies people goes from every device, and what is counted stays.
help-retention-json = All of it as one line of JSON
help-retention-set = Say for how many months a case is kept after it was closed
help-retention-set-months = From 3 to 120; as long as nobody has set it, it is 18
help-retention-set-yes = Without being asked
help-retention-off = Have no case due by time
help-retention-off-yes = Without being asked
help-retention-examples =
    Examples:
      bellrope retention
      bellrope retention set 24

help-cases = List the cases: who leads, who has read, what was said last
help-cases-long = Lists the cases that are open, in the order in which their alerts came. The options narrow the list down, or widen it; with several, all must fit, and of several values of one, any.
help-cases-all = Those that are closed too
help-cases-closed = Only those that are closed
help-cases-mine = Only those that you lead
help-cases-unled = Only those that nobody leads
help-cases-country = Only in these countries, as BY or Belarus
help-cases-act = Only those in which this was done, as in bellrope alert --what
help-cases-about = Whom it is about: individual, organisation, group or systemic
help-cases-source = Who threatens: state or non_state
help-cases-since = Only what happened since then, such as yesterday or 2026-11-24; where an alert does not say when, it is when it came
help-cases-until = The same until then; a day is meant whole
help-cases-search = Only those that have each of these words in the alert, or in what was said since
help-cases-table = Count them, by country and what was done, by month, and by who threatens; drills are left out
help-cases-json = The list as JSON, one line for each
help-cases-examples =
    Examples:
      What nobody leads yet:
        bellrope cases --unled
      Arrests in Belarus since the summer, closed cases too:
        bellrope cases --all --country BY --act arrest --since 2026-06-01
      The systemic problems:
        bellrope cases --about systemic
      How many there are of everything:
        bellrope cases --all --table
help-case = Show a case: how it stands, and what was said in it
help-case-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-case-original = Show everything in the words in which it was said, also where there is a translation
help-case-json = Print the case as one line of JSON
help-attachment = List the files of a case, save one, or hand an original on
help-attachment-long = Lists the photographs and papers that go with an alert and the files of its case, and how much of each has come. With a name from that list, writes that one into a new file which nobody else can read, if it is whole and what the alert announced. Its name is that of the case; the name that it had with the sender never left their device. It is not shown here: another program has to open it, and it was made by somebody else.
help-attachment-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-attachment-number = Which one: its name in that list, such as 1 or M4XT-2
help-attachment-yes = Do not ask before an original is saved or handed on; the case is told all the same
help-attachment-hand-on = Hand an original on to whoever keeps the evidence
help-attachment-hand-on-long = Hands an untouched original that this device can open on to those who keep the evidence of the case (“bellrope fact part CASE evidence_keeper NAME”) and cannot open it yet; without a name from the list, all such originals. It is sealed and sent once more. Everybody who reads the case is told.
help-attachment-save = Write it to this new file
help-attachment-offline = Do not ask the relay for parts that are missing here
help-attachment-json = Print each as one line of JSON
help-attach = Add photographs and files to a case
help-attach-long = Adds up to 8 files to a case, together at most 50 MB, for everybody who reads it. Pictures (JPEG, PNG, WebP) are written anew, so that nothing goes but their pixels; with --as-it-is any file goes to the byte, after you have read what it tells. The file’s name does not go. The message goes at once and alone; the files follow in parts, behind every alert and message, and go on where they ended. Every device of the group downloads the parts, whoever can open them.
help-attach-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-attach-files = The files
help-attach-as-it-is = Any files, to the byte, with all that they tell
help-attach-with-original = Seal each untouched too, for those who keep the case’s evidence
help-attach-with-original-long = Beside each picture that is written anew, its untouched file goes too, sealed for those alone who keep the evidence of the case (“bellrope fact part CASE evidence_keeper NAME”). Everybody who reads the case sees that it is there, and its SHA-256. Who is named later is handed it by one of them: bellrope attachment CASE --hand-on
help-attach-caption = What they show, in one line
help-attach-by = Who took or wrote them
help-attach-when = When they were taken, such as “yesterday 18:30”
help-attach-how = How and with what, and how they came to you
help-attach-yes = Ask nothing
help-attach-json = Print what was added as one line of JSON
help-attach-examples =
    Examples:
      bellrope attach 7KQ4 photo.jpg --caption "the broken door" --when "yesterday 18:30"
      bellrope attach 7KQ4 photo.jpg --with-original --by "Ivan Example" --how "his telephone, by hand"
      bellrope attach 7KQ4 verdict.pdf --as-it-is
help-ack = Tell the group that you have read an alert
help-ack-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-lead = Take the lead of a case
help-lead-long = One person leads a case. If nobody does, it is you. If somebody does, you say why it is you from now on, and they are told at once. If two take it without having seen it of each other, it is the one who is earlier in the group’s list, on every device; both are told, and whoever leads can hand it over.
help-lead-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-lead-reason = Why, in one line; needed when somebody else leads
help-lead-examples =
    Example:
      bellrope lead 7KQ4 --reason "Boris is on a plane until tonight"
help-support = Tell the group that you help with a case
help-support-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-hand-over = Hand a case over to somebody, who leads it from then on
help-hand-over-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-hand-over-name = Name of the person
help-hand-over-reason = Why, in one line; needed when somebody else leads
help-conflict = Tell the group that you stay out of a case: conflict of interest
help-conflict-long = For when you must not act in it, as your organisation or somebody near you is part of it. If you lead, nobody does any more. What was sent to you stays with you, and so does what comes.
help-conflict-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-conflict-reason = Why, in one line
help-open = See who reads a case, or open it to others
help-open-long = An alert is for those whom its sender or the group’s circle named. To anybody else a person opens it, by name: “bellrope open CASE to NAME”, or “to group” for every member and coordinator whom the group does not keep out of such alerts. They get the alert and all that was said, and what they say counts from then on. Everybody in the case sees who opened it to whom. Observers can read what is opened to them, and say nothing. Only those for whom the alert was written open it; whoever it was opened to does not open it further.
help-open-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-open-people = Names of the people, or “group”; a “to” before them may be left out. Without any, shows who reads the case
help-open-no-longer-to = Name of a person to whom the case was opened: what is said from now on is not sealed to them. What they have read stays with them. May be given several times
help-open-reason = Why, in one line; all who read the case see it
help-open-yes = Ask nothing, also where the sender chose who reads it
help-open-json = Print who reads it, as one line of JSON for each
help-open-examples =
    Examples:
      bellrope open 7KQ4
      bellrope open 7KQ4 to "Ivan Example" --reason "he knows the lawyer"
      bellrope open 7KQ4 --no-longer-to "Ivan Example"
help-note = Write a note for everybody who reads a case
help-note-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-note-text = The note, at most 8,000 characters; asked for when left out, and then in no history of your shell
help-note-to-lead = Only for who leads the case: the others see that you wrote, and not what. Who leads later reads it when it is handed on
help-note-to = Only for this person, who reads the case: the others see that you wrote to them, and not what. May be given several times
help-note-hand-on = Hand on to who leads now what was written with --to-lead to who led before, as far as this device can read it
help-note-examples =
    Examples:
      bellrope note 7KQ4 "Her sister called"
      bellrope note 7KQ4 --to-lead "The lawyer asks for money. Is that known?"
      bellrope note 7KQ4 --to Anna --to Boris "Call me"
help-translate = Translate what is in a case, or see its translations
help-translate-long = Without an option: what there is to translate, with letters, and the translations. Whoever reads the case sees a translation into their language first, by whom it is, and the original with “bellrope case CASE --original”. Nothing here asks a machine: whoever pastes a text into an on-line translator tells its owner of the case. One that works on your own computer tells nobody.
help-translate-case = Without it: what you are asked to translate. Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-translate-words = The translation, at most 8,000 characters; asked for when left out, and then in no history of your shell
help-translate-text = Print the text that is to be translated
help-translate-of = Of which note or later word of the sender, by its letters; of the alert when left out
help-translate-into = Into which language: ru, en, be, or another tag
help-translate-from = A file with the translation
help-translate-by-machine = A machine has made it, and this is what it is called: everybody sees that nobody has checked it, until somebody else has
help-translate-ask = Ask this member for it, who does not read the case. They get the text alone, without what the program knows to name somebody; you see it first. Everybody who reads the case sees it too
help-translate-yes = Send that without asking
help-translate-asked = What you are asked for, by its letters: with --text the text, with --from your translation
help-translate-check = You have compared the translation with these letters with its original, and it is right
help-translate-save = Where to write the text, with --text: a new file
help-translate-json = Print one line of JSON for each text
help-translate-examples =
    Examples:
      bellrope translate 7KQ4 --text --save alert.txt
      bellrope translate 7KQ4 --into ru --from alert-ru.txt
      bellrope translate 7KQ4 --into en --of 3f2a91 --by-machine Argos --from note-en.txt
      bellrope translate 7KQ4 --check 9b04c7
      bellrope translate 7KQ4 --into en --ask Olga
      bellrope translate --asked 51c0aa --from olga-en.txt
help-sensitive = Write down something sensitive of a case for few people, or read it
help-sensitive-long = For what would harm the person again if others read it: illness, HIV, sexual orientation or gender identity, religion, ethnicity, sexual violence. It is sealed to the people whom you name, and to nobody else who reads the case; without names to who leads and who speaks with the person. You are shown who that is before you write. Everybody in the case sees that there is something, who wrote it and who reads it, so that nobody asks the person a second time; not what it is about. It is shown by --show alone: not on the page of the case, in no list, search, digest or export. Opening the case to others does not open it. Its author and those whom they named let others read it (--also-to), by name, and everybody sees that. Who is kept out of such alerts or stays out of the case reads none of it, whoever names them.
help-sensitive-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-sensitive-show = Show what you may read, and that there is more
help-sensitive-kind = What it is about: health, hiv, orientation_or_identity, religion, ethnicity, sexual_violence or other; asked for when left out
help-sensitive-to = Name of a person who reads it, too. May be given several times
help-sensitive-from = File that has it, “-” for what is piped in; asked for when left out
help-sensitive-also-to = Name of a person who is to read one that is there. May be given several times; it cannot be taken back
help-sensitive-block = Which, by its letters, where there are several
help-sensitive-reason = Why they are to read it, in one line; all who read the case see it
help-sensitive-yes = Do not ask whether these are the right people
help-sensitive-json = Print what is there, as one line of JSON for each
help-sensitive-examples =
    Examples:
      bellrope sensitive 7KQ4 --to Anna --to "Ivan Example"
      bellrope sensitive 7KQ4 --show
      bellrope sensitive 7KQ4 --also-to Vera --reason "she is the doctor"
help-answer = Answer whoever sent the alert
help-answer-long = It is sealed to the sender’s device, and a coordinator’s program hands it on. The sender is told that a member of the group answers, and no name but one that you give with --as. Their program shows it once and keeps nothing. Everybody who reads the case sees what you answered. While the sender is frozen, it is held. That a person has read the alert, and that somebody leads, the sender is told without this.
help-answer-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-answer-text = The answer, at most 500 characters; asked for when left out, and then in no history of your shell
help-answer-as = A name that the sender is told, of yours or of your organisation; none when left out
help-answer-yes = Ask nothing, also where somebody else speaks with the person
help-answer-examples =
    Example:
      bellrope answer 7KQ4 "Is there a lawyer already? Do not go to the police alone."
help-state = Say where a case stands
help-state-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-state-state = Where: triage, verifying, active, waiting_for_state_reply, waiting_for_source, suspended or monitoring
help-state-text = Why, in one line
help-state-examples =
    Example:
      bellrope state 7KQ4 waiting_for_state_reply "letter of 3 December"
help-fact = Say what is so in a case: how sure it is, what is permitted, who does what
help-fact-long = What you say takes the place of what was said about the same before, and stays in the story with your name. Where two said something beside each other, both are shown and the more careful one counts. A “yes” of the family or a lawyer never takes the place of a “no” of the person.
help-fact-examples =
    Examples:
      bellrope fact verification 7KQ4 two_independent --ground "her lawyer and her sister"
      bellrope fact publicity 7KQ4 none --until 2026-12-05 --ground "the family asks"
      bellrope fact consent 7KQ4 publish no --by family
      bellrope fact custody 7KQ4 --stage police_hold --place "Okrestina" --seen "today 11:00" --seen-how lawyer
      bellrope fact part 7KQ4 contact_owner Anna
help-fact-verification = Say how well a case is confirmed
help-fact-verification-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-verification-rung = How well: unverified, one_source, two_independent, partner_confirmed, disputed or false
help-fact-verification-ground = How that is known, in one line
help-fact-publicity = Say who may hear of a case outside the group
help-fact-publicity-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-publicity-publicity = unknown, none, quiet_only, allowed or wanted
help-fact-publicity-until = For how long; then nobody has said anything
help-fact-publicity-ground = Who asked for it, and why, in one line
help-fact-consent = Say what is permitted, and by whom
help-fact-consent-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-consent-purpose = For what: share_in_group, contact_family, send_to_state, send_to_institutions, use_name, publish or media
help-fact-consent-answer = yes, no, withdrawn, ask_each_time, not_reachable or unknown. Only “yes” permits anything
help-fact-consent-by = Who said so: defender, standing_instruction, authorised_representative, guardian, family, lawyer or partner_organisation
help-fact-consent-when = When they said so
help-fact-consent-ground = How that is known, in one line
help-fact-custody = Say where and how somebody is held
help-fact-custody-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-custody-stage = Of what kind: taken_place_unknown, police_hold, administrative_arrest, suspect_hold, remand, house_arrest, open_sentence, colony, prison_regime, psychiatric, transit, released_with_conditions, released or unknown
help-fact-custody-since = Since when
help-fact-custody-place = Where; empty when it is not known any more
help-fact-custody-body = Which body holds them
help-fact-custody-articles = Under which articles
help-fact-custody-lawyer = Whether a lawyer can see them: yes, no, denied, appointed_only, bound_by_non_disclosure, lawyer_persecuted, not_requested or unknown
help-fact-custody-lawyer-name = Who the lawyer is
help-fact-custody-lawyer-unnamed = The lawyer’s name must not be said to anybody
help-fact-custody-seen = When somebody last saw or heard them for certain
help-fact-custody-seen-how = How: lawyer, family, letter, court, phone or other
help-fact-custody-seen-by = Who saw or heard them
help-fact-custody-ground = How all that is known, in one line
help-fact-part = Say who does what in a case
help-fact-part-long = The contact alone speaks with the person, the family and the lawyer; everybody else is told not to call, before anything else of the case. Whoever is named must be able to read the case.
help-fact-part-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-part-work = What: contact_owner, deputy, lawyer_adviser, translator, evidence_keeper, reviewer, media or security_adviser
help-fact-part-name = Name of the person; left out: nobody any more
help-fact-link = Say how a case relates to another
help-fact-link-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-fact-link-link = How: duplicate_of, follows, part_of_pattern, same_person or same_trial; or none: not any more
help-fact-link-other = The other case, named in the same way
help-due = Say what is due in a case, and when
help-due-long = Nothing is computed: you say what you were told, by whom, and whether a lawyer has confirmed it. Each date has four letters, by which it is moved or ticked off.
help-due-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-due-when = When: a day, or a day and an hour
help-due-what = What, in one line
help-due-kind = Of what kind: custody_end, hearing, appeal, cassation, rule_39, court_4_months, body_reply, consent_end, embargo, follow_up or other
help-due-zone = Where the clock is that it goes by: Europe/Minsk, or +03:00; this computer’s when left out
help-due-source = Who says so: a decision, a lawyer, a law
help-due-by-lawyer = A lawyer has confirmed it
help-due-for = Who sees to it
help-due-date = The letters of a date that is there: what you give takes the place of what it has
help-due-standing = What became of it: done, missed, dropped or open
help-due-follow-ups = Four at once, after somebody was released: a week, a month, three and six months after that day
help-due-examples =
    Examples:
      bellrope due 7KQ4 "2026-12-05 10:00" "Hearing, Lenin district court" --kind hearing --zone Europe/Minsk --source "her lawyer" --for Anna
      bellrope due 7KQ4 --date 4XTR --standing done
      bellrope due 7KQ4 2026-12-05 --follow-ups --for Anna
help-checklist = Show what is done in the first hours of a case, or say what of it is done
help-checklist-long = Shows the list that fits what happened. What you say of a step, everybody sees who reads the case. Each step has a number, or four letters where somebody wrote it.
help-checklist-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-checklist-list = Which list: detention, search, threat, disappearance or digital. Without a case, prints it, a step in each line, to make your group’s own of it
help-checklist-done = Number or letters of a step that is done; can be repeated
help-checklist-dropped = Of one that is not needed here; can be repeated
help-checklist-open = Of one that is to be done after all; can be repeated
help-checklist-add = A step in your words, at most 140 characters; can be repeated
help-checklist-from = A file with your group’s own steps, one in each line; - reads what is piped in
help-checklist-json = Print it as one line of JSON
help-checklist-examples =
    Examples:
      bellrope checklist 7KQ4 --done 1 --done 6 --add "Call her school"
      bellrope checklist --list detention > detention.txt
      bellrope checklist 7KQ4 --from detention.txt
help-review = Look back on a case that is closed
help-review-long = Two people do: each says whether what was done has harmed anybody, whether the person agrees that the group keeps the case, and what is to be learned. A case that is opened and closed again is looked back on again.
help-review-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-review-harm = Whether what was done has harmed anybody: yes, no or unknown
help-review-keep = Whether the person agrees that the case is kept: yes, no or unknown
help-review-text = What is to be learned, in one line, at most 280 characters
help-review-examples =
    Examples:
      bellrope review 7KQ4 --harm no --keep yes "Ask about the school earlier"
help-digest = Sum up the cases: what nobody leads, what you lead, what is new, what was said, what is due
help-digest-days = Of so many days, at most 366 [default: 1]
help-digest-json = Print it as one line of JSON
help-check-in = Say that you are well, by a plan that you made
help-check-in-long = Asks for the agreed word, which is not shown, seals, keeps and sends it, and ends. In a script the word is the first line of the input; no line is no word. What is said and what is sent look the same whatever word it was, also a wrong one: this computer does not know the words. A word for “I am forced” can cost you something if somebody knows that there are two: agree on it only if you mean to use it. Without a network the check-in waits, and counts when it arrives, if it is not older than the time between two check-ins.
help-check-in-case = Number of the plan, or its end; not needed where you have one
help-check-in-end = You are back, and the plan is over; it takes the word for “I am well”
help-check-in-json = What became of it as one line of JSON
help-check-in-examples =
    Example:
      bellrope check-in plan --every 12 --until "Friday 18:00"
      bellrope check-in
      bellrope check-in --end
help-check-in-plan = Tell the group when you mean to check in, and what to do if you do not
help-check-in-plan-long = Goes sealed to those who read your alerts, opens a case of its own and rings nobody. When a check-in does not come, and the time that members wait is over, a person is asked to try to reach you; only then, when nobody could, or nobody says anything for an hour, it rings. Nothing of it is kept on this computer but what it takes to check in: neither times nor words.
help-check-in-plan-every = At least so often: hours, or minutes with “min”; 30 minutes to 7 days
help-check-in-plan-until = When the last check-in is due: “Friday 18:00”, 2026-12-05; at most 60 days
help-check-in-plan-first = When the first is due; without it, one interval from now
help-check-in-plan-grace = How long members wait after one was due: 30 minutes to 24 hours [default: 30 minutes]
help-check-in-plan-where = Where you will be: country, or country and town
help-check-in-plan-summary = What for, in one line
help-check-in-plan-text = What to do if you are not heard: whom to call, what to wait for
help-check-in-plan-words = File with the word for “I am well” and, in the next line, the one for “I am forced”; “-” reads them from the input. Without it you are asked, or there are none
help-check-in-plan-yes = Send it without a last look
help-check-in-plan-json = What became of it as one line of JSON
help-check-in-reached = Say that somebody who did not check in was reached, and is well
help-check-in-reached-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-check-in-reached-text = How, in one line
help-check-in-reached-yes = Ask nothing, also where somebody else speaks with the person
help-check-in-nobody-reached = Say that somebody who did not check in could not be reached: it rings at everybody’s
help-check-in-nobody-reached-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-check-in-nobody-reached-text = What was tried, in one line
help-check-in-nobody-reached-yes = Ask nothing, also where somebody else speaks with the person
help-calendar = List what is due in all open cases
help-calendar-all = What is done, missed or dropped too, also of closed cases
help-calendar-file = Write a new file for a calendar program: kinds, times and the last letters of case numbers, no names. Other programs may keep it anywhere
help-calendar-json = The list as JSON, one line for each
help-opened = Whether others are told that an alert was opened on this device
help-opened-long = What your program says by itself, between 2 and 32 minutes after an alert was shown, to those who read it: that it was shown on a device. It says nothing of whether a person read it; “bellrope ack” does. Others see on how many devices that was. Without an option, says how it is set.
help-opened-on = Tell them; it is so unless you have said otherwise
help-opened-off = Do not tell them; nor of those that were opened and not told yet
help-close = Close a case
help-close-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-close-reason = Why: released, charges_dropped, threat_ended, relocated, no_consent, unfounded, duplicate_of, death, stale, sentence_served, pardoned, released_and_expelled, acquitted, transferred, withdrawn_by_person, outside_mandate or left_country; or its label, or its number in this list
help-close-text = More about it, in one line
help-close-examples =
    Example:
      bellrope close 7KQ4 --reason released "home since noon, says her sister"
help-reopen = Open a case again
help-reopen-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-reopen-text = Why, in one line
help-keep = Keep a case longer than the group’s retention says
help-keep-long = For a trial that goes on, evidence that a court may want, a complaint that waits for its answer. The case’s page says who keeps it, until when and why; anybody who may act in it can take that back (“--not”), or say it anew. It is for five years at most; then somebody looks again. It keeps a case from being due; two people who wish it forgotten have it forgotten all the same. Without options, shows how it stands.
help-keep-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id
help-keep-until = Until when, as 2030-12-31
help-keep-because = Why, in one line
help-keep-not = Keep it no longer than others
help-keep-json = Print the case as one line of JSON
help-keep-examples =
    Examples:
      bellrope keep 7KQ4 --until 2030-12-31 --because "the appeal is not decided"
      bellrope keep 7KQ4 --not
help-forget = Forget a case on every member’s device, when two people wish it
help-forget-long = For a request of the person, and for what a group must not keep. “--because” says that you wish it; it is done when a second person of those who may act in the case agrees (“--agree”), and can be taken back before that (“--not”). Then the alert, everything that was said, photographs and papers go from every device, each when it is online, and nothing of it is kept that comes again. What is counted stays: country, acts, urgency, quarters of a year, outcome. Without options, shows who wishes it; after that, which devices say that they have erased it and which not yet.
    It erases one case everywhere, and leaves your device as it is; “bellrope erase” destroys this whole device, and nothing anywhere else. Out of reach are exports, prints, photographs of a screen, backups of a device, and old blocks of flash storage.
help-forget-case = Number in the list of “bellrope inbox”, case number such as BY-2026-7KQ4 or its end, or the beginning of the alert’s id; without it, all are listed
help-forget-due = Of all that is due (“bellrope retention”): wish it, or agree with who does, after a look at the list
help-forget-because = Wish it, and say why, in one line; the others see that in a note, which goes with the rest
help-forget-with-sender = Have the contact card of who sent the alert forgotten too; the roster keeps the handle
help-forget-agree = Agree with who wishes it
help-forget-not = Wish it no longer
help-forget-yes = Ask nothing
help-forget-json = Print what is left of forgotten cases, as one line of JSON for each; with a case, that one
help-forget-examples =
    Examples:
      bellrope forget 7KQ4 --because "she asks for it, in a letter of 3 May"
      bellrope forget 7KQ4 --agree
      bellrope forget --due
      bellrope forget
help-freeze = Mark what a sender says from now on: it may be written by others
help-freeze-long = For when somebody may be in custody, or their device was taken. You say it to the group with your name. From then on everything from that sender is marked on every member’s pages, in lists and in JSON, until a person lifts it with “bellrope unfreeze”; what came meanwhile stays marked. The sender’s device is not told, and a defender’s is sent no new keys. It still sends, and a member’s still receives: to end that, put it out with “bellrope members remove”. Without a name, lists who is frozen.
help-freeze-name = Name of the person; who is frozen is listed when left out
help-freeze-reason = Why, in one line, for the other members
help-freeze-json = The list as JSON, one line for each
help-freeze-examples =
    Example:
      bellrope freeze Alena --reason "detained this morning, says her lawyer"
help-unfreeze = Lift it: somebody has checked that the sender is themselves
help-unfreeze-name = Name of the person
help-unfreeze-reason = How that is known, in one line, for the other members

help-invite = Invite a person into the group
help-invite-long = Prints a code that can be used once. Send it over a channel that you trust, and to that person only: whoever has the code first can use it. Members and observers must then be approved with “bellrope members approve”.
help-invite-name = What the group will call the person
help-invite-role = What the person may do [one of: member, observer, defender]
help-invite-role-long =
    What the person may do
    member: { help-invite-role-member }
    observer: { help-invite-role-observer }
    defender: { help-invite-role-defender }
help-invite-role-member = reads the alerts of the group and sends alerts
help-invite-role-observer = reads alerts that are sent to them by name
help-invite-role-defender = sends alerts to the group and does not read those of others
help-invite-days = For how many days it can be used, from 1 to 14 [default: 7]
help-invite-show = Show the invitation of this name again
help-invite-show-long = Show again an invitation that nobody has used yet and that has not ended. If it got lost, or somebody else may have it, make a new one for the same name instead: the old one is then taken back.
help-invite-recovery = For somebody in the group who has lost every device and has a recovery key
help-invite-recovery-long = Makes a code for another device of somebody who is in the group, to be used with “bellrope recovery restore”. It lets nobody in by itself: what counts is the word of their recovery key. Make sure over another channel that it is they who ask. Only the coordinator whose program keeps the list of members can make it.
help-invite-file = Write the invitation to a file
help-invite-file-long = Write everything that joining needs into one file. Whoever joins with it needs no network. Guard the file like the code.
help-invite-qr = Show the code as a QR code too
help-invite-dictate = Read the invitation out on the phone
help-invite-dictate-long = Shows the name of the host, four digits and six, to be read out on the phone, and hands the invitation over to the first who types them into “bellrope join” on another device. That works once, for 10 minutes, and while this command runs. A wrong code voids it: there is one guess. Whoever hears the call can be faster than the person you mean, and it proves to nobody who that is.
help-invite-examples =
    Examples:
      A code for a defender, for three days:
        bellrope invite "Alena Prykladnaya" --role defender --days 3
      A file, to be handed over in person:
        bellrope invite "Example House" --role member --file house.invitation
      Over the phone, when there is no safe way to send anything:
        bellrope invite "Ivan" --role member --dictate

help-members = Show who is in the group and who asks to be
help-members-long = Shows who is in the group and who asks to be let in. Before you approve somebody, ask them over another channel whether it was they who joined.
help-members-json = Print each person as one line of JSON
help-members-examples =
    Examples:
      bellrope members
      bellrope members approve "Alena Prykladnaya"
      bellrope members remove "Alena Prykladnaya"
help-members-approve = Let a person in who used an invitation
help-members-approve-name = Name of the person, as in the invitation
help-members-remove = Put a person out of the group
help-members-remove-long = Puts a person out of the group. Everybody else gets new keys and another mailbox, which this person has no part in, the next time they are online. What this person has received stays readable to them.
help-members-remove-name = Name of the person, as “bellrope members” shows it
help-members-remove-device = Put out this one device alone, whose code begins so; the person stays
help-members-remove-yes = Do not ask first; for scripts
help-members-renew = Give the group new keys and another mailbox, and put nobody out
help-members-renew-long = Gives the group new keys and another mailbox, and puts nobody out. A coordinator’s program does this by itself every 30 days; do it by hand when somebody’s device may have been in others’ hands.
help-members-renew-token = Token from the relay’s host, when the program says that the new mailbox needs one; or a file that has it, or - for standard input
help-members-refuse = Do not let a person in
help-members-refuse-name = Name of the person, as in the invitation
help-members-promote = Make a member a coordinator
help-members-promote-long = Makes a member a coordinator. The only coordinator does it alone; where several coordinate, a second one agrees. A group should have two or three: what rules its mailbox is then on more than one device.
help-members-promote-name = Name of the member
help-members-demote = Make a coordinator a member
help-members-demote-long = Makes a coordinator a member. Where three coordinate a second one agrees, where two do two members. The group gets new keys, and invitations that nobody has used are taken back.
help-members-demote-name = Name of the coordinator
help-members-resign = Be a coordinator no more
help-members-resign-long = You stay a member. Nobody has to agree. Who keeps the list of members hands it over first.
help-members-pen = Show who keeps the list of members, or hand that over
help-members-pen-long = One coordinator’s device at a time writes who is in the group: what two write at once would be two groups. Without a name shows whose it is. With a name, the coordinator who keeps the list hands it over.
help-members-pen-name = Name of the coordinator who keeps it from now on
help-members-take-pen = Keep the list of members in the place of who does not answer
help-members-take-pen-long = For when the coordinator who keeps the list of members is arrested, or does not answer. A majority of the coordinators has to agree; of two, the other one and two members. Who agrees runs “bellrope members confirm” with your name. If nobody else coordinates, a member does it, with a token of the relay’s host for another mailbox: a majority of the members has to agree, two others at the least where there are two, and the coordinator before is put out by the same.
help-members-take-pen-token = Token from the relay’s host, if nobody else coordinates; or a file that has it, or - for standard input
help-members-pending = Show what waits for somebody’s agreement, or for the device that keeps the list
help-members-confirm = Agree with what waits about a person
help-members-confirm-long = Agrees with what others wish about a person, as “bellrope members pending” shows it. Ask those who wish it over another channel first: their devices may be in others’ hands.
help-members-confirm-name = Name of the person it is about

help-device = Show your devices, or add and remove one
help-device-long = You can use several devices, a laptop and a second computer: each has keys of its own, and you count as one person. A device is added by one that you have: it shows the code of an invitation, the new one joins with it, and then you compare a code on both screens. Nobody else can add a device for you.
help-device-json = Print each as one line of JSON
help-device-add = Invite another device of yours
help-device-add-long = Asks for an invitation and shows its code; the program of who keeps the list of members makes it, and must be online for that. On the new device run “bellrope join”. Then this one shows which code the new device has, and asks whether that is so.
help-device-add-qr = Draw the code as a QR code as well
help-device-approve = Say that the device that asks is yours
help-device-approve-code = The code that the new device shows, typed from its screen
help-device-refuse = Say that the device that asks is not yours
help-device-remove = Put a device of yours out of the group
help-device-remove-long = Puts one device of yours out of the group, as when it is lost or sold. Your own word is enough. Everybody else’s devices get new keys. What the device has received stays readable on it, with its passphrase.
help-device-remove-code = How its code begins, as “bellrope device” shows it
help-device-remove-yes = Do not ask first; for scripts
help-device-examples =
    Examples:
      bellrope device add --qr
      bellrope device approve "1a2b 3c4d 5e6f 7081"

help-contact = Show who a defender is, and tell other members
help-contact-long = The roster says of a defender a handle such as D-7KQ4M, and no name: one member’s lost laptop must not be the list of everybody who ever called. Who that is, and how to reach them, stands on the devices of those who were told. Without a name, shows all that this device knows.
help-contact-name = Name or handle of the defender
help-contact-call = Write down what the person is called
help-contact-reach = Write down how to reach the person
help-contact-to = Tell this member, sealed to them alone; may be given several times
help-contact-forget = Forget on this device who the person is
help-contact-json = Print each as one line of JSON
help-contact-examples =
    Examples:
      bellrope contact "Alena Prykladnaya" --reach "Signal, after 18:00"
      bellrope contact "Alena Prykladnaya" --to Anna

help-relay = Show where the group's relay is, or that it has moved
help-relay-long = Shows the address of the group's relay. A coordinator says with “bellrope relay move” that it has moved; whom the old address does not lead there any more goes by a file with “bellrope relay follow”.
help-relay-json = One line of JSON
help-relay-move = Tell the group that its relay has moved
help-relay-move-long = Tells everybody that the relay has another address, or that the group goes to another relay. That is a coordinator's to say. Members hear of it by the group's mailbox; defenders, and whoever was invited, by their own. At another relay the group's mailbox is opened with a token of its host, and what was sent in the last 14 days is sent there again.
help-relay-move-relay = The relay's address from now on, or a file that has it
help-relay-move-token = A token of the host, if it is another relay; or a file that has it, or - for standard input
help-relay-move-file = Write it to a file as well, for those whom the old address does not lead there
help-relay-move-examples =
    Examples:
      The relay has another address:
        bellrope relay move ADDRESS --file moved.bellrope
      The group goes to another relay:
        bellrope relay move ADDRESS --token TOKEN --file moved.bellrope
help-relay-follow = Go by a file that says where the relay is now
help-relay-follow-long = Goes by a file that says where the relay is now. It counts only if a coordinator of this device's group has signed it, and if nothing newer is known.
help-relay-follow-file = The file that a coordinator has made

help-evidence = List what a relay signed that does not fit together
help-evidence-long = Lists what this device has kept of relays that contradicted themselves. It is sealed like everything on this device. With --dir it is written for others, who check it with “bellrope verify-evidence”.
help-evidence-dir = Directory for files to show to others
help-evidence-examples =
    Example:
      bellrope evidence --dir evidence

help-verify-evidence = Check evidence against the relay’s signatures
help-verify-evidence-long = Checks files that “bellrope evidence --dir” wrote, also on other devices, and says whether they prove that a relay lied. Files of several people are checked together: each may have one half. No device and no passphrase is needed. The exit code is 0 when the files are proof, otherwise 1.
help-verify-evidence-files = Files, all about one relay
help-verify-evidence-json = Print one line of JSON
help-verify-evidence-examples =
    Example:
      bellrope verify-evidence nina.txt anna.txt

help-export-identity = Write the keys that open your envelopes to a file
help-export-identity-long = Writes age identities to a file. With them, any age implementation opens the envelopes that are meant for you. Careful: whoever has this file can read the group’s alerts. Keep it encrypted and off this device.
help-export-identity-out = File to write, which must not exist yet
help-export-identity-examples =
    Example:
      bellrope export-identity --out /media/safe/identity.txt

help-passphrase = Change the passphrase of this device
help-passphrase-long = Asks for the old passphrase and, twice, for the new one, and protects this device’s keys with it. The keys stay the same: copies of the directory from before, such as backups, still open with the old passphrase. If somebody may have such a copy and the old passphrase, a new one does not help: tell your coordinator over another channel: the device must leave the group.
help-passphrase-new-file = File whose first line is the new passphrase; asked when left out
help-passphrase-examples =
    Examples:
      Asked for both:
        bellrope passphrase
      In a script; the old one is in the file that BELLROPE_PASSPHRASE_FILE names:
        bellrope passphrase --new-file new.txt

help-recovery = A key in parts for people you trust, to come back when every device is lost
help-recovery-long = Who loses every device comes back as the same person by a recovery key. It is cut into parts, each for another person whom one trusts: some of them together are the key, fewer are nothing. It brings back membership and no content: what was only on the lost device is lost. Members and coordinators can have one; defenders and observers are invited anew.
help-recovery-create = Make a recovery key and show its parts, once
help-recovery-create-long = Makes a new recovery key and shows its parts, once; nothing of them is kept. It takes effect when you say that each part is written down or with its keeper. From then on the parts of the key before it open nothing. It is for one new device; after that it is used up.
help-recovery-create-for = Whom a part is for, in their order; kept on this device alone, under your passphrase
help-recovery-create-parts = How many parts, from 2 to 7 [default: 3]
help-recovery-create-needed = How many of them are needed together, from 2 on [default: 2]
help-recovery-create-qr = Show each part as a QR code too
help-recovery-create-dir = Write each part into a file in this directory, instead of showing it
help-recovery-create-yes = Do not ask whether the parts are in safe hands; for scripts
help-recovery-check = Check that parts open what is registered, without using them
help-recovery-check-long = Asks for parts, says whether they open the recovery key that is registered, and keeps nothing of them. With fewer than are needed it says whether they belong to it. To ask on the phone without typing anything, “bellrope recovery status” says how each part begins.
help-recovery-check-part = Files with a part each; asked for when left out
help-recovery-check-asked = Type nothing: you have asked everybody, and each still has their part
help-recovery-restore = Make a new device of yours by the parts
help-recovery-restore-long = For who has lost every device: run it on the new one, with a code that a coordinator makes for another device of yours, and enough parts. The group's members are told loudly that you came back in this way, and nobody's comparison of keys with you counts for the new device. What was only on the lost device is lost: messages, notes, who defenders are. Then put the lost device out with the new one: bellrope device remove.
help-recovery-restore-part = Files with a part each; asked for when left out
help-recovery-restore-invitation = The coordinator’s code, or a file that has it; asked for when left out
help-recovery-status = Show whether there is one, since when, and whom its parts are for
help-recovery-status-json = Print one line of JSON
help-recovery-examples =
    Examples:
      Three parts, of which two are needed:
        bellrope recovery create --for Anna --for Boris --for "my aunt"
      Do two people still have theirs, and is it the right one?
        bellrope recovery check
      On a new device, when every other one is lost:
        bellrope recovery restore

help-lock = End every program of this device, so that none has its keys
help-lock-long = Has every bellrope that runs with this device forget its keys and end, within a few seconds, and says whether they did. Needs no passphrase. What was being typed is lost; what waits sealed is sent later. An alert that could be kept nowhere, and was not stored yet, is lost. A program that a system starts again with a passphrase file has the keys again.
help-lock-examples =
    Example:
      bellrope lock

help-erase = Erase this device: nothing on it can be opened any more
help-erase-long = For one case on every device, see “bellrope forget”; this is for all of this device. Destroys the keys first, in less than a second: from then on nothing that Bellrope keeps here can be opened, with the passphrase either. Then it removes what else Bellrope made in the directory, and ends the programs that run with it. Asks for a word, and needs no passphrase.
    What it costs: what was received and kept here is gone for ever, and so is what waits to be sent. The group has to let you in anew, by a new invitation. Under coercion, that something was erased can be seen, and held against you: think beforehand about which is worse for you.
    What it does not reach: files elsewhere (the passphrase file, forms, exported keys, evidence written for others), backups, and what others have received. Flash storage, and file systems that copy on write (btrfs, ZFS, F2FS, snapshots), keep old blocks for a while: only the passphrase protects the keys in those. If it was interrupted, run it again.
help-erase-yes = Do not ask
help-erase-examples =
    Examples:
      bellrope erase
      At once:
        bellrope erase --yes

help-completions = Print completions for your shell
help-completions-shell = Which shell [one of: bash, elvish, fish, powershell, zsh]
help-completions-examples =
    Example:
      bellrope completions bash > bellrope.bash

help-man = Write the manual pages
help-man-dir = Directory to write them to
help-man-examples =
    Example:
      bellrope man --dir man1

# What was typed cannot be understood; it is quoted as it was typed.
usage-unknown-argument = There is no “{ $arg }” here.
usage-unknown-command = There is no command “{ $command }”.
usage-suggest = Perhaps you meant: { $meant }
usage-missing =
    Something is missing:
    {"  "}{ $arg }
usage-missing-value = “{ $arg }” needs a value after it.
usage-invalid-value = “{ $value }” does not fit “{ $arg }”.
usage-values = Possible: { $values }
usage-conflict = “{ $arg }” cannot be used together with: { $others }
usage-other = The command could not be understood: { $typed }
usage-see = For help: { $place } --help

help-verify = Compare keys with somebody, or the whole group
help-verify-long = Shows digits that stand on both your screens if each of you has the other’s true keys, and on different ones if somebody has put a device of their own in between. What you answer is noted on your device, for these keys alone: a new device or key of the same person begins without it. No invitation and no code ever counts as compared.
help-verify-name = With whom: the name in the group (a defender leaves it out)
help-verify-here = Face to face, without a network: 60 digits; without this, on a call: three numbers or six words
help-verify-qr = With --here: also as a QR code, for a telephone that reads it out
help-verify-tell = Tell the group that you compared, as your word, when they are the same (else you are asked)
help-verify-group = The number of the whole group: equal numbers mean that nobody sees another group
help-verify-said = With --group: the number that one of you has just said
help-verify-examples =
    Examples:
      Two members on a call, both online; each names the other:
        bellrope verify "Anna Example"
      Two members, face to face:
        bellrope verify "Anna Example" --here
      A defender who meets a member:
        bellrope verify --here
      Everybody on a call:
        bellrope verify --group
