# Фотографии и документы, приложенные к сигналам.

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
