-- Chat: connectors, the people who write to them, what they wrote, and what is owed to them.

create table connectors (
  id text primary key,
  org_id text not null references organisations (id),
  platform text not null check (platform in ('slack', 'teams', 'telegram', 'whatsapp', 'sms')),
  name text not null,
  state text not null default 'active' check (state in ('active', 'disabled', 'deleted')),
  -- The end of its webhook's address: nobody can guess it.
  hook text not null unique,
  onboarding bigint not null check (onboarding in (0, 1)),
  mode text not null check (mode in ('once', 'silent')),
  language text not null,
  texts text not null,
  settings text not null,
  -- Secrets, sealed; and those before them, which count until `before_until`.
  secrets text not null,
  secrets_before text,
  before_until bigint,
  agent text not null default '',
  agent_secret text,
  -- What signed before it, beside it until `agent_until`.
  agent_before text,
  agent_until bigint,
  -- Where new requests are posted for approvers; empty: nowhere.
  channel text not null default '',
  last_event_at bigint,
  last_delivery_at bigint,
  last_failure_at bigint,
  problem text not null default '',
  version bigint not null default 1
);
create unique index connectors_name on connectors (org_id, name) where state <> 'deleted';
create index connectors_channel on connectors (org_id) where channel <> '' and state = 'active';

-- A person at a connector, by the platform's identity, never by a name.
create table contacts (
  id text primary key,
  org_id text not null references organisations (id),
  connector_id text not null references connectors (id),
  person text not null,
  name text not null,
  sorts_as text not null,
  conversation text not null,
  -- What an answer needs.
  route text not null,
  language text,
  standing text not null check (standing in ('onboarding', 'active', 'rejected', 'blocked')),
  -- Whose channel it is; and since when they have proven it. Without that an administrator only noted it, and it gives no right.
  member_id text references accounts (id),
  proven_at bigint,
  messages bigint not null default 0,
  last_message_at bigint not null,
  onboarded_at bigint,
  asked_at bigint,
  -- How many messages were passed on.
  passed_on bigint not null default 0,
  -- Why nothing reaches them; empty: it does.
  unreachable text not null default '',
  created_at bigint not null,
  version bigint not null default 1,
  unique (connector_id, person)
);
create index contacts_listed on contacts (org_id, connector_id, last_message_at, id);
create index contacts_member on contacts (org_id, member_id) where member_id is not null;

-- One-time codes by which members prove which contact is theirs.
create table chat_codes (
  account_id text primary key references accounts (id),
  code_hash text not null unique,
  expires_at bigint not null
);

-- What came by a webhook and was believed. A delivery and a message are each taken once; rows are kept longer than platforms try again.
create table chat_events (
  id text primary key,
  org_id text not null references organisations (id),
  connector_id text not null references connectors (id),
  event text not null,
  message text not null,
  -- Whose it is: what one person does is worked on in its order.
  lane text not null,
  -- Its place in its delivery.
  number bigint not null,
  arrived text not null,
  state text not null check (state in ('queued', 'sent', 'failed', 'dropped')),
  attempts bigint not null default 0,
  lease_until bigint not null default 0,
  next_try_at bigint not null,
  problem text,
  created_at bigint not null,
  ended_at bigint,
  unique (connector_id, event),
  unique (connector_id, message)
);
create index chat_events_due on chat_events (next_try_at, id) where state = 'queued';
create index chat_events_waiting on chat_events (connector_id, lane, created_at, number) where state = 'queued';
create index chat_events_ended on chat_events (ended_at) where ended_at is not null;

-- What is owed to platforms and to organisations' agents, in order within a lane.
create table chat_sends (
  id text primary key,
  org_id text not null references organisations (id),
  connector_id text not null references connectors (id),
  contact_id text references contacts (id),
  request_id text,
  what text not null check (what in ('onboarding', 'approval', 'rejection', 'agent', 'post', 'edit', 'whisper')),
  lane text not null,
  number bigint not null,
  send text not null,
  state text not null check (state in ('queued', 'sent', 'failed', 'dropped')),
  attempts bigint not null default 0,
  lease_until bigint not null default 0,
  next_try_at bigint not null,
  problem text,
  -- The platform's id of what was sent.
  message text,
  -- A post for approvers that has lost its buttons.
  closed bigint not null default 0 check (closed in (0, 1)),
  created_at bigint not null,
  ended_at bigint
);
create index chat_sends_due on chat_sends (next_try_at, id) where state = 'queued';
create unique index chat_sends_lane on chat_sends (lane, number);
create index chat_sends_waiting on chat_sends (lane, number) where state = 'queued';
create index chat_sends_request on chat_sends (org_id, request_id) where request_id is not null;
create index chat_sends_contact on chat_sends (contact_id) where contact_id is not null;
create index chat_sends_message on chat_sends (connector_id, message) where message is not null;
create index chat_sends_posts on chat_sends (created_at) where what = 'post' and closed = 0;
create index chat_sends_failed on chat_sends (org_id, connector_id) where state = 'failed';
create index chat_sends_ended on chat_sends (ended_at) where ended_at is not null;

alter table requests add column connector_id text references connectors (id);
alter table requests add column contact_id text references contacts (id);
-- How many messages came after the one that it shows.
alter table requests add column further bigint not null default 0;
-- However many messages come at once: one open request of a person.
create unique index requests_live_chat on requests (contact_id) where kind = 'chat' and status = 'pending';
create index requests_contact on requests (org_id, contact_id, submitted_at) where contact_id is not null;
-- The queue filtered by provider or connector.
create index requests_connector_time on requests (org_id, connector_id, tab, submitted_at, id) where connector_id is not null;
create index requests_connector_name on requests (org_id, connector_id, tab, sorts_as, id) where connector_id is not null;
