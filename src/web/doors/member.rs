//! What is open to the members of an organisation, and to those who use its portal.
use super::door::{Door, functions, pages};
use crate::domain::role::Permission::{PortalUse, RequestsDecide, ResourcesManage};
use crate::web::doors::door::Needs::{May, MayEither, Member};
use crate::{actions, pages};

pub(super) static PAGES: &[Door] = &pages! {
    "/{org}" Member => pages::organisation::home::sheet,
    "/{org}/faq" Member => pages::organisation::faq::faq,
    "/{org}/feedback" Member => pages::organisation::faq::feedback,
    "/{org}/applications" May(PortalUse) => pages::access::applications::sheet,
    "/{org}/catalog" May(PortalUse) => pages::access::catalog::sheet,
    "/{org}/my_requests" May(PortalUse) => pages::access::my_requests::sheet,
    "/{org}/approvals" MayEither(PortalUse, RequestsDecide) => pages::access::approvals::sheet,
};

pub(super) static ACTIONS: &[Door] = &functions! {
    Action:
    Member => actions::customers::CancelAccess, "org={org}&customer_number=40-1187";
    Member => actions::home_page::SeeAreas, "org={org}&areas=users";
    Member => actions::home_page::GiveFeedback, "org={org}&message=Hello";
    May(PortalUse) => actions::access::AskFor, "org={org}&resource={id}&reason=Audit";
    May(PortalUse) => actions::access::Reword, "org={org}&request={id}&reason=Audit";
    May(PortalUse) => actions::access::Nudge, "org={org}&request={id}";
    May(PortalUse) => actions::access::AnswerQuestion, "org={org}&question={id}&answer=June";
    MayEither(PortalUse, RequestsDecide) => actions::access::Vote, "org={org}&request={id}&verdict=approve";
    MayEither(PortalUse, RequestsDecide) => actions::access::AskRequester,
        "org={org}&request={id}&question=Why";
    MayEither(PortalUse, RequestsDecide) => actions::access::Delegate,
        "org={org}&delegate=Mira&from=2026-11-22&until=2026-11-29";
    MayEither(PortalUse, RequestsDecide) => actions::access::ComeBack, "org={org}";
    MayEither(PortalUse, ResourcesManage) => actions::access::EndGrant, "org={org}&grant={id}";
};
