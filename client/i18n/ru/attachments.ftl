# Фотографии и документы, приложенные к сигналам, и файлы дел.

attachments = Фотографии и документы; сохранить: bellrope attachment { $case } НОМЕР
attachment-whole = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; получено целиком
attachment-missing = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; получено частей: { $here } из { $parts }
attachment-size = { $count } кБ
attachment-jpeg = изображение (JPEG)
attachment-png = изображение (PNG)
attachment-webp = изображение (WebP)
attachment-heic = изображение (HEIC)
attachment-pdf = PDF
attachment-office = документ офисной программы
attachment-other = файл
attachment-rewritten = по словам программы отправителя, только само изображение
attachment-as-it-is = БЕЗ ИЗМЕНЕНИЙ: внутри могут быть сведения о том, кто, где и когда это сделал
attachment-unknown = отправлено способом, которого эта программа не знает
outbox-paper = {"    "}вложение { $number }: у ретранслятора частей — { $stored } из { $parts }
outbox-paper-stored = {"    "}вложение { $number }: у ретранслятора все части ({ $parts })
outbox-files = Файлы для дела { $case }
attachment-original = НЕТРОНУТЫЙ ОРИГИНАЛ файла { $of }: внутри могут быть сведения о том, кто, где и когда это сделал
attachment-for-others = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; открыть могут только: { $names }
attachment-for-nobody = {"  "}{ $number }. { $kind }, { $size }; { $treatment }; открыть могли только: { $names }; никого из них в группе больше нет, и здесь его не откроет никто
attachment-lacking = {"    "}Передать тем, кто теперь хранит доказательства ({ $names }): bellrope attachment ДЕЛО { $number } --hand-on
attachment-hash = {"     "}SHA-256: { $hash }
files-added = {"  "}Добавляет { $name }, { $at }:
files-caption = {"    "}Что здесь: «{ $text }»
files-by = {"    "}Чьё это: «{ $text }»
files-at = {"    "}Когда: { $text }
files-how = {"    "}Как получено: «{ $text }»
said-files = { $count ->
    [one] добавляет { $count } файл ({ $names })
    [few] добавляет { $count } файла ({ $names })
   *[many] добавляет { $count } файлов ({ $names })
}
said-files-originals = { $count ->
    [one] добавляет { $count } файл, а для тех, кто хранит доказательства, — нетронутый оригинал ({ $names })
    [few] добавляет { $count } файла, а для тех, кто хранит доказательства, — нетронутые оригиналы ({ $names })
   *[many] добавляет { $count } файлов, а для тех, кто хранит доказательства, — нетронутые оригиналы ({ $names })
}
said-files-caption = Что здесь: «{ $text }»
said-saving = СОХРАНЯЕТ ОРИГИНАЛ ({ $names }); если продолжения нет, удалось ли это — неизвестно
said-saved = ОРИГИНАЛ СОХРАНЁН ({ $names }): теперь он лежит вне Bellrope
said-saved-not = оригинал сохранить не удалось ({ $names })
said-handed-on = ПЕРЕДАЁТ ОРИГИНАЛ ({ $names }): теперь его могут открыть: { $to }
