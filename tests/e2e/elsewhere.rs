//! What comes in from elsewhere: codes out of chats, files of other programs, paths out of file managers, names that look
//! like others'.

use std::fs;

use crate::{mistyped, send, summaries, world};

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

/// As a mail program shows what it answers, on a Cyrillic keyboard, in the middle of other words.
fn out_of_a_chat(code: &str) -> String {
    let (start, end) = code.split_at(code.len() / 2);
    let end = end.replace('C', "С").replace('H', "Н").replace('1', "l");
    format!("> Код приглашения: «{start}\u{200b}\n> {end}».\n> Нина\n")
}

#[test]
fn an_invitation_is_taken_however_it_was_handed_on() {
    let world = world();
    let nina = world.coordinator("Nina");
    let joined = |name: &str, arg: &str, typed: &str| {
        let person = world.person(name, "ru");
        let _ = person.run_with(&["join", arg], typed).done();
    };
    let code = |name: &str| world.invite(&nina, name, "defender");
    joined("arg", &out_of_a_chat(&code("Arg")), "");
    joined("piped", "-", &out_of_a_chat(&code("Piped")));
    let file = world.dir().join("от Нины.txt");
    fs::write(&file, utf16(&out_of_a_chat(&code("File")))).unwrap();
    joined("file", "\"~/от Нины.txt\"", "");

    // One question for a code of two lines, as it lies in the clipboard.
    let person = world.person("asked", "en");
    let code = code("Asked");
    let (start, end) = code.split_at(60);
    let said = person.run_with(&["join"], &format!("{start}\n{end}\n\n"));
    let _ = said.done();

    // A whole invitation, quoted by who sent it on, from where a file manager has it.
    let file = world.dir().join("boris invitation.txt");
    let args = [
        "invite",
        "Boris",
        "--role",
        "defender",
        "--file",
        "~/boris invitation.txt",
    ];
    let _ = nina.run(&args).done();
    let text = fs::read_to_string(&file).unwrap();
    let quoted: String = text.lines().map(|line| format!("> {line}\r\n")).collect();
    fs::write(&file, utf16(&quoted)).unwrap();
    let url = format!("file://{}", file.display()).replace(' ', "%20");
    joined("boris", &url, "");

    // A wrong one is not made right by any of that.
    let wrong = out_of_a_chat(&mistyped(&world.invite(&nina, "Wrong", "defender")));
    let nobody = world.person("nobody", "ru");
    let said = nobody.run(&["join", &wrong]).ended(2);
    assert!(said.err.contains("опечатка"), "{}", said.err);
    assert!(!nobody.home().exists());
}

/// Evidence, a relay's new address and a program to start are given so where they are tested.
#[test]
fn a_path_is_taken_however_it_was_given() {
    let world = world();
    let nina = world.coordinator("Nina");
    let at = |name: &str| world.dir().join(name);
    let url = |name: &str| format!("file://{}", at(name).display()).replace(' ', "%20");
    let _ = nina
        .run(&["alert", "--template", "--out", "~/a form.toml"])
        .done();
    let form = fs::read_to_string(at("a form.toml")).unwrap();
    let filled = form
        .replacen("acts = []", "acts = [\"threat\"]", 1)
        .replacen("summary = \"\"", "summary = \"Called at night\"", 1);
    fs::write(at("a form.toml"), filled).unwrap();
    let again = ["alert", "--template", "--out", &url("a form.toml")];
    let said = nina.run(&again).ended(2);
    assert!(said.err.contains("a form.toml"), "{}", said.err);
    let _ = nina
        .run(&["alert", "--from", r"~/a\ form.toml", "--yes"])
        .done();

    let watch = ["watch", "--once", "--envelopes", "'~/what came'"];
    let _ = nina.run(&watch).done();
    assert!(at("what came").is_dir());
    assert_eq!(summaries(&nina), ["Called at night"]);
    let _ = nina
        .run(&["export-identity", "--out", &url("both keys")])
        .done();
    assert!(at("both keys").is_file());
    let _ = nina.run(&["man", "--dir", "«~/manual pages»"]).done();
    assert!(at("manual pages").join("bellrope.1").is_file());
    fs::write(at("no evidence"), "words").unwrap();
    let said = nina.run(&["verify-evidence", &url("no evidence")]).ended(1);
    assert!(said.err.contains("not an evidence file"), "{}", said.err);
    let said = nina.run(&["--home", "\"~/no device\"", "status"]).ended(1);
    let home = at("no device").display().to_string();
    assert!(said.err.contains(&home), "{}", said.err);
}

