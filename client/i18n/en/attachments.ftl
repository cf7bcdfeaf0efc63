# Photographs and papers that go with alerts.

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
