//! The form of a flow: its name, its condition, and a fold for each step.
use crate::desk::access::flows::{FlowChoices, FlowDraft, StepDraft};
use crate::domain::flow::STEPS;
use crate::pages::parts::field::FieldKind;
use crate::pages::parts::form::Form;
use crate::site::Call;

macro_rules! names {
    ($($n:literal),+) => { [$([
        concat!("step", $n, "_approvers"), concat!("step", $n, "_members"), concat!("step", $n, "_quorum"),
        concat!("step", $n, "_number"),
        concat!("step", $n, "_fallback"), concat!("step", $n, "_remind_days"), concat!("step", $n,
        "_escalate_days"), concat!("step", $n, "_escalate_to"),
    ]),+] };
}
/// The names of the fields of each step.
const NAMES: [[&str; 8]; STEPS] = names![1, 2, 3, 4, 5];

/// The fields of a flow.
pub(super) fn fields<'a>(
    call: &'a Call,
    form: Form<'a>,
    draft: &FlowDraft,
    choices: &FlowChoices,
) -> Form<'a> {
    let words = call.words();
    let mut approval = vec![
        ("manual".to_owned(), words.say("approval-manual")),
        ("domain".to_owned(), words.say("approval-domain")),
    ];
    approval.extend(choices.roles.iter().map(|r| {
        (
            format!("role:{}", r.id),
            words.tell(
                "approval-role",
                &[("name", &crate::pages::people::pieces::role_name(call, r))],
            ),
        )
    }));
    approval.extend(choices.groups.iter().map(|g| {
        (
            format!("group:{}", g.id),
            words.tell("approval-group", &[("name", &g.name)]),
        )
    }));
    keep_gone(&mut approval, &draft.approval, words.say("approval-gone"));
    let mut form = form
        .field("name", "label-name", FieldKind::TEXT, &draft.name)
        .choice("approval", "label-approval", approval, &draft.approval)
        .field(
            "domain",
            "flows-domain",
            FieldKind::TEXT.optional(),
            &draft.domain,
        );
    let nothing = StepDraft::default();
    for (n, names) in NAMES.iter().enumerate() {
        let typed = draft.steps.get(n).unwrap_or(&nothing);
        // What a failed post without scripts left behind is shown, so that no step's error is
        // folded away.
        let failed = call
            .draft
            .as_ref()
            .is_some_and(|d| d.fields.iter().any(|(name, v)| name == names[0] && !v.is_empty()));
        let open = n == 0 || !typed.approvers.is_empty() || failed;
        let title = words.tell("flows-step", &[("n", &((n + 1) as i64))]);
        form = form.folded(title, open, names, |form| {
            step(call, form, names, typed, n > 0, choices)
        });
    }
    form
}

fn step<'a>(
    call: &'a Call,
    form: Form<'a>,
    names: &[&'static str; 8],
    typed: &StepDraft,
    optional: bool,
    choices: &FlowChoices,
) -> Form<'a> {
    let words = call.words();
    let gone = || words.say("approvers-group-gone");
    let mut approvers = askable(call, choices, optional.then_some("flows-no-step"));
    approvers.push(("members".into(), words.say("approvers-members")));
    keep_gone(&mut approvers, &typed.approvers, gone());
    let others = |chosen: &str| {
        let mut others = askable(call, choices, Some("flows-nobody"));
        keep_gone(&mut others, chosen, gone());
        others
    };
    let (fallback, escalate_to) = (others(&typed.fallback), others(&typed.escalate_to));
    let quorum = ["any", "all", "number"].map(|q| (q.to_owned(), words.say(&format!("quorum-{q}"))));
    form.choice(names[0], "flows-approvers", approvers, &typed.approvers)
        .lines(names[1], "flows-members", &typed.members, 2)
        .choice(names[2], "flows-quorum", quorum.into(), &typed.quorum)
        .field(
            names[3],
            "flows-number",
            FieldKind::TEXT.optional(),
            &typed.number,
        )
        .choice(names[4], "flows-fallback", fallback, &typed.fallback)
        .field(
            names[5],
            "flows-remind",
            FieldKind::TEXT.optional(),
            &typed.remind_days,
        )
        .field(
            names[6],
            "flows-escalate-days",
            FieldKind::TEXT.optional(),
            &typed.escalate_days,
        )
        .choice(names[7], "flows-escalate-to", escalate_to, &typed.escalate_to)
}

/// Who can be asked, behind the words for nobody where that is a choice too.
fn askable(call: &Call, choices: &FlowChoices, nobody: Option<&str>) -> Vec<(String, String)> {
    let words = call.words();
    let nobody = nobody.map(|key| (String::new(), words.say(key)));
    let plain =
        ["administrators", "manager", "owner"].map(|w| (w.to_owned(), words.say(&format!("approvers-{w}"))));
    let groups = choices.groups.iter().map(|g| {
        (
            format!("group:{}", g.id),
            words.tell("approvers-group", &[("name", &g.name)]),
        )
    });
    nobody.into_iter().chain(plain).chain(groups).collect()
}

/// Keeps what is chosen and was deleted since: it cannot be saved, but nothing else takes its place
/// unseen.
fn keep_gone(options: &mut Vec<(String, String)>, chosen: &str, words: String) {
    if chosen.contains(':') && options.iter().all(|(value, _)| value != chosen) {
        options.push((chosen.to_owned(), words));
    }
}
