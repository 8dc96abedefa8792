//! evertill: the till itself, its screens and its event loop.
