# Кто и когда дежурит.
duty-none = Графика дежурств нет: срочное будит всех, кто его читает.
duty-now = Сейчас дежурит { $name }, до { $until }
duty-now-second = Сейчас дежурит { $name }, до { $until }; на подмене { $second }
duty-nobody-before = Сейчас никто не дежурит, следующее дежурство — с { $at }.
duty-nobody = Никто не дежурит ни сейчас, ни в ближайшие две недели.
duty-place = Часы указаны по времени { $place }, сейчас { $offset }:
duty-row = {"    "}{ $from }–{ $until }: { $name }
duty-row-second = {"    "}{ $from }–{ $until }: { $name }; на подмене { $second }
duty-row-nobody = {"    "}{ $from }–{ $until }: никто
duty-days = Отступления от недельного графика:
duty-since = Назначено: { $by }, { $at }
weekday-0 = пн
weekday-1 = вт
weekday-2 = ср
weekday-3 = чт
weekday-4 = пт
weekday-5 = сб
weekday-6 = вс

# Звонит ли здесь и почему.
ring-all = Звонок по делу { $case }: дежурный не назначен, поэтому звонит у всех, кто это читает.
ring-rest = Звонок по делу { $case }: сейчас никто не дежурит.
ring-first = Звонок по делу { $case }: вы дежурите.
ring-second = Звонок по делу { $case }: дежурный не ответил, а вы на подмене.
ring-lead = Звонок по делу { $case }: вы его ведёте.
ring-quiet = Здесь без звонка, дело { $case }: у вас тихие часы. Следующая проверка — { $at }.
ring-first-there = Здесь без звонка, дело { $case }: дежурит { $name }.
ring-second-there = Здесь без звонка, дело { $case }: дежурный не ответил, звонит у { $name } на подмене.
ring-lead-there = Здесь без звонка, дело { $case }: его ведёт { $name }.
ring-nobody = Пока без звонка, дело { $case }: до { $at } никто не дежурит.
