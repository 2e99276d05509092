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
fn repeated_causes_are_left_out_of_the_report() {
    let deep = Error::new(ErrorKind::Connect, "handshake failed");
    let inner = Error::new(ErrorKind::Connect, "handshake failed: expired").with_source(deep);
    let outer = Error::new(ErrorKind::Connect, "no connection").with_source(inner);
    assert_eq!(outer.report(), "no connection: handshake failed: expired");
}

#[test]
fn only_unsent_or_rate_limited_calls_are_retryable() {
    assert!(Error::new(ErrorKind::Connect, "").is_retryable());
    assert!(!Error::new(ErrorKind::Transport, "").is_retryable());
    assert!(!Error::new(ErrorKind::Timeout, "").is_retryable());
    assert!(!Error::new(ErrorKind::Path, "").is_retryable());
}
