# Who is on duty when.
duty-none = There is no rota: what is urgent rings everybody who reads it.
duty-now = Now on duty: { $name }, until { $until }
duty-now-second = Now on duty: { $name }, until { $until }; second line: { $second }
duty-now-week = Now on duty: { $name }, also throughout the coming week
duty-now-week-second = Now on duty: { $name }, also throughout the coming week; second line: { $second }
duty-nobody-before = Nobody is on duty now; somebody is from { $at }.
duty-nobody = Nobody is on duty now, or in the next two weeks.
duty-place = Hours in { $place }, now { $offset }:
duty-row = {"    "}{ $from }–{ $until }: { $name }
duty-row-second = {"    "}{ $from }–{ $until }: { $name }; second line: { $second }
duty-row-nobody = {"    "}{ $from }–{ $until }: nobody
duty-days = Otherwise than each week:
duty-since = Set by { $by }, { $at }
weekday-0 = Mon
weekday-1 = Tue
weekday-2 = Wed
weekday-3 = Thu
weekday-4 = Fri
weekday-5 = Sat
weekday-6 = Sun

# Whether it rings here, and why.
ring-all = The bell rings for { $case }: nobody is named for it, so it rings everybody who reads it.
ring-rest = The bell rings for { $case }: nobody is on duty now.
ring-first = The bell rings for { $case }: you are on duty.
ring-second = The bell rings for { $case }: whoever is on duty has not answered, and you are the second line.
ring-lead = The bell rings for { $case }: you lead it.
ring-quiet = No bell here for { $case }: these are your quiet hours. It is looked at again { $at }.
ring-first-there = No bell here for { $case }: { $name } is on duty.
ring-second-there = No bell here for { $case }: whoever is on duty has not answered, and it rings the second line, { $name }.
ring-lead-there = No bell here for { $case }: { $name } leads it.
ring-nobody = No bell for { $case } now: nobody is on duty before { $at }.

# What whoever sends is told.
hours-now = Somebody is on duty now.
hours-next = Nobody is on duty now. The next person looks at { $at }; until then only what is critical rings anybody.
hours-none = Nobody is on duty in the next two weeks, as far as this device knows.
