//! What is open to everybody, also to whoever has not passed the second factor yet, and in the
//! demo.
use super::door::{Door, functions, pages};
use crate::web::doors::door::Needs::{Demo, HalfSignedIn, Nobody};
use crate::{actions, pages};

pub(super) static PAGES: &[Door] = &pages! {
    "/" Nobody => pages::home::sheet,
    "/signin" Nobody => pages::account::signin::sheet,
    "/signin/code" HalfSignedIn => pages::account::code::sheet,
    "/signin/link" Nobody => pages::account::link::sheet,
    "/signin/link/{token}" Nobody => pages::account::link::by_mail,
    "/reset" Nobody => pages::account::reset::sheet,
    "/reset/{token}" Nobody => pages::account::reset::set,
    "/signup" Nobody => pages::joining::signup::sheet,
    "/signup/{token}" Nobody => pages::joining::signup::prove,
    "/requests/{token}" Nobody => pages::joining::status::sheet,
    "/setup/{token}" Nobody => pages::organisation::setup::sheet,
    "/invitations/{token}" Nobody => pages::people::acceptance::sheet,
    "/dev/mailbox" Demo => pages::mailbox::sheet,
};

pub(super) static ACTIONS: &[Door] = &functions! {
    Action:
    Nobody => actions::accounts::SignIn, "email=a%40b.test&password=secret";
    HalfSignedIn => actions::factor::PassFactor, "code=123456";
    HalfSignedIn => actions::accounts::SignOut, "";
    Nobody => actions::accounts::AskReset, "email=a%40b.test";
    Nobody => actions::accounts::ResetPassword, "token=x&password=tangled+copper+lantern";
    Nobody => actions::accounts::ChooseLanguage, "language=de";
    Nobody => actions::ways_in::MailLink, "";
    Nobody => actions::ways_in::LinkByMail, "token=x";
    Nobody => actions::organisations::SetUp,
        "token=x&slug=northlight&organisation=Northlight&customer_number=40-1187&your_name=Ivo\
        &email=a%40b.test&password=tangled+copper+lantern";
    Nobody => actions::invitations::AcceptAsNew, "token=x&name=Mira+Okafor&password=tangled+copper+lantern";
    Nobody => actions::invitations::AskNewLink, "token=x";
    Nobody => actions::signup::AskSignUp, "email=a%40b.test";
    Nobody => actions::signup::SignUp, "token=x&name=Mira+Okafor&password=tangled+copper+lantern";
    Demo => actions::demo::DemoSignIn, "who=administrator";
};
