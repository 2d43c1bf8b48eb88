-- One queue for all that is to be delivered or worked on: letters, calls of hooks, messages by chat, and what came by it.
create table deliveries (
  id text primary key,
  kind text not null check (kind in ('letter', 'hook_call', 'message', 'arrival')),
  -- Null: a letter that is of no organisation.
  org_id text references organisations (id),
  -- What is in trouble or at work together: 'mail', 'hook:RESOURCE', 'platform:CONNECTOR', 'agent:CONNECTOR', 'arrivals:CONNECTOR'.
  channel text not null,
  -- What goes one after the other, by number and id.
  lane text not null,
  number bigint not null,
  -- As JSON, by kind; empty where it is done and not to be kept.
  job text not null,
  -- The secret of a letter's link, until it has left.
  sealed text,
  recipient text,
  language text,
  -- Of a message: what it says.
  what text,
  state text not null check (state in ('queued', 'sent', 'failed', 'dropped', 'overtaken')),
  reason text,
  -- Something newer in the lane takes its place: it is not tried again.
  overtaken bigint not null default 0 check (overtaken in (0, 1)),
  attempts bigint not null default 0,
  due_at bigint not null,
  lease_until bigint not null default 0,
  created_at bigint not null,
  -- When it was owed, or tried again by somebody: what waits for too long from then on is given up.
  waits_since bigint not null,
  ended_at bigint,
  account_id text,
  request_id text,
  invitation_id text,
  resource_id text references resources (id),
  connector_id text references connectors (id),
  contact_id text references contacts (id),
  -- Of an arrival: the platform's name of the delivery. A delivery and a message are each taken once.
  event text,
  -- The platform's id of the message: of what came, or of what was sent.
  message text,
  -- Where a message stands.
  place text,
  -- A post for approvers that has lost its buttons.
  closed bigint not null default 0 check (closed in (0, 1))
);
create index deliveries_due on deliveries (due_at, id) where state = 'queued';
create index deliveries_waiting on deliveries (lane, number, id) where state = 'queued';
create index deliveries_lane on deliveries (lane, number);
create index deliveries_channel on deliveries (channel, due_at) where state = 'queued';
create index deliveries_unsent on deliveries (org_id, channel) where state in ('queued', 'failed');
create index deliveries_request on deliveries (org_id, request_id) where request_id is not null;
create index deliveries_invitation on deliveries (org_id, invitation_id) where invitation_id is not null;
create index deliveries_account on deliveries (account_id) where account_id is not null;
create index deliveries_contact on deliveries (contact_id) where contact_id is not null;
create index deliveries_message on deliveries (connector_id, message) where kind = 'message' and message is not null;
create index deliveries_latest on deliveries (connector_id, created_at) where kind = 'message';
create index deliveries_posts on deliveries (created_at) where what = 'post' and closed = 0;
create index deliveries_ended on deliveries (ended_at) where ended_at is not null;
create unique index deliveries_event on deliveries (connector_id, event) where kind = 'arrival';
create unique index deliveries_arrived on deliveries (connector_id, message) where kind = 'arrival';

-- Channels in trouble: nothing is tried on one before its pause is over.
create table channels (
  name text primary key,
  org_id text references organisations (id),
  reason text not null,
  since bigint not null,
  -- How long its pause is; each further one is twice as long.
  delay bigint not null,
  paused_until bigint not null
);

insert into deliveries (id, kind, org_id, channel, lane, number, job, sealed, recipient, language, state, reason, attempts, due_at,
    lease_until, created_at, waits_since, ended_at, account_id, request_id, invitation_id)
  select id, 'letter', org_id, 'mail', 'letter:' || id, 1, letter, sealed, recipient, language, state, problem, attempts, next_try_at,
    lease_until, created_at, created_at, ended_at, account_id, request_id, invitation_id from outbox;
insert into deliveries (id, kind, org_id, channel, lane, number, job, what, state, reason, attempts, due_at, lease_until, created_at,
    waits_since, ended_at, request_id, connector_id, contact_id, message, place, closed)
  select id, 'message', org_id, case what when 'agent' then 'agent:' else 'platform:' end || connector_id, lane, number, send, what, state,
    problem, attempts, next_try_at, lease_until, created_at, created_at, ended_at, request_id, connector_id, contact_id, message, channel, closed
    from chat_sends;
insert into deliveries (id, kind, org_id, channel, lane, number, job, state, reason, attempts, due_at, lease_until, created_at, waits_since,
    ended_at, connector_id, event, message)
  select id, 'arrival', org_id, 'arrivals:' || connector_id, 'arrival:' || connector_id || ':' || lane, number, arrived, state, problem,
    attempts, next_try_at, lease_until, created_at, created_at, ended_at, connector_id, event, message from chat_events;
drop table outbox;
drop table chat_sends;
drop table chat_events;
