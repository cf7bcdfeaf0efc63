# The seven questions of a flash, the names of fields, and what is said about answers.

ask-title = Question { $number } of { $count }. { $question }
ask-acts = What happened?
ask-acts-help = Type words such as “detained” or “raid”, or numbers, with commas between them; a number opens a shorter list. An answer is needed.
ask-victim = To whom?
ask-victim-help = Type a name, several with commas between them, or a word from the list and then the initials or pseudonym, as in “pseudonym: Swallow”. Empty: withheld.
ask-place = Where?
ask-place-help = Type the country, then the town after a comma, as in “Belarus, Homiel”. To give no place away: withheld. Empty: not said.
ask-place-help-home = Type the town, or another country and the town after a comma. To give no place away: withheld. Empty: { $country }, without a town.
ask-time = When? Is it still happening?
ask-time-help = Type now, an hour ago, this morning, yesterday evening, 14:30, 24 November, 2026-11-24 14:30 or unknown, and after a comma a choice from the list. Empty: not said.
ask-urgency = How urgent is it?
ask-urgency-help = Type one number or word. Empty: not said.
ask-words = What happened, in your words?
ask-words-help = First a summary in one line, at most { $summary } characters; it is needed. The account comes after it, at most { $narrative }. A whole text can be pasted.
ask-sharing = May the group share it?
ask-sharing-help = Type one or more numbers with commas between them; each permits only what it says. Empty: not said, and it goes no further than this group.
ask-intake-help = Enter: not said.
ask-intake-help-lines = As many lines as you like. A line that holds a single dot (.) ends it, or Ctrl-D. Enter at once: not said.

field-kind = Message
field-original = About the earlier alert
field-subject = Concerns
field-acts = What happened
field-custody-stage = Custody by now
field-designation-kind = Named by the authorities as
field-urgency = Urgency
field-summary = Summary
field-narrative = Account
field-language = Language of the text
field-source = Source
field-firsthand = The source saw it themselves
field-verification = How far it was checked
field-sharing = Sharing
field-needs = Needed
field-requested-actions = Asked of the group
field-actions-taken = Done already
field-victim-naming = How the victim is named
field-victim-reference = Name, initials or pseudonym of the victim
field-victim-organisation = Organisation of the victim
field-victim-work = Work of the victim
field-victim-disability-or-medical-need = Disability or medical need
field-victim-whereabouts = Whereabouts
field-victim-lawyer-access = Access to a lawyer
field-victim-medication-needed = Medication needed
field-place-country = Country
field-place-name = Place
field-place-precision = How closely the place is given
field-time-at = Time
field-time-timing = Is it still happening
field-threat-origin = Who is behind it: state or not
field-threat-actor = Who is behind it
field-threat-legal-basis = Law or decision that was named
field-coe-interaction = Works with the Council of Europe
field-coe-details = Work with the Council of Europe
field-consent-share-in-group = Consent: share inside the group
field-consent-contact-family = Consent: contact the family
field-consent-send-to-state = Consent: send to the authorities of the state
field-consent-send-to-institutions = Consent: send to international institutions
field-consent-use-name = Consent: use the name
field-consent-publish = Consent: publish
field-consent-media = Consent: give to the media
field-consent-given-by = Consent given by
field-consent-given-at = Consent given on
field-intake-via = Received by
field-intake-from = Received from
field-intake-at = Received on
field-intake-own-words = In the caller’s own words
field-intake-contact = A safe way to answer
field-intake-call-hours = When to call
field-intake-no-call-hours = When NOT to call
field-intake-language = Speaks
field-intake-told-already = Who knows already
field-translation-original = Translation of the alert
field-translation-language = Translated from the language
field-translation-by = Translated by

show-drill = DRILL. This is an exercise: nobody is in danger.
show-victim = Victim
show-place = Place
show-time = Time
show-permitted = Permitted
show-refused = Not permitted
show-not-reachable = Not known, the person cannot be reached
show-consent = Consent
show-nothing-said = not said
show-consent-not-said = Not said
show-withdrawn = Withdrawn
show-ask-each-time = Ask each time
show-consent-for-another = Somebody else answered for the person: ask the person as soon as they can be reached, and before a name is used or anything is published.
show-unlisted = value { $number } (a newer program wrote it; update this one to see its name)
show-more-values =
    { $count ->
        [one] and { $count } more value that this program does not know
       *[other] and { $count } more values that this program does not know
    }
show-words = Words found in it:
show-no-words = No words were found in it. Ask the sender what they said.
show-incomplete-short = COULD NOT BE READ COMPLETELY

# What is odd about an alert that came. Nobody who reads it can be blamed for it, and every word of it is shown.
odd-incomplete = NOTE: this alert could not be read completely: it is damaged, or a newer program wrote it. Update this program, and ask the sender.
odd-other-kind = NOTE: this message is of a kind that this program does not know ({ $number }); a newer program wrote it. Update this program, and ask the sender.
odd-more = NOTE: this alert says something that this program cannot show. Update this program.
odd-newer = Note: a newer program wrote part of this alert. Update this program to see what is meant by: { $fields }
odd-no-country = Note: the country is given as { $code }, which is no country code.
odd-too-large = Note: this alert takes { $bytes } bytes, more than the { $max } that programs send.
odd-untidy = Note: line breaks, control characters, spaces or repetitions were tidied away in: { $fields }
odd-missing = Note: alerts of this kind usually say this, and this one does not: { $fields }
odd-not-with = Note: this contradicts another answer. Ask the sender before you pass it on: { $fields }
odd-not-a-language = Note: this is not a language tag: { $fields }
odd-not-a-time = Note: this is beyond the calendar: { $fields }
odd-too-long = Note: this is more than programs send: { $fields }
odd-limit = { $field } ({ $found }, at most { $max } fit)

