# Справка. Идентификатор: `help`, команда, её аргумент и значение аргумента через дефис.
# `-long` видно только по --help, `-examples` стоит в конце справки, `help-value-` — названия значений.

help = Отправка, приём и чтение срочных сигналов со сквозным шифрованием
help-long = Bellrope доставляет срочные сигналы правозащитников участникам их группы. Каждый сигнал шифруется на устройстве отправителя, и прочитать его можно только на устройствах участников. Ретранслятор, который его передаёт, прочитать его не может.
help-start =
    Выбрать действие из списка:          bellrope
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

help-value-case = ДЕЛО
help-value-update = ДЕЛО
help-value-correct = ДЕЛО
help-value-withdraw = ДЕЛО
help-value-over = ДЕЛО
help-value-people = ИМЯ
help-value-no-longer-to = ИМЯ
help-value-block = БУКВЫ
help-value-also-to = ИМЯ
help-value-rung = СТУПЕНЬ
help-value-publicity = ОГЛАСКА
help-value-purpose = ЦЕЛЬ
help-value-answer = ОТВЕТ
help-value-giver = КТО
help-value-work = РАБОТА
help-value-link = СВЯЗЬ
help-value-other = ДЕЛО
help-value-state = СОСТОЯНИЕ
help-value-stage = ВИД
help-value-until = КОГДА
help-value-begins = КОГДА
help-value-hours = ЧАСЫ
help-value-which = КОГДА
help-value-with = ИМЯ
help-value-because = ПРИЧИНА
help-value-shift = ЧАСЫ-И-ИМЯ
help-value-second = ИМЯ
help-value-ground = СЛОВА
help-value-place = ГДЕ
help-value-body = КТО
help-value-articles = СЛОВА
help-value-lawyer = ДОСТУП
help-value-lawyer-name = ИМЯ
help-value-seen = КОГДА
help-value-seen-how = КАК
help-value-seen-by = КТО
help-value-kind = ВИД
help-value-zone = ПОЯС
help-value-who = ИМЯ
help-value-date = БУКВЫ
help-value-standing = ИТОГ
help-value-list = СПИСОК
help-value-done = ШАГ
help-value-dropped = ШАГ
help-value-open = ШАГ
help-value-add = СЛОВА
help-value-harm = ДА-НЕТ
help-value-keep = ДА-НЕТ
help-value-closing = ПОЧЕМУ
help-value-every = СРОК
help-value-first = КОГДА
help-value-grace = СРОК
help-value-words = ФАЙЛ
help-value-code = КОД
help-value-command = КОМАНДА
help-value-call = ИМЯ
help-value-days = ДНИ
help-value-idle = МИНУТЫ
help-value-device = КОД
help-value-dir = КАТАЛОГ
help-value-envelopes = КАТАЛОГ
help-value-exec = ПРОГРАММА
help-value-country = СТРАНА
help-value-since = КОГДА
help-value-search = СЛОВА
help-value-file = ФАЙЛ
help-value-files = ФАЙЛ
help-value-attach = ФАЙЛ
help-value-save = ФАЙЛ
help-value-attach-as-it-is = ФАЙЛ
help-value-form = ФОРМА
help-value-from = ФАЙЛ
help-value-group = НАЗВАНИЕ
help-value-home = КАТАЛОГ
help-value-id = НОМЕР
help-value-invitation = ПРИГЛАШЕНИЕ
help-value-lang = ЯЗЫК
help-value-name = ИМЯ
help-value-act = ЧТО
help-value-about = КОГО
help-value-source = КТО
help-value-number = НОМЕР
help-value-parts = ЧИСЛО
help-value-needed = ЧИСЛО
help-value-part = ФАЙЛ
help-value-names = ИМЯ
help-value-out = ФАЙЛ
help-value-new-file = ФАЙЛ
help-value-reach = ТЕКСТ
help-value-reason = СТРОКА
help-value-relay = АДРЕС
help-value-said = ЦИФРЫ
help-value-role = РОЛЬ
help-value-share = С-КЕМ
help-value-shell = ОБОЛОЧКА
help-value-summary = СТРОКА
help-value-text = ТЕКСТ
help-value-of = БУКВЫ
help-value-into = ЯЗЫК
help-value-by-machine = НАЗВАНИЕ
help-value-check = БУКВЫ
help-value-to = ИМЯ
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
help-alert-long = Задаёт семь вопросов (к каждому можно вернуться), ещё раз показывает сигнал, запечатывает его и отправляет. Обязательно только указать, что произошло, и кратко это описать; остальные вопросы можно пропустить. Ответы, введённые как параметры, могут остаться в истории команд; ответы на вопросы там не остаются. Если связи нет, запечатанный сигнал ждёт на этом устройстве. Позже его отправит любая из команд «bellrope outbox» и «bellrope watch». Код завершения в этом случае — 3.
help-alert-what = Что произошло: слова через запятую, например «задержали» или «обыск»
help-alert-whom = С кем это произошло: имя или несколько через запятую, «не указывать» или, например, «псевдоним: Ласточка»
help-alert-where = Где: страна и через запятую населённый пункт либо «не указывать»
help-alert-when = Когда: сейчас, 2 часа назад, утром, 14:30, 24 ноября, 24.11.2026 14:30 или неизвестно
help-alert-urgency = Насколько срочно: критическая, высокая, обычная или «для сведения»
help-alert-summary = Что произошло, одной строкой
help-alert-text = Что произошло, подробно
help-alert-share = Кому группа может передать эти сведения, например: «группа», «организации», «международные организации»
help-alert-from = Отправить заполненную форму (см. --template); «-» — прочитать её со стандартного ввода
help-alert-from-long = Отправить заполненную форму (см. --template). «-» — прочитать её со стандартного ввода; тогда нужен и параметр --yes. Форма не зашифрована: удалите её после отправки.
help-alert-template = Вывести пустую форму для заполнения и ничего не отправлять
help-alert-out = Вместе с --template: записать форму в этот новый файл, закрытый для других
help-alert-for = Вам рассказал об этом кто-то другой: программа спросит также, как получено сообщение и как безопасно ответить
help-alert-drill = Тренировка: сигнал будет ясно помечен как учебная тревога
help-alert-update = Дополнить сигнал, отправленный с этого устройства: номер дела или его конец. Так же можно ответить на вопрос группы
help-alert-correct = Исправить что-то в нём
help-alert-withdraw = Отозвать его: об этом сразу и прежде всего узнает каждый участник, который его читает
help-alert-over = Сообщить, что всё закончилось
help-alert-attach = Фотография (JPEG, PNG или WebP); параметр можно повторить
help-alert-attach-long = Фотография (JPEG, PNG или WebP), которая уходит вслед за сигналом. Изображение создаётся заново, и уходит только оно: без места, времени, камеры и имени; имя файла тоже не уходит. Всё, что на нём видно, остаётся. До 8 файлов; параметр можно повторить.
help-alert-attach-as-it-is = Файл без изменений, со всем, что в нём есть; параметр можно повторить
help-alert-attach-as-it-is-long = Файл, который уходит вслед за сигналом без изменений, не больше 2 МБ: PDF, документ или снимок, чьё время и место нужны как доказательство. О снимке программа сначала скажет, что в нём записано, и спросит. О других файлах этого не скажет никто: в них может быть указан автор. Имя файла не уходит.
help-alert-to = Только этому участнику группы; параметр можно повторить (доступно участникам, но не правозащитникам)
help-alert-to-long = Только этому участнику группы; параметр можно повторить. Имена можно перечислить и через запятую; имя, в котором есть запятая, ищется в первую очередь. Доступно участникам, но не правозащитникам.
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
        bellrope alert --template --out form.toml
        bellrope alert --from forma.toml
      Тренировка:
        bellrope alert --drill

