//! What a field of a form is: its type, its limits, what the browser may fill in; and a box to tick.

/// A box to tick; one that is fixed cannot be changed, and posts what it was.
pub struct Tick {
    pub name: String,
    pub words: String,
    pub on: bool,
    pub fixed: bool,
}

/// How a field is typed. It has no greatest length: browsers would cut what is pasted without a
/// word; the server says what is too long.
#[derive(Clone, Copy)]
pub struct Kind {
    pub(super) input: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) required: bool,
}

impl Kind {
    pub const EMAIL: Kind = Kind {
        input: "email",
        autocomplete: "username",
        required: true,
    };
    /// Somebody else's address.
    pub const OTHER_EMAIL: Kind = Kind {
        input: "email",
        autocomplete: "off",
        required: true,
    };
    pub const PASSWORD: Kind = Kind {
        input: "password",
        autocomplete: "current-password",
        required: true,
    };
    pub const NEW_PASSWORD: Kind = Kind {
        input: "password",
        autocomplete: "new-password",
        required: true,
    };
    pub const CODE: Kind = Kind {
        input: "text",
        autocomplete: "one-time-code",
        required: true,
    };
    pub const NAME: Kind = Kind {
        input: "text",
        autocomplete: "name",
        required: true,
    };
    pub const DATE: Kind = Kind {
        input: "date",
        autocomplete: "off",
        required: true,
    };
    pub const TEXT: Kind = Kind {
        input: "text",
        autocomplete: "off",
        required: true,
    };
    /// A secret that is no password of the reader's.
    pub fn hidden(self) -> Self {
        Kind {
            input: "password",
            autocomplete: "off",
            ..self
        }
    }
    pub fn optional(self) -> Self {
        Kind {
            required: false,
            ..self
        }
    }
}
