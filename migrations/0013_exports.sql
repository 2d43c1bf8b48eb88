-- Exports of organisations: made in the background, kept in pieces for a day.
create table exports (
  id text primary key,
  org_id text not null references organisations (id),
  asked_by text not null references accounts (id),
  asked_at bigint not null,
  state text not null check (state in ('waiting', 'ready', 'failed')),
  lease_until bigint not null default 0,
  attempts bigint not null default 0,
  lines bigint not null default 0,
  size bigint not null default 0,
  ended_at bigint
);
-- One at a time for each organisation.
create unique index exports_waiting on exports (org_id) where state = 'waiting';
create index exports_org on exports (org_id, asked_at);

-- Where everybody may create organisations: who did, and since when the operator vouches for it.
alter table organisations add column founded_by text;
alter table organisations add column vouched_at bigint;
update organisations set vouched_at = created_at;
