//! Forms of pages: fields with labels, hints and errors, and what a failed post left behind.
use crate::desk::account::reentry;
use crate::desk::history::outdated;
use crate::domain::changes::Facts;
use crate::islands::form::LiveForm;
use crate::pages::parts::field::{FieldKind, Tick};
use crate::pages::parts::marks;
use crate::site::Call;
use leptos::prelude::*;

/// A form that posts to `/actions/{action}`, with what a failed post without scripts left behind.
pub struct Form<'a> {
    pub(super) call: &'a Call,
    pub(super) action: String,
    id: &'static str,
    class: &'static str,
    button: (String, &'static str),
    fields: Vec<AnyView>,
    plain: bool,
    file: bool,
    label: Option<String>,
    icon: Option<AnyView>,
    /// What tells it from the page's other forms with the same action.
    pub(super) about: Option<(&'static str, String)>,
    /// The field that the page is about, if the address says so: it has the focus.
    focus: Option<&'static str>,
    /// Tags of what it shows of the thing that it is about.
    seen: String,
    /// The address that password managers keep a password under: by default that of whoever is signed
    /// in.
    whose: String,
    /// Whether the form has a field for it.
    names_account: bool,
    /// Where the link beside the button leads that leaves the form; none if there is no such link.
    cancel: Option<(String, &'static str)>,
}

impl<'a> Form<'a> {
    /// `button`: the key of the submit button's words.
    pub fn new(call: &'a Call, action: &str, button: &str) -> Self {
        let signed_in = call.actor.as_ref().map(|actor| actor.account.email.to_string());
        Self {
            call,
            whose: signed_in.unwrap_or_default(),
            names_account: false,
            action: format!("/actions/{action}"),
            id: "",
            class: "form",
            button: (call.words().say(button), "button main"),
            fields: Vec::new(),
            plain: false,
            file: false,
            label: None,
            icon: None,
            about: None,
            focus: None,
            seen: String::new(),
            cancel: None,
        }
    }

    /// Without an island: for forms that stand in the rows of a table. The page says itself what
    /// went wrong.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// As [`Form::plain`], and with a file among its fields.
    pub fn with_file(mut self) -> Self {
        self.plain = true;
        self.file = true;
        self
    }

    /// An icon in place of the button's words, which are then heard and shown on hover.
    pub fn icon(mut self, icon: AnyView) -> Self {
        self.icon = Some(icon);
        self
    }

    /// What the button is about, for those who hear it out of its row.
    pub fn labelled(mut self, label: &str) -> Self {
        self.label = Some(format!("{}: {label}", self.button.0));
        self
    }

    /// Gives this field the focus if the address names it (`focus=…`).
    pub fn focus(mut self, name: &'static str) -> Self {
        self.focus = Some(name).filter(|n| self.call.asked("focus") == *n);
        self
    }

    /// The form's id, to which fields elsewhere on the page may belong.
    pub fn named(mut self, id: &'static str) -> Self {
        self.id = id;
        self
    }

    /// A link beside the button that leaves the form.
    pub fn cancel(self, to: &str) -> Self {
        self.keep(to, "cancel")
    }

    /// The same with another word, where `Cancel` would be the deed itself.
    pub fn keep(mut self, to: &str, word: &'static str) -> Self {
        self.cancel = Some((to.to_owned(), word));
        self
    }

    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    pub fn button_class(mut self, class: &'static str) -> Self {
        self.button.1 = class;
        self
    }

    pub fn hidden(mut self, name: &'static str, value: &str) -> Self {
        self.fields
            .push(view! { <input type="hidden" name=name value=value.to_owned() /> }.into_any());
        self
    }

    /// As [`Form::hidden`], where the page has the same form about several things: what a failed
    /// post left behind is shown in the one that it came from, and ids differ.
    pub fn about(mut self, name: &'static str, value: &str) -> Self {
        self.about = Some((name, value.to_owned()));
        self.hidden(name, value)
    }

    /// What stands in its fields, as the history calls it: whoever saves it undoes nothing that was
    /// changed since.
    pub fn showing(mut self, facts: &Facts) -> Self {
        self.seen = outdated::tags(facts);
        self
    }

    /// The account whose password the form sets, by its address.
    pub fn of_account(mut self, email: &str) -> Self {
        email.clone_into(&mut self.whose);
        self
    }

    /// A user name before a password, which password managers look for: without one they save the
    /// password under what was typed before it, as a name. It is not posted.
    fn name_account(&mut self) {
        if self.names_account || self.whose.is_empty() {
            return;
        }
        self.names_account = true;
        let whose = self.whose.clone();
        self.fields.push(
            view! { <input type="text" autocomplete="username" value=whose readonly hidden /> }.into_any(),
        );
    }

    /// Anything between the fields.
    pub fn with(mut self, view: AnyView) -> Self {
        self.fields.push(view);
        self
    }

    /// One line to type, with its label, its hint (`{label}-hint`, if there is one) and the place
    /// for what is wrong with it.
    pub fn field(mut self, name: &'static str, label: &str, kind: FieldKind, value: &str) -> Self {
        let value = self.typed(name).map_or_else(|| value.to_owned(), str::to_owned);
        let (fault, note) = self.fault(name);
        let ids = self.ids(name);
        self.names_account |= kind.autocomplete == "username";
        if kind.is_password() {
            self.name_account();
        }
        let class = if kind.secret { "field secret" } else { "field" };
        self.fields.push(
            view! {
                <div class="field-row">
                    <label for=ids.0.clone()>{self.call.words().say(label)}</label>
                    <input
                        id=ids.0
                        class=class
                        type=kind.input
                        name=name
                        value=value
                        autocomplete=kind.autocomplete
                        required=kind.required
                        aria-describedby=ids.1.clone()
                        aria-invalid=fault.then_some("true")
                    />
                    <small class="fault" id=ids.1 data-fault-for=name hidden=!fault>
                        {note}
                    </small>
                </div>
            }
            .into_any(),
        );
        self
    }

    /// Password and code, where this change asks for a recent proof of who one is and there is
    /// none.
    pub fn again(self) -> Self {
        match self.call.actor.as_ref().is_some_and(reentry::asks_password) {
            true => self
                .field("password", "label-password", FieldKind::PASSWORD, "")
                .code_again(),
            false => self,
        }
    }

    /// As [`Form::again`], for a form that asks for the password in any case.
    pub fn code_again(self) -> Self {
        match self.call.actor.as_ref().is_some_and(reentry::asks_code) {
            true => self.field("code", "label-code", FieldKind::CODE, ""),
            false => self,
        }
    }

    /// As [`Form::field`], optional, with proposals to choose from while typing.
    pub fn proposing(
        mut self,
        name: &'static str,
        label: &str,
        value: &str,
        proposals: impl Iterator<Item = String>,
    ) -> Self {
        let value = self.typed(name).map_or_else(|| value.to_owned(), str::to_owned);
        let (fault, note) = self.fault(name);
        let (id, note_id) = self.ids(name);
        let list = format!("{id}-list");
        let hint = self.call.words().say("propose-hint");
        let proposals = proposals
            .map(|p| view! { <option value=p></option> })
            .collect_view();
        self.fields.push(
            view! {
                <div class="field-row">
                    <label for=id.clone()>{self.call.words().say(label)}</label>
                    <input
                        id=id
                        class="field"
                        type="text"
                        name=name
                        value=value
                        autocomplete="off"
                        list=list.clone()
                        autofocus=self.focus == Some(name)
                        aria-describedby=note_id.clone()
                        aria-invalid=fault.then_some("true")
                    />
                    <datalist id=list>{proposals}</datalist>
                    <small class="soft">{hint}</small>
                    <small class="fault" id=note_id data-fault-for=name hidden=!fault>
                        {note}
                    </small>
                </div>
            }
            .into_any(),
        );
        self
    }

    /// Several lines to type.
    pub fn area(self, name: &'static str, label: &str) -> Self {
        self.lines(name, label, "", 4)
    }

    /// As [`Form::area`], with what stands there already, and so many rows.
    pub fn lines(mut self, name: &str, label: &str, value: &str, rows: u8) -> Self {
        let value = self.typed(name).unwrap_or(value).to_owned();
        let (fault, note) = self.fault(name);
        let ids = self.ids(name);
        let name = name.to_owned();
        self.fields.push(
            view! {
                <div class="field-row">
                    <label for=ids.0.clone()>{self.call.words().say(label)}</label>
                    <textarea
                        id=ids.0
                        class="field"
                        name=name.clone()
                        rows=rows
                        aria-describedby=ids.1.clone()
                    >
                        {value}
                    </textarea>
                    <small class="fault" id=ids.1 data-fault-for=name hidden=!fault>
                        {note}
                    </small>
                </div>
            }
            .into_any(),
        );
        self
    }

    /// A file to choose; `accept` as HTML has it.
    pub fn file(mut self, name: &'static str, label: &str, accept: &'static str) -> Self {
        let (fault, note) = self.fault(name);
        let ids = self.ids(name);
        self.fields.push(
            view! {
                <div class="field-row">
                    <label for=ids.0.clone()>{self.call.words().say(label)}</label>
                    <input
                        id=ids.0
                        class="field"
                        type="file"
                        name=name
                        accept=accept
                        aria-describedby=ids.1.clone()
                        aria-invalid=fault.then_some("true")
                    />
                    <small class="fault" id=ids.1 data-fault-for=name hidden=!fault>
                        {note}
                    </small>
                </div>
            }
            .into_any(),
        );
        self
    }

    /// One of several: values with their words.
    pub fn choice(
        mut self,
        name: &'static str,
        label: &str,
        options: Vec<(String, String)>,
        chosen: &str,
    ) -> Self {
        let chosen = self.typed(name).unwrap_or(chosen).to_owned();
        let (fault, note) = self.fault(name);
        let ids = self.ids(name);
        let options = options
            .into_iter()
            .map(|(value, words)| {
                view! {
                    <option value=value.clone() selected=value == chosen>
                        {words}
                    </option>
                }
            })
            .collect_view();
        self.fields.push(
            view! {
                <div class="field-row">
                    <label for=ids.0.clone()>{self.call.words().say(label)}</label>
                    <select id=ids.0 class="field" name=name aria-describedby=ids.1.clone()>
                        {options}
                    </select>
                    <small class="fault" id=ids.1 data-fault-for=name hidden=!fault>
                        {note}
                    </small>
                </div>
            }
            .into_any(),
        );
        self
    }

    /// A box to tick, with its words; it posts `on`.
    pub fn tick(mut self, name: &'static str, label: &str, on: bool) -> Self {
        let one = Tick {
            name: name.to_owned(),
            words: self.call.words().say(label),
            on,
            fixed: false,
        };
        let drawn = self.tick_box(one);
        self.fields.push(drawn);
        self
    }

    /// Several boxes to tick, under a heading.
    pub fn ticks(mut self, legend: String, boxes: Vec<Tick>) -> Self {
        let boxes = boxes.into_iter().map(|one| self.tick_box(one)).collect_view();
        self.fields.push(
            view! {
                <fieldset class="ticks">
                    <legend>{legend}</legend>
                    {boxes}
                </fieldset>
            }
            .into_any(),
        );
        self
    }

    fn tick_box(&self, tick: Tick) -> AnyView {
        let Tick {
            name,
            words,
            on,
            fixed,
        } = tick;
        // After a failed post without scripts: as it was then. A box without a tick posts nothing.
        let on = if self.error().is_some() {
            self.typed(&name).is_some()
        } else {
            on
        };
        let kept = (on && fixed).then(|| view! { <input type="hidden" name=name.clone() value="on" /> });
        view! {
            <label class="tick">
                <input type="checkbox" name=name value="on" checked=on disabled=fixed />
                <span>{words}</span>
            </label>
            {kept}
        }
        .into_any()
    }

    /// Whether this is the form whose post was refused, without scripts.
    pub fn is_refused(&self) -> bool {
        self.error().is_some()
    }

    /// Fields with these names, folded away under a heading; open as told, and where one of them is
    /// refused.
    pub fn folded(
        mut self,
        summary: String,
        open: bool,
        names: &[impl AsRef<str>],
        fill: impl FnOnce(Self) -> Self,
    ) -> Self {
        let before = std::mem::take(&mut self.fields);
        let mut filled = fill(self);
        let open = open || names.iter().any(|name| filled.fault(name.as_ref()).0);
        let inside = std::mem::replace(&mut filled.fields, before);
        filled.fields.push(
            view! {
                <details class="fold" open=open>
                    <summary>{summary}</summary>
                    <div class="fold-fields">{inside}</div>
                </details>
            }
            .into_any(),
        );
        filled
    }

    /// The form, drawn.
    pub fn draw(self) -> AnyView {
        let words = self.call.words();
        let trouble = self.error().map_or_else(String::new, |e| self.call.explain(e));
        let (label, class) = self.button;
        let marks = marks(self.call, &self.seen);
        let fields = self.fields;
        let title = self.icon.is_some().then(|| label.clone());
        let said = self.label.or_else(|| title.clone());
        let inside = self.icon.unwrap_or_else(|| label.into_any());
        let button = view! {
            <button type="submit" class=class aria-label=said title=title>
                {inside}
            </button>
        };
        let button = match self.cancel {
            Some((to, word)) => view! {
                <footer>
                    <a class="button" href=to>
                        {words.say(word)}
                    </a>
                    {button}
                </footer>
            }
            .into_any(),
            None => button.into_any(),
        };
        if self.plain {
            let kind = self.file.then_some("multipart/form-data");
            return view! {
                <form method="post" action=self.action class=self.class enctype=kind>
                    {marks}
                    {fields}
                    {button}
                </form>
            }
            .into_any();
        }
        view! {
            <LiveForm
                action=self.action
                pending=words.say("form-pending")
                offline=words.say("form-offline")
                trouble=trouble
                class=self.class.to_owned()
                id=self.id.to_owned()
            >
                {marks}
                {fields}
                {button}
            </LiveForm>
        }
        .into_any()
    }
}
