//! Secrets, PINs, enrolment, updates, network and health of the box; no screen.
