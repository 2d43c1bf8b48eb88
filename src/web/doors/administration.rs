//! What is open to those who hold one of the permissions beyond using the portal.
use super::door::{Door, functions, pages, uploads};
use crate::domain::home_page::FILE_LIMIT;
use crate::domain::role::Permission::{
    ConnectorsManage, FlowsManage, GroupsManage, InsightsView, InvitationsSend, MembersManage,
    RequestsDecide, RequestsView, ResourcesManage, RolesManage, SettingsManage,
};
use crate::web::doors::door::Needs::{Administrator, May, MayEither};
use crate::{actions, pages};

/// The largest list of people to invite, in bytes.
const PEOPLE_LIMIT: usize = 2 * 1024 * 1024;
/// The largest form with a file of the home page: the file, and a little for the fields around it.
const FILE_FORM_LIMIT: usize = FILE_LIMIT + 64 * 1024;
/// The longest page of questions and answers, as forms encode its characters.
const FAQ_FORM_LIMIT: usize = 640 * 1024;

pub(super) static PAGES: &[Door] = &pages! {
    "/{org}/resources" May(ResourcesManage) => pages::access::resources::sheet,
    "/{org}/resources/new" May(ResourcesManage) => pages::access::resources::new,
    "/{org}/resources/{resource}" May(ResourcesManage) => pages::access::resources::one,
    "/{org}/flows" May(FlowsManage) => pages::access::flows::sheet,
    "/{org}/flows/new" May(FlowsManage) => pages::access::flows::new,
    "/{org}/flows/{flow}" May(FlowsManage) => pages::access::flows::one,
    "/{org}/access_requests" May(RequestsView) => pages::queue::list::sheet,
    "/{org}/access_requests/bulk/{job}" May(RequestsDecide) => pages::queue::bulk::sheet,
    "/{org}/users" May(MembersManage) => pages::people::users::sheet,
    "/{org}/users/{account}" May(MembersManage) => pages::people::user::sheet,
    "/{org}/invitations" May(InvitationsSend) => pages::people::invitations::sheet,
    "/{org}/roles" May(RolesManage) => pages::people::roles::sheet,
    "/{org}/roles/{role}" May(RolesManage) => pages::people::roles::one,
    "/{org}/groups" May(GroupsManage) => pages::people::groups::sheet,
    "/{org}/groups/{group}" May(GroupsManage) => pages::people::groups::one,
    "/{org}/connectors" May(ConnectorsManage) => pages::chat::connectors::sheet,
    "/{org}/connectors/new" May(ConnectorsManage) => pages::chat::connectors::new,
    "/{org}/connectors/{connector}" May(ConnectorsManage) => pages::chat::connectors::one,
    "/{org}/connectors/{connector}/contacts" May(ConnectorsManage) => pages::chat::contacts::sheet,
    "/{org}/deliveries" MayEither(RequestsDecide, ConnectorsManage) => pages::deliveries::list::sheet,
    "/{org}/insights" May(InsightsView) => pages::history::insights::sheet,
    "/{org}/settings" May(SettingsManage) => pages::organisation::settings::sheet,
};

pub(super) static ACTIONS: &[Door] = &functions! {
    Action:
    May(RequestsDecide) => actions::requests::Decide, "org={org}&request={id}&verdict=approve";
    May(RequestsDecide) => actions::requests::DecideMany, "org={org}&verdict=approve&pick_{id}=on";
    May(RequestsDecide) => actions::requests::CancelRequest, "org={org}&request={id}&reason=No";
    May(RequestsDecide) => actions::requests::RetryRequest, "org={org}&request={id}";
    May(RequestsDecide) => actions::requests::FollowNewest, "org={org}&request={id}";
    May(ResourcesManage) => actions::resources::CreateResource, "org={org}&name=Console";
    May(ResourcesManage) => actions::resources::ChangeResource, "org={org}&resource={id}&name=Console";
    May(ResourcesManage) => actions::resources::SetResourceState, "org={org}&resource={id}&active=on";
    May(ResourcesManage) => actions::resources::DeleteResource, "org={org}&resource={id}";
    May(FlowsManage) => actions::resources::CreateFlow,
        "org={org}&name=Two+eyes&step1_approvers=administrators";
    May(FlowsManage) => actions::resources::ChangeFlow,
        "org={org}&flow={id}&name=Two+eyes&step1_approvers=administrators";
    May(FlowsManage) => actions::resources::DeleteFlow, "org={org}&flow={id}";
    May(ConnectorsManage) => actions::connectors::CreateConnector,
        "org={org}&platform=sms&name=Desk&account_sid=AC1&auth_token=a&sender=MG1";
    May(ConnectorsManage) => actions::connectors::ChangeConnector, "org={org}&connector={id}&name=Desk";
    May(ConnectorsManage) => actions::connectors::CheckConnector, "org={org}&connector={id}";
    May(ConnectorsManage) => actions::connectors::SendAllAgain, "org={org}&connector={id}";
    May(ConnectorsManage) => actions::connectors::SetConnectorState, "org={org}&connector={id}&active=on";
    May(ConnectorsManage) => actions::connectors::DeleteConnector, "org={org}&connector={id}";
    May(ConnectorsManage) => actions::connectors::PutContact,
        "org={org}&contact={id}&was=active&standing=blocked";
    May(ConnectorsManage) => actions::connectors::NoteMember, "org={org}&contact={id}&person=Mira";
    MayEither(RequestsDecide, ConnectorsManage) => actions::deliveries::TryAgain, "org={org}&delivery={id}";
    MayEither(RequestsDecide, ConnectorsManage) => actions::deliveries::TryAllAgain, "org={org}&channel=mail";
    May(RequestsDecide) => actions::requests::AllowAgain, "org={org}&request={id}";
    May(InvitationsSend) => actions::invitations::CopyLink, "org={org}&invitation={id}";
    May(SettingsManage) => actions::organisations::DemandFactor, "org={org}&demand=on";
    May(MembersManage) => actions::users::SetRoles, "org={org}&account={id}";
    May(InvitationsSend) => actions::invitations::ResendInvitation, "org={org}&invitation={id}";
    May(InvitationsSend) => actions::invitations::DeleteInvitation, "org={org}&invitation={id}";
    May(MembersManage) => actions::users::SetEmployment, "org={org}&account={id}&job_title=Lead";
    May(MembersManage) => actions::users::RemoveMember, "org={org}&account={id}";
    May(MembersManage) => actions::users::EndMemberSession, "org={org}&account={id}&session={id}";
    May(RolesManage) => actions::roles::CreateRole, "org={org}&name=Readers";
    May(RolesManage) => actions::roles::ChangeRole, "org={org}&role={id}&name=Readers";
    May(RolesManage) => actions::roles::DeleteRole, "org={org}&role={id}";
    May(GroupsManage) => actions::groups::CreateGroup, "org={org}&name=Lab";
    May(GroupsManage) => actions::groups::RenameGroup, "org={org}&group={id}&name=Lab";
    May(GroupsManage) => actions::groups::DeleteGroup, "org={org}&group={id}";
    May(GroupsManage) => actions::groups::AddToGroup, "org={org}&group={id}&person=Mira";
    May(GroupsManage) => actions::groups::RemoveFromGroup, "org={org}&group={id}&account={id}";
    May(SettingsManage) => actions::organisations::ChangeRequestRules,
        "org={org}&request_days=30&mails_requests=on&mails_when=daily&retention_days=365";
    May(SettingsManage) => actions::organisations::ChangeInvitationRules,
        "org={org}&invitation_hours=24&invitations_a_day=50&time_zone=UTC";
    May(SettingsManage) => actions::home_page::ChangeFeedbackAddress,
        "org={org}&feedback_address=talk%40northlight.test";
    May(SettingsManage), FAQ_FORM_LIMIT => actions::home_page::WriteFaq, "org={org}&language=en&body=Hello";
    May(SettingsManage) => actions::home_page::ChangeLink,
        "org={org}&link={id}&title=Manual&url=https%3A%2F%2Fexample.test";
    May(SettingsManage) => actions::home_page::RaiseLink, "org={org}&link={id}";
    May(SettingsManage) => actions::home_page::RemoveLink, "org={org}&link={id}";
    Administrator => actions::organisations::RenameOrganisation,
        "org={org}&organisation=Northlight&customer_number=40-1187";
    Administrator => actions::organisations::CloseOrganisation, "org={org}&customer_number=40-1187";
    Administrator => actions::organisations::KeepOrganisation, "org={org}";
    Administrator => actions::organisations::AskExport, "org={org}";
    May(SettingsManage) => actions::organisations::ChangeWelcome,
        "org={org}&admin_contact=Ivo&support_contact=&tells_rejected=on";
    May(SettingsManage) => actions::links::LinkProvider, "org={org}&provider=example";
    May(SettingsManage) => actions::links::UnlinkProvider, "org={org}&provider=example&theirs=x";
    May(SettingsManage) => actions::links::AddDomain, "org={org}&domain=northlight.test";
    May(SettingsManage) => actions::links::CheckDomain, "org={org}&domain={id}";
    May(SettingsManage) => actions::links::RemoveDomain, "org={org}&domain={id}";
};

pub(super) static UPLOADS: &[Door] = &uploads! {
    "/actions/invite" May(InvitationsSend), PEOPLE_LIMIT => actions::invitations::invite,
        "org={org}&people=new%40b.test";
    "/actions/add_link" May(SettingsManage), FILE_FORM_LIMIT => actions::home_page::add_link,
        "org={org}&title=Manual&url=https%3A%2F%2Fexample.test";
};
