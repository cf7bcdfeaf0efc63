# What few read of a case, and what is another's to say: words, questions and errors.

sensitive-readers = { $count ->
    [0] Nobody reads it but you. To name others: --to NAME
   *[other] It is read by you and by nobody else but: { $names }
}
ask-sensitive-readers = Are these the right people? (yes/no, empty: no):
sensitive-kinds = What it is about. Possible: { $kinds }
ask-sensitive-kind = What it is about (only they see this, too):
ask-sensitive = What they read, at most 2,000 characters. It ends with a line that has only a dot.
sensitive-done = { $case }: written. Everybody in the case sees that there is something, who wrote it and who reads it, and not what it is about. To read it: bellrope sensitive { $case } --show
sensitive-told-later = { $case }: written, and sealed to these people; it may be on its way. The case does not say yet that it is there, so nobody is shown it. The next bellrope watch or bellrope outbox tells them, as soon as that can be. Do not write it a second time.
sensitive-widens = [{ $block }] is read from now on by these people, too, and it cannot be taken back: { $names }
ask-sensitive-widen = Let them read it? (yes/no, empty: no):
sensitive-widened = { $case }: it goes to them now. Everybody in the case sees that you let them read it.
sensitive-none = { $case }: this device knows of nothing sensitive that was written down for few. To do that: bellrope sensitive { $case }
contact-not-to-call = Case { $case }. { $line }
past-contact = What you say goes past them, and everybody in the case sees that.
ask-past-contact = Say it all the same? (yes/no, empty: no):

ask-few = What they read, at most { $max } characters. It ends with a line that has only a dot. Enter at once: nothing for few.
few-kinds = What it is about; several with commas between them. Possible: { $kinds }
ask-few-kinds = What it is about (only they see this, too; “<” goes back):
few-moved = That looks like the words themselves. They are kept for the next question.
few-none = Nothing goes to few of them.
few-look = For few only, and not shown here: { $kinds }; characters: { $count }. { $readers }
few-gone = Nothing was sent: nobody of those who were to read what is sensitive reads this alert by now. “+” shows who does, and how to leave it out.
few-sealed = { $count ->
    [one] What is sensitive in it is sealed to 1 of these people only.
   *[other] What is sensitive in it is sealed to { $count } of these people only.
}

error-sensitive-not-written = nothing was written
    To name who reads it: bellrope sensitive CASE --to NAME
error-sensitive-not-widened = nobody else was let in
    To see who reads it: bellrope sensitive CASE --show
error-sensitive-empty = there is nothing in it
    Write what they have to know.
error-sensitive-long = it has more than { $max } characters
    Write it shorter, or in two.
error-sensitive-stays-out = this person stays out of { $case }: { $name }
    Choose somebody else: bellrope show { $case } --readers
error-sensitive-reads-not = this person does not read { $case }, or says nothing in cases: { $name }
    First open it to them: bellrope open { $case } to NAME
error-no-block = { $case } has nothing sensitive that you let others read: its author does, and whom they chose
    See who wrote it and who reads it: bellrope sensitive { $case } --show
error-blocks-several = { $case } has several that you let others read
    Name it by its letters: --block; to see them: bellrope sensitive { $case } --show
error-case-needs-yes = there is nobody to ask
    In a script, add --yes.
error-past-contact = nothing was said
    Tell whoever speaks with the person: bellrope note CASE
error-reviewer-leads = nobody reviews what they lead, and { $case } is led by { $name }
    Name somebody else, best of another organisation.
error-few-nobody = nobody could read what is sensitive: of those who read this alert the group has named nobody for it, and nobody coordinates
    Leave --sensitive out, and ask in the alert for a call.
error-few-nothing = it is not said what few are to read
    Name a file: --sensitive-from FILE; or run it at a terminal, where it is asked for.
error-few-no-kind = it is not said what it is about, or that is too much
    Add --sensitive KIND, for instance health.
