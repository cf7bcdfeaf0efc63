# Photographs and papers: what goes with an alert, and what is saved.

attach-ready = Goes with the alert: { $file }, written anew as a { $kind }, { $size }. Nothing but its pixels goes: no place, time, camera or name. What can be seen in it stays.
attach-as-it-is = Goes with the alert AS IT IS: { $file }, { $kind }, { $size }
attach-told-camera = {"  "}It tells with what it was taken: { $text }
attach-told-place = {"  "}It tells WHERE it was taken.
attach-told-time = {"  "}It tells when it was taken: { $text }
attach-told-name = {"  "}It tells a name: { $text }
attach-told-serial = {"  "}It tells the number of the camera, which is the same in every picture of it.
attach-told-preview = {"  "}It has a small picture of itself, maybe from before it was cut.
attach-may-tell-picture = {"  "}It may tell more, and everybody who reads the alert has that too.
attach-may-tell-paper = {"  "}It is not looked into. It may tell who wrote it, with what and when, and what was deleted in it; everybody who reads the alert has that too.
ask-attach-as-it-is = Send it as it is? (yes/no) [no]
alert-original-as-it-is = Beside it UNTOUCHED, for few: { $file }, { $kind }, { $size }
alert-original-may-tell-picture = {"  "}It may tell more. Those can open it who coordinate the group and read this alert; if nobody of them does, everybody who reads it. They can hand it on to whoever keeps the evidence. Everybody who reads the alert sees that it is there, its hash, and what you say of who took it.
alert-original-may-tell-paper = {"  "}It is not looked into. Those can open it who coordinate the group and read this alert; if nobody of them does, everybody who reads it. They can hand it on to whoever keeps the evidence. Everybody who reads the alert sees that it is there, its hash, and what you say of who took it.
ask-attach-original = Send the untouched original too? (yes/no) [no]
attach-original-left-out = Goes without its original: { $file }
attach-left-out = Does not go with the alert: { $file }
alert-unattached = { $count ->
    [one] For the reason above { $count } file does not go with the alert. The alert goes all the same, and does not speak of it.
   *[other] For the reasons above { $count } files do not go with the alert. The alert goes all the same, and does not speak of them.
}
alert-without-original = { $count ->
    [one] For the reason above { $count } file goes without its original. The rest goes all the same.
   *[other] For the reasons above { $count } files go without their originals. The rest goes all the same.
}
alert-originals = { $count ->
    [one] { $count } untouched original goes along
   *[other] { $count } untouched originals go along
}; { $others ->
    [0] besides you nobody who coordinates the group can open what goes untouched, until you hand it on.
    [one] { $others } person can open what goes untouched: who coordinates the group. The program tells the case before it lets anybody save it.
   *[other] { $others } people can open what goes untouched: those who coordinate the group. The program tells the case before it lets anybody save it.
}
alert-originals-all = { $count ->
    [one] { $count } untouched original goes along
   *[other] { $count } untouched originals go along
}. NOBODY WHO COORDINATES THE GROUP READS THIS ALERT, so it was sealed to those who read it: { $others ->
    [one] { $others } person
   *[other] { $others } people
}. The program tells the case before it lets anybody save it.
alert-parts = { $count ->
    [one] The alert is there. Now what goes with it follows, { $count } file. If you press Ctrl+C, the rest goes another time.
   *[other] The alert is there. Now what goes with it follows, { $count } files. If you press Ctrl+C, the rest goes another time.
}
alert-parts-wait = The rest waits sealed on this device, and goes with the next bellrope alert, bellrope outbox or bellrope watch.
attachment-looks = { $count ->
    [one] { $count } part is missing here. Looking whether the relay still has it…
   *[other] { $count } parts are missing here. Looking whether the relay still has them…
}
attachment-saved = Saved: { $file }
attachment-is-open = From now on whoever has this disk can read it, without your passphrase. Delete the file when it is not needed any more. A picture or document from somebody else can harm the program that opens it.
attachment-none = Nothing goes with this alert, and nothing was added.

error-attach-many = more than { $max } files do not go with one alert
    Send the rest with an update: bellrope alert --update CASE --attach FILE
error-attach-much = what went with alerts from here in the last two weeks takes all the room at the relay that it may
    Send a smaller one, or wait: after two weeks there is room again.
error-attach-no-file = this is no file: { $file }
    Name one file, such as photo.jpg.
error-attach-large = the file { $file } is too large: what goes with an alert has at most { $max } kB
    Send a smaller one: a picture of it, or some of its pages.
error-attach-empty = the file { $file } is empty
    Choose another file.
error-attach-heic = the picture { $file } is of a kind (HEIC) out of which nothing can be taken for sure
    Send a screenshot of it, or set the camera to “most compatible”. To send it with all that it tells: { $option }
error-attach-no-picture = the file { $file } is no picture (JPEG, PNG or WebP): what it tells besides its text cannot be taken out
    Send a screenshot of it, or send it with all that it tells: { $option }
error-attach-pixels = the picture { $file } has too many pixels
    Make it smaller, or send a screenshot of it.
error-attach-damaged = the picture { $file } cannot be read: it is damaged, or not whole
    Send a screenshot of it.
error-attachment-none = there is no such attachment: { $count } in all
    See which there are: bellrope attachment CASE
