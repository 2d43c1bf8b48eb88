//! What a field of a form is: its type, its limits, what the browser may fill in; and a box to
//! tick.

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
pub struct FieldKind {
    pub(super) input: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) required: bool,
}

impl FieldKind {
    pub const EMAIL: FieldKind = FieldKind {
        input: "email",
        autocomplete: "username",
        required: true,
    };
    /// Somebody else's address.
    pub const OTHER_EMAIL: FieldKind = FieldKind {
        input: "email",
        autocomplete: "off",
        required: true,
    };
    pub const PASSWORD: FieldKind = FieldKind {
        input: "password",
        autocomplete: "current-password",
        required: true,
    };
    pub const NEW_PASSWORD: FieldKind = FieldKind {
        input: "password",
        autocomplete: "new-password",
        required: true,
    };
    pub const CODE: FieldKind = FieldKind {
        input: "text",
        autocomplete: "one-time-code",
        required: true,
    };
    pub const NAME: FieldKind = FieldKind {
        input: "text",
        autocomplete: "name",
        required: true,
    };
    pub const DATE: FieldKind = FieldKind {
        input: "date",
        autocomplete: "off",
        required: true,
    };
    pub const TEXT: FieldKind = FieldKind {
        input: "text",
        autocomplete: "off",
        required: true,
    };
    /// A secret that is no password of the reader's.
    pub fn hidden(self) -> Self {
        FieldKind {
            input: "password",
            autocomplete: "off",
            ..self
        }
    }
    pub fn optional(self) -> Self {
        FieldKind {
            required: false,
            ..self
        }
    }
}
