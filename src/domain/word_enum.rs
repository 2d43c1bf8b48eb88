//! Enums whose values are words in the database, in addresses and in messages.

/// An enum whose values are words in the database and in addresses.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $value),+ }

        impl $name {
            pub const ALL: [$name; [$($word),+].len()] = [$($name::$value),+];
            pub fn as_str(self) -> &'static str {
                match self { $($name::$value => $word),+ }
            }
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|v| v.as_str() == word)
            }
        }
    };
}

pub(crate) use word_enum;
