# What is so in a case: confirmed, permitted, due, who does what.

fact-verification = Confirmed: { $value }
fact-publicity = Publicity: { $value }
fact-publicity-until = Publicity: { $value }, until { $until }
fact-consent = Consent, { $purpose }: { $answer }; whose answer: { $giver }
fact-consent-at = Consent, { $purpose }: { $answer }; whose answer: { $giver }, { $at }
fact-consent-near = That is so only as long as the person cannot be asked: ask again
fact-stage = Custody: { $value }
fact-held-since = Held since: { $value }
fact-held-at = Held at: { $value }
fact-held-at-none = Held at: not known any more
fact-held-by = Held by: { $value }
fact-held-by-none = Held by: not known any more
fact-articles = Articles: { $value }
fact-articles-none = Articles: none known any more
fact-lawyer = Lawyer: { $value }
fact-lawyer-not-named = the name must not be said to anybody
fact-last-contact = Last seen or heard for certain: { $value }
fact-date = Date [{ $date }], { $at }: { $what }
fact-date-who = seen to by { $name }
fact-date-source = source: { $source }
fact-date-lawyer = confirmed by a lawyer
fact-date-no-lawyer = not confirmed by a lawyer
fact-part = Who does what, { $part }: { $name }
fact-nobody = nobody
fact-link = Linked: { $link } { $case }
fact-link-none = Linked: not with { $case } any more
fact-review = Looked back: { $harm }; { $keep }
fact-review-harm = what was done has harmed somebody
fact-review-no-harm = what was done has harmed nobody
fact-review-harm-unknown = nobody knows whether what was done has harmed anybody
fact-review-keep = the person agrees that the case is kept
fact-review-no-keep = the person wants it kept no longer
fact-review-keep-unknown = nobody has asked the person whether it may be kept
fact-step = First hours, { $standing }: { $step }
fact-line = {"  "}{ $what } ({ $name }, { $at })
fact-line-ground = {"  "}{ $what } ({ $name }, { $at }: “{ $ground }”)

case-consent-back = CONSENT TAKEN BACK: { $purposes }. Nothing more goes out on it.
case-contact = DO NOT CALL: { $names } alone speaks with the person, the family and the lawyer.
case-contact-you = You alone speak with the person, the family and the lawyer.
case-contact-several = DO NOT CALL: several were named for the contact beside each other, { $names }. Agree who it is: bellrope fact part CASE contact NAME
case-facts = What is known and settled:
case-unchecked = {"  "}Confirmed: nobody has said how well yet
case-rungs = {"  "}NOTE: these were said beside each other. The lowest counts: { $value }
case-publicities = {"  "}NOTE: these were said beside each other. The one with the least publicity counts: { $value }
case-outward = {"  "}Something may go out, as far as consent allows it.
case-outward-quiet = {"  "}Only what no public hears of may go out, as far as consent allows it.
case-outward-forbidden = {"  "}Nothing goes out.
case-outward-none = {"  "}Nothing goes out: nobody has said that it may.
case-due-line = {"  "}{ $date }
case-overdue = {"  "}OVERDUE { $date }
case-facts-more = {"  "}And { $count } more, too many for a page: bellrope case --json

case-review-nobody = Nobody has looked back on it yet. Two people do: bellrope review { $case }
case-review-one = Looked back on it: { $names }. A second person is wanted: bellrope review { $case }
case-review = Looked back on it: { $names }

checklist-title = First hours of { $case } ({ $lists }), done { $done } of { $count }:
checklist-own = First hours of { $case }, done { $done } of { $count }:
checklist-none = There is no list for what happened in { $case }. Choose one, bellrope checklist { $case } --list detention, or write your own steps: --add
checklist-step = {"  "}{ $step }, { $standing }: { $text }
checklist-step-by = {"  "}{ $step }, { $standing } ({ $name }, { $at }): { $text }
checklist-more = And { $count } more, too many to show: --json
checklist-open = to do
checklist-done = done
checklist-dropped = not needed
checklist-page = First hours ({ $lists }), done { $done } of { $count }: bellrope checklist { $case }

calendar-line = { $case }, { $date }
calendar-soon = SOON { $case }, { $date }
calendar-overdue = OVERDUE { $case }, { $date }

news-consent-back = CONSENT TAKEN BACK in { $case }: { $purposes }. Nothing more goes out on it.
news-named = YOU ARE NAMED in { $case }: { $what }

# What a “yes” leads to.
follows-share-in-group = What follows: everybody who reads this case may act on it inside the group.
follows-contact-family = What follows: one person calls the family. Say who: bellrope fact part CASE contact NAME
follows-send-to-state = What follows: letters go to the authorities with the name. This cannot be taken back. The United Nations and embassies write to the state too.
follows-send-to-institutions = What follows: institutions get the case. Several of them write to the state with the name or publish, and that cannot be taken back.
follows-use-name = What follows: the name stands in letters. A letter that is sent cannot be taken back.
follows-publish = What follows: it is public for ever. This cannot be taken back.
follows-media = What follows: journalists have it, and publish what they like. This cannot be taken back.
