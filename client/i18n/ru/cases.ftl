# Дела: на чём они стоят и что в них сказано, для всех программ.

case-title = ДЕЛО { $case }
case-title-drill = ДЕЛО УЧЕБНОЙ ТРЕВОГИ { $case }
case-about = Что: { $about }
case-withdrawn = ОТОЗВАНО, { $at }: отправитель отзывает сигнал. «{ $text }» Остановите всё, что делается по нему вовне, и спросите отправителя, прежде чем продолжать.
case-alert = Весь сигнал: bellrope show { $case }
case-translated = Показано в переводе. Оригиналы: bellrope case { $case } --original
case-translations = Все переводы: bellrope translate { $case }
case-lead = Ведёт: { $name }, с { $at }
case-lead-you = Ведёте вы ({ $name }), с { $at }
case-lead-gone = Ведёт: больше никто. Раньше вёл участник { $name }.
case-lead-nobody = Ведёт: пока никто.
case-lead-take = Взять на себя: bellrope lead { $case }
case-rivals = ПРИМЕЧАНИЕ: одновременно дело взяли и другие ({ $names }), не видя друг друга. Ведёт { $name }: в списке группы это имя раньше. Изменить это может тот, кто ведёт: bellrope hand-over { $case } ИМЯ
case-opened-to = Дело открыто и другим: { $names }. Открывает { $by }, { $at }.
case-no-longer-open-to = Дело больше не открыто: { $names }. Сообщает { $by }, { $at }. Прочитанное у них остаётся.
case-read = { $count ->
    [0] Прочли: пока никто не сообщил.
    [one] Прочёл { $count } человек: { $names }
    [few] Прочли { $count } человека: { $names }
   *[other] Прочли { $count } человек: { $names }
}
case-opened = { $count ->
    [one] Открыто на { $count } устройстве, насколько сообщают устройства. Это не значит, что человек прочёл.
   *[other] Открыто на { $count } устройствах, насколько сообщают устройства. Это не значит, что человек прочёл.
}
case-supporting = Помогают: { $names }
case-apart = Не участвуют: { $names }
case-stands = Состояние: { $state }
case-stands-by = Состояние: { $state }; так сообщает { $name }, { $at }
case-waits = { $count ->
    [one] ЖДЁТ ЗДЕСЬ: { $count } ваше сообщение ещё не у остальных. Отправить: bellrope outbox
    [few] ЖДУТ ЗДЕСЬ: { $count } ваших сообщения ещё не у остальных. Отправить: bellrope outbox
   *[other] ЖДУТ ЗДЕСЬ: { $count } ваших сообщений ещё не у остальных. Отправить: bellrope outbox
}
case-missing = { $count ->
    [one] ПРИМЕЧАНИЕ: { $count } сообщение этого дела, которое видели другие, сюда не дошло или ещё не дошло. Возможно, ведёт кто-то другой.
    [few] ПРИМЕЧАНИЕ: { $count } сообщения этого дела, которые видели другие, сюда не дошли или ещё не дошли. Возможно, ведёт кто-то другой.
   *[other] ПРИМЕЧАНИЕ: { $count } сообщений этого дела, которые видели другие, сюда не дошли или ещё не дошли. Возможно, ведёт кто-то другой.
}
case-story = Что сказано, по порядку:

case-line = Ведёт: { $name }
case-line-you = Ведёте вы
case-line-nobody = Ведёт: никто
case-line-withdrawn = ОТОЗВАНО ОТПРАВИТЕЛЕМ
case-line-read = прочли: { $count }
case-line-newest = Последнее: { $said }