template-intro =
    An alert. Fill in what you know and leave the rest as it is: empty means unknown or not said.
    Lists take the words before the colons. Lines that begin with # are notes and are not sent.
    This file is not encrypted. Delete it after sending.
template-limit =
    { $max ->
        [one] at most { $max } character
       *[other] at most { $max } characters
    }
template-time = now, an hour ago, this morning, yesterday evening, unknown, 2026-11, 2026-11-24, 2026-11-24 14:30, ~2026-11-24 14:30
template-error-form = line { $line } of the file cannot be read: { $reason }. Compare it with a new form.
template-consent-giver = Family and lawyer may answer for a person in custody. For a name and for publication: what did the person say before?
template-intake = If you enter what somebody else told you: how it reached you. Empty if you write for yourself.
template-error-value = “{ $field }” ({ $key }) cannot be “{ $part }”. Correct it, or leave it empty.
template-error-list = “{ $field }” ({ $key }) cannot be “{ $part }”. Use one of: { $allowed }.

answer-required = this question needs an answer
answer-not-in-list = “{ $part }” is not in the list. Type a number or a word from the list.
answer-not-a-time = “{ $part }” is not a time. Type now, yesterday, 14:30, 2026-11-24 14:30 or unknown.
answer-no-country = no country is called “{ $part }”. Type its name, or its two-letter code in capitals.
answer-no-name = the name, initials or pseudonym is missing. Type it after the word, or type: withheld.
answer-only-one = “{ $part }” says two things of which only one can hold. Type only one.

# An answer that raises a question of its own.
unclear-ambiguous = “{ $part }” can mean several things. Which is meant?
unclear-nearest = “{ $part }” is not known here. Was one of these meant?
unclear-country = In which country is “{ $part }”?
unclear-no-country = the country is not said: { $what }
unclear-group = What exactly?
unclear-no-name = “{ $part }” is no name. Type the names with commas between them, or choose; say how many in the summary.
unclear-group-unnamed = a group of people whose names are withheld
unclear-help-name = Type its number, names, or: withheld.
unclear-help = Type its number, or another answer.
unclear-help-country = Type its number, or another country.
unclear-write = Write one of: { $allowed }

error-missing = “{ $field }” must be filled in
error-not-with = “{ $field }” contradicts another answer. Remove it or change the other.
error-not-with-original = this kind of message is not about an earlier alert. Remove “{ $field }”, or send an update.
error-not-with-reference = the victim is to be withheld, but “{ $field }” is filled in. Remove it, or choose how the victim is named.
error-not-with-place = the town is to be withheld, but “{ $field }” is filled in. Remove it, or choose region, city or exact.
error-too-long =
    “{ $field }” has { $found ->
        [one] { $found } character
       *[other] { $found } characters
    }; at most { $max } fit. Shorten it by { $over }.
error-too-many =
    “{ $field }” takes at most { $max ->
        [one] { $max } item
       *[other] { $max } items
    }. Keep the most important.
error-too-large = the alert takes { $bytes } bytes; at most { $max } fit. Shorten the account, or send it as a full alert if it is a flash.
error-not-a-language = “{ $field }” must be a language tag such as en, ru or be
error-not-a-country = the country must be a two-letter code such as BY
error-not-a-time = “{ $field }” is beyond the calendar

# Words that people may type in an answer.
word-now = now
    .also = right now
word-today = today
word-yesterday = yesterday
word-tomorrow = tomorrow
word-unknown = unknown
    .also = don’t know; don't know; do not know; not known
word-withheld = withheld
    .also = withhold; hidden; secret
word-at = at
    .also = from; since; @
    .also = on
word-region = region
    .also = oblast; voblast; province; county; district
# Between two things or two names.
word-and = and
    .also = &; +; plus
# What is no name: a number of people.
word-several = several
    .also = some; many; few; a; the; of; one; two; three; four; five; six; seven; eight; nine; ten; dozen; dozens; about; and; or; more; at; least; other; unknown; young; old
word-people = people
    .also = persons; person; man; men; woman; women; guy; guys; human; humans; activist; activists; defender; defenders; journalist; journalists; lawyer; lawyers; student; students; volunteer; volunteers; colleague; colleagues; employee; employees; protester; protesters; staff; members; friends
word-yes = yes
    .also = y
word-no = no
    .also = n
word-back = back
    .also = <; go back
word-help = ?
    .also = help
word-cut = cut
word-in-place = in
    .also = at; near; from; city; town; village; city of; town of; village of; the city of; the town of; the village of; in the city of; in the town of; in the village of
word-myself = myself
    .also = me; about me; about myself; mine
word-another = somebody else
    .also = someone else; another; other; about somebody else; about someone else; told
