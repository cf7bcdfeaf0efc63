//! A terminal for tests: the most generous one with the columns of a letter, which breaks a line where a row is full.

use super::rows::columns as columns_of;

/// The rows that it shows.
pub(crate) fn rows(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in text.split('\n') {
        let (mut row, mut at) = (String::new(), 0);
        for letter in line.chars() {
            let wide = match letter {
                '\t' => 8 - at % 8,
                other => columns_of(other),
            };
            if at + wide > columns {
                rows.push(std::mem::take(&mut row));
                at = 0;
            }
            row.push(letter);
            at += wide;
        }
        rows.push(row);
    }
    rows
}
