//! One line into the library.
fn main() {}
