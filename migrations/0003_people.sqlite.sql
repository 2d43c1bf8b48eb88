-- Whoever asks for a new link has no account yet, and later kinds of requests have none either. SQLite cannot take a "not null" away:
-- the table is made anew, and with it those that refer to it.
create table new_requests (
  id text primary key,
  org_id text not null references organisations (id),
  kind text not null check (kind in ('join', 'resource', 'chat')),
  account_id text references accounts (id),
  email text not null,
  email_key text not null,
  name text not null,
  message text not null,
  language text not null,
  status text not null check (status in ('pending', 'approved', 'denied', 'canceled', 'expired', 'missing_data', 'error')),
  submitted_at bigint not null,
  expires_at bigint not null,
  decided_at bigint,
  decided_by text references accounts (id),
  invitation_id text,
  version bigint not null default 1,
  origin text not null default '',
  may_ask_again bigint not null default 0 check (may_ask_again in (0, 1)),
  tab text not null default 'pending' check (tab in ('pending', 'approved', 'others')),
  sorts_as text not null default ''
);
insert into new_requests select id, org_id, kind, account_id, email, email_key, name, message, language, status, submitted_at, expires_at,
  decided_at, decided_by, invitation_id, version, origin, may_ask_again, tab, sorts_as from requests;
create table new_request_terms (
  org_id text not null,
  term text not null,
  request_id text not null references new_requests (id),
  primary key (org_id, term, request_id)
) without rowid;
insert into new_request_terms select org_id, term, request_id from request_terms;
create table new_invitations (
  id text primary key,
  org_id text not null references organisations (id),
  email text not null,
  email_key text not null,
  name text not null,
  language text not null,
  token_hash text not null unique,
  status text not null check (status in ('pending', 'accepted', 'deleted')),
  request_id text references new_requests (id),
  invited_by text not null references accounts (id),
  created_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  accepted_by text references accounts (id),
  version bigint not null default 1
);
insert into new_invitations select id, org_id, email, email_key, name, language, token_hash, status, request_id, invited_by, created_at,
  expires_at, ended_at, accepted_by, version from invitations;
drop table request_terms;
drop table invitations;
drop table requests;
-- Renaming changes the references with it.
alter table new_requests rename to requests;
alter table new_request_terms rename to request_terms;
alter table new_invitations rename to invitations;
create unique index requests_live_join on requests (org_id, email_key) where kind = 'join' and status = 'pending';
create index requests_account on requests (account_id, submitted_at);
create index requests_due on requests (expires_at) where status = 'pending';
create index requests_address on requests (org_id, email_key, submitted_at);
create index requests_overdue on requests (org_id, expires_at) where status = 'pending';
create index requests_tab_time on requests (org_id, tab, submitted_at, id);
create index requests_tab_name on requests (org_id, tab, sorts_as, id);
create unique index invitations_open on invitations (org_id, email_key) where status = 'pending';
create index invitations_request on invitations (org_id, request_id);

-- The roles that whoever accepts is given.
create table invitation_roles (
  org_id text not null references organisations (id),
  invitation_id text not null references invitations (id),
  role_id text not null references roles (id),
  primary key (org_id, invitation_id, role_id)
);
create index invitation_roles_role on invitation_roles (org_id, role_id);

create index invitations_sent on invitations (org_id, created_at, id);
create index invitations_state on invitations (org_id, status, created_at, id);

create index members_sorted on members (org_id, state, sorts_as, account_id);

create table member_terms (
  org_id text not null,
  term text not null,
  account_id text not null references accounts (id),
  primary key (org_id, term, account_id)
) without rowid;
create index member_terms_account on member_terms (org_id, account_id);
insert into member_terms (org_id, term, account_id) select m.org_id, a.email_key, a.id from members m join accounts a on a.id = m.account_id;
insert into member_terms (org_id, term, account_id)
  select m.org_id, lower(a.name), a.id from members m join accounts a on a.id = m.account_id where true on conflict do nothing;
