# What is so in a case, and what is due: words and errors.

said-done = { $case }: { $what }
calendar-file = Written to { $file }, dates: { $count }. It has no names; still, whoever reads it knows when your group has something to do.
calendar-empty = Nothing is due.

follow-up-week = A week after: safe, papers, phone, health?
follow-up-month = A month after: how is it, and what may be public now? Ask anew
follow-up-three-months = Three months after: what is still needed?
follow-up-six-months = Six months after: can the case be closed?
close-released = Released is not the end. Ask again later: bellrope due { $case } DAY --follow-ups. Two people look back on it: bellrope review { $case }
close-review = Two people look back on it: bellrope review { $case }

error-no-step = { $case } has no step { $step }
    See which there are: bellrope checklist { $case }
error-checklist-nothing = there is no step in that
    Write one in each line of the file, or after --add.
error-follow-ups-when = it is not said after which day
    Give the day of the release after the case: bellrope due CASE DAY --follow-ups
error-review-open = { $case } is not closed
    Close it first: bellrope close { $case } --reason WHY
error-custody-nothing = nothing was said about the custody
    Say at least one thing, such as --stage or --place: bellrope fact custody --help
error-link-itself = a case is not linked with itself
    Name the other case last.
error-no-date = no date of { $case } has the letters { $date }
    See which there are: bellrope case { $case }
error-due-when = it is not said when
    Give the time after the case: bellrope due CASE WHEN WHAT
error-due-what = it is not said what is due
    Write it after the time, or give a --kind.
error-zone = this computer knows no zone { $zone }
    Give how far the clocks are ahead of UTC: --zone +03:00
error-not-possible = this cannot be said in a case
    See what can: bellrope fact --help
error-fact-long = one of these texts is longer than { $max } characters
    Shorten it, and put the rest into a note: bellrope note CASE
