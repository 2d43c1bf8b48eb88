//! Random JSON that looks a little like what a platform sends, for the tests of the parsers.
use proptest::prelude::*;
use serde_json::Value;

/// Values with these names in them, and these words among their texts.
pub fn json(names: &[&'static str], words: &[&'static str]) -> impl Strategy<Value = Value> + use<> {
    let names = names.to_vec();
    let words = prop::sample::select(words.to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let object = prop::collection::btree_map(prop::sample::select(names.clone()), inner.clone(), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|o| Value::Object(o.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
        ]
    })
}