help-watch = Показывать сигналы по мере поступления
help-watch-long = Показывает сигналы по мере поступления, начиная с пропущенных, пока вы не нажмёте Ctrl+C. Заодно отправляет то, что ждёт в исходящих. У правозащитника и у того, кого координатор ещё не принял, команда отправляет исходящие и получает новые ключи или ответ координатора.
help-watch-once = Показать то, что уже пришло, и завершить работу
help-watch-json = Выводить каждый сигнал одной строкой JSON
help-watch-envelopes = Сохранять также каждый запечатанный конверт файлом в этом каталоге: его откроют другие программы ключами из export-identity
help-watch-no-bell = Не звонить при срочных сигналах
help-watch-exec = Запускать эту программу при каждом срочном сигнале
help-watch-exec-long = Запускать эту программу при каждом срочном сигнале, тогда же, когда звучит звонок. Она не получает ни аргументов, ни чужого текста: только вид сообщения в переменной BELLROPE_KIND и ваши переменные среды без переменных Bellrope.
help-watch-idle = Завершить работу, если столько минут никто не нажимал Enter, от 1 до 1440
help-watch-idle-long = Завершить работу, если столько минут никто не нажимал Enter, от 1 до 1440: тогда на оставленном или отобранном компьютере ключей в памяти уже не будет. После этого сигналы не показываются. В Linux считается и время, когда компьютер спит.
help-watch-examples =
    Примеры:
      Оставить работать:
        bellrope watch
      Проверить один раз:
        bellrope watch --once

help-inbox = Показать список полученных сигналов
help-inbox-long = Показывает пришедшие сигналы, начиная с самого старого; номер в списке понимает команда «bellrope show». НОВОЕ — то, что на этом устройстве ещё не показывали целиком командами «bellrope watch» или «bellrope show». Параметры сужают список; если их несколько, должны выполняться все.
help-inbox-unread = Только те, которые ещё не показывали
help-inbox-urgency = Только такие, например «критическая, высокая»
help-inbox-country = Только из этой страны
help-inbox-since = Только пришедшие с этого времени, например вчера или 2026-11-24
help-inbox-drills = Только учебные
help-inbox-search = Только те, в которых есть все эти слова
help-inbox-json = Выводить каждый сигнал одной строкой JSON
help-inbox-examples =
    Примеры:
      Весь список:
        bellrope inbox
      Срочное, чего ещё не видели:
        bellrope inbox --unread --urgency critical,high
      Где есть это слово:
        bellrope inbox --search Гомель --since 2026-11-01

help-show = Показать один сигнал целиком
help-show-id = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-show-readers = Показать вместо сигнала, кто ещё мог бы его открыть
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

help-status = Показать состояние этого устройства
help-status-long = Показывает, кому отсюда уходят сигналы, что ждёт отправки, до какого дня действует ящик группы, чьи часы, похоже, неверны и когда ретранслятор отвечал в последний раз. Несколько секунд программа ждёт ответа ретранслятора, а без него говорит то, что знает это устройство.
help-status-offline = Не обращаться к ретранслятору
help-status-json = Вывести одной строкой JSON
help-status-examples =
    Пример:
      bellrope status

help-join = Вступить в группу по приглашению
help-join-long = Создаёт ключи этого устройства, защищает их парольной фразой, которую вы придумаете, и присоединяет вас к группе. Правозащитники могут сразу отправлять сигналы. Участники и наблюдатели ждут, пока их примет координатор; его ответ получит команда «bellrope watch».
help-join-invitation = Код приглашения, файл, продиктованное по телефону или - (стандартный ввод); если не указать, программа спросит
help-join-invitation-long = Код приглашения, файл, продиктованное по телефону (имя сервера, четыре цифры, шесть цифр) или - (стандартный ввод). Лучше не указывать код здесь: программа спросит его, и он не останется в истории команд.
help-join-examples =
    Примеры:
      По коду (программа спросит его):
        bellrope join
      По файлу, без доступа к сети:
        bellrope join alena.priglashenie
      По продиктованному по телефону:
        bellrope join alert.example.org 4182 730956

help-create = Создать группу
help-create-long = Создаёт ваши ключи, защищённые парольной фразой, группу и её почтовый ящик на ретрансляторе. Вы становитесь координатором группы. О чём не сказано в команде, программа спросит. Если ретранслятор был недоступен, повторите ту же команду, и она продолжит начатое. Если группа уже есть, команда с новым разрешением продлевает её почтовый ящик.
help-create-relay = Адрес ретранслятора от его владельца или файл с ним; если не указать, программа спросит
help-create-token = Разрешение владельца ретранслятора, файл с ним или - (стандартный ввод); если не указать, программа спросит
help-create-token-long = Разрешение владельца ретранслятора, которое открывает почтовый ящик; или файл с ним, или - (стандартный ввод). Лучше не указывать его здесь: программа спросит его, и оно не останется ни в истории команд, ни в списке процессов.
help-create-group = Название группы; если не указать, программа спросит
help-create-name = Как вас будут называть участники; если не указать, программа спросит
help-create-examples =
    Пример:
      bellrope create --relay АДРЕС \
        --group "Дом Пример" --name "Алена Прыкладная"

help-circle = Показать, кто читает новые сигналы, и изменить это
help-circle-long = Кто по умолчанию читает новый сигнал: дежурные или все участники; кто, кроме того, читает часть сигналов; и кому заранее дан отвод, потому что после прочтения говорить о конфликте интересов поздно. Видят это все участники; меняют координаторы, а записывает устройство, которое ведёт список группы. Наблюдатели читают то, что отправлено лично им. Причина отвода нигде не записывается.
help-circle-json = Всё одной строкой JSON
help-circle-set = Назначить тех, кто читает все новые сигналы
help-circle-set-long = Назначенные читают каждый новый сигнал, если у них нет отвода, а другие участники — нет, в том числе те, кто придёт позже. Если никого из них в группе не осталось, читают все участники.
help-circle-set-name = Имена участников
help-circle-set-yes = Без вопроса
help-circle-all = Пусть все участники читают все новые сигналы
help-circle-all-yes = Без вопроса
help-circle-add = Пусть человек читает ещё и часть сигналов
help-circle-add-long = Кто не дежурит, может читать сигналы одного вида. Из нескольких параметров должны подойти все, из нескольких значений одного — любое. Чего в сигнале не сказано, то не подходит ни к чему.
help-circle-add-name = Имена участников
help-circle-add-country = Страны, например BY или Беларусь
help-circle-add-act = Что произошло, как в bellrope alert --what
help-circle-add-about = Кого касается: individual, organisation, group или systemic
help-circle-add-source = Кто угрожает: state или non_state
help-circle-add-yes = Без вопроса
help-circle-keep-out = Дать отвод: не показывать человеку сигналы одного вида
help-circle-keep-out-long = Такие сигналы человек не получит, дежурит он или нет; без параметров — никаких новых сигналов. Из нескольких параметров должны подойти все, из нескольких значений одного — любое. Чего в сигнале не сказано, то считается подходящим: за неуказанной страной может стоять любая.
help-circle-keep-out-name = Имена участников
help-circle-keep-out-country = Страны, например AZ или Азербайджан
help-circle-keep-out-act = Что произошло, как в bellrope alert --what
help-circle-keep-out-about = Кого касается: individual, organisation, group или systemic
help-circle-keep-out-source = Кто угрожает: state или non_state
help-circle-keep-out-yes = Без вопроса
help-circle-remove = Отменить добавление или отвод
help-circle-remove-number = Номер из списка bellrope circle
help-circle-remove-yes = Без вопроса
help-circle-examples =
    Примеры:
      bellrope circle set Анна Иван
      bellrope circle add Ольга --country BY --act detention
      bellrope circle keep-out Нина --country AZ --source state

