# Photographs and papers that go with alerts, and files of cases.

attachments = Photographs and papers; to save one: bellrope attachment { $case } NUMBER
attachment-whole = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; all of it is here
attachment-missing = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; { $here } of { $parts } parts are here
attachment-size = { $count } kB
attachment-jpeg = picture (JPEG)
attachment-png = picture (PNG)
attachment-webp = picture (WebP)
attachment-heic = picture (HEIC)
attachment-pdf = PDF
attachment-office = document (office program)
attachment-other = file
attachment-rewritten = by its sender’s program, nothing but pixels
attachment-as-it-is = AS IT WAS: may tell who made it, where and when
attachment-unknown = sent in a way that this program does not know
outbox-paper = {"    "}attachment { $number }: { $stored } of { $parts } parts are at the relay
outbox-paper-stored = {"    "}attachment { $number }: all { $parts } parts are at the relay
outbox-files = Files for case { $case }
attachment-original = UNTOUCHED ORIGINAL of { $of }: may tell who made it, where and when
attachment-for-others = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; sealed for { $names } alone
attachment-for-nobody = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; it was sealed for { $names } alone, of whom nobody is in the group any more: nobody here can open it
attachment-lacking = {"    "}To be handed on to { $names }, who keeps the evidence now: bellrope attachment CASE { $number } --hand-on
attachment-hash = {"     "}SHA-256: { $hash }
files-added = {"  "}Added by { $name }, { $at }:
files-caption = {"    "}What it shows: “{ $text }”
files-by = {"    "}Taken or written by: “{ $text }”
files-at = {"    "}When: { $text }
files-how = {"    "}How: “{ $text }”
said-files = { $count ->
    [one] adds { $count } file ({ $names })
   *[other] adds { $count } files ({ $names })
}
said-files-originals = { $count ->
    [one] adds { $count } file, and its untouched original for those who keep the evidence ({ $names })
   *[other] adds { $count } files, and untouched originals for those who keep the evidence ({ $names })
}
said-files-caption = It shows: “{ $text }”
said-saving = IS ABOUT TO SAVE AN ORIGINAL ({ $names }); if nothing follows, nobody knows whether it was saved
said-saved = SAVED AN ORIGINAL ({ $names }): it lies outside of Bellrope now
said-saved-not = could not save the original ({ $names })
said-handed-on = HANDS AN ORIGINAL ON ({ $names }): { $to } can open it now
