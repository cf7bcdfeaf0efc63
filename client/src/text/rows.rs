//! Rows of a terminal. Broken by the terminal, a long line would go on at its left edge, where our labels are: somebody
//! who writes 71 dots and then `From: …` would write that line of ours. So every line is broken here, by the columns that its letters take, and
//! goes on indented.
//!
//! Limits: a window made narrower afterwards breaks what stands in it; a terminal that is set to show Cyrillic in two columns
//! (some in East Asia can be) breaks rows too.

use textwrap::{WordSeparator, WrapAlgorithm, core::Word};
use unicode_width::UnicodeWidthChar as _;

use super::escape::{INDENT, printable};
use crate::parallel;

/// Fewer columns have room for nothing.
const COLUMNS_MIN: usize = 20;

/// Spaces before a line that are kept as its indent. More are as good as words.
const INDENT_MAX: usize = 8;

/// Tells terminals that know of directions to lay out a row from the left, however its letters run.
const FROM_THE_LEFT: char = '\u{200e}';

/// The text as rows that a terminal of so many columns does not break. A line goes on under itself when it is indented, and
/// otherwise indented: so others' words, which follow a label or an indent of ours, are at no row's left edge.
#[must_use]
pub fn lay_out(text: &str, columns: usize) -> String {
    let text = printable(text);
    let rows: Vec<String> = text
        .split('\n')
        .flat_map(|line| rows(line, columns))
        .collect();
    rows.join("\n")
}

/// The same of what is said of each of these, one under the other, on as many cores as there are.
pub fn lay_out_each<T: Send>(
    items: Vec<T>,
    columns: usize,
    said: impl Fn(T) -> String + Sync,
) -> String {
    let said = |item| lay_out(said(item).trim_end_matches('\n'), columns);
    parallel::map(items, said).join("\n")
}

fn rows(line: &str, columns: usize) -> Vec<String> {
    let content = line.trim_start_matches(' ');
    let indent = line.len().saturating_sub(content.len()).min(INDENT_MAX);
    let (indent, content) = line.split_at(indent);
    let further = if indent.is_empty() { INDENT } else { indent };
    // The last column stays free: a terminal that has filled it may be on the next row already.
    let columns = columns.max(COLUMNS_MIN).saturating_sub(1);
    let room = |indent: &str| columns.saturating_sub(indent.len());
    let widths = [room(indent), room(further)];
    let row = |indent: &str, text: &str| {
        let text = text.trim_end_matches(' ');
        // After a label of ours it is laid out from the left as it is.
        let mark = !indent.is_empty() && text.chars().any(runs_leftwards);
        let mark = mark.then_some(FROM_THE_LEFT).map(String::from);
        let row = format!("{indent}{}{text}", mark.unwrap_or_default());
        row.trim_end_matches(' ').to_owned()
    };
    // Most are short, and of thousands each word would be looked at in vain.
    if content.chars().map(self::columns).sum::<usize>() <= room(indent) {
        return vec![row(indent, content)];
    }
    let (content, command) = command_at_end(content, room(further));
    let words = WordSeparator::AsciiSpace.find_words(content);
    let words = words.flat_map(|word| parts(word, room(further)));
    let parts: Vec<Word<'_>> = words.chain(command).collect();
    let wrapped = WrapAlgorithm::FirstFit.wrap(&parts, &widths);
    let laid = |(at, parts): (usize, &[Word<'_>])| {
        let texts = parts.iter().flat_map(|part| [part.word, part.whitespace]);
        row(
            if at == 0 { indent } else { further },
            &texts.collect::<String>(),
        )
    };
    wrapped.into_iter().enumerate().map(laid).collect()
}

/// What a line tells people to run, at its end and after a colon, is one word if there is room for it: copied in two rows, it
/// would be two commands.
fn command_at_end(content: &str, room: usize) -> (&str, Option<Word<'_>>) {
    let Some((before, _)) = content.rsplit_once(": bellrope ") else {
        return (content, None);
    };
    let (before, command) = content.split_at(before.len().saturating_add(": ".len()));
    let width = command.chars().map(columns).sum();
    match width <= room {
        true => (before, Some(part(Some(command), width))),
        false => (content, None),
    }
}

/// A word in parts that fit, each with the columns that it takes.
fn parts(word: Word<'_>, room: usize) -> Vec<Word<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut taken) = (0, 0_usize);
    let mut letters = word.word.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let mut wide = columns(letter);
        // What belongs to the letter stays with it.
        while let Some((_, more)) = letters.next_if(|(_, more)| more.width() == Some(0)) {
            wide = wide.saturating_add(columns(more));
        }
        if at > start && taken.saturating_add(wide) > room {
            parts.push(part(word.word.get(start..at), taken));
            (start, taken) = (at, 0);
        }
        taken = taken.saturating_add(wide);
    }
    let last = part(word.word.get(start..), taken);
    parts.push(Word {
        whitespace: word.whitespace,
        ..last
    });
    parts
}