story-line = {"  "}{ $at }, { $name }: { $what }
story-short = пишет { $name }, { $at }: { $what }
story-waits = {"    "}У остальных этого ещё нет: сообщение ждёт на этом устройстве.
story-cloned = {"    "}ВНИМАНИЕ: ключом этого человека пользуются два устройства. Возможно, устройство скопировали. Спросите по другому каналу.
story-answer-waiting = {"    "}Насколько здесь известно, отправителю это ещё не передано. Программа координатора передаёт автоматически.
story-answer-held = {"    "}ЗАДЕРЖАНО: отправитель заморожен, до снятия заморозки ему ничего не передаётся.
story-answer-handed-on = {"    "}Передано в ящик отправителя. Видел ли он это, неизвестно.
story-answer-dropped = {"    "}НЕ ПЕРЕДАНО: две недели это не удавалось, или автор был заморожен, или связи с отправителем больше нет.
story-told-held = {"    "}Отправителю об этом не сообщается: он заморожен.
story-told-handed-on = {"    "}Отправителю об этом сообщено без имён. Видел ли он это, неизвестно.
story-told-dropped = {"    "}Сообщить об этом отправителю не удалось.
story-void-not-a-member = {"    "}НЕ ДЕЙСТВУЕТ: насколько известно этому устройству, так сказал не участник группы.
story-void-frozen = {"    "}НЕ ДЕЙСТВУЕТ: это могли написать другие. Об устройстве этого человека так сообщили раньше, чем это пришло.
story-void-not-the-sender = {"    "}НЕ ДЕЙСТВУЕТ: это не от отправителя сигнала. Так о нём говорит кто-то другой.
story-void-other-alert = {"    "}НЕ ДЕЙСТВУЕТ: речь о другом сигнале с тем же идентификатором.
story-void-not-for-them = {"    "}НЕ ДЕЙСТВУЕТ: сигнал был не для этого человека, кто-то его передал.
story-void-to-nobody = {"    "}НЕ ДЕЙСТВУЕТ: дело передаётся тому, кто не может его прочесть.
story-void-may-not-open = {"    "}НЕ ДЕЙСТВУЕТ: этому человеку дело открыли другие, и открывать его дальше он не может.
story-void-opens-to-nobody = {"    "}НЕ ДЕЙСТВУЕТ: никому из названных это дело открыть нельзя.
story-note-not-yours = {"    "}Текст виден только им.
story-note-unreadable = {"    "}ВНИМАНИЕ: на этом устройстве её не прочесть. Возможно, устройство добавлено позже, или подписано было другое. Спросите по другому каналу.

said-opened = открыто на устройстве
said-acknowledged = прочитано
said-lead = ведёт дело
said-lead-not = взято на себя, но ведёт другой участник
said-supporting = помогает
said-apart = не участвует: конфликт интересов
said-hand = передаёт дело: { $to }
said-hand-not = передаёт дело: { $to }; но ведёт другой участник
said-state = теперь дело «{ $state }»
said-note = заметка: { $text }
said-note-below = заметка
said-note-lead = пишет только тому, кто ведёт дело: { $to }
said-note-lead-text = пишет только тому, кто ведёт дело ({ $to }): { $text }
said-note-named = пишет только для: { $to }
said-note-named-text = пишет только для { $to }: { $text }
said-note-handed = передаёт тому, кто ведёт дело ({ $to }), заметку для прежнего ведущего; её автор: { $author }
said-note-handed-missing = передаёт тому, кто ведёт дело ({ $to }), заметку, которой здесь ещё нет
said-translation-alert = перевод сигнала ({ $language })
said-translation = перевод ({ $language }) того, что пишет { $author }
said-translation-machine-alert = машинный перевод сигнала ({ $language })
said-translation-machine = машинный перевод ({ $language }) того, что пишет { $author }
said-translation-checked = перевод сверен с оригиналом, всё верно; автор перевода: { $author }
said-translation-asked = просит перевести ({ $language }): { $to }
said-answer = ответ отправителю: { $text }
said-answer-below = отвечает отправителю сигнала
said-answer-as = отвечает отправителю сигнала под именем { $name }
said-opened-to = открывает дело: { $to }
said-opened-not-to = но не открыто: { $to } (такое от них закрыто, или они не читают)
said-narrowed = больше не открывает дело: { $to }
said-sender-update = отправитель дополняет: «{ $text }»
said-sender-correction = отправитель исправляет: «{ $text }»
said-sender-withdrawal = ОТПРАВИТЕЛЬ ОТЗЫВАЕТ СИГНАЛ: «{ $text }»
said-sender-closure = отправитель сообщает, что всё закончилось: «{ $text }»
said-newer = это пишет более новая версия. Обновите программу.
said-why = Почему: «{ $reason }»

news-said = { $case }, { $name }: { $what }
news-lost = ВЫ БОЛЬШЕ НЕ ВЕДЁТЕ { $case }: ведёт { $name }.
news-lost-to-nobody = ВЫ БОЛЬШЕ НЕ ВЕДЁТЕ { $case }: не ведёт никто.
news-given = ТЕПЕРЬ ВЫ ВЕДЁТЕ { $case }.
news-later = ВЫ НЕ ВЕДЁТЕ { $case }: одновременно с вами дело на себя берёт { $name }, и никто из вас не видел этого у другого. Ведёт { $name }: в списке группы это имя раньше. Если вести должны вы, { $name } может передать дело вам.
news-earlier = ОДНОВРЕМЕННО с вами дело { $case } на себя берёт { $name }, и никто из вас не видел этого у другого. Ведёте вы: в списке группы ваше имя раньше. Изменить это: bellrope hand-over { $case } ИМЯ

