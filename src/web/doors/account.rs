//! What is open to whoever is signed in.
use super::door::{Door, functions, pages};
use crate::web::doors::door::Needs::Account;
use crate::{actions, pages};

pub(super) static PAGES: &[Door] = &pages! {
    "/email/{token}" Account => pages::account::email::sheet,
    "/settings" Account => pages::account::settings::sheet,
    "/waiting" Account => pages::joining::waiting::sheet,
    "/customers" Account => pages::people::customers::sheet,
    "/goodbye" Account => pages::people::customers::goodbye,
};

pub(super) static ACTIONS: &[Door] = &functions! {
    Action:
    Account => actions::accounts::ChangeProfile, "name=Ivo+Brandt&language=en&time_zone=UTC&theme=system";
    Account => actions::accounts::ChangePassword, "current_password=x&new_password=tangled+copper+lantern";
    Account => actions::accounts::AskEmailChange, "email=new%40b.test&password=x";
    Account => actions::accounts::ProveEmail, "token=x";
    Account => actions::connectors::MakeChatCode, "";
    Account => actions::connectors::UnlinkChat, "contact={id}";
    Account => actions::accounts::EndSession, "session={id}";
    Account => actions::accounts::EndOtherSessions, "";
    Account => actions::factor::BeginFactor, "password=x";
    Account => actions::factor::ConfirmFactor, "code=123456";
    Account => actions::factor::EndFactor, "password=x&code=123456";
    Account => actions::factor::RenewCodes, "password=x&code=123456";
    Account => actions::ways_in::LinkIdentity, "";
    Account => actions::ways_in::UnlinkIdentity, "provider=webex&password=x";
    Account => actions::ways_in::TakeAddress, "provider=webex&password=x";
    Account => actions::invitations::AcceptInvitation, "token=x";
    Account => actions::signup::CreateOrganisation,
        "slug=southlight&organisation=Southlight&customer_number=40-1188";
    Account => actions::requests::RequestAccess, "organisation={org}&message=Hello";
    Account => actions::customers::ChooseCustomer, "org=northlight";
    Account => actions::accounts::DeleteAccount, "email=a%40b.test&password=x";
    Account => actions::accounts::KeepAccount, "";
    Account => actions::requests::Withdraw, "request={id}";
};