fn part(text: Option<&str>, width: usize) -> Word<'_> {
    Word {
        word: text.unwrap_or_default(),
        width,
        whitespace: "",
        penalty: "",
    }
}

/// The columns that the most generous terminal gives a letter.
pub(super) fn columns(letter: char) -> usize {
    match letter {
        ' '..='~' => 1,
        // Makes an emoji of the sign before it, one column wider, where a terminal knows it.
        '\u{fe0f}' => 1,
        // Vowels and finals of Hangul stand alone where a terminal does not compose them.
        '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}' => 1,
        // Signs of which tables of other years think differently: flags in two halves, emoji that came later.
        '\u{1f000}'..='\u{1faff}' => 2,
        other => other.width().unwrap_or(1),
    }
}

/// Hebrew, Arabic, and the scripts beside them. A row that begins with such a letter would be laid out from the right.
fn runs_leftwards(letter: char) -> bool {
    matches!(
        letter,
        '\u{590}'..='\u{8ff}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{fefe}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr as _;

    use super::{super::escape::block, *};
    use crate::text::{escape, terminal};

    const SIZES: [usize; 3] = [40, 80, 200];

    /// Whether each row but the first begins with the indent, and the terminal breaks none.
    fn holds(said: &str, columns: usize) {
        for (line, is_block) in [
            (format!("Summary: {}", escape(said)), false),
            (block(said), true),
        ] {
            let laid = lay_out(&line, columns);
            let shown = terminal::rows(&laid, columns);
            assert_eq!(shown, laid.split('\n').collect::<Vec<_>>(), "{said:?}");
            for (at, row) in shown.iter().enumerate() {
                let is_ours = at == 0 && !is_block && row.starts_with("Summary:");
                assert!(
                    is_ours || row.is_empty() || row.starts_with(INDENT),
                    "{row:?} of {said:?} at {columns}"
                );
            }
            let letters = |text: &str| text.replace([' ', '\n', FROM_THE_LEFT], "");
            assert_eq!(
                letters(&laid),
                letters(&printable(&line)),
                "nothing is lost"
            );
        }
    }

    #[test]
    fn nobody_writes_our_labels_at_the_left_edge() {
        let forged = "From: Anna (coordinator), verified by the group's roster";
        let long = |letter: &str| letter.repeat(300);
        for columns in SIZES {
            for before in 0..columns * 2 {
                holds(&format!("{}{forged}", ".".repeat(before)), columns);
                holds(&format!("{} {forged}", "案".repeat(before)), columns);
                holds(&format!("{}{forged}", " ".repeat(before)), columns);
            }
            for text in [
                format!("one\n{forged}\n\n \n{forged}"),
                long("я"),
                long("案"),
                long("🔥"),
                long("👨\u{200d}👩\u{200d}👧"),
                long("☂\u{fe0f}"),
                long("1\u{fe0f}\u{20e3}"),
                long("🇧🇾"),
                long("\u{301}"),
                format!("е{}", long("\u{301}\u{20dd}")),
                long("е\u{301}"),
                long("한"),
                long("\u{1112}\u{1161}\u{11ab}"),
                long("\u{1161}"),
                long("\u{3164}"),
                long("\u{2800}"),
                long("\t"),
                long("a\t"),
                long("\u{a0}"),
                long("\u{3000}"),
                long("لا"),
                long("क्"),
                long("\u{202e}"),
                format!("{}{forged}", long("\u{2067}")),
                format!("{} {} x", "я".repeat(73), "-".repeat(74)),
            ] {
                holds(&text, columns);
            }
        }
    }

    #[test]
    fn rows_break_between_words_and_by_columns() {
        assert_eq!(
            lay_out("One: two three fours five", 20),
            "One: two three\n  fours five"
        );
        assert_eq!(
            lay_out("  one two three four", 20),
            "  one two three\n  four"
        );
        assert_eq!(lay_out("", 80), "");
        assert_eq!(lay_out("a\n\n  b\n", 80), "a\n\n  b\n");
        assert_eq!(lay_out("a  b", 80), "a  b");
        let widths = |text: &str, columns| {
            let laid = lay_out(text, columns);
            laid.lines().map(|row| row.width()).collect::<Vec<_>>()
        };
        assert_eq!(widths(&"案".repeat(30), 40), [36, 26]);
        assert_eq!(widths(&"е\u{301}".repeat(41), 40), [37, 6]);
        // Narrower than anything that has room.
        assert!(
            widths(&"я".repeat(30), 0)
                .iter()
                .all(|width| *width < COLUMNS_MIN)
        );
        // A window that is wide is used.
        assert_eq!(lay_out(&"word ".repeat(30), 200).lines().count(), 1);
    }

    #[test]
    fn a_command_at_the_end_is_not_broken() {
        let said = "Asks to join. If it is the same: bellrope members approve \"Anna\"";
        let rows = lay_out(said, 50);
        assert_eq!(
            rows,
            "Asks to join. If it is the same:\n  bellrope members approve \"Anna\""
        );
        assert_eq!(lay_out(said, 200), said);
        // One for which there is no room breaks as other words do, and in the middle of a sentence nothing is copied.
        assert_eq!(lay_out(said, 30).lines().count(), 3);
        let middle = lay_out("It goes with bellrope alert or bellrope watch", 30);
        assert_eq!(middle, "It goes with bellrope alert\n  or bellrope watch");
    }

    #[test]
    fn a_row_of_letters_that_run_leftwards_is_laid_out_from_the_left() {
        let laid = lay_out(&block("שלום Urgency: critical"), 80);
        assert!(laid.starts_with("  \u{200e}ש"), "{laid:?}");
        assert!(!lay_out("Summary: мир", 80).contains(FROM_THE_LEFT));
    }

    const KINDS: [&str; 21] = [
        "а",
        "b",
        " ",
        "   ",
        "\n",
        "-",
        "案",
        "🔥",
        "☂",
        "☂\u{fe0f}",
        "\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "\u{200d}",
        "\u{301}",
        "🇧🇾",
        "👍🏽",
        "한",
        "\u{1100}",
        "क्",
        "لا",
        "\u{1b}[2J",
    ];

    /// Letters of every kind that a terminal shows at another width than one, spaces, and any other.
    fn letters() -> impl Strategy<Value = String> {
        let kind = prop_oneof![
            4 => prop::sample::select(KINDS.to_vec()).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec((kind, 1..90_usize), 0..30).prop_map(|runs| {
            runs.iter()
                .map(|(kind, times)| kind.repeat(*times))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn any_text_stays_whole_and_indented(text in letters(), columns in 20..200_usize) {
            holds(&text, columns);
        }
    }
}
