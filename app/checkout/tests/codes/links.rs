//! GS1 Digital Links, and addresses that are none.

use checkout::codes::gs1::{host, parse_link};

use crate::in_brackets;

#[test]
fn links_of_any_domain_say_what_element_strings_say() {
    for (link, meaning) in [
        ("https://id.gs1.org/01/09506000134352", "(01)09506000134352"),
        (
            "https://example.com/01/09506000134352/10/ABC123/21/12345?17=261231&linkType=gs1:pip",
            "(01)09506000134352(10)ABC123(21)12345(17)261231",
        ),
        (
            "HTTPS://SHOP.EXAMPLE:8443/some/path/01/09506000134352/22/2A/10/L%2F7%25?3103=000385;15=260100#top",
            "(01)09506000134352(22)2A(10)L/7%(3103)000385(15)260100",
        ),
        // Older links: words, and numbers of fewer digits.
        (
            "http://example.com/gtin/9506000134352/lot/A/ser/B/",
            "(01)09506000134352(10)A(21)B",
        ),
        // Not every "exp" is a day.
        (
            "https://example.com/gtin/9506000134352?exp=1790000000",
            "(01)09506000134352",
        ),
        (
            "https://example.com/gtin/9506000134352/lot/L2?exp=261101&expdt=2611011000",
            "(01)09506000134352(10)L2(17)261101(7003)2611011000",
        ),
        ("https://example.com/01/96385074", "(01)00000096385074"),
        // The last key counts.
        (
            "https://example.com/01/shoes/01/09506000134352?99=A&red=1&31=2",
            "(01)09506000134352(99)A",
        ),
        (
            "https://example.com/00/006141411234567890",
            "(00)006141411234567890",
        ),
    ] {
        let elements = parse_link(link).unwrap().unwrap();
        assert_eq!(in_brackets(&elements), meaning, "{link}");
    }
}

#[test]
fn what_is_no_such_link_is_left_alone_and_a_broken_one_is_refused() {
    for other in [
        "https://example.com",
        "https://example.com/",
        "https://example.com/offers/today?01=09506000134352",
        "https://example.com/01",
        // Compressed, whole and behind the key.
        "https://example.com/ARHjtIkhKrkuYw",
        "https://example.com/01/09506000134352/ARHjtIkhKrkuYw",
        "https://01/09506000134352",
        "ftp://example.com/01/09506000134352",
        "4006381333931",
        "",
    ] {
        assert_eq!(parse_link(other), Ok(None), "{other}");
    }
    for (broken, sentence) in [
        ("https://example.com/01/09506000134351", "wrong check digit"),
        (
            "https://example.com/01/09506000134352/10/",
            "0 of 1 characters",
        ),
        ("https://example.com/01/09506000134352/10/%zz", "holds '%'"),
        ("https://example.com/01/09506000134352/10/%", "holds '%'"),
        (
            "https://example.com/01/09506000134352/10/%FF",
            "which it cannot",
        ),
        (
            "https://example.com/01/09506000134352?17=26",
            "ends too early",
        ),
    ] {
        let error = match parse_link(broken) {
            Err(error) => error.to_string(),
            Ok(read) => format!("{read:?}"),
        };
        assert!(error.contains(sentence), "{broken}: {error}");
    }
}

#[test]
fn whose_address_it_is_is_told() {
    for (text, whose) in [
        ("https://example.com:8443/a/b?c#d", Some("example.com:8443")),
        ("HTTP://example.com", Some("example.com")),
        ("https://example.com#top", Some("example.com")),
        ("ftp://example.com", None),
        ("example.com/01/09506000134352", None),
    ] {
        assert_eq!(host(text), whose, "{text}");
    }
}
