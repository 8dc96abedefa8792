//! evertill, the till.
fn main() {}