# Ответы правозащитнику.
answer-by-member = участник группы
answer-by-name = участник группы, называет себя { $name }
answer-read = { $case }: ваш сигнал прочёл человек из группы ({ $at }).
answer-led = { $case }: ваше дело ведёт участник группы ({ $at }).
answer-words = { $case }: ОТВЕТ, пишет { $who }, { $at }:

drill-report = Что показала учебная тревога, считая с её прихода на ретранслятор:
drill-read = {"  "}{ $name }: { $minutes ->
    [0] прочитано в первую минуту
    [one] прочитано через { $minutes } минуту
    [few] прочитано через { $minutes } минуты
   *[other] прочитано через { $minutes } минут
}
drill-silent = { $count ->
    [one] {"  "}Не отозвался { $count } человек: { $names }
    [few] {"  "}Не отозвались { $count } человека: { $names }
   *[other] {"  "}Не отозвались { $count } человек: { $names }
}

case-alike = ПРИМЕЧАНИЕ: возможно, это о том же, что { $other }: та же страна, близкие дни и похожие слова. Если так: bellrope fact link { $case } duplicate_of { $other }

digest-since = С { $at }:
digest-nobody = { $count ->
    [one] НИКТО НЕ ВЕДЁТ { $count } дело:
    [few] НИКТО НЕ ВЕДЁТ { $count } дела:
   *[other] НИКТО НЕ ВЕДЁТ { $count } дел:
}
digest-mine = Ведёте вы ({ $count }):
digest-new = Новые ({ $count }):
digest-changed = Что сказали другие, по делам ({ $count }):
digest-review = Закрыты за последний месяц и ждут разбора ({ $count }): bellrope review ДЕЛО
digest-due = Сроки в ближайшие восемь дней и прошедшие ({ $count }):
digest-case = { $case }: { $about }
digest-said = { $case }, { $count }, последнее { $said }
digest-more = {"  "}и ещё { $count }: bellrope cases
digest-nothing = Ничего нового, никто не ждёт ведущего, сроков нет.

table-all = { $count ->
    [0] Ни одно дело не подходит; учебные не считаются.
    [one] { $count } дело{ $systemic ->
        [0] {""}
       *[other] , из них о системных проблемах: { $systemic }
    }. Учебные не считаются.
    [few] { $count } дела{ $systemic ->
        [0] {""}
       *[other] , из них о системных проблемах: { $systemic }
    }. Учебные не считаются.
   *[other] { $count } дел{ $systemic ->
        [0] {""}
       *[other] , из них о системных проблемах: { $systemic }
    }. Учебные не считаются.
}
table-note = Эти числа только для группы: маленькое число может указать на одного человека. Посчитано то, что дошло до этого устройства, а не всё, что произошло.
table-countries = По странам и по тому, что произошло; дело, где произошло разное, считается в каждой строке:
table-months = По месяцам:
table-origins = По тому, кто угрожает:
table-systemic = Системные проблемы:
table-not-said = не сказано
table-line = {"  "}{ $name }: { $count }{ $systemic ->
    [0] {""}
   *[other] , из них системных: { $systemic }
}
table-act = {"    "}{ $name }: { $count }{ $systemic ->
    [0] {""}
   *[other] , из них системных: { $systemic }
}
table-case = {"  "}{ $case }: { $about }

translation-by = {"    "}ПЕРЕВОД ({ $language }), автор: { $name }, { $at }
translation-machine = {"    "}МАШИННЫЙ ПЕРЕВОД ({ $language }), кто внёс: { $name }, { $at }
translation-machine-of = {"    "}МАШИННЫЙ ПЕРЕВОД ({ $language }), сделан в { $service }, кто внёс: { $name }, { $at }
translation-checked = {"    "}С оригиналом перевод сверен: { $names }.
translation-unchecked = {"    "}С оригиналом его никто не сверял.
translation-earlier = {"    "}ПЕРЕВОД ПРЕЖНЕГО ТЕКСТА: отправитель с тех пор дополнил или исправил сигнал.
translation-letters = {"    "}Его буквы: { $letters }
translatable-alert = Сигнал: { $text }
translatable-sender = От отправителя ({ $letters }): { $text }
translatable-note = Заметка, автор { $name } ({ $letters }): { $text }
translation-asked = {"    "}Сделан по просьбе тем, кто дела не читает, с текста без имён.
asked-text = Просит { $name } ({ $language }), { $at }, буквы { $letters }:
