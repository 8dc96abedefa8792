//! What crosses crates: flows, the ERPNext stand-in, power cuts, the repository itself.
