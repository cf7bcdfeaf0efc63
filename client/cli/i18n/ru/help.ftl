# Справка. Идентификатор: `help`, команда, её аргумент и значение аргумента через дефис.
# `-long` видно только по --help, `-examples` стоит в конце справки, `help-value-` — названия значений.

help = Отправка, приём и чтение срочных сигналов со сквозным шифрованием
help-long = Bellrope доставляет срочные сигналы правозащитников участникам их группы. Каждый сигнал шифруется на устройстве отправителя, и прочитать его можно только на устройствах участников. Ретранслятор, который его передаёт, прочитать его не может.
help-start =
    Отправить сигнал сейчас:             bellrope alert
    Видеть сигналы по мере поступления:  bellrope watch
    У вас есть приглашение:              bellrope join
    Создать группу и вести её:  bellrope create, bellrope invite, bellrope members
help-after =
    Справка об одной команде, например: bellrope alert --help

    Переменные окружения:
      BELLROPE_HOME             каталог этого устройства, если не указан --home
      BELLROPE_PASSPHRASE_FILE  файл, первая строка которого — парольная фраза

    Коды завершения:
      0  выполнено
      1  не удалось
      2  команда или ответ не приняты
      3  сигнал запечатан и ждёт в исходящих, ретранслятор его ещё не сохранил

help-heading-usage = Использование
help-heading-commands = Команды
help-heading-options = Параметры
help-heading-arguments = Аргументы
help-usage-options = [ПАРАМЕТРЫ]

help-value-command = КОМАНДА
help-value-days = ДНИ
help-value-dir = КАТАЛОГ
help-value-envelopes = КАТАЛОГ
help-value-file = ФАЙЛ
help-value-files = ФАЙЛ
help-value-from = ФАЙЛ
help-value-group = НАЗВАНИЕ
help-value-home = КАТАЛОГ
help-value-id = НОМЕР
help-value-invitation = ПРИГЛАШЕНИЕ
help-value-lang = ЯЗЫК
help-value-name = ИМЯ
help-value-out = ФАЙЛ
help-value-relay = АДРЕС
help-value-role = РОЛЬ
help-value-share = С-КЕМ
help-value-shell = ОБОЛОЧКА
help-value-summary = СТРОКА
help-value-text = ТЕКСТ
help-value-to = ИМЯ,ИМЯ
help-value-token = РАЗРЕШЕНИЕ
help-value-urgency = СРОЧНОСТЬ
help-value-what = ЧТО
help-value-when = КОГДА
help-value-where = ГДЕ
help-value-whom = КОГО

help-global-home = Каталог с ключами и сообщениями этого устройства
help-global-home-long = Каталог с ключами и сообщениями этого устройства. Укажите его, если состоите в нескольких группах: каждой группе нужен свой каталог. Имеет приоритет над BELLROPE_HOME.
help-global-verbose = Выводить в stderr, что делает программа: так находят неполадки. Ничего секретного не выводится.
help-global-lang = Язык программы [варианты: en, ru]
help-global-lang-long =
    Язык программы
    en: { help-global-lang-en }
    ru: { help-global-lang-ru }
help-global-lang-en = English (английский)
help-global-lang-ru = Русский
help-global-help = Показать справку: -h — краткую, --help — полную
help-global-version = Показать версию

help-alert = Отправить сигнал своей группе
help-alert-long = Задаёт семь вопросов, ещё раз показывает сигнал, запечатывает его и отправляет. Обязательно только указать, что произошло, и кратко это описать; остальные вопросы можно пропустить. Ответы, введённые как параметры, могут остаться в истории команд; ответы на вопросы там не остаются. Если связи нет, запечатанный сигнал ждёт на этом устройстве. Позже его отправит любая из команд «bellrope outbox» и «bellrope watch». Код завершения в этом случае — 3.
help-alert-what = Что произошло: слова или номера из списка через запятую
help-alert-whom = С кем это произошло: имя, «не указывать» или, например, «псевдоним: Ласточка»
help-alert-where = Где: страна и через запятую населённый пункт либо «не указывать»
help-alert-when = Когда: сейчас, сегодня, вчера, 14:30, 24.11.2026 14:30 или неизвестно
help-alert-urgency = Насколько срочно: критическая, высокая, обычная или «для сведения»
help-alert-summary = Что произошло, одной строкой
help-alert-text = Что произошло, подробно
help-alert-share = Кому группа может передать эти сведения, например: «группа», «организации», «международные организации»
help-alert-from = Отправить заполненную форму (см. --template)
help-alert-from-long = Отправить заполненную форму (см. --template). Форма не зашифрована: удалите её после отправки.
help-alert-template = Вывести пустую форму для заполнения и ничего не отправлять
help-alert-drill = Тренировка: сигнал будет ясно помечен как учебная тревога
help-alert-to = Только этим участникам группы (доступно участникам, но не правозащитникам)
help-alert-yes = Отправить сразу, не показывая сигнал ещё раз
help-alert-json = Вывести результат одной строкой JSON
help-alert-examples =
    Примеры:
      Ответить на вопросы по очереди:
        bellrope alert
      Всё в одной команде:
        bellrope alert --yes --what арест --whom "Алена Прыкладная" \
          --where "Беларусь, Гомель" --summary "Увезли из офиса"
      По форме:
        bellrope alert --template > forma.toml
        bellrope alert --from forma.toml
      Тренировка:
        bellrope alert --drill

