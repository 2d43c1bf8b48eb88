-- Deciding from chat: members prove by a one-time code which contact is theirs; posts for approvers lose their buttons once decided.
create table chat_codes (
  account_id text primary key references accounts (id),
  code_hash text not null unique,
  expires_at bigint not null
);
-- Since when the member has proven that the contact is theirs; without it an administrator only noted it, and it gives no right.
alter table contacts add column proven_at bigint;
alter table chat_sends add column closed bigint not null default 0 check (closed in (0, 1));
create index chat_sends_posts on chat_sends (created_at) where what = 'post' and closed = 0;
create index connectors_channel on connectors (org_id) where channel <> '' and state = 'active';
