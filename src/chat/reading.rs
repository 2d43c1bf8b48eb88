//! Reading texts out of JSON that may hold anything.
use serde_json::Value;

/// The text at this place; empty if there is none.
pub fn at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The text at this place, if there is one and it says something.
pub fn some<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    Some(at(value, pointer)).filter(|text| !text.is_empty())
}