#[test]
fn a_token_and_an_address_need_not_stand_on_the_command_line() {
    let world = world();
    let address = world.address();
    let create = |home: &'static str, more: &[&str], typed: &str| {
        let args = [&["create", "--group", "G", "--name", "N"], more].concat();
        world.person(home, "en").run_with(&args, typed)
    };
    // Asked for, one after the other.
    let token = world.token().to_uppercase();
    let typed = format!("> Адрес: {address}\n> Разрешение: {token}.\n");
    let _ = create("asked", &[], &typed).done();
    // Piped in, and from a file.
    let typed = format!("«{}»\n", world.token());
    let _ = create("piped", &["--relay", address, "--token", "-"], &typed).done();
    fs::write(world.dir().join("token.txt"), utf16(&world.token())).unwrap();
    let file = ["--relay", address, "--token", "~/token.txt"];
    let _ = create("file", &file, "").done();
    // Nothing but words.
    let said = create("words", &["--relay", address, "--token", "hello"], "").ended(2);
    assert!(said.err.contains("not a host's token"), "{}", said.err);
    let said = create("words", &[], "hello\n\n").ended(2);
    assert!(said.err.contains("not a relay's address"), "{}", said.err);
}

#[test]
fn names_are_looked_at_before_anything_is_made() {
    let world = world();
    let token = world.token();
    let args = [
        "--relay",
        world.address(),
        "--token",
        &token,
        "--group",
        "G",
        "--name",
    ];
    for (name, said) in [
        (" ", "is empty"),
        ("Nina\u{202e}", "cannot be seen (U+202E)"),
        (&"x".repeat(65), "too long"),
    ] {
        let nobody = world.person("nobody", "en");
        let err = nobody
            .run(&[&["create"], args.as_slice(), &[name]].concat())
            .ended(2)
            .err;
        assert!(err.contains(said), "{err}");
        assert!(!nobody.home().exists());
    }
    let nina = world.coordinator("Nina");
    let invite =
        |name: &str, language| nina.run(&["invite", name, "--role", "member", "--lang", language]);
    let _ = invite("  Алена\t Прыкладная ", "en").done();
    for (name, said) in [
        ("Nina", "уже есть такое имя"),
        (" nina ", "уже есть такое имя"),
        ("Aлена Прыкладная", "легко принять за «Алена Прыкладная»"),
        ("Nіna", "легко принять за «Nina»"),
        ("Nin\u{200b}a", "невидимый знак (U+200B)"),
    ] {
        let err = invite(name, "ru").ended(2).err;
        assert!(err.contains(said), "{name}: {err}");
    }
    let listed = nina.run(&["members", "--json"]).done().json();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1]["name"], "Алена Прыкладная");
    // A command that is suggested can be copied into a shell.
    let said = invite("O'Example House", "en").done().err;
    assert!(
        said.contains("members approve \"O'Example House\""),
        "{said}"
    );
}

/// As another keyboard types it, in small letters, with a letter of another script.
#[test]
fn a_name_names_whom_people_read_in_it() {
    let world = world();
    let nina = world.coordinator("Nina");
    let asks = |home: &str, name: &str| {
        let code = world.invite(&nina, name, "member");
        let _ = world.person(home, "ru").run(&["join", &code]).done();
    };
    asks("one", "Андрей Бойка");
    asks("two", "Алёна Примерная");
    let approved = nina
        .run(&["members", "approve", "андреи\u{306} бои\u{306}ка"])
        .done();
    assert!(approved.out.contains("Андрей Бойка"), "{}", approved.out);
    let refused = nina.run(&["members", "refuse", "Aлёнa Примерная"]).done();
    assert!(refused.out.contains("Алёна Примерная"), "{}", refused.out);
    let code = world.invite(&nina, "Вера Новая", "member");
    let shown = nina.run(&["invite", "Bepa Hoвая", "--show"]).done();
    assert_eq!(shown.out.lines().next(), Some(code.as_str()));

    // Not Nina, who sends it: to one person besides.
    let to = |names: &[&str]| {
        let names = names.iter().flat_map(|name| ["--to", *name]);
        let args: Vec<&str> = crate::FLASH
            .into_iter()
            .chain(["for one"])
            .chain(names)
            .collect();
        nina.run(&args)
    };
    for name in [
        "Андреи\u{306} Бои\u{306}ка",
        "АНДРЕЙ  БОЙКА",
        "Aндрeй Бoйкa",
    ] {
        let sent = to(&[name]).done().json().remove(0);
        assert_eq!(sent["readers"], 1, "{name}");
    }
    let said = to(&["Андрей"]).ended(2);
    assert!(said.err.contains("Андрей"), "{}", said.err);
}

