# How a recovery key stands.

recovery-none = There is no recovery key: if you lose every device, you have to be invited anew, as somebody new. To make one: bellrope recovery create
recovery-in-force = Recovery key of { $made }: any { $needed } of its { $parts } parts together make one new device of yours.
recovery-waits = The recovery key of { $made } is not in the group's list yet: its parts open nothing until the program of who keeps the list has written it down.
recovery-waits-before = The recovery key of { $made } is not in the group's list yet: until the program of who keeps the list has written it down, its parts open nothing, and those of the key before it still do.
recovery-elsewhere = There is a recovery key that another device of yours has made. That one knows whom its parts are for.
recovery-lapsed = The recovery key of { $made } is of no use any more: it was used, or taken back on another device. Its parts open nothing. To make a new one: bellrope recovery create
recovery-part-for = {"  "}Part { $number }, for { $name }, begins with { $begins }
recovery-part-begins = {"  "}Part { $number } begins with { $begins }
recovery-assured = Somebody last made sure that the parts are there: { $at }.
recovery-due = Can your people still find their parts? Nobody has made sure for { $days } days. Ask each how theirs begins (bellrope recovery status), then: bellrope recovery check --asked
