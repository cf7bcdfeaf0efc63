//! `bellrope evidence` and `verify-evidence`: what a relay signed that does not fit together, and what it proves.

use bellrope_client::{
    kept_evidence, new_private_file,
    text::{Arg, escape, moment_text},
};
use bellrope_proto::{
    evidence::{Evidence, Findings, check},
    receipt::Word,
};
use serde_json::{Value, json};

use crate::{
    args,
    command_error::{CommandError, DONE, FAILED},
    given::read_text,
    paths::GivenPath,
    ui::Ui,
};

pub(super) fn evidence(ui: &mut Ui, args: &args::relay::Evidence) -> Result<u8, CommandError> {
    let device = ui.unlock()?;
    let kept = kept_evidence(&device)?;
    if kept.is_empty() {
        ui.status("evidence-none", &[]);
        return Ok(DONE);
    }
    for (name, evidence) in &kept {
        let words = [
            ("name", name.as_str().into()),
            ("found", escape(&evidence.found).into()),
            ("relay", evidence.relay.place().into()),
        ];
        ui.print("evidence-line", &words)?;
        if let Some(dir) = args.dir.as_ref().map(GivenPath::meant) {
            let path = dir.join(format!("{name}.txt"));
            std::fs::create_dir_all(&dir)?;
            new_private_file(&path, evidence.to_string().as_bytes())
                .map_err(|error| CommandError::of_file(path.display(), &error))?;
            let path = escape(&path.display().to_string());
            ui.status("evidence-written", &[("file", path.into())]);
        }
    }
    Ok(DONE)
}

/// 0 when the files prove that the relay lied, else 1.
pub(super) fn verify(ui: &mut Ui, args: &args::relay::VerifyEvidence) -> Result<u8, CommandError> {
    let mut files: Vec<Evidence> = Vec::new();
    for path in &args.files {
        let evidence = read(path)?;
        if files
            .first()
            .is_some_and(|first| first.relay.key() != evidence.relay.key())
        {
            return Err(CommandError::with(
                "error-evidence-of-another",
                vec![("file", path.meant().display().to_string())],
            ));
        }
        files.push(evidence);
    }
    let findings = check(&files);
    let is_proof = !findings.contradictions.is_empty();
    if args.json {
        ui.json(to_json(&files, &findings))?;
    } else {
        say(ui, &files, &findings)?;
    }
    Ok(if is_proof { DONE } else { FAILED })
}

fn read(path: &GivenPath) -> Result<Evidence, CommandError> {
    let text = read_text(path)?;
    Evidence::parse(&text).map_err(|error| {
        tracing::debug!(%error, "a file of evidence");
        CommandError::with(
            "error-not-evidence",
            vec![("file", path.meant().display().to_string())],
        )
    })
}

fn say(ui: &mut Ui, files: &[Evidence], findings: &Findings) -> Result<(), CommandError> {
    for file in files.iter().take(1) {
        let words = [
            ("relay", file.relay.to_string().into()),
            ("count", findings.signed.len().into()),
        ];
        ui.print("evidence-signed", &words)?;
    }
    if findings.unsigned > 0 {
        ui.print("evidence-unsigned", &[("count", findings.unsigned.into())])?;
    }
    for (one, other) in &findings.contradictions {
        ui.print("evidence-contradiction", &pair(one, other))?;
    }
    for (before, after) in &findings.went_back {
        ui.print("evidence-went-back", &pair(before, after))?;
    }
    for restored in &findings.restored {
        let words = [
            ("copied", moment_text(restored.copied).into()),
            ("restored", moment_text(restored.restored).into()),
        ];
        ui.print("evidence-restored", &words)?;
    }
    if findings.contradictions.is_empty() && findings.went_back.is_empty() {
        ui.print("evidence-nothing", &[])?;
    }
    Ok(())
}

fn pair(one: &Word, other: &Word) -> [(&'static str, Arg<'static>); 5] {
    [
        ("mailbox", one.mailbox.short().into()),
        ("one", one.sequence.0.into()),
        ("one-time", moment_text(one.time).into()),
        ("other", other.sequence.0.into()),
        ("other-time", moment_text(other.time).into()),
    ]
}

fn to_json(files: &[Evidence], findings: &Findings) -> Value {
    let word = |word: &Word| {
        json!({
            "mailbox": word.mailbox.to_string(),
            "place": word.sequence.0,
            "head": word.head.to_string(),
            "time": moment_text(word.time),
        })
    };
    let pairs = |all: &[(Word, Word)]| -> Vec<Value> {
        all.iter()
            .map(|(one, other)| json!([word(one), word(other)]))
            .collect()
    };
    let restored = findings.restored.iter().map(|restored| {
        json!({
            "copied": moment_text(restored.copied),
            "restored": moment_text(restored.restored),
        })
    });
    json!({
        "relay": files.first().map(|file| file.relay.to_string()),
        "signed": findings.signed.len(),
        "unsigned": findings.unsigned,
        "contradictions": pairs(&findings.contradictions),
        "went_back": pairs(&findings.went_back),
        "restored": restored.collect::<Vec<_>>(),
    })
}
