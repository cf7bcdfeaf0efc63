# Что известно в деле и какие сроки: слова, ошибки.

said-done = { $case }: { $what }
calendar-file = Записано в { $file }, сроков: { $count }. Имён в файле нет; но из него видно, когда у вашей группы есть дела.
calendar-empty = Сроков нет.

follow-up-week = Через неделю: безопасность, документы, телефон, здоровье?
follow-up-month = Через месяц: как дела и о чём теперь можно говорить открыто? Спросить заново
follow-up-three-months = Через три месяца: что ещё нужно?
follow-up-six-months = Через полгода: можно ли закрыть дело?
close-released = Освобождение ещё не конец. Спросите позже: bellrope due { $case } ДЕНЬ --follow-ups. Разбор делают двое: bellrope review { $case }
close-review = Разбор делают двое: bellrope review { $case }

error-no-step = В { $case } нет шага { $step }
    Посмотрите, какие есть: bellrope checklist { $case }
error-checklist-nothing = В этом нет ни одного шага
    Напишите по одному в каждой строке файла или после --add.
error-follow-ups-when = Не сказано, после какого дня
    Укажите день освобождения после дела: bellrope due ДЕЛО ДЕНЬ --follow-ups
error-review-open = { $case } не закрыто
    Сначала закройте его: bellrope close { $case } --reason ПРИЧИНА
error-custody-nothing = о содержании под стражей ничего не сказано
    Укажите хотя бы что-то одно, например --stage или --place: bellrope fact custody --help
error-link-itself = дело не связывают с ним самим
    Назовите последним другое дело.
error-no-date = в деле { $case } нет срока с буквами { $date }
    Посмотрите, какие есть: bellrope case { $case }
error-due-when = не сказано когда
    Укажите время после дела: bellrope due ДЕЛО КОГДА ЧТО
error-due-what = не сказано, что именно
    Напишите это после времени или укажите --kind.
error-zone = этот компьютер не знает пояса { $zone }
    Укажите, насколько часы там впереди UTC: --zone +03:00
error-not-possible = так в деле сообщить нельзя
    Посмотрите, как можно: bellrope fact --help
error-fact-long = один из текстов длиннее, чем можно; наибольшее число знаков: { $max }
    Сократите его, а остальное напишите в заметке: bellrope note ДЕЛО
