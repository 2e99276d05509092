use super::*;

#[test]
fn an_error_is_one_word_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn predicates_walk_the_causes() {
    let inner = Error::new(ErrorKind::Timeout, "slow");
    let outer = Error::new(ErrorKind::Middleware, "wrapped").with_source(inner);
    assert!(outer.is_timeout());
    assert!(!outer.is_connect());
    assert_eq!(outer.report(), "wrapped: slow");
    assert_eq!(outer.to_string(), "wrapped");
}

#[test]
fn a_cause_that_repeats_what_was_said_is_left_out() {
    let deep = Error::new(ErrorKind::Connect, "handshake failed");
    let inner = Error::new(ErrorKind::Connect, "handshake failed: expired").with_source(deep);
    let outer = Error::new(ErrorKind::Connect, "no connection").with_source(inner);
    assert_eq!(outer.report(), "no connection: handshake failed: expired");
}

#[test]
fn only_what_never_left_or_was_refused_for_frequency_is_retryable() {
    assert!(Error::new(ErrorKind::Connect, "").is_retryable());
    assert!(!Error::new(ErrorKind::Transport, "").is_retryable());
    assert!(!Error::new(ErrorKind::Timeout, "").is_retryable());
    assert!(!Error::new(ErrorKind::Path, "").is_retryable());
}
