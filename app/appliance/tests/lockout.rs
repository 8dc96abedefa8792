//! Wrong PINs make people wait, whatever the clock does.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use appliance::Moment;
use appliance::lockout::{Attempts, FREE_ATTEMPTS, LONGEST_WAIT, wait_after};
use proptest::prelude::*;

const SECOND: u64 = 1000;
const YEAR: u64 = 365 * 24 * 3600 * SECOND;

fn moment(boot: &str, running: u64, wall: u64) -> Moment {
    Moment {
        boot: boot.to_owned(),
        running,
        wall,
    }
}

/// Somebody who tries as soon as it is allowed, so many times, all wrong.
fn patient_guesser(tries: u32) -> (Attempts, Moment) {
    let mut now = moment("first", 60 * SECOND, 50 * YEAR);
    let mut attempts = Attempts::default();
    for _ in 0..tries {
        let wait = u64::try_from(attempts.wait(&now).as_millis()).unwrap();
        now = moment("first", now.running + wait, now.wall + wait);
        attempts = attempts.begin(&now).unwrap();
    }
    (attempts, now)
}

#[test]
fn five_tries_are_free_and_then_the_waits_grow_to_a_quarter_of_an_hour() {
    let seconds: Vec<u64> = (0..12).map(|failed| wait_after(failed).as_secs()).collect();
    assert_eq!(seconds, [0, 0, 0, 0, 0, 30, 60, 120, 300, 900, 900, 900]);
}

#[test]
fn a_try_that_comes_too_early_is_refused_and_not_counted() {
    let (attempts, now) = patient_guesser(FREE_ATTEMPTS);
    let almost = moment("first", now.running + 29_999, now.wall + 29_999);
    assert_eq!(
        attempts.begin(&almost),
        Err(Duration::from_millis(1)),
        "half a minute is up only after half a minute"
    );
    let done = moment("first", now.running + 30_000, now.wall + 30_000);
    assert_eq!(attempts.begin(&done).unwrap().failed, FREE_ATTEMPTS + 1);
}

#[test]
fn setting_the_clock_neither_shortens_nor_lengthens_a_wait() {
    let (attempts, now) = patient_guesser(20);
    for wall in [0, now.wall + YEAR, u64::MAX] {
        let later = moment("first", now.running + 10 * SECOND, wall);
        assert_eq!(
            attempts.wait(&later),
            LONGEST_WAIT - Duration::from_secs(10)
        );
    }
}

#[test]
fn a_restart_keeps_the_count_and_the_wait() {
    let (attempts, now) = patient_guesser(20);
    let kept = serde_json::to_string(&attempts).unwrap();
    let read: Attempts = serde_json::from_str(&kept).unwrap();
    assert_eq!(read, attempts);
    let restarted = moment("second", 8 * SECOND, now.wall + 20 * SECOND);
    assert_eq!(read.wait(&restarted), LONGEST_WAIT - Duration::from_secs(8));
    let next = restarted_after(&read, &restarted);
    assert_eq!(next.failed, 21);
}

fn restarted_after(attempts: &Attempts, restarted: &Moment) -> Attempts {
    let wait = u64::try_from(attempts.wait(restarted).as_millis()).unwrap();
    attempts
        .begin(&moment(
            &restarted.boot,
            restarted.running + wait,
            restarted.wall + wait,
        ))
        .unwrap()
}

#[test]
fn a_restart_with_the_clock_set_forward_gains_no_guess() {
    let (attempts, now) = patient_guesser(20);
    let restarted = moment("second", 8 * SECOND, now.wall + YEAR);
    let wait = attempts.begin(&restarted).unwrap_err();
    assert_eq!(wait, LONGEST_WAIT - Duration::from_secs(8));
}

#[test]
fn a_clock_that_fell_back_to_1970_makes_nobody_wait_more_than_once_again() {
    let (attempts, _) = patient_guesser(20);
    let quarter_of_an_hour = u64::try_from(LONGEST_WAIT.as_millis()).unwrap();
    let restarted = moment("second", quarter_of_an_hour, 0);
    assert_eq!(attempts.wait(&restarted), Duration::ZERO);
}

#[test]
fn where_the_system_does_not_name_its_start_the_wall_clock_counts() {
    let long_running = moment("", 10 * YEAR, 50 * YEAR);
    let attempts = Attempts {
        failed: 20,
        last: Some(long_running.clone()),
    };
    assert_eq!(attempts.wait(&long_running), LONGEST_WAIT);
    let later = moment("", 0, 50 * YEAR + 60 * SECOND);
    assert_eq!(
        attempts.wait(&later),
        LONGEST_WAIT - Duration::from_secs(60)
    );
}

#[test]
fn the_present_moves_on() {
    let earlier = Moment::now();
    assert!(!earlier.boot.is_empty() && earlier.running > 0 && earlier.wall > 0);
    assert!(Moment::now().running >= earlier.running);
    assert!(Moment::now().since(&earlier) < LONGEST_WAIT);
}

prop_compose! {
    fn any_moment()(
        boot in prop::sample::select(vec!["", "first", "second"]),
        running: u64,
        wall: u64,
    ) -> Moment {
        moment(boot, running, wall)
    }
}

proptest! {
    #[test]
    fn no_wait_is_ever_longer_than_the_longest(
        failed: u32,
        last in prop::option::of(any_moment()),
        now in any_moment(),
    ) {
        let attempts = Attempts { failed, last };
        prop_assert!(attempts.wait(&now) <= LONGEST_WAIT);
    }

    #[test]
    fn more_wrong_pins_never_mean_a_shorter_wait(failed in 0..u32::MAX) {
        prop_assert!(wait_after(failed) <= wait_after(failed + 1));
    }

    #[test]
    fn a_try_is_counted_exactly_when_the_wait_is_over(
        failed: u32,
        last in any_moment(),
        now in any_moment(),
    ) {
        let attempts = Attempts { failed, last: Some(last) };
        match attempts.begin(&now) {
            Ok(next) => {
                prop_assert_eq!(attempts.wait(&now), Duration::ZERO);
                prop_assert_eq!(next.failed, failed.saturating_add(1));
                prop_assert_eq!(next.wait(&now), wait_after(next.failed));
            }
            Err(wait) => prop_assert_eq!(wait, attempts.wait(&now)),
        }
    }

    #[test]
    fn waiting_on_a_running_machine_only_ever_counts_down(
        failed: u32,
        start in 0..YEAR,
        first in 0..YEAR,
        second in 0..YEAR,
        walls: [u64; 3],
    ) {
        let attempts = Attempts { failed, last: Some(moment("first", start, walls[0])) };
        let sooner = attempts.wait(&moment("first", start + first, walls[1]));
        let later = attempts.wait(&moment("first", start + first + second, walls[2]));
        prop_assert!(later <= sooner);
    }
}