error-attachment-several = several files are called so: somebody’s message has the letters of another’s
    Say the id instead that “bellrope attachment CASE --json” prints, and the number: ID-NUMBER
error-attachment-missing = { $count ->
    [one] { $count } part of it is not here yet
   *[other] { $count } parts of it are not here yet
}
    They come as the sender’s device posts them: let bellrope watch run, or look again later. If they do not come, ask the sender to send it again.
error-attachment-different = what came is not what the alert announced
    Do not use any of it, and ask the sender to send it again.

files-ready = Is added to the case: { $file }, written anew as a { $kind }, { $size }. Nothing but its pixels goes: no place, time, camera or name. What can be seen in it stays.
files-as-it-is = Is added to the case AS IT IS: { $file }, { $kind }, { $size }
files-may-tell-picture = {"  "}It may tell more, and everybody who reads the case has that too.
files-may-tell-paper = {"  "}It is not looked into. It may tell who wrote it, with what and when, and what was deleted in it; everybody who reads the case has that too.
files-left-out = Is not added: { $file }
original-as-it-is = Beside it for those who keep the evidence, UNTOUCHED: { $file }, { $kind }, { $size }
original-may-tell-picture = {"  "}It may tell more. They alone can open it; that it is there, and its hash, everybody who reads the case sees.
original-may-tell-paper = {"  "}It is not looked into. They alone can open it; that it is there, and its hash, everybody who reads the case sees.
ask-files-caption = What it shows, in one line (Enter leaves it out):
ask-files-by = Who took or wrote it (Enter leaves it out):
ask-files-when = When, such as “yesterday 18:30” (Enter leaves it out):
ask-files-how = How and with what, and how it came to you (Enter leaves it out):
attach-nothing = Nothing was added.
attach-parts = The message is there. The files follow it; alerts and other messages go first. If you press Ctrl+C, the rest goes another time.
attach-takes = They have { $parts } parts, which take { $minutes } minutes or more. Every device of the group downloads them, and is behind by as long on a slow network.
attach-parts-wait = The rest waits sealed on this device, and goes with the next bellrope outbox or bellrope watch.
attachment-is-told = This is an original: it may tell who made it, where and when. Everybody who reads { $case } is told that you are about to save it, and then whether it was saved.
attachment-outcome-untold = What came of it could not be written down: the case says only that you were about to save it. If it matters, say it by a note.
hand-on-is-told = Handed on untouched: { $number }. From then on those can open it, too: { $names }. Everybody who reads the case is told.
ask-hand-on = Hand it on? (yes/no) [no]
hand-on-done = Handed on: { $number }
originals-to-hand-on = { $count ->
    [one] They do not have 1 untouched original of { $case } yet, and nobody hands it on by itself. You can open it. To hand it on: bellrope attachment { $case } --hand-on
   *[other] They do not have { $count } untouched originals of { $case } yet, and nobody hands them on by itself. You can open these. To hand them on: bellrope attachment { $case } --hand-on
}
originals-of-others = { $count ->
    [one] They do not have 1 untouched original of { $case } yet that you cannot open. Whoever can is named in the list, and hands it on: bellrope attachment { $case }
   *[other] They do not have { $count } untouched originals of { $case } yet that you cannot open. Whoever can is named in the list, and hands them on: bellrope attachment { $case }
}
hand-on-nothing = Nothing was handed on: who keeps the evidence has each original that this device can open, or nobody keeps it.
parts-no-room = The relay has no room for the rest. It waits sealed on this device, nothing of it is lost, and it is tried again by bellrope watch and by the next bellrope outbox; what is small, as alerts are, may fit all the same. If it stays so for days, the coordinator asks the host for a larger quota.
ask-attachment-told = Save it? (yes/no) [no]
attachment-not-saved = Nothing was saved, and nobody is told anything.

error-files-many = more than { $max } files are not added at once
    Add the rest by a second bellrope attach.
error-files-file-large = the file { $file } is too large: a file of a case has at most { $max } kB
    Send some of its pages or minutes, or hand it over in person.
error-files-large = together these files are too large, with their originals: at most { $max } kB at once
    Add some of them now and the rest in two weeks, or hand them over in person.
error-files-much = what was added to cases from here in the last two weeks leaves room at the relay for { $size }
    Send a smaller one, or wait: after two weeks there is room again. Alerts are not held up.
error-files-no-keeper = nobody keeps the evidence of { $case }: there is nobody for whom the originals could be sealed
    Name somebody first: bellrope fact part { $case } evidence_keeper NAME
error-attachment-for-others = this original is sealed for those alone whom “bellrope attachment CASE” names
    Ask one of them. Whoever keeps the evidence is handed it: bellrope attachment CASE NUMBER --hand-on
error-hand-on-no-original = this is no untouched original, and whoever reads the case has it: { $number }
    See which are: bellrope attachment CASE
error-original-large = the file { $file } is too large: an original that goes with an alert has at most { $max } kB
    Send the alert without it, keep the file, and hand it over in person.
error-original-not-yours = an original is saved only if the case is told of it, and what you say in this case counts for nobody
    Ask a member who reads the case to save it.
error-original-untold = the case could not be told of it, so nothing was saved
    Put that right, and save it again.
