# Check-ins: words and errors.

ask-check-in-every = At least how often do you check in? (12 hours, 90 minutes; from 30 minutes to 7 days)
ask-check-in-until = Until when? (Friday 18:00, 2026-12-05; at most 60 days)
ask-check-in-where = Where? (country, or country and town)
ask-check-in-summary = What for, in one line? (Enter: nothing)
ask-check-in-text = What is to be done if you are not heard: whom to call, what to wait for? (Enter: nothing)
check-in-words-why = Two words that you agree with the group now: one says that you are well, the other that you are forced. Both look the same on the screen and on the line. They go sealed to those who read this, and are kept nowhere on this computer. Small and capital letters are the same.
ask-check-in-well = The word for “I am well” (Enter: no words)
ask-check-in-forced = The word for “I am forced”
check-in-look = This will be sent { $to }:
ask-check-in-send = Send it? [Enter: yes]
check-in-not-made = Nothing was sent. Nobody waits for you.
check-in-planned = PLANNED as { $case }, sealed { $to }.
check-in-plan-words = Shown this once: “{ $well }” says that you are well, “{ $forced }” that you are forced. Learn them by heart, and close this window.
check-in-plan-keep = Put the times into your head, not into this computer: it does not know when the next is due, and reminds nobody. To check in: bellrope check-in. When you are back: bellrope check-in --end. What waits here for a network for longer than the time between two check-ins does not count when it arrives: check in again.
check-in-plan-queued = NOT SENT YET: the group does not know of this plan, and nobody waits for you. Send it with: bellrope outbox

menu-check-in = Check in: say that you are well
ask-check-in-word = Agreed word, not shown (Enter: none):
check-in-done = CHECKED IN. The relay has it.
check-in-ended = SAID THAT IT IS OVER. The relay has it. After another word than the agreed one the group waits on.
check-in-queued = QUEUED on this computer, not sent yet. It goes with the next connection; at once with: bellrope outbox
check-in-lost = NOT SENT, and not kept: this computer’s disk takes nothing. Make room, and check in again.

missed-old = { $count ->
    [one] While you were away a check-in was missed, or somebody was forced, and nobody has settled it: { $cases }. See: bellrope case NUMBER
   *[other] While you were away { $count } check-ins were missed, or people were forced, and nobody has settled it: { $cases }. See: bellrope case NUMBER
}

error-check-in-every = a plan has check-ins every 30 minutes to 7 days
    Give hours, or minutes with “min”: --every "90 min"
error-check-in-grace = members wait for 30 minutes to 24 hours after a check-in was due
    Give another time: --grace "1 hour"
error-check-in-until = a plan ends after its first check-in, and at most 60 days after that
    Give another end: --until "Friday 18:00"
error-check-in-many = a plan has at most 1000 check-ins
    Check in less often, or end it earlier and make another plan then.
error-check-in-words = these are no two words: both are needed, each of at most 64 characters, and they must differ
    Choose two that nobody could guess or mix up, or none.
error-check-in-needs = there is nobody to ask, and { $option } is missing
    Give it: bellrope check-in plan --help
error-no-plan = nobody waits for you: this device has no plan of check-ins that goes on
    Make one: bellrope check-in plan. One that you ended takes its number: bellrope check-in NUMBER
error-no-such-plan = this device has no plan of check-ins { $case }
    Give the number that was said when it was made, or leave it out.
error-plans-several = several plans go on: { $cases }
    Say which: bellrope check-in NUMBER
error-check-in-several = three plans of this device go on, and there are no more
    End one that is over: bellrope check-in NUMBER --end
error-case-no-plan = nobody means to check in in { $case }
    See which cases there are: bellrope cases
error-answer-forced = who sent { $case } has said that they are forced: nothing is answered, as others may read it
    When you know that they are free: bellrope unfreeze NAME
