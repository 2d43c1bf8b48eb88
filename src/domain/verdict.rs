//! What a decider or an approver says.
use super::word_enum::word_enum;

word_enum! {
    /// What a decider or an approver says.
    Verdict { Approve = "approve", Reject = "reject" }
}
