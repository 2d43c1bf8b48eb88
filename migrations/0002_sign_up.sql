-- Sign-up: an organisation is found by its provider's organisation or by a verified domain; requests are searched and counted.

alter table organisations add column admin_contact text not null default '';
alter table organisations add column tells_rejected bigint not null default 0 check (tells_rejected in (0, 1));
alter table organisations add column closed_at bigint;

-- Whether single keys do things on pages that know any.
alter table accounts add column keys bigint not null default 1 check (keys in (0, 1));

-- When the person last came in with this identity: what the provider said then is as old as that.
alter table identities add column seen_at bigint not null default 0;

-- One organisation of a provider leads to one organisation here.
create table provider_links (
  provider text not null,
  provider_organisation text not null,
  org_id text not null references organisations (id),
  linked_by text not null references accounts (id),
  linked_at bigint not null,
  primary key (provider, provider_organisation)
);
create index provider_links_organisation on provider_links (org_id);

create table domains (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  challenge text not null,
  added_at bigint not null,
  verified_at bigint,
  checked_at bigint,
  missing_since bigint,
  version bigint not null default 1,
  unique (org_id, name)
);
-- Whoever verifies a domain first has it; claiming one proves nothing.
create unique index domains_verified on domains (name) where verified_at is not null;
create index domains_due on domains (checked_at) where verified_at is not null;

alter table requests add column origin text not null default '';
alter table requests add column may_ask_again bigint not null default 0 check (may_ask_again in (0, 1));
-- The queue's tab, and the folded name by which it sorts.
alter table requests add column tab text not null default 'pending' check (tab in ('pending', 'approved', 'others'));
alter table requests add column sorts_as text not null default '';
update requests set sorts_as = lower(name),
  tab = case status when 'pending' then 'pending' when 'approved' then 'approved' else 'others' end;
drop index requests_queue;
create index requests_address on requests (org_id, email_key, submitted_at);
-- Those that no sweep has settled: a handful, which every page of the queue counts.
create index requests_overdue on requests (org_id, expires_at) where status = 'pending';

-- How many requests stand under each tab; kept true by every change of a request, so that no page counts rows.
create table request_counts (
  org_id text not null references organisations (id),
  tab text not null check (tab in ('pending', 'approved', 'others')),
  n bigint not null,
  primary key (org_id, tab)
);
insert into request_counts (org_id, tab, n) select org_id, tab, count(*) from requests group by org_id, tab;

-- Nobody is asked to join by an address any more, so nobody asks where nobody is.
drop table unheard_requests;

create table new_tokens (
  id text primary key,
  purpose text not null check (purpose in ('reset', 'email', 'setup', 'signup')),
  token_hash text not null unique,
  account_id text references accounts (id),
  email text,
  email_key text,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
insert into new_tokens (id, purpose, token_hash, account_id, email, email_key, created_at, expires_at, used_at)
  select id, purpose, token_hash, account_id, email, email_key, created_at, expires_at, used_at from tokens;
drop table tokens;
alter table new_tokens rename to tokens;
create index tokens_account on tokens (account_id, purpose);
create index tokens_address on tokens (email_key, purpose);

create table new_sessions (
  id text primary key,
  token_hash text not null unique,
  account_id text not null references accounts (id),
  how text not null check (how in ('password', 'provider', 'invitation', 'setup', 'signup', 'demo')),
  factor text not null check (factor in ('none', 'due', 'passed')),
  place text not null,
  agent text not null,
  created_at bigint not null,
  proven_at bigint not null,
  seen_at bigint not null,
  ended_at bigint
);
insert into new_sessions (id, token_hash, account_id, how, factor, place, agent, created_at, proven_at, seen_at, ended_at)
  select id, token_hash, account_id, how, factor, place, agent, created_at, proven_at, seen_at, ended_at from sessions;
drop table sessions;
alter table new_sessions rename to sessions;
create index sessions_account on sessions (account_id, created_at);
create index sessions_seen on sessions (seen_at);
