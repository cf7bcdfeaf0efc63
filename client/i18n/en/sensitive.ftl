# Sensitive blocks, and whose word is whose in a case, on every front end.

case-sensitive = { $count ->
    [one] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and nobody else reads. Ask them, and not the person a second time.
   *[other] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and { $count } people read: { $names }. Ask one of them, and not the person a second time.
}
case-sensitive-mine = { $count ->
    [one] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and nobody else reads: bellrope sensitive { $case } --show
   *[other] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and { $count } people read: { $names }. You are one of them: bellrope sensitive { $case } --show
}
sensitive-title = SENSITIVE [{ $block }], { $case }, { $kind }; by { $name }, { $at }:
sensitive-read-by = { $count ->
    [one] Nobody reads this but { $name }. Say it to nobody who need not know it.
   *[other] Only these { $count } people read this: { $names }. Say it to nobody else who need not know it.
}
sensitive-others = { $count ->
    [one] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and nobody else reads.
   *[other] Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and { $count } people read, not you: { $names }
}
sensitive-not-here = Sensitive [{ $block }]: something that { $name } wrote down, { $at }, and you may read. It is not on this device. It comes when a device that has it is online; or ask { $name } for: bellrope sensitive { $case } --block { $block } --also-to, and your name

said-block = has written something sensitive down, which only these read: { $to }
said-block-alone = has written something sensitive down, which nobody else reads
said-block-not = not read by { $to }: kept out of it, staying out of it, or not reading the case
said-widened = lets these read something sensitive, too: { $to }
said-widened-not = wanted to let others read something sensitive; it stays closed to them

case-stand-in = YOU STAND IN: nothing was heard in { $case } for 3 days or longer from { $name }, who leads. Ask, and where no answer comes take it, without a reason: bellrope lead { $case }
stand-in-reason = who leads has said nothing for 3 days or longer; the deputy stands in
case-media-quiet = You do the media here: only what no public hears of may go out. No word to journalists, and no post.
case-media-nothing = You do the media here: nothing goes out. No word to journalists, and no post.

fact-date-lawyer-said = said to be confirmed by a lawyer, but not by the legal adviser of this case
fact-past-contact = not from whoever speaks with the person
fact-reviewer-leads = That does not count: the same person leads the case. Name somebody else
story-past-contact = {"    "}PAST THE CONTACT: whoever speaks with the person is { $names }.
digest-stand-in = { $count ->
    [one] YOU STAND IN in one case, whose lead is not heard:
   *[other] YOU STAND IN in { $count } cases, whose leads are not heard:
}

case-part = { $count ->
    [0] Sensitive [{ $block }]: a part of the alert, { $at }, that nobody in the group reads: nobody to whom it was sealed may read it any more. Whoever speaks with the person asks once again.
    [one] Sensitive [{ $block }]: a part of the alert, { $at }, that { $names } reads, and nobody else. Ask them, and not the person a second time.
   *[other] Sensitive [{ $block }]: a part of the alert, { $at }, that { $count } people read: { $names }. Ask one of them, and not the person a second time.
}
case-part-mine = { $count ->
    [one] Sensitive [{ $block }]: a part of the alert, { $at }, that nobody else reads but you: bellrope sensitive { $case } --show
   *[other] Sensitive [{ $block }]: a part of the alert, { $at }, that { $count } people read: { $names }. You are one of them: bellrope sensitive { $case } --show
}
part-title = SENSITIVE [{ $block }], { $case }, { $kind }; a part of the alert, { $at }:
part-read-by = { $count ->
    [one] Nobody reads this but { $names }. Tell nobody who need not know.
   *[other] These { $count } people read this, and nobody else: { $names }. Tell nobody who need not know. To let somebody else read it: bellrope sensitive { $case } --block { $block } --also-to NAME
}
part-others = { $count ->
    [0] Sensitive [{ $block }]: a part of the alert, { $at }, that nobody in the group reads any more
    [one] Sensitive [{ $block }]: a part of the alert, { $at }, that { $names } reads, not you
   *[other] Sensitive [{ $block }]: a part of the alert, { $at }, that { $count } people read, not you: { $names }
}
part-not-here = Sensitive [{ $block }]: a part of the alert, { $at }, which you may read. It was not sealed to this device. Read it on another device of yours; or ask one of those who read it ({ $names }) for: bellrope sensitive { $case } --block { $block } --also-to, and your name
page-part = A part of it is sensitive, and few read it. Who they are, and what it says if you are one of them: bellrope sensitive { $case } --show
few-nobody = Nobody is there for what is sensitive: of those who read this alert the group has named nobody for it, and nobody coordinates. Write only what all of them may read, and ask in the alert for a call.
few-named = { $count ->
    [one] It is read by 1 person whom the group has named for what is sensitive, and by nobody else. This device knows no name.
   *[other] It is read by the { $count } people whom the group has named for what is sensitive, and by nobody else. This device knows no names.
}
few-named-names = It is read by those whom the group has named for what is sensitive, and by nobody else but you: { $names }
few-coordinating = { $count ->
    [one] It is read by 1 person who coordinates the group, and by nobody else: nobody who is named for what is sensitive reads this alert. This device knows no name.
   *[other] It is read by the { $count } people who coordinate the group, and by nobody else: nobody who is named for what is sensitive reads this alert. This device knows no names.
}
few-coordinating-names = It is read by those who coordinate, and by nobody else but you, as nobody who is named for what is sensitive reads this alert: { $names }