help-watch = Показывать сигналы по мере поступления
help-watch-long = Показывает сигналы по мере поступления, начиная с пропущенных, пока вы не нажмёте Ctrl+C. Заодно отправляет то, что ждёт в исходящих. У правозащитника и у того, кого координатор ещё не принял, команда отправляет исходящие и получает новые ключи или ответ координатора.
help-watch-once = Показать то, что уже пришло, и завершить работу
help-watch-json = Выводить каждый сигнал одной строкой JSON
help-watch-envelopes = Сохранять также каждый запечатанный конверт файлом в этом каталоге: его откроют другие программы ключами из export-identity
help-watch-examples =
    Примеры:
      Оставить работать:
        bellrope watch
      Проверить один раз:
        bellrope watch --once

help-inbox = Показать список полученных сигналов
help-inbox-json = Выводить каждый сигнал одной строкой JSON
help-inbox-examples =
    Пример:
      bellrope inbox

help-show = Показать один сигнал целиком
help-show-id = Номер дела, например BY-2026-7KQ4, или начало идентификатора сигнала
help-show-json = Вывести сигнал одной строкой JSON
help-show-examples =
    Пример:
      bellrope show BY-2026-7KQ4

help-outbox = Показать исходящие и отправить то, что ещё ждёт
help-outbox-long = Показывает, что отправлено, с расписками ретранслятора, и пробует отправить то, что ещё ждёт. Расписка доказывает, что ретранслятор сохранил конверт, но не говорит о том, что его кто-то прочитал. Сам текст сигналов здесь не хранится.
help-outbox-offline = Только показать, не выходя в сеть
help-outbox-json = Выводить каждую запись одной строкой JSON
help-outbox-examples =
    Примеры:
      Отправить то, что ждёт, и узнать результат:
        bellrope outbox
      Только посмотреть:
        bellrope outbox --offline

help-join = Вступить в группу по приглашению
help-join-long = Создаёт ключи этого устройства, защищает их парольной фразой, которую вы придумаете, и присоединяет вас к группе. Правозащитники могут сразу отправлять сигналы. Участники и наблюдатели ждут, пока их примет координатор; его ответ получит команда «bellrope watch».
help-join-invitation = Код приглашения или файл; если не указать, программа спросит
help-join-invitation-long = Код приглашения или файл. Лучше не указывать код здесь: программа спросит его, и он не останется в истории команд.
help-join-examples =
    Примеры:
      По коду (программа спросит его):
        bellrope join
      По файлу, без доступа к сети:
        bellrope join alena.priglashenie

help-create = Создать группу
help-create-long = Создаёт ваши ключи, защищённые парольной фразой, группу и её почтовый ящик на ретрансляторе. Вы становитесь координатором группы. Если не указать название группы или своё имя, программа спросит о них. Если ретранслятор был недоступен, повторите ту же команду, и она продолжит начатое. Если группа уже есть, команда с новым разрешением продлевает её почтовый ящик.
help-create-relay = Адрес ретранслятора; его сообщает владелец ретранслятора
help-create-token = Разрешение владельца ретранслятора, которое открывает почтовый ящик
help-create-group = Название группы; если не указать, программа спросит
help-create-name = Как вас будут называть участники; если не указать, программа спросит
help-create-examples =
    Пример:
      bellrope create --relay АДРЕС --token РАЗРЕШЕНИЕ \
        --group "Дом Пример" --name "Алена Прыкладная"