help-duty = Показать и изменить график дежурств
help-duty-long = Когда есть график, срочное будит дежурного, а не всех. Критический сигнал будит его ещё раз через 10 минут, а через 20 — того, кто на подмене, и так до тех пор, пока кто-нибудь не подтвердит, что прочёл; если никто не дежурит, он будит всех, кто его читает и у кого сейчас не тихие часы. Остальное ждёт ближайшего дежурства. Без графика срочное будит всех, кто его читает. График видят все участники, меняют координаторы.
help-duty-json = Всё одной строкой JSON
help-duty-set = Составить недельный график
help-duty-set-place = По чьим часам, например Europe/Minsk или +03:00. Переводы часов записываются в график, поэтому на всех компьютерах он значит одно и то же
help-duty-set-shift = Дни, часы и имя, после / — кто на подмене: "пн-пт 08:00-20:00 Анна / Иван". Можно указать сколько нужно раз; если часы пересекаются, считается первое
help-duty-set-yes = Без вопросов
help-duty-swap = На время назначить дежурным другого или попросить взять ваше дежурство
help-duty-swap-long = С именем, --from и --until координатор назначает дежурным другого. С --with дежурный просит другого взять своё дежурство; для всех это действует, как только тот ответит bellrope duty accept, координатор не нужен.
help-duty-swap-name = Имя участника
help-duty-swap-from = С какого времени, по часам графика: "2026-12-24 18:00"
help-duty-swap-until = До какого времени
help-duty-swap-second = Кто в это время на подмене
help-duty-swap-with = Кого вы просите взять ваше дежурство
help-duty-swap-shift = Какое из ваших дежурств: день или время, которое в него входит, по часам графика [по умолчанию: ближайшее]
help-duty-swap-yes = Без вопросов
help-duty-hand-over = Передать дежурство следующему с запиской
help-duty-hand-over-long = Черновик записки составляется по делам: срочные и открытые, кто их ведёт, какие сроки подходят, кому не звонить; о деле, которого получатель не читает, в ней ничего нет. Можно добавить своё. Записка уходит следующему дежурному и тому, кто на подмене. До согласия звонит у вас; при отказе или без ответа в течение 30 минут после начала дежурства звонит у того, кто на подмене.
help-duty-hand-over-to = Кому [по умолчанию: следующему по графику]
help-duty-hand-over-text = Что ещё нужно знать; файл или - для стандартного ввода
help-duty-hand-over-without-cases = Без черновика: только ваш текст
help-duty-hand-over-yes = Без вопросов
help-duty-accept = Взять дежурство, которое вам передают или просят взять
help-duty-accept-name = Чьё; нужно, если ждут ответа несколько
help-duty-refuse = Ответить, что вы его не берёте
help-duty-refuse-name = Чьё; нужно, если ждут ответа несколько
help-duty-refuse-because = Почему; прочтут тот, кто просил, и тот, кто на подмене
help-duty-take-back = Отозвать передачу или просьбу, пока никто не согласился
help-duty-take-back-name = Кого вы просили; нужно, если ждут ответа несколько
help-duty-nobody = На время оставить группу без дежурного, например в праздники
help-duty-nobody-from = С какого времени, по часам графика: "2026-12-24 18:00"
help-duty-nobody-until = До какого времени
help-duty-nobody-yes = Без вопросов
help-duty-off = Отменить график дежурств
help-duty-off-yes = Без вопросов
help-duty-quiet = Указать, когда вас не будить на этом устройстве
help-duty-quiet-long = В эти часы здесь раздастся звонок только по критическому сигналу и только если вы дежурите или в группе нет графика. Другие об этих часах не узнают. Без аргумента команда их показывает.
help-duty-quiet-hours = По часам этого компьютера, например 22:00-07:00
help-duty-quiet-off = Больше не соблюдать тихих часов
help-duty-examples =
    Примеры:
      bellrope duty set --place Europe/Minsk --shift "пн-пт 08:00-20:00 Анна / Иван" --shift "сб,вс 10:00-18:00 Иван"
      bellrope duty swap Иван --from "2026-12-24 18:00" --until "2026-12-25 08:00"
      bellrope duty swap --with Иван --shift 2026-12-24
      bellrope duty hand-over
      bellrope duty quiet 22:00-07:00

help-cases = Показать дела: кто ведёт, кто прочёл, что сказано последним
help-cases-long = Показывает открытые дела в том порядке, в котором приходили сигналы. Параметры сужают список или расширяют его: из нескольких параметров должны подойти все, из нескольких значений одного — любое.
help-cases-all = Вместе с закрытыми
help-cases-closed = Только закрытые
help-cases-mine = Только те, что ведёте вы
help-cases-unled = Только те, что никто не ведёт
help-cases-country = Только в этих странах, например BY или Беларусь
help-cases-act = Только те, где произошло это, как в bellrope alert --what
help-cases-about = Кого касается: individual, organisation, group или systemic
help-cases-source = Кто угрожает: state или non_state
help-cases-since = Только то, что случилось с этого времени, например вчера или 2026-11-24; если в сигнале не сказано когда, считается время его прихода
help-cases-until = То же, но до этого времени; день берётся целиком
help-cases-search = Только те, где все эти слова есть в сигнале или в сказанном позже
help-cases-table = Сколько их: по странам и по тому, что произошло, по месяцам и по тому, кто угрожает; без учебных
help-cases-json = Список в JSON, по строке на каждое
help-cases-examples =
    Примеры:
      Что пока никто не ведёт:
        bellrope cases --unled
      Задержания в Беларуси с начала лета, вместе с закрытыми делами:
        bellrope cases --all --country BY --act задержание --since 2026-06-01
      Системные проблемы:
        bellrope cases --about systemic
      Сколько чего было:
        bellrope cases --all --table
help-case = Показать дело: как оно обстоит и что в нём сказано
help-case-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-case-original = Показать всё теми словами, которыми сказано, даже если есть перевод
help-case-json = Вывести дело одной строкой JSON
help-attachment = Показать, что приложено к сигналу, и сохранить это
help-attachment-long = Показывает фотографии и документы, приложенные к сигналу, и сколько из каждого получено. С номером записывает выбранное в новый файл, закрытый для других, если оно получено целиком и совпадает с тем, о чём сказано в сигнале. Файл называется по номеру дела; имя, которое он носил у отправителя, не покидало его устройства. Здесь содержимое не показывается: его открывает другая программа, а сделано оно другим человеком.
help-attachment-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-attachment-number = Что именно: номер в этом списке
help-attachment-save = Записать в этот новый файл
help-attachment-offline = Не спрашивать у ретранслятора части, которых здесь нет
help-attachment-json = Выводить каждую запись одной строкой JSON
help-ack = Сообщить группе, что вы прочли сигнал
help-ack-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-lead = Взять ведение дела на себя
help-lead-long = Дело ведёт один человек. Если никто не ведёт, ведёте вы. Если кто-то ведёт, вы пишете, почему теперь ведёте вы, и ему об этом сразу сообщают. Если двое взяли дело, не видя этого друг у друга, на всех устройствах ведёт тот, кто в списке группы раньше; обоим об этом сообщают, и тот, кто ведёт, может передать дело.
help-lead-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-lead-reason = Почему, одной строкой; нужно, если ведёт другой
help-lead-examples =
    Пример:
      bellrope lead 7KQ4 --reason "Борис до вечера в самолёте"
