-- Resources, the approval flows that requests for them follow, and grants. The queue is counted and filtered by everything that it shows.

create table flows (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  -- The newest version.
  number bigint not null,
  state text not null default 'active' check (state in ('active', 'deleted')),
  version bigint not null default 1
);
create unique index flows_name on flows (org_id, name) where state = 'active';

-- What each version of a flow says, as JSON. Never changed: requests keep to the version that was there when they were submitted.
create table flow_versions (
  org_id text not null references organisations (id),
  flow_id text not null references flows (id),
  number bigint not null,
  rules text not null,
  made_by text not null references accounts (id),
  made_at bigint not null,
  primary key (flow_id, number)
);

-- What a version names, so that those whom a change concerns are found: groups, roles, members.
create table flow_names (
  org_id text not null references organisations (id),
  flow_id text not null references flows (id),
  number bigint not null,
  kind text not null check (kind in ('group', 'role', 'member')),
  named text not null,
  primary key (org_id, kind, named, flow_id, number)
);

create table resources (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  sorts_as text not null,
  description text not null,
  icon text not null,
  link text not null,
  owner_id text references accounts (id),
  flow_id text references flows (id),
  -- The longest grant in days; empty: for ever.
  most_days bigint,
  reason_required bigint not null check (reason_required in (0, 1)),
  -- The provisioning hook: its address (empty: none), and the sealed secret that signs its calls.
  hook_url text not null default '',
  hook_secret text,
  audience text not null check (audience in ('everyone', 'some')),
  state text not null default 'active' check (state in ('active', 'disabled', 'deleted')),
  version bigint not null default 1
);
create unique index resources_name on resources (org_id, name) where state <> 'deleted';
create index resources_sorted on resources (org_id, state, sorts_as, id);
create index resources_owner on resources (org_id, owner_id) where owner_id is not null;
create index resources_flow on resources (org_id, flow_id) where flow_id is not null;

-- The roles and groups whose members may ask, where not everyone may.
create table resource_audience (
  org_id text not null references organisations (id),
  resource_id text not null references resources (id),
  kind text not null check (kind in ('role', 'group')),
  named text not null,
  primary key (org_id, resource_id, kind, named)
);
create index resource_audience_named on resource_audience (org_id, kind, named);

create table grants (
  id text primary key,
  org_id text not null references organisations (id),
  resource_id text not null references resources (id),
  account_id text not null references accounts (id),
  request_id text not null references requests (id),
  granted_at bigint not null,
  ends_at bigint,
  ended_at bigint,
  ended_by text references accounts (id),
  -- How many of the letters before its end were sent, and when the next one is due.
  noticed bigint not null default 0,
  notice_at bigint,
  version bigint not null default 1
);
create unique index grants_live on grants (org_id, resource_id, account_id) where ended_at is null;
create index grants_account on grants (org_id, account_id, granted_at);
create index grants_due on grants (ends_at) where ended_at is null and ends_at is not null;
create index grants_notice on grants (notice_at) where ended_at is null and notice_at is not null;

-- Calls of provisioning hooks that are owed.
create table hook_calls (
  id text primary key,
  org_id text not null references organisations (id),
  resource_id text not null references resources (id),
  request_id text not null references requests (id),
  call text not null,
  state text not null check (state in ('queued', 'sent', 'failed', 'dropped')),
  attempts bigint not null default 0,
  lease_until bigint not null default 0,
  next_try_at bigint not null,
  problem text,
  created_at bigint not null,
  ended_at bigint
);
create index hook_calls_due on hook_calls (next_try_at, id) where state = 'queued';
create index hook_calls_request on hook_calls (org_id, request_id);

alter table requests add column approval text not null default 'manual' check (approval in ('manual', 'automatic'));
alter table requests add column resource_id text references resources (id);
alter table requests add column holder_id text references accounts (id);
alter table requests add column days bigint;
alter table requests add column flow_id text references flows (id);
alter table requests add column flow_number bigint;
alter table requests add column step bigint not null default 0;
alter table requests add column at_administrators bigint not null default 0 check (at_administrators in (0, 1));
-- Any one of them ends the flow: deciding in the queue passes over nobody.
alter table requests add column administrators_decide bigint not null default 0 check (administrators_decide in (0, 1));
alter table requests add column escalated bigint not null default 0 check (escalated in (0, 1));
alter table requests add column remind_at bigint;
alter table requests add column escalate_at bigint;
-- Approved, while its provisioning hook has not answered.
alter table requests add column provisioning bigint not null default 0 check (provisioning in (0, 1));
-- What is missing in Missing Data, what went wrong in Error.
alter table requests add column trouble text;
alter table requests add column grant_id text;
alter table requests add column reason text not null default '';
alter table requests add column next_steps text not null default '';
alter table requests add column overrides bigint not null default 0 check (overrides in (0, 1));
-- When its approvers were last reminded by the requester.
alter table requests add column nudged_at bigint;

create unique index requests_live_resource on requests (org_id, resource_id, holder_id)
  where kind = 'resource' and status in ('pending', 'missing_data', 'error');
