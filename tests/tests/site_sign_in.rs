//! The other way to a key: somebody signs in on the till's screen with user and password.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use erpnext::https::{Client, Secret, SiteConfig};
use erpnext::office::{NewTill, OfficeError, OfficeSession, SignInFault};
use erpnext::{Request, Transport, TransportError};
use setup::site::{self, Manner, StaffWish};
use tests::stand_in::{ADMIN, Fault, Site, StandIn, USER};

const PASSWORD: &str = "correct horse \"battery\" \\ staple";

fn stand_in() -> StandIn {
    let mut site = Site::unprepared();
    site.delete("User", USER);
    site.set_password(ADMIN, PASSWORD);
    site.set_password("clerk@example.com", "tea and biscuits");
    let stand_in = StandIn::https(site);
    let administrator = &mut stand_in.administrator();
    let (staff, manner) = (StaffWish::default(), Manner::default());
    site::prepare(administrator, staff, manner, &mut Vec::new()).unwrap();
    stand_in
}

fn sign_in(stand_in: &StandIn, user: &str, password: &str) -> Result<OfficeSession, OfficeError> {
    let site = SiteConfig {
        roots: stand_in.config().roots,
        ..SiteConfig::without_key(&stand_in.url()).unwrap()
    };
    OfficeSession::sign_in(site, user, &Secret::new(password))
}

fn fault(stand_in: &StandIn, user: &str, password: &str) -> SignInFault {
    match sign_in(stand_in, user, password) {
        Err(error @ OfficeError::SignIn(_)) => {
            assert!(!error.to_string().contains(password), "{error}");
            assert!(!error.remedy().is_empty());
            let OfficeError::SignIn(fault) = error else {
                unreachable!()
            };
            fault
        }
        other => panic!("{user}: {other:?}"),
    }
}

fn till() -> NewTill {
    NewTill {
        user: USER.to_owned(),
        name: "Counter 1".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        replace: false,
    }
}

#[test]
fn a_manager_who_signs_in_gets_a_till_its_key_and_leaves_no_session() {
    let stand_in = stand_in();
    let mut office = sign_in(&stand_in, ADMIN, PASSWORD).unwrap();
    assert_eq!(stand_in.site().sessions(), 1);
    let profiles = office.pos_profiles().unwrap();
    let free = |name: &str| {
        let profile = profiles.iter().find(|profile| profile.name == name);
        profile.unwrap().till.is_none()
    };
    assert!(free("Counter 1") && free("Counter 2"));
    let key = office.add_till(till(), "C1").unwrap();
    let taken = office.pos_profiles().unwrap();
    assert_eq!(taken[0].till.as_deref(), Some(USER));
    let again = office.add_till(till(), "C1").unwrap_err();
    assert_eq!(again, OfficeError::UserPresent(USER.to_owned()));
    office.sign_out();
    assert_eq!(stand_in.site().sessions(), 0, "the session is left");
    let config = SiteConfig {
        key: key.key.clone(),
        secret: Secret::new(key.secret.as_str()),
        ..stand_in.config()
    };
    let who = Request::call("frappe.auth.get_logged_user");
    let reply = Client::new(config).unwrap().send(&who).unwrap();
    assert_eq!(reply.data(), USER);
    assert!(!format!("{key:?}").contains(key.secret.as_str()));
}

#[test]
fn whoever_may_not_add_tills_is_told_why() {
    let stand_in = stand_in();
    let wrong = fault(&stand_in, ADMIN, "guess");
    assert!(matches!(wrong, SignInFault::Refused { .. }), "{wrong}");
    let clerk = fault(&stand_in, "clerk@example.com", "tea and biscuits");
    assert_eq!(
        clerk,
        SignInFault::NoAdministrator("clerk@example.com".to_owned())
    );
    assert_eq!(stand_in.site().sessions(), 0, "the clerk's session is left");
    stand_in.site().expire_password(ADMIN);
    let expired = fault(&stand_in, ADMIN, PASSWORD);
    assert_eq!(expired, SignInFault::PasswordExpired(ADMIN.to_owned()));
    stand_in.site().ask_second_factor(ADMIN);
    let second = fault(&stand_in, ADMIN, PASSWORD);
    assert_eq!(second, SignInFault::SecondFactor(ADMIN.to_owned()));
    for _ in 0..5 {
        fault(&stand_in, ADMIN, "guess");
    }
    let locked = fault(&stand_in, ADMIN, PASSWORD);
    assert!(matches!(locked, SignInFault::Locked { .. }), "{locked}");
}

#[test]
fn a_site_that_gives_no_answer_or_sends_elsewhere_is_not_taken_for_a_wrong_password() {
    let stand_in = stand_in();
    for plan in [Fault::DropReply, Fault::Redirect, Fault::Garbage] {
        let told = format!("{plan:?}");
        stand_in.site().plan([Some(plan)]);
        let refused = sign_in(&stand_in, ADMIN, PASSWORD).unwrap_err();
        assert!(matches!(refused, OfficeError::Refused { .. }), "{told}");
        assert!(!refused.to_string().contains(PASSWORD));
    }
}

#[test]
fn a_client_without_a_key_is_nobody() {
    let stand_in = stand_in();
    let site = SiteConfig {
        roots: stand_in.config().roots,
        ..SiteConfig::without_key(&stand_in.url()).unwrap()
    };
    let mut nobody = Client::new(site).unwrap();
    let refused = nobody.send(&Request::get("POS Profile", "Counter 1"));
    assert!(
        matches!(&refused, Err(TransportError::Refused(refused)) if refused.status == 403),
        "{refused:?}"
    );
}
