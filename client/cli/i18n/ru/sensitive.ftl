# Что в деле читают немногие и что говорить не вам: слова, вопросы и ошибки.

sensitive-readers = { $count ->
    [0] Кроме вас, этого не прочтёт никто. Чтобы назвать других: --to ИМЯ
   *[other] Кроме вас, это прочтут только: { $names }
}
ask-sensitive-readers = Это те, кому можно? (да/нет, пусто: нет):
sensitive-kinds = О чём это. Возможно: { $kinds }
ask-sensitive-kind = О чём это (и это увидят только они):
ask-sensitive = Что им прочесть, не больше 2000 знаков. В конце — строка из одной точки.
sensitive-done = { $case }: записано. Все, кто читает дело, видят, что такая запись есть, кто её автор и кто её читает, но не о чём она. Прочесть: bellrope sensitive { $case } --show
sensitive-widens = Запись [{ $block }] теперь прочтут и другие, и вернуть это нельзя: { $names }
ask-sensitive-widen = Дать им прочесть? (да/нет, пусто: нет):
sensitive-widened = { $case }: запись уходит к ним. Все, кто читает дело, видят, что прочесть даёте вы.
sensitive-none = { $case }: на этом устройстве об особо личных записях ничего не известно. Чтобы записать: bellrope sensitive { $case }
contact-not-to-call = Дело { $case }. { $line }
past-contact = Ваши слова пойдут мимо, и это видят все, кто читает дело.
ask-past-contact = Всё равно сказать? (да/нет, пусто: нет):

error-sensitive-not-written = ничего не записано
    Назвать, кто прочтёт: bellrope sensitive ДЕЛО --to ИМЯ
error-sensitive-not-widened = больше никто не прочтёт
    Посмотреть, кто читает: bellrope sensitive ДЕЛО --show
error-sensitive-empty = здесь ничего нет
    Напишите, что им нужно знать.
error-sensitive-long = больше { $max } знаков
    Напишите короче или в два приёма.
error-sensitive-stays-out = в деле { $case } не участвует { $name }: конфликт интересов
    Выберите другого: bellrope show { $case } --readers
error-sensitive-reads-not = дело { $case } не читает { $name } или ничего в делах не говорит
    Сначала откройте дело: bellrope open { $case } to ИМЯ
error-no-block = в деле { $case } нет особо личного, которое вы можете дать прочесть: это может автор и те, кого назвал автор
    Посмотреть, кто записал и кто читает: bellrope sensitive { $case } --show
error-blocks-several = в деле { $case } таких записей несколько
    Назовите запись её буквами: --block; посмотреть их: bellrope sensitive { $case } --show
error-case-needs-yes = спросить некого
    В скрипте добавьте --yes.
error-past-contact = ничего не сказано
    Напишите тому, за кем связь: bellrope note ДЕЛО
error-reviewer-leads = дело { $case } ведёт { $name }: второй взгляд нужен чужой
    Назовите другого, лучше из другой организации.
