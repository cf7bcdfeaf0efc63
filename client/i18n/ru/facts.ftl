# Что известно и решено в деле: подтверждение, согласие, сроки, кто что делает.

fact-verification = Подтверждение: { $value }
fact-publicity = Огласка: { $value }
fact-publicity-until = Огласка: { $value }, до { $until }
fact-consent = Согласие, { $purpose }: { $answer }; чей ответ: { $giver }
fact-consent-at = Согласие, { $purpose }: { $answer }; чей ответ: { $giver }, { $at }
fact-consent-near = Это действует, только пока самого человека спросить нельзя: спросите снова
fact-stage = Под стражей: { $value }
fact-held-since = Удерживают с: { $value }
fact-held-at = Где удерживают: { $value }
fact-held-at-none = Где удерживают: больше не известно
fact-held-by = Кто удерживает: { $value }
fact-held-by-none = Кто удерживает: больше не известно
fact-articles = Статьи: { $value }
fact-articles-none = Статьи: больше не известны
fact-lawyer = Адвокат: { $value }
fact-lawyer-not-named = имя никому не называть
fact-last-contact = В последний раз точно видели или слышали: { $value }
fact-date = Срок [{ $date }], { $at }: { $what }
fact-date-who = за этим следит { $name }
fact-date-source = источник: { $source }
fact-date-lawyer = юрист подтверждает
fact-date-no-lawyer = юрист не подтверждал
fact-part = Кто что делает, { $part }: { $name }
fact-nobody = никто
fact-link = Связь: { $link } { $case }
fact-link-none = Связь: больше не с { $case }
fact-review = Разбор: { $harm }; { $keep }
fact-review-harm = сделанное кому-то навредило
fact-review-no-harm = сделанное никому не навредило
fact-review-harm-unknown = неизвестно, навредило ли кому-то сделанное
fact-review-keep = человек согласен, чтобы дело хранили
fact-review-no-keep = человек не хочет, чтобы дело хранили дальше
fact-review-keep-unknown = никто не спросил человека, можно ли хранить дело
fact-step = Первые часы, { $standing }: { $step }
fact-line = {"  "}{ $what } ({ $name }, { $at })
fact-line-ground = {"  "}{ $what } ({ $name }, { $at }: «{ $ground }»)

case-consent-back = СОГЛАСИЕ ОТОЗВАНО: { $purposes }. Больше ничего наружу по нему не идёт.
case-contact = НЕ ЗВОНИТЕ: с человеком, роднёй и адвокатом говорит только { $names }.
case-contact-you = С человеком, роднёй и адвокатом говорите только вы.
case-contact-several = НЕ ЗВОНИТЕ: для связи одновременно названы несколько человек, { $names }. Договоритесь, кто это: bellrope fact part ДЕЛО связь ИМЯ
case-facts = Что известно и решено:
case-unchecked = {"  "}Подтверждение: пока никто ничего не сообщил
case-rungs = {"  "}ПРИМЕЧАНИЕ: это сказано одновременно. Действует низшее: { $value }
case-publicities = {"  "}ПРИМЕЧАНИЕ: это сказано одновременно. Действует то, где огласки меньше: { $value }
case-outward = {"  "}Наружу обращаться можно, насколько это позволяет согласие.
case-outward-quiet = {"  "}Наружу можно обращаться только тихо, насколько это позволяет согласие.
case-outward-forbidden = {"  "}Наружу ничего не идёт.
case-outward-none = {"  "}Наружу ничего не идёт: никто не сообщил, что можно.
case-due-line = {"  "}{ $date }
case-overdue = {"  "}ПРОСРОЧЕНО { $date }
case-facts-more = {"  "}И ещё { $count }: для страницы слишком много: bellrope case --json

case-review-nobody = Разбора ещё не было. Его делают двое: bellrope review { $case }
case-review-one = Разбор: { $names }. Нужен второй человек: bellrope review { $case }
case-review = Разбор: { $names }

checklist-title = Первые часы { $case } ({ $lists }), сделано { $done } из { $count }:
checklist-own = Первые часы { $case }, сделано { $done } из { $count }:
checklist-none = Для того, что случилось в { $case }, списка нет. Выберите, bellrope checklist { $case } --list detention, или напишите свои шаги: --add
checklist-step = {"  "}{ $step }, { $standing }: { $text }
checklist-step-by = {"  "}{ $step }, { $standing } ({ $name }, { $at }): { $text }
checklist-more = И ещё { $count }, слишком много, чтобы показать: --json
checklist-open = не сделано
checklist-done = сделано
checklist-dropped = не нужно
checklist-page = Первые часы ({ $lists }), сделано { $done } из { $count }: bellrope checklist { $case }

calendar-line = { $case }, { $date }
calendar-soon = СКОРО { $case }, { $date }
calendar-overdue = ПРОСРОЧЕНО { $case }, { $date }

news-consent-back = СОГЛАСИЕ ОТОЗВАНО в { $case }: { $purposes }. Больше ничего наружу по нему не идёт.
news-named = ВАС НАЗВАЛИ в { $case }: { $what }

# К чему ведёт «да».
follows-share-in-group = Что за этим следует: все, кто читает дело, могут действовать внутри группы.
follows-contact-family = Что за этим следует: родственникам звонит один человек. Назовите его: bellrope fact part ДЕЛО связь ИМЯ
follows-send-to-state = Что за этим следует: властям пишут и называют имя. Отозвать это нельзя. Властям пишут и ООН, и посольства.
follows-send-to-institutions = Что за этим следует: дело получают международные органы. Некоторые из них пишут властям и называют имя или публикуют, отозвать это нельзя.
follows-use-name = Что за этим следует: имя стоит в письмах. Отправленное письмо отозвать нельзя.
follows-publish = Что за этим следует: это станет известно навсегда. Отозвать это нельзя.
follows-media = Что за этим следует: журналисты получают дело и публикуют, что сочтут нужным. Отозвать это нельзя.
