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
    /// Drawn as dots, and no password.
    pub(super) secret: bool,
}

impl FieldKind {
    pub const EMAIL: FieldKind = FieldKind {
        input: "email",
        autocomplete: "username",
        required: true,
        secret: false,
    };
    /// An address that is to become the account's.
    pub const NEW_EMAIL: FieldKind = FieldKind {
        autocomplete: "email",
        ..FieldKind::EMAIL
    };
    /// Somebody else's address.
    pub const OTHER_EMAIL: FieldKind = FieldKind {
        input: "email",
        autocomplete: "off",
        required: true,
        secret: false,
    };
    pub const PASSWORD: FieldKind = FieldKind {
        input: "password",
        autocomplete: "current-password",
        required: true,
        secret: false,
    };
    pub const NEW_PASSWORD: FieldKind = FieldKind {
        input: "password",
        autocomplete: "new-password",
        required: true,
        secret: false,
    };
    pub const CODE: FieldKind = FieldKind {
        input: "text",
        autocomplete: "one-time-code",
        required: true,
        secret: false,
    };
    pub const NAME: FieldKind = FieldKind {
        input: "text",
        autocomplete: "name",
        required: true,
        secret: false,
    };
    pub const DATE: FieldKind = FieldKind {
        input: "date",
        autocomplete: "off",
        required: true,
        secret: false,
    };
    pub const TEXT: FieldKind = FieldKind {
        input: "text",
        autocomplete: "off",
        required: true,
        secret: false,
    };
    /// A secret that is no password of the reader's. A field of the type for passwords would be filled
    /// with theirs, whatever it says of itself, and what stands in it be saved as one.
    pub fn hidden(self) -> Self {
        FieldKind { secret: true, ..self }
    }
    pub(super) fn is_password(self) -> bool {
        self.input == "password"
    }
    pub fn optional(self) -> Self {
        FieldKind {
            required: false,
            ..self
        }
    }
}
