# Check-ins: plans, what came of them, who is missed.

check-in-plan = Checks in: at least once in { $every }, first by { $first }, last by { $until }. You wait { $grace } more before you worry.
check-in-hours = { $count ->
    [one] one hour
   *[other] { $count } hours
}
check-in-minutes = { $count ->
    [one] one minute
   *[other] { $count } minutes
}
check-in-last = Last check-in: came { $at }, written { $signed } by their clock. Check-ins so far: { $count }
check-in-unknown = Whether they check in does not come to this device, as the case was opened to you later: ask who reads it from the beginning.
check-in-none = Last check-in: none yet.
check-in-reached = Reached since by somebody of the group: { $at }
check-in-words = Agreed words: “{ $well }” means that they are well, “{ $forced }” that they are forced. Whoever calls them listens for these, and says neither first.
check-in-forced = FORCED: the word agreed for “I am forced” came, { $at }. Do not answer, do not call that device, let nothing show that you know. What it says from then on may be written by others. Nothing is answered by itself. When you know that they are free: bellrope unfreeze NAME
check-in-taken-back = NOTE: the plan was taken back without its agreed word. So it goes on.
check-in-line-forced = FORCED

check-in-now-forced = FORCED by their own word since { $at }.
check-in-now-over = Over: { $at }. Nobody is waited for.
check-in-now-waiting = Next check-in: by { $at }
check-in-now-late = DUE since { $at }. It is overdue at { $overdue }.
check-in-now-overdue = OVERDUE since { $at }. Try to reach them the way that was agreed. Then say: bellrope check-in reached { $case }; or: bellrope check-in nobody-reached { $case }
check-in-now-nobody = NOT REACHED: a check-in was due { $at }, and somebody of the group says that nobody could reach them. Do what they asked for. If they are reached after all: bellrope check-in reached { $case }
check-in-now-silence = NOT HEARD: a check-in was due { $at }, and nobody has said whether they were reached. Try to reach them; do what they asked for. Then say: bellrope check-in reached { $case }; or: bellrope check-in nobody-reached { $case }
check-in-silent = The relay has not been heard here since { $at }. A check-in may have come that is not here: overdue may be the relay’s, or this network’s.
check-in-never-heard = The relay has not been heard here yet. A check-in may have come that is not here.
check-in-missed = CHECK-IN MISSED, { $case }:
check-in-asked-for = What they asked for, if they are not heard:

checked-end = Came { $at }: says with the agreed word that it is over.
checked-forced = Came { $at }: THE WORD AGREED FOR “I AM FORCED” CAME.
checked-other-word = Came { $at }: a check-in with another word than the agreed one, or none. It does not count. Perhaps a typing error, perhaps somebody else.
checked-old = Came { $at }: a check-in came that was written { $signed }, longer ago than one interval. It does not count: it says how it was then.
checked-frozen = Came { $at }: a check-in that does not count, as others may have written it.
checked-not-the-sender = Came { $at }: a check-in by somebody else. It does not count.
checked-other-alert = Came { $at }: a check-in for another plan with the same id. It does not count.

news-checked = { $case }: { $what }
news-forced = FORCED, { $case }: the word agreed for “I am forced” came. Do not answer, do not call that device, let nothing show that you know. What they asked for: bellrope show { $case }

said-reached = has reached the person who checks in
said-nobody-reached = nobody could reach the person who checks in

digest-missed = Check-ins missed ({ $count }):

page-frozen-word = WARNING: MAY BE WRITTEN BY OTHERS. Whoever sent this has said that they are forced, by the word agreed for it, { $since }. Do not answer; check another way.
