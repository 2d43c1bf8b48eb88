//! A value that was given, read by its check: a sound one, or a complaint that names its place.
use crate::config::given::Given;
use crate::config::refusal::SettingProblem;

/// Turns a text into a value, or says what is allowed or why it is refused.
pub(super) type Check<T> = fn(&str) -> Result<T, String>;

/// Runs the check; its complaint is told with the value, unless that is a secret.
pub(super) fn checked<T>(
    key: &str,
    secret: bool,
    given: Given,
    check: Check<T>,
) -> Result<T, SettingProblem> {
    check(&given.text).map_err(|why| {
        let value = if secret {
            "the value".to_owned()
        } else {
            format!("{:?}", given.text)
        };
        given.problem(key, format!("{value} is refused: {why}"))
    })
}
