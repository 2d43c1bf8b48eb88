-- Times are Unix milliseconds UTC, ids UUID v7 text, flags 0 or 1, states text with a check.

create table instance (
  name text primary key,
  value text not null
);

create table accounts (
  id text primary key,
  email text not null,
  email_key text not null,
  email_proven_at bigint,
  name text not null,
  language text not null,
  time_zone text not null,
  theme text not null default 'system' check (theme in ('system', 'light', 'dark')),
  password_hash text,
  factor text not null default 'off' check (factor in ('off', 'begun', 'on')),
  factor_sealed text,
  factor_last_step bigint,
  created_at bigint not null,
  version bigint not null default 1
);
-- Only one account may hold a proven address; an unproven one claims nothing.
create unique index accounts_proven_email on accounts (email_key) where email_proven_at is not null;

create table recovery_codes (
  account_id text not null references accounts (id),
  code_hash text not null,
  used_at bigint,
  primary key (account_id, code_hash)
);

-- Who a person is at a provider: (issuer, subject), never the e-mail address.
create table identities (
  issuer text not null,
  subject text not null,
  provider text not null,
  account_id text not null references accounts (id),
  organisation text,
  linked_at bigint not null,
  primary key (issuer, subject)
);
create index identities_account on identities (account_id);

create table sessions (
  id text primary key,
  token_hash text not null unique,
  account_id text not null references accounts (id),
  how text not null check (how in ('password', 'provider', 'invitation', 'setup', 'demo')),
  factor text not null check (factor in ('none', 'due', 'passed')),
  place text not null,
  agent text not null,
  created_at bigint not null,
  proven_at bigint not null,
  seen_at bigint not null,
  ended_at bigint
);
create index sessions_account on sessions (account_id, created_at);
create index sessions_seen on sessions (seen_at);

create table organisations (
  id text primary key,
  slug text not null unique,
  name text not null,
  customer_number text not null,
  demands_factor bigint not null default 0 check (demands_factor in (0, 1)),
  created_at bigint not null,
  version bigint not null default 1
);

create table roles (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  permissions text not null,
  built_in bigint not null default 0 check (built_in in (0, 1)),
  version bigint not null default 1,
  unique (org_id, name)
);

create table members (
  org_id text not null references organisations (id),
  account_id text not null references accounts (id),
  state text not null check (state in ('active', 'ended')),
  joined_at bigint not null,
  ended_at bigint,
  version bigint not null default 1,
  primary key (org_id, account_id)
);
create index members_account on members (account_id, state);

create table member_roles (
  org_id text not null,
  account_id text not null,
  role_id text not null references roles (id),
  primary key (org_id, account_id, role_id),
  foreign key (org_id, account_id) references members (org_id, account_id)
);
create index member_roles_role on member_roles (role_id);

create table requests (
  id text primary key,
  org_id text not null references organisations (id),
  kind text not null check (kind in ('join')),
  account_id text not null references accounts (id),
  email text not null,
  email_key text not null,
  name text not null,
  message text not null,
  language text not null,
  status text not null check (status in ('pending', 'approved', 'denied', 'canceled', 'expired')),
  submitted_at bigint not null,
  expires_at bigint not null,
  decided_at bigint,
  decided_by text references accounts (id),
  invitation_id text,
  version bigint not null default 1
);
-- One live request per person and thing.
create unique index requests_live_join on requests (org_id, email_key) where kind = 'join' and status = 'pending';
create index requests_queue on requests (org_id, submitted_at, id);
create index requests_account on requests (account_id, submitted_at);
create index requests_due on requests (expires_at) where status = 'pending';

-- Requests to addresses where no organisation is. They are kept and shown to their requester as pending like any other,
-- so that asking tells nobody which organisations exist.
create table unheard_requests (
  id text primary key,
  slug text not null,
  account_id text not null references accounts (id),
  message text not null,
  submitted_at bigint not null,
  expires_at bigint not null,
  withdrawn_at bigint
);
create unique index unheard_live on unheard_requests (account_id, slug) where withdrawn_at is null;

create table invitations (
  id text primary key,
  org_id text not null references organisations (id),
  email text not null,
  email_key text not null,
  name text not null,
  language text not null,
  token_hash text not null unique,
  status text not null check (status in ('pending', 'accepted', 'deleted')),
  request_id text references requests (id),
  invited_by text not null references accounts (id),
  created_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  accepted_by text references accounts (id),
  version bigint not null default 1
);
create unique index invitations_open on invitations (org_id, email_key) where status = 'pending';
create index invitations_request on invitations (org_id, request_id);

-- Links that prove something. The row holds the address it proves, so that a later change can never be proven by it.
create table tokens (
  id text primary key,
  purpose text not null check (purpose in ('reset', 'email', 'setup')),
  token_hash text not null unique,
  account_id text references accounts (id),
  email text,
  email_key text,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint
);
create index tokens_account on tokens (account_id, purpose);

create table outbox (
  id text primary key,
  org_id text,
  account_id text,
  request_id text,
  invitation_id text,
  recipient text not null,
  language text not null,
  letter text not null,
  sealed text,
  state text not null check (state in ('queued', 'sent', 'failed', 'dropped')),
  attempts bigint not null default 0,
  next_try_at bigint not null,
  lease_until bigint not null default 0,
  problem text,
  created_at bigint not null,
  ended_at bigint
);
create index outbox_due on outbox (next_try_at, id) where state = 'queued';
create index outbox_request on outbox (org_id, request_id);
create index outbox_invitation on outbox (org_id, invitation_id);

create table event_details (
  event_id text primary key,
  salt text not null,
  detail text not null
);

create table seals (
  chain text not null,
  number bigint not null,
  previous text not null,
  hash text not null,
  events bigint not null,
  at bigint not null,
  primary key (chain, number)
);

create table sealed_events (
  event_id text not null,
  chain text not null,
  number bigint not null,
  position bigint not null,
  primary key (chain, event_id)
);

create table drafts (
  browser_hash text not null,
  page text not null,
  sealed text not null,
  expires_at bigint not null,
  primary key (browser_hash, page)
);

-- How often something was tried in a window; counts survive restarts and are shared by instances.
create table tries (
  subject text not null,
  window_start bigint not null,
  count bigint not null,
  primary key (subject, window_start)
);

-- Letters of the demo, which has no mail server.
create table demo_letters (
  id text primary key,
  recipient text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  sent_at bigint not null
);