#[test]
fn one_passphrase_opens_however_it_is_written_down() {
    let world = world();
    let file = world.dir().join("passphrase");
    let nina = world.person("nina", "en");
    let token = world.token();
    let composed = "семь ёлок и один йод";
    fs::write(&file, format!("{composed}\n")).unwrap();
    let create = [
        "create",
        "--relay",
        world.address(),
        "--token",
        &token,
        "--group",
        "G",
        "--name",
        "Nina",
    ];
    let _ = nina.run(&create).done();
    let apart = composed.replace('ё', "е\u{308}").replace('й', "и\u{306}");
    for bytes in [
        composed.as_bytes().to_vec(),
        format!("{composed}\r").into_bytes(),
        format!("\u{feff}{apart}\r\n").into_bytes(),
        utf16(&format!("{apart}\r\n")),
    ] {
        fs::write(&file, bytes).unwrap();
        let _ = nina.run(&["members"]).done();
    }
    fs::write(&file, format!("{composed}!\n")).unwrap();
    let _ = nina.run(&["members"]).ended(1);
}

#[test]
fn a_form_is_read_in_the_encoding_that_it_was_saved_in_and_none_of_it_is_left_out() {
    let world = world();
    let nina = world.coordinator("Nina");
    let summary = "Задержали у дома, увезли неизвестно куда";
    let form = format!("acts = [\"detention\"]\r\nsummary = \"{summary}\"\r\n");
    let file = world.dir().join("форма.toml");
    for bytes in [
        utf16(&form),
        encoding_of_windows(&form),
        format!("> {form}").replace("\r\ns", "\r\n> s").into_bytes(),
    ] {
        fs::write(&file, bytes).unwrap();
        let _ = nina
            .run(&["alert", "--from", "~/форма.toml", "--yes"])
            .done();
    }
    send(&nina, "and one that was typed");
    let _ = nina.run(&["watch", "--once"]).done();
    assert_eq!(summaries(&nina)[..3], [summary; 3]);
    // One that is too large is not sent without its end.
    fs::write(
        &file,
        format!("{form}narrative = \"{}\"\n", "я".repeat(200_000)),
    )
    .unwrap();
    let said = nina
        .run(&["alert", "--from", "~/форма.toml", "--yes"])
        .ended(2);
    assert!(said.err.contains("too large"), "{}", said.err);
    let piped = fs::read_to_string(&file).unwrap();
    let said = nina
        .run_with(&["alert", "--from", "-", "--yes", "--lang", "ru"], &piped)
        .ended(2);
    assert!(said.err.contains("слишком большой"), "{}", said.err);
    fs::write(&file, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    let said = nina
        .run(&["alert", "--from", "~/форма.toml", "--yes"])
        .ended(2);
    assert!(said.err.contains("UTF-8"), "{}", said.err);
}

/// Windows-1251, of the letters that Russian has.
fn encoding_of_windows(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xc0).unwrap(),
        _ => u8::try_from(c).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn a_relay_is_not_made_for_a_host_that_is_none() {
    let world = world();
    for (host, said) in [
        ("relay.example.org:443", "here: relay.example.org;"),
        ("[2001:db8::7]", "here: 2001:db8::7;"),
        ("https://relay.example.org/", "here: relay.example.org;"),
        ("not a host", "is no host"),
    ] {
        // Before it is looked whether there is one.
        let err = world.relay_command(&["init", "--host", host]).ended(1).err;
        assert!(err.contains(said), "{err}");
    }
}
