//! What `evertill-setup` does, one module a subject.

pub mod site;