help-support = Сообщить группе, что вы помогаете в деле
help-support-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-hand-over = Передать дело другому: с этого времени ведёт он
help-hand-over-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-hand-over-name = Имя человека
help-hand-over-reason = Почему, одной строкой; нужно, если ведёт другой
help-conflict = Сообщить группе, что вы не участвуете в деле: конфликт интересов
help-conflict-long = Для случаев, когда вам нельзя в нём действовать: к делу причастна ваша организация или близкий вам человек. Если вели вы, больше не ведёт никто. То, что вам уже отправлено, остаётся у вас, и новое приходит.
help-conflict-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-conflict-reason = Почему, одной строкой
help-open = Показать, кто читает дело, или открыть его другим
help-open-long = Сигнал предназначен тем, кого назвали отправитель или круг группы. Всем другим дело открывает человек, по именам: «bellrope open ДЕЛО to ИМЯ» или «to group» — всем участникам и координаторам, от кого группа не закрыла такие сигналы. Они получают сигнал и всё, что сказано, и их слова с этого времени действуют. Все, кто читает дело, видят, кто и кому его открыл. Наблюдатели читают то, что им открыто, и ничего не говорят. Открывают дело только те, кому был написан сигнал; тот, кому его открыли, дальше его не открывает.
help-open-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-open-people = Имена людей или «group» — вся группа; слово «to» перед ними можно не писать. Без имён показывает, кто читает дело
help-open-no-longer-to = Имя того, кому дело открыли: новое для него больше не шифруется. Прочитанное у него остаётся. Можно указать несколько раз
help-open-reason = Почему, одной строкой; это видят все, кто читает дело
help-open-yes = Ничего не спрашивать, даже если отправитель сам выбрал, кто читает
help-open-json = Вывести, кто читает: по строке JSON на каждого
help-open-examples =
    Примеры:
      bellrope open 7KQ4
      bellrope open 7KQ4 to "Иван Примеров" --reason "он знает адвоката"
      bellrope open 7KQ4 --no-longer-to "Иван Примеров"
help-note = Написать заметку всем, кто читает дело
help-note-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-note-text = Заметка, не больше 8000 знаков; если не указать, программа спросит, и в истории команд её не будет
help-note-to-lead = Только тому, кто ведёт дело: остальные видят, что вы написали, но не видят что. Кто поведёт дело позже, прочтёт это, когда ему передадут
help-note-to = Только этому человеку, который читает дело: остальные видят, что вы ему написали, но не видят что. Можно указать несколько раз
help-note-hand-on = Передать тому, кто ведёт дело сейчас, написанное с --to-lead тому, кто вёл его раньше, если на этом устройстве это можно прочесть
help-note-examples =
    Примеры:
      bellrope note 7KQ4 "Звонила её сестра"
      bellrope note 7KQ4 --to-lead "Адвокат просит денег. Об этом известно?"
      bellrope note 7KQ4 --to Anna --to Boris "Позвоните мне"
help-translate = Перевести то, что есть в деле, или посмотреть переводы
help-translate-long = Без параметров: что можно перевести, с буквами, и переводы. Кто читает дело, сначала видит перевод на свой язык и кто его сделал; оригинал показывает «bellrope case ДЕЛО --original». Программа сама ни к какому переводчику не обращается: кто вставляет текст в онлайн-переводчик, рассказывает о деле его владельцу. Переводчик, который работает на вашем компьютере, никому ничего не сообщает.
help-translate-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-translate-words = Перевод, не больше 8000 знаков; если не указать, программа спросит, и в истории команд его не будет
help-translate-text = Показать текст, который нужно перевести
help-translate-of = Что переведено: буквы заметки или более поздних слов отправителя; если не указать, сигнал
help-translate-into = На какой язык: ru, en, be или другой код
help-translate-from = Файл с переводом
help-translate-by-machine = Перевод машинный, сделан в программе с этим названием: все видят, что его никто не сверял, пока этого не сделает другой человек
help-translate-check = Перевод с этими буквами вы сверили с оригиналом, и он верен
help-translate-save = Куда записать текст, вместе с --text: новый файл
help-translate-json = По строке JSON на каждый текст
help-translate-examples =
    Примеры:
      bellrope translate 7KQ4 --text --save alert.txt
      bellrope translate 7KQ4 --into ru --from alert-ru.txt
      bellrope translate 7KQ4 --into en --of 3f2a91 --by-machine Argos --from note-en.txt
      bellrope translate 7KQ4 --check 9b04c7
help-sensitive = Записать особо личное для немногих или прочесть его
help-sensitive-long = Для того, что снова причинит человеку вред, если прочтут другие: болезнь, ВИЧ, ориентация или гендерная идентичность, религия, этническая принадлежность, сексуальное насилие. Это зашифровано только для тех, кого вы назвали, и ни для кого больше из читающих дело; без имён — для того, кто ведёт дело, и того, за кем связь с человеком. Прежде чем вы начнёте писать, программа покажет, кто это. Все, кто читает дело, видят, что такая запись есть, кто её автор и кто её читает, чтобы никто не спрашивал человека ещё раз; о чём она, не видно. Показывает её только --show: её нет ни на странице дела, ни в списках, ни в поиске, ни в сводке, ни в файлах. Кому открыто дело, тому эта запись не открыта. Дать прочесть другим (--also-to), по именам, может автор и те, кого назвал автор; это видят все. Тот, от кого такие сигналы закрыты или кто не участвует в деле, не прочтёт её, кто бы его ни назвал.
help-sensitive-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-sensitive-show = Показать, что вам можно прочесть, и что есть ещё
help-sensitive-kind = О чём это: health, hiv, orientation_or_identity, religion, ethnicity, sexual_violence или other; если не указать, программа спросит
help-sensitive-to = Имя того, кто тоже прочтёт. Можно указать несколько раз
help-sensitive-from = Файл, где это написано; «-» — то, что передано по каналу; если не указать, программа спросит
help-sensitive-also-to = Имя того, кому дать прочесть то, что уже записано. Можно указать несколько раз; вернуть это нельзя
help-sensitive-block = Которую запись, её буквами, если их несколько
help-sensitive-reason = Почему им нужно прочесть, одной строкой; это видят все, кто читает дело
help-sensitive-yes = Не спрашивать, те ли это люди
help-sensitive-json = Вывести, что записано: по строке JSON на каждую запись
help-sensitive-examples =
    Примеры:
      bellrope sensitive 7KQ4 --to Анна --to "Иван Примеров"
      bellrope sensitive 7KQ4 --show
      bellrope sensitive 7KQ4 --also-to Вера --reason "она врач"
help-answer = Ответить отправителю сигнала
help-answer-long = Ответ зашифрован для устройства отправителя, передаёт его программа координатора. Отправитель узнаёт, что отвечает участник группы, а имя — только если вы указали его параметром --as. Программа отправителя показывает ответ один раз и ничего не хранит. Все, кто читает дело, видят, что вы ответили. Пока отправитель заморожен, ответ задерживается. О том, что человек прочёл сигнал и что дело кто-то ведёт, отправителю сообщается и без этого.
help-answer-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-answer-text = Ответ, не больше 500 знаков; если не указать, программа спросит, и в истории команд его не будет
help-answer-as = Имя, которое узнает отправитель: ваше или вашей организации; если не указать, никакого
help-answer-yes = Ничего не спрашивать, даже если связь с человеком за другим
help-answer-examples =
    Пример:
      bellrope answer 7KQ4 "Адвокат уже есть? Не ходите в полицию в одиночку."
