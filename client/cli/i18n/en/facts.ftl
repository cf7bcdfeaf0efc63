# What is so in a case, and what is due: words and errors.

said-done = { $case }: { $what }
calendar-file = Written to { $file }, dates: { $count }. It has no names; still, whoever reads it knows when your group has something to do.
calendar-empty = Nothing is due.

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
