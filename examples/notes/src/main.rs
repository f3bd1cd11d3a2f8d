//! The connector as a program.

fn main() {}