help-state = Сообщить, на чём стоит дело
help-state-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-state-state = На чём: triage, verifying, active, waiting_for_state_reply, waiting_for_source, suspended или monitoring
help-state-text = Почему, одной строкой
help-state-examples =
    Пример:
      bellrope state 7KQ4 waiting_for_state_reply "письмо от 3 декабря"
help-fact = Сообщить, что известно в деле: насколько оно подтверждено, что можно, кто что делает
help-fact-long = Ваши слова заменяют то, что о том же было сказано раньше, и остаются в истории с вашим именем. Если двое сообщили разное одновременно, видно и то и другое, а действует более осторожное. «Да» родственников или адвоката никогда не заменяет «нет» самого человека.
help-fact-examples =
    Примеры:
      bellrope fact verification 7KQ4 two_independent --ground "её адвокат и сестра"
      bellrope fact publicity 7KQ4 none --until 2026-12-05 --ground "просит семья"
      bellrope fact consent 7KQ4 publish no --by family
      bellrope fact custody 7KQ4 --stage police_hold --place "Окрестина" --seen "сегодня 11:00" --seen-how lawyer
      bellrope fact part 7KQ4 contact_owner Anna
help-fact-verification = Сообщить, насколько дело подтверждено
help-fact-verification-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-verification-rung = Насколько: unverified, one_source, two_independent, partner_confirmed, disputed или false
help-fact-verification-ground = Откуда это известно, одной строкой
help-fact-publicity = Сообщить, кому о деле можно знать вне группы
help-fact-publicity-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-publicity-publicity = unknown, none, quiet_only, allowed или wanted
help-fact-publicity-until = До какого времени; потом считается, что никто ничего не сообщил
help-fact-publicity-ground = Кто об этом просит и почему, одной строкой
help-fact-consent = Сообщить, на что есть согласие и чьё
help-fact-consent-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-consent-purpose = На что: share_in_group, contact_family, send_to_state, send_to_institutions, use_name, publish или media
help-fact-consent-answer = yes, no, withdrawn, ask_each_time, not_reachable или unknown. Разрешает только «yes»
help-fact-consent-by = Чьё: defender, standing_instruction, authorised_representative, guardian, family, lawyer или partner_organisation
help-fact-consent-when = Когда это сказано
help-fact-consent-ground = Откуда это известно, одной строкой
help-fact-custody = Сообщить, где и как удерживают человека
help-fact-custody-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-custody-stage = Какого вида: taken_place_unknown, police_hold, administrative_arrest, suspect_hold, remand, house_arrest, open_sentence, colony, prison_regime, psychiatric, transit, released_with_conditions, released или unknown
help-fact-custody-since = С какого времени
help-fact-custody-place = Где; пусто, если это больше не известно
help-fact-custody-body = Какой орган удерживает
help-fact-custody-articles = По каким статьям
help-fact-custody-lawyer = Есть ли доступ у адвоката: yes, no, denied, appointed_only, bound_by_non_disclosure, lawyer_persecuted, not_requested или unknown
help-fact-custody-lawyer-name = Кто адвокат
help-fact-custody-lawyer-unnamed = Имя адвоката никому не называть
help-fact-custody-seen = Когда человека в последний раз точно видели или слышали
help-fact-custody-seen-how = Как: lawyer, family, letter, court, phone или other
help-fact-custody-seen-by = Кто видел или слышал
help-fact-custody-ground = Откуда всё это известно, одной строкой
help-fact-part = Сообщить, кто что делает в деле
help-fact-part-long = С человеком, роднёй и адвокатом говорит только тот, кто назван для связи; всем остальным прежде всего прочего сказано не звонить. Названный человек должен иметь возможность читать дело.
help-fact-part-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-part-work = Что: contact_owner, deputy, lawyer_adviser, translator, evidence_keeper, reviewer, media или security_adviser
help-fact-part-name = Имя; без него: больше никто
help-fact-link = Сообщить, как дело связано с другим
help-fact-link-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-fact-link-link = Как: duplicate_of, follows, part_of_pattern, same_person или same_trial; none: больше никак
help-fact-link-other = Другое дело, его называют так же
help-due = Сообщить, какой в деле срок
help-due-long = Ничего не вычисляется: вы пишете то, что вам сообщили, кто сообщил и подтвердил ли это юрист. У каждого срока четыре буквы, по ним его переносят или отмечают.
help-due-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-due-when = Когда: день или день и час
help-due-what = Что, одной строкой
help-due-kind = Какого вида: custody_end, hearing, appeal, cassation, rule_39, court_4_months, body_reply, consent_end, embargo, follow_up или other
help-due-zone = По каким часам: Europe/Minsk или +03:00; без этого по часам компьютера
help-due-source = Откуда это: решение, адвокат, закон
help-due-by-lawyer = Юрист это подтверждает
help-due-for = Кто следит
help-due-date = Буквы срока, который уже есть: то, что вы укажете, заменит прежнее
help-due-standing = Что с ним стало: done, missed, dropped или open
help-due-follow-ups = Сразу четыре, после освобождения: через неделю, месяц, три и шесть месяцев после этого дня
help-due-examples =
    Примеры:
      bellrope due 7KQ4 "2026-12-05 10:00" "Заседание, Ленинский суд" --kind hearing --zone Europe/Minsk --source "её адвокат" --for Anna
      bellrope due 7KQ4 --date 4XTR --standing done
      bellrope due 7KQ4 2026-12-05 --follow-ups --for Анна
help-checklist = Показать, что делают в первые часы дела, или отметить, что сделано
help-checklist-long = Показывает список, который подходит к тому, что случилось. Что вы отметили, видят все, кто читает дело. У каждого шага есть номер, а у написанного кем-то — четыре буквы.
help-checklist-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-checklist-list = Какой список: detention, search, threat, disappearance или digital. Без дела печатает его, по шагу в строке, чтобы группа сделала из него свой
help-checklist-done = Номер или буквы сделанного шага; можно повторять
help-checklist-dropped = Шага, который здесь не нужен; можно повторять
help-checklist-open = Шага, который всё-таки надо сделать; можно повторять
help-checklist-add = Шаг своими словами, не больше 140 знаков; можно повторять
help-checklist-from = Файл с шагами вашей группы, по одному в строке; - читает то, что передано по каналу
help-checklist-json = Вывести одной строкой JSON
help-checklist-examples =
    Примеры:
      bellrope checklist 7KQ4 --done 1 --done 6 --add "Позвонить в школу"
      bellrope checklist --list detention > detention.txt
      bellrope checklist 7KQ4 --from detention.txt
help-review = Разобрать закрытое дело
help-review-long = Разбор делают двое: каждый пишет, навредило ли кому-то сделанное, согласен ли человек, чтобы группа хранила дело, и что из этого следует. Если дело открыли и снова закрыли, разбор делают заново.
help-review-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-review-harm = Навредило ли кому-то сделанное: yes, no или unknown
help-review-keep = Согласен ли человек, чтобы дело хранили: yes, no или unknown
help-review-text = Чему это учит, одной строкой, не больше 280 знаков
help-review-examples =
    Примеры:
      bellrope review 7KQ4 --harm no --keep yes "Раньше спросить о школе"