help-invite = Пригласить человека в группу
help-invite-long = Выводит код приглашения, которым можно воспользоваться один раз. Передайте его по каналу, которому доверяете, и только этому человеку: приглашением сможет воспользоваться тот, кто первым введёт код. Участников и наблюдателей затем нужно принять командой «bellrope members approve».
help-invite-name = Как группа будет называть этого человека
help-invite-role = Что сможет делать этот человек [варианты: member, observer, defender]
help-invite-role-long =
    Что сможет делать этот человек
    member: { help-invite-role-member }
    observer: { help-invite-role-observer }
    defender: { help-invite-role-defender }
help-invite-role-member = участник — читает сообщения группы и отправляет свои
help-invite-role-observer = наблюдатель — читает сообщения группы
help-invite-role-defender = правозащитник — отправляет сигналы группе, чужих не читает
help-invite-days = Сколько дней действует приглашение, от 1 до 14 [по умолчанию: 7]
help-invite-file = Записать приглашение в файл
help-invite-file-long = Записать в один файл всё, что нужно для вступления. Тому, кто вступает по файлу, сеть не нужна. Берегите файл так же, как код.
help-invite-qr = Показать код ещё и в виде QR-кода
help-invite-examples =
    Примеры:
      Код для правозащитницы на три дня:
        bellrope invite "Алена Прыкладная" --role defender --days 3
      Файл, чтобы передать лично:
        bellrope invite "Дом Пример" --role member --file dom.priglashenie

help-members = Показать, кто состоит в группе и кто просит его принять
help-members-long = Показывает, кто состоит в группе и кто просит его принять. Прежде чем принять человека, спросите его по другому каналу, действительно ли запрос от него.
help-members-json = Выводить каждого человека одной строкой JSON
help-members-examples =
    Примеры:
      bellrope members
      bellrope members approve "Алена Прыкладная"
help-members-approve = Принять в группу того, кто воспользовался приглашением
help-members-approve-name = Имя человека, как в приглашении
help-members-refuse = Отказать в приёме в группу
help-members-refuse-name = Имя человека, как в приглашении

help-evidence = Показать противоречия в том, что подписал ретранслятор
help-evidence-long = Показывает, что это устройство сохранило о ретрансляторах, которые противоречили сами себе. Как и всё на устройстве, это зашифровано. С --dir записывается в файлы для других людей; те проверят их командой «bellrope verify-evidence».
help-evidence-dir = Каталог для файлов, которые можно показать другим
help-evidence-examples =
    Пример:
      bellrope evidence --dir evidence

help-verify-evidence = Проверить доказательства по подписям ретранслятора
help-verify-evidence-long = Проверяет файлы, записанные командой «bellrope evidence --dir», в том числе на других устройствах, и говорит, доказывают ли они, что ретранслятор лгал. Файлы нескольких людей проверяются вместе: у каждого может быть одна половина. Ни устройства, ни парольной фразы не нужно. Код завершения 0, если файлы — доказательство, иначе 1.
help-verify-evidence-files = Файлы, все об одном ретрансляторе
help-verify-evidence-json = Вывести одну строку JSON
help-verify-evidence-examples =
    Пример:
      bellrope verify-evidence nina.txt anna.txt

help-export-identity = Записать в файл ключи, которые открывают ваши сообщения
help-export-identity-long = Записывает в файл ключи в формате age. С ними любая программа, поддерживающая age, откроет сообщения, предназначенные вам. Осторожно: тот, у кого есть этот файл, может читать сообщения группы. Храните его зашифрованным и не на этом устройстве.
help-export-identity-out = Куда записать; такого файла ещё не должно быть
help-export-identity-examples =
    Пример:
      bellrope export-identity --out /media/safe/identity.txt

help-completions = Вывести скрипт автодополнения для оболочки
help-completions-shell = Для какой оболочки [варианты: bash, elvish, fish, powershell, zsh]
help-completions-examples =
    Пример:
      bellrope completions bash > bellrope.bash

help-man = Записать страницы руководства man
help-man-dir = В какой каталог записать
help-man-examples =
    Пример:
      bellrope man --dir man1

# Введённое не удалось понять. Значения приводятся так, как их ввели.
usage-unknown-argument = Здесь нет параметра или аргумента «{ $arg }».
usage-unknown-command = Нет команды «{ $command }».
usage-suggest = Возможно, вы имели в виду: { $meant }
usage-missing =
    Не хватает:
    {"  "}{ $arg }
usage-missing-command = После «{ $command }» нужна команда.
usage-missing-value = После «{ $arg }» нужно указать значение.
usage-invalid-value = Значение «{ $value }» не подходит для «{ $arg }».
usage-values = Возможные значения: { $values }
usage-conflict = «{ $arg }» нельзя указать вместе с: { $others }
usage-other = Не удалось понять команду: { $typed }
usage-see = Справка: { $place } --help