create index requests_flow on requests (org_id, flow_id, flow_number) where status in ('pending', 'missing_data', 'error');
create index requests_holder on requests (org_id, holder_id, submitted_at) where holder_id is not null;
create index requests_resource on requests (org_id, resource_id) where status in ('pending', 'missing_data', 'error');
create index requests_remind on requests (remind_at) where remind_at is not null;
create index requests_escalate on requests (escalate_at) where escalate_at is not null;
drop index requests_due;
create index requests_due on requests (expires_at) where status in ('pending', 'missing_data', 'error');
drop index requests_overdue;
create index requests_overdue on requests (org_id, expires_at) where status in ('pending', 'missing_data', 'error');
-- The queue: each combination of what it filters by is one stretch of an index, in the order of time and of names. (Searches for frequent
-- words go through a whole tab, by requests_tab_time and requests_tab_name.)
create index requests_by_time on requests (org_id, tab, status, approval, kind, submitted_at, id);
create index requests_by_name on requests (org_id, tab, status, approval, kind, sorts_as, id);

-- How many requests there are of each combination; kept true by every change, so that no page counts rows.
drop table request_counts;
create table request_counts (
  org_id text not null references organisations (id),
  tab text not null check (tab in ('pending', 'approved', 'others')),
  status text not null,
  approval text not null,
  kind text not null,
  n bigint not null,
  primary key (org_id, tab, status, approval, kind)
);
insert into request_counts (org_id, tab, status, approval, kind, n)
  select org_id, tab, status, approval, kind, count(*) from requests group by org_id, tab, status, approval, kind;

-- Whom the current step of a request asks and who has not voted; `instead_of`: for whom, while they are away. One that is over stays:
-- whoever comes too late is told what happened.
create table assignments (
  org_id text not null references organisations (id),
  request_id text not null references requests (id),
  account_id text not null references accounts (id),
  instead_of text references accounts (id),
  asked_at bigint not null,
  ended bigint not null default 0 check (ended in (0, 1)),
  primary key (request_id, account_id)
);
create index assignments_account on assignments (org_id, account_id, asked_at, request_id) where ended = 0;

-- The votes, each on the step at which it was given.
create table reviews (
  org_id text not null references organisations (id),
  request_id text not null references requests (id),
  flow_number bigint not null,
  step bigint not null,
  account_id text not null references accounts (id),
  instead_of text references accounts (id),
  verdict text not null check (verdict in ('approve', 'reject')),
  at bigint not null,
  primary key (request_id, flow_number, step, account_id)
);
create index reviews_account on reviews (org_id, account_id, at);

-- Who decides for whom while they are away.
create table delegations (
  org_id text not null references organisations (id),
  account_id text not null references accounts (id),
  delegate_id text not null references accounts (id),
  from_at bigint not null,
  until_at bigint not null,
  -- Whether open items were moved to the delegate, and back.
  begun bigint not null default 0 check (begun in (0, 1)),
  primary key (org_id, account_id)
);
create index delegations_delegate on delegations (org_id, delegate_id);
create index delegations_begin on delegations (from_at) where begun = 0;
create index delegations_end on delegations (until_at);

-- What an approver or an administrator asks the requester, and the answer.
create table questions (
  id text primary key,
  org_id text not null references organisations (id),
  request_id text not null references requests (id),
  asked_by text not null references accounts (id),
  asked_at bigint not null,
  question text not null,
  answer text,
  answered_at bigint
);
create index questions_request on questions (request_id, asked_at);

-- Deciding many requests at once: a job and its items. `refused`: why, as JSON; empty for what was done.
create table bulk_jobs (
  id text primary key,
  org_id text not null references organisations (id),
  by_id text not null references accounts (id),
  place text not null,
  verdict text not null check (verdict in ('approve', 'reject')),
  reason text not null,
  begun_at bigint not null,
  ended_at bigint,
  lease_until bigint not null default 0
);
create index bulk_jobs_open on bulk_jobs (begun_at, id) where ended_at is null;
create table bulk_items (
  job_id text not null references bulk_jobs (id),
  org_id text not null references organisations (id),
  request_id text not null references requests (id),
  done bigint not null default 0 check (done in (0, 1)),
  refused text,
  primary key (job_id, request_id)
);
create index bulk_items_waiting on bulk_items (job_id, request_id) where done = 0;

-- Searches for frequent words go through the requests in their order, and look whether each has the word.
create index request_terms_request on request_terms (request_id, term);
-- Decided requests are kept for as long as the organisation sets (milliseconds); empty: for ever.
alter table organisations add column request_retention bigint;
create index requests_ended on requests (org_id, decided_at) where status in ('approved', 'denied', 'canceled', 'expired');
-- Letters about new requests: each as it comes, or once a day, when and since when; to all who decide, or to those in one group.
alter table organisations add column digest_at bigint;
alter table organisations add column digest_since bigint;
alter table organisations add column mails_group text references groups (id);
create index organisations_digest on organisations (digest_at) where digest_at is not null;