help-digest = Подвести итог по делам: что никто не ведёт, что ведёте вы, что нового, что сказано, какие сроки
help-digest-days = За сколько дней, не больше 366 [по умолчанию: 1]
help-digest-json = Вывести одной строкой JSON
help-check-in = Сообщить по составленному плану, что у вас всё в порядке
help-check-in-long = Спрашивает условное слово, не показывая его, шифрует, сохраняет, отправляет и завершается. В скрипте слово берётся из первой строки ввода; нет строки — нет слова. На экране и на линии всё одинаково, какое бы слово ни было набрано, даже неверное: этот компьютер слов не знает. Слово «меня принуждают» может дорого обойтись, если кто-то знает, что слов два: договаривайтесь о нём, только если намерены им пользоваться. Без сети сообщение ждёт и засчитывается по приходу, если оно не старше одного промежутка.
help-check-in-case = Номер плана или его конец; не нужен, если план один
help-check-in-end = Вы вернулись, и план закончен; требуется слово «всё в порядке»
help-check-in-json = Чем кончилось, одной строкой JSON
help-check-in-examples =
    Пример:
      bellrope check-in plan --every 12 --until "пятница 18:00"
      bellrope check-in
      bellrope check-in --end
help-check-in-plan = Сообщить группе, когда вы собираетесь выходить на связь и что делать, если вестей нет
help-check-in-plan-long = План зашифрован для тех, кто читает ваши сигналы, открывает отдельное дело и никого не будит. Если вы не вышли на связь и время ожидания прошло, программа просит человека попробовать с вами связаться; и только если это не удалось или час никто ничего не сообщает, раздаётся звонок. На этом компьютере остаётся лишь то, без чего нельзя выйти на связь: ни сроков, ни слов.
help-check-in-plan-every = Не реже чем раз в столько: часы или минуты со словом «мин»; от 30 минут до 7 дней
help-check-in-plan-until = До какого времени в последний раз: «пятница 18:00», 2026-12-05; не больше 60 дней
help-check-in-plan-first = Когда в первый раз; если не указать, через один промежуток
help-check-in-plan-grace = Сколько участники ждут после срока: от 30 минут до 24 часов [по умолчанию: 30 минут]
help-check-in-plan-where = Где вы будете: страна или страна и город
help-check-in-plan-summary = По какому поводу, одной строкой
help-check-in-plan-text = Что делать, если от вас нет вестей: кому позвонить, чего подождать
help-check-in-plan-words = Файл со словом «всё в порядке» и, на следующей строке, словом «меня принуждают»; «-» читает их из ввода. Без этого программа спросит или слов не будет
help-check-in-plan-yes = Отправить без последнего просмотра
help-check-in-plan-json = Чем кончилось, одной строкой JSON
help-check-in-reached = Сообщить, что с не вышедшим на связь удалось связаться и у него всё в порядке
help-check-in-reached-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-check-in-reached-text = Как, одной строкой
help-check-in-reached-yes = Ничего не спрашивать, даже если связь с человеком за другим
help-check-in-nobody-reached = Сообщить, что с не вышедшим на связь связаться не удалось: звонок раздастся у всех
help-check-in-nobody-reached-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-check-in-nobody-reached-text = Что пробовали, одной строкой
help-check-in-nobody-reached-yes = Ничего не спрашивать, даже если связь с человеком за другим
help-calendar = Показать сроки во всех открытых делах
help-calendar-all = И то, что сделано, пропущено или не нужно, также в закрытых делах
help-calendar-file = Записать новый файл для программы-календаря: виды, время и последние буквы номеров дел, без имён. Другие программы могут хранить его где угодно
help-calendar-json = Список в JSON, по строке на каждый срок
help-opened = Сообщать ли остальным, что сигнал открыт на этом устройстве
help-opened-long = Программа сама сообщает это тем, кто читает сигнал, через 2–32 минуты после показа: он показан на устройстве. Прочёл ли его человек, это не говорит; для этого есть «bellrope ack». Остальные видят, на скольких устройствах. Без параметра показывает, как сейчас.
help-opened-on = Сообщать; так и есть, если вы не решили иначе
help-opened-off = Не сообщать, в том числе об уже открытых
help-close = Закрыть дело
help-close-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-close-reason = Почему: released, charges_dropped, threat_ended, relocated, no_consent, unfounded, duplicate_of, death, stale, sentence_served, pardoned, released_and_expelled, acquitted, transferred, withdrawn_by_person, outside_mandate или left_country; или название, или номер в этом списке
help-close-text = Подробнее, одной строкой
help-close-examples =
    Пример:
      bellrope close 7KQ4 --reason released "дома с полудня, говорит сестра"
help-reopen = Снова открыть дело
help-reopen-case = Номер в списке «bellrope inbox», номер дела, например BY-2026-7KQ4, или его конец, или начало идентификатора сигнала
help-reopen-text = Почему, одной строкой
help-freeze = Пометить всё, что отправитель пишет дальше: писать могут другие
help-freeze-long = Для случаев, когда человек, возможно, задержан или устройство отобрали. Вы сообщаете об этом группе от своего имени. С этой минуты всё от этого отправителя помечено у каждого участника на страницах, в списках и в JSON, пока человек не снимет это командой «bellrope unfreeze»; то, что пришло за это время, остаётся помеченным. Само устройство об этом не узнаёт, а устройству правозащитника не отправляются новые ключи. Отправлять оно может, а устройство участника и получает: чтобы это прекратить, исключите его командой «bellrope members remove». Без имени показывает, кто заморожен.
help-freeze-name = Имя человека; если не указать, программа покажет, кто заморожен
help-freeze-reason = Почему, одной строкой, для других участников
help-freeze-json = Список в JSON, по строке на каждого
help-freeze-examples =
    Пример:
      bellrope freeze Алена --reason "утром задержали, говорит адвокат"
help-unfreeze = Снять: кто-то проверил, что пишет сам человек
help-unfreeze-name = Имя человека
help-unfreeze-reason = Откуда это известно, одной строкой, для других участников

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
help-invite-role-observer = наблюдатель — читает сигналы, отправленные лично ему или ей
help-invite-role-defender = правозащитник — отправляет сигналы группе, чужих не читает
help-invite-days = Сколько дней действует приглашение, от 1 до 14 [по умолчанию: 7]
help-invite-show = Показать приглашение на это имя ещё раз
help-invite-show-long = Показать ещё раз приглашение, которым никто не воспользовался и срок которого не истёк. Если оно потерялось или могло попасть к чужому, создайте новое на то же имя: тогда старое будет отозвано.
help-invite-recovery = Для участника группы, который потерял все устройства и у которого есть ключ восстановления
help-invite-recovery-long = Создаёт код для ещё одного устройства человека, который состоит в группе; код нужен для «bellrope recovery restore». Сам по себе он никого не принимает: решает слово ключа восстановления. Убедитесь по другому каналу, что просит именно этот человек. Создать его может только координатор, чья программа ведёт список участников.
help-invite-file = Записать приглашение в файл
help-invite-file-long = Записать в один файл всё, что нужно для вступления. Тому, кто вступает по файлу, сеть не нужна. Берегите файл так же, как код.
help-invite-qr = Показать код ещё и в виде QR-кода
help-invite-dictate = Продиктовать приглашение по телефону
help-invite-dictate-long = Показывает имя сервера, четыре цифры и ещё шесть, чтобы продиктовать их по телефону, и передаёт приглашение тому, кто первым введёт их в «bellrope join» на другом устройстве. Это действует один раз, 10 минут и пока работает эта команда. Неверный код обрывает передачу: угадывать можно один раз. Тот, кто слышит разговор, может опередить нужного человека; личность это никому не подтверждает.
help-invite-examples =
    Примеры:
      Код для правозащитницы на три дня:
        bellrope invite "Алена Прыкладная" --role defender --days 3
      Файл, чтобы передать лично:
        bellrope invite "Дом Пример" --role member --file dom.priglashenie
      По телефону, когда безопасно переслать ничего нельзя:
        bellrope invite "Иван" --role member --dictate

