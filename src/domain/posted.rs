//! What a form says of itself, beside what was typed into it.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What came with a form: nothing where none was posted.
#[derive(Clone, Debug, Default)]
pub struct PostedForm {
    /// Tags of what it showed of the thing that it is about.
    pub seen: String,
    pub press: Option<Arc<FormPress>>,
}

/// One press of a button: whatever it does is done once, however often it arrives.
#[derive(Debug)]
pub struct FormPress {
    name: String,
    taken: AtomicBool,
}

impl FormPress {
    /// `name`: the same whenever the same form with the same content arrives from the same session.
    pub fn new(name: String) -> Self {
        Self {
            name,
            taken: AtomicBool::new(false),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether an entry of the history was made of it, or tried.
    pub fn is_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed)
    }

    /// Its name, for the first entry of the history that it makes.
    pub fn take(&self) -> Option<&str> {
        (!self.taken.swap(true, Ordering::Relaxed)).then_some(self.name.as_str())
    }
}