help-members = Показать, кто состоит в группе и кто просит его принять
help-members-long = Показывает, кто состоит в группе и кто просит его принять. Прежде чем принять человека, спросите его по другому каналу, действительно ли запрос от него.
help-members-json = Выводить каждого человека одной строкой JSON
help-members-examples =
    Примеры:
      bellrope members
      bellrope members approve "Алена Прыкладная"
      bellrope members remove "Алена Прыкладная"
help-members-approve = Принять в группу того, кто воспользовался приглашением
help-members-approve-name = Имя человека, как в приглашении
help-members-remove = Исключить человека из группы
help-members-remove-long = Исключает человека из группы. Все остальные получают новые ключи и другой ящик, к которым у этого человека нет доступа, когда выйдут на связь. Уже полученное у этого человека остаётся.
help-members-remove-name = Имя человека, как его показывает «bellrope members»
help-members-remove-device = Исключить только это устройство, код которого так начинается; человек остаётся
help-members-remove-yes = Не спрашивать; для скриптов
help-members-renew = Дать группе новые ключи и другой ящик, никого не исключая
help-members-renew-long = Даёт группе новые ключи и другой ящик, никого не исключая. Программа координатора делает это сама каждые 30 дней; сделайте это вручную, если чьё-то устройство могло побывать в чужих руках.
help-members-renew-token = Разрешение владельца ретранслятора, если программа говорит, что оно нужно новому ящику; или файл с ним, или - (стандартный ввод)
help-members-refuse = Отказать в приёме в группу
help-members-refuse-name = Имя человека, как в приглашении
help-members-promote = Сделать участника координатором
help-members-promote-long = Делает участника координатором. Единственный координатор решает это сам; если их несколько, нужно согласие второго. В группе должно быть два или три координатора: тогда то, чем управляется её ящик, есть не на одном устройстве.
help-members-promote-name = Имя участника
help-members-demote = Освободить от роли координатора
help-members-demote-long = Делает координатора участником. Если координаторов трое, нужно согласие второго, если двое — двух участников. Группа получает новые ключи, неиспользованные приглашения отзываются.
help-members-demote-name = Имя координатора
help-members-resign = Перестать быть координатором
help-members-resign-long = Вы остаётесь участником. Ничьё согласие не нужно. Кто ведёт список группы, сначала передаёт его.
help-members-pen = Показать, кто ведёт список группы, или передать его
help-members-pen-long = Состав группы записывает устройство одного координатора: записи двоих сразу разделили бы группу. Без имени показывает, кто ведёт список. С именем тот, кто ведёт список, передаёт его.
help-members-pen-name = Имя координатора, который будет вести список
help-members-take-pen = Перенять список группы у того, кто не отвечает
help-members-take-pen-long = На случай, если координатор, который ведёт список группы, задержан или не отвечает. Нужно согласие большинства координаторов; если их двое — второго и двух участников. Кто согласен, запускает «bellrope members confirm» с вашим именем. Если других координаторов нет, это делает участник с разрешением владельца ретранслятора на другой ящик: нужно согласие большинства участников, причём не меньше двух других, если их столько есть, и прежний координатор тем самым исключается.
help-members-take-pen-token = Разрешение владельца ретранслятора, если других координаторов нет; или файл с ним, или - (стандартный ввод)
help-members-pending = Показать, что ждёт согласия или устройства, которое ведёт список
help-members-confirm = Согласиться с тем, что предложено о человеке
help-members-confirm-long = Выражает согласие с тем, что предлагают о человеке, как это показывает «bellrope members pending». Сначала спросите тех, кто это предложил, по другому каналу: их устройства могут быть в чужих руках.
help-members-confirm-name = Имя человека, о котором речь

help-device = Показать свои устройства, добавить или исключить устройство
help-device-long = Устройств может быть несколько, например ноутбук и второй компьютер: у каждого свои ключи, а вы считаетесь одним человеком. Новое устройство добавляют с того, которое уже есть: оно показывает код приглашения, новое присоединяется с ним, и затем вы сверяете код на обоих экранах. Никто другой не может добавить устройство за вас.
help-device-json = Каждое — одной строкой JSON
help-device-add = Пригласить ещё одно своё устройство
help-device-add-long = Запрашивает приглашение и показывает его код. Приглашение создаёт программа на устройстве, которое ведёт список группы, и для этого она должна быть на связи. На новом устройстве запустите «bellrope join». Затем это устройство покажет код нового и спросит, совпадает ли он.
help-device-add-qr = Нарисовать код и как QR-код
help-device-approve = Подтвердить, что устройство ваше
help-device-approve-code = Код, который показывает новое устройство; введите его с экрана
help-device-refuse = Сказать, что устройство не ваше
help-device-remove = Исключить своё устройство из группы
help-device-remove-long = Исключает из группы одно ваше устройство, например потерянное или проданное. Достаточно вашего слова. Устройства остальных получают новые ключи. Уже полученное этим устройством остаётся на нём и читается с его парольной фразой.
help-device-remove-code = Начало его кода, как показывает «bellrope device»
help-device-remove-yes = Не спрашивать; для скриптов
help-device-examples =
    Примеры:
      bellrope device add --qr
      bellrope device approve "1a2b 3c4d 5e6f 7081"

help-contact = Показать, кто такой правозащитник, и сообщить другим участникам
help-contact-long = В списке группы вместо имени правозащитника стоит обозначение вроде D-7KQ4M: потерянный ноутбук одного участника не должен стать списком всех, кто когда-либо обращался. Кто это и как с ним связаться, записано на устройствах тех, кому это сообщили. Без имени показывает всё, что знает это устройство.
help-contact-name = Имя или обозначение правозащитника
help-contact-call = Записать, как зовут человека
help-contact-reach = Записать, как с ним связаться
help-contact-to = Сообщить этому участнику, зашифровав только для него; можно указать несколько раз
help-contact-forget = Забыть на этом устройстве, кто это
help-contact-json = Вывести каждого строкой JSON
help-contact-examples =
    Примеры:
      bellrope contact "Алена Прыкладная" --reach "Signal, после 18:00"
      bellrope contact "Алена Прыкладная" --to Anna

help-relay = Показать, где ретранслятор группы, или сообщить о его переезде
help-relay-long = Показывает адрес ретранслятора группы. О переезде сообщает координатор командой «bellrope relay move»; кого прежний адрес туда уже не приводит, тому помогает файл: «bellrope relay follow».
help-relay-json = Одна строка JSON
help-relay-move = Сообщить группе, что ретранслятор переехал
help-relay-move-long = Сообщает всем, что у ретранслятора новый адрес или что группа переходит на другой ретранслятор. Это делает координатор. Участники узнают об этом через почтовый ящик группы, правозащитники и приглашённые — через свой. На другом ретрансляторе ящик группы открывают по разрешению его владельца, и отправленное за последние 14 дней отправляется туда ещё раз.
help-relay-move-relay = Адрес ретранслятора с этого момента или файл с ним
help-relay-move-token = Разрешение владельца, если это другой ретранслятор; или файл с ним, или - (стандартный ввод)
help-relay-move-file = Записать это и в файл — для тех, кого прежний адрес туда не приводит
help-relay-move-examples =
    Примеры:
      У ретранслятора новый адрес:
        bellrope relay move АДРЕС --file moved.bellrope
      Группа переходит на другой ретранслятор:
        bellrope relay move АДРЕС --token РАЗРЕШЕНИЕ --file moved.bellrope
help-relay-follow = Узнать новый адрес ретранслятора из файла
help-relay-follow-long = Берёт новый адрес ретранслятора из файла. Файл действует, только если его подписал координатор группы этого устройства и если устройство не знает ничего более нового.
help-relay-follow-file = Файл, который создал координатор

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

help-passphrase = Изменить парольную фразу этого устройства
help-passphrase-long = Спрашивает прежнюю парольную фразу и дважды новую и защищает ею ключи этого устройства. Сами ключи не меняются: старые копии каталога, например резервные, по-прежнему открываются прежней фразой. Если у кого-то могут быть и такая копия, и прежняя фраза, новая фраза не поможет: сообщите координатору по другому каналу: устройство нужно исключить из группы.
help-passphrase-new-file = Файл, первая строка которого — новая фраза; если не указать, программа спросит
help-passphrase-examples =
    Примеры:
      Программа спросит обе фразы:
        bellrope passphrase
      В скрипте; прежняя фраза — в файле из BELLROPE_PASSPHRASE_FILE:
        bellrope passphrase --new-file novaya.txt

help-recovery = Ключ из частей для людей, которым вы доверяете: вернуться, когда все устройства потеряны
help-recovery-long = Тот, кто потерял все устройства, возвращается как тот же человек с помощью ключа восстановления. Его делят на части, каждую — для отдельного человека, которому доверяют: несколько частей вместе — это ключ, меньше — ничто. Возвращается участие в группе, но не содержимое: то, что было только на потерянном устройстве, утрачено. Ключ бывает у участников и координаторов; правозащитников и наблюдателей приглашают заново.
help-recovery-create = Создать ключ восстановления и один раз показать его части
help-recovery-create-long = Создаёт новый ключ восстановления и один раз показывает его части; ничего из них не сохраняется. Ключ вступает в силу, когда вы подтвердите, что каждая часть переписана или уже у своего хранителя. С этого момента части прежнего ключа ничего не открывают. Ключа хватает на одно новое устройство, после этого он использован.
help-recovery-create-for = Для кого часть, по порядку; хранится только на этом устройстве под вашей парольной фразой
help-recovery-create-parts = Сколько частей, от 2 до 7 [по умолчанию: 3]
help-recovery-create-needed = Сколько из них нужно вместе, начиная с 2 [по умолчанию: 2]
help-recovery-create-qr = Показать каждую часть ещё и как QR-код
help-recovery-create-dir = Записать каждую часть в файл в этом каталоге вместо показа
help-recovery-create-yes = Не спрашивать, в надёжных ли руках части; для скриптов
help-recovery-check = Проверить, что части открывают внесённое в список, не пользуясь ими
help-recovery-check-long = Спрашивает части, говорит, открывают ли они внесённый в список ключ восстановления, и ничего из них не сохраняет. Если частей меньше, чем нужно, говорит, принадлежат ли они ему. Чтобы спросить по телефону, ничего не вводя: bellrope recovery status покажет, с чего начинается каждая часть.
help-recovery-check-part = Файлы, по одной части в каждом; если не указать, программа спросит
help-recovery-check-asked = Ничего не вводить: вы спросили всех, и часть у каждого на месте
help-recovery-restore = Создать новое ваше устройство с помощью частей
help-recovery-restore-long = Для того, кто потерял все устройства: запустите на новом, с кодом, который координатор создаст для ещё одного вашего устройства, и с достаточным числом частей. Участникам группы громко сообщается, что вы вернулись таким образом, и ничья прежняя сверка ключей с вами на новое устройство не распространяется. То, что было только на потерянном устройстве, утрачено: сообщения, заметки, сведения о том, кто правозащитники. Затем исключите потерянное устройство с нового: bellrope device remove.
help-recovery-restore-part = Файлы, по одной части в каждом; если не указать, программа спросит
help-recovery-restore-invitation = Код координатора или файл с ним; если не указать, программа спросит
help-recovery-status = Показать, есть ли ключ, с каких пор и для кого его части
help-recovery-status-json = Вывести одну строку JSON
help-recovery-examples =
    Примеры:
      Три части, из которых нужны две:
        bellrope recovery create --for Анна --for Борис --for "моя тётя"
      У двоих части ещё на месте, и те ли это части?
        bellrope recovery check
      На новом устройстве, когда все остальные потеряны:
        bellrope recovery restore

help-lock = Завершить все программы этого устройства, чтобы ни у одной не осталось ключей
help-lock-long = Каждая программа bellrope, работающая с этим устройством, за несколько секунд забывает его ключи и завершается; команда говорит, удалось ли это. Парольная фраза не нужна. То, что вводилось в эту минуту, пропадает; запечатанное и ждущее отправки уйдёт позже. Сигнал, который нигде не удалось сохранить и которого ещё нет на ретрансляторе, пропадает. Если система запускает программу заново с файлом парольной фразы, ключи у неё снова будут.
help-lock-examples =
    Пример:
      bellrope lock

help-erase = Стереть устройство: ничего на нём больше нельзя будет открыть
help-erase-long = Сначала, меньше чем за секунду, уничтожает ключи: с этого момента ничего из того, что хранит здесь Bellrope, не открыть даже с парольной фразой. Затем удаляет всё остальное, что Bellrope создал в каталоге, и завершает работающие с ним программы. Просит ввести слово; парольная фраза не нужна.
    Чего это стоит: всё полученное и сохранённое здесь исчезает навсегда, как и то, что ждёт отправки. Группе придётся принять вас заново, по новому приглашению. Если вас принуждают, то, что что-то стёрто, могут заметить и обратить против вас: заранее решите, что для вас хуже.
    На что это не действует: на файлы в других местах (файл парольной фразы, формы, выгруженные ключи, доказательства для других), на резервные копии и на то, что получили другие. Флеш-память и файловые системы с копированием при записи (btrfs, ZFS, F2FS, снимки) ещё какое-то время хранят старые блоки: ключи в них защищает только парольная фраза. Если команду прервали, запустите её ещё раз.
help-erase-yes = Не спрашивать
help-erase-examples =
    Примеры:
      bellrope erase
      Сразу:
        bellrope erase --yes

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
usage-missing-value = После «{ $arg }» нужно указать значение.
usage-invalid-value = Значение «{ $value }» не подходит для «{ $arg }».
usage-values = Возможные значения: { $values }
usage-conflict = «{ $arg }» нельзя указать вместе с: { $others }
usage-other = Не удалось понять команду: { $typed }
usage-see = Справка: { $place } --help

help-verify = Сверить ключи с человеком или со всей группой
help-verify-long = Показывает цифры, которые одинаковы на обоих экранах, если у каждого из вас настоящие ключи другого, и различаются, если кто-то подставил между вами своё устройство. Ваш ответ отмечается на вашем устройстве и только для этих ключей: на новое устройство или новый ключ того же человека отметка не переходит. Приглашение или код никогда не считаются сверкой.
help-verify-name = С кем: имя в группе (правозащитник его не указывает)
help-verify-here = Лично, без связи: 60 цифр; без этого — по телефону: три числа или шесть слов
help-verify-qr = Вместе с --here: ещё и QR-кодом, чтобы его прочитал телефон
help-verify-tell = Если совпало, сообщить группе, что вы сверили, как ваши слова (иначе программа спросит)
help-verify-group = Число всей группы: если у всех оно одно, никто не видит другой группы
help-verify-said = Вместе с --group: число, которое кто-то из вас только что назвал
help-verify-examples =
    Примеры:
      Два участника по телефону, оба на связи; каждый называет другого:
        bellrope verify "Анна Пример"
      Два участника лично:
        bellrope verify "Анна Пример" --here
      Правозащитник при встрече с участником:
        bellrope verify --here
      Все на общем созвоне:
        bellrope verify --group
