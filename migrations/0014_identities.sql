-- Who somebody is: what is shown once belongs to a session, an address counts while somebody proves it, and a new identity waits
-- for a proof.

-- What is shown once, until the session that it was made for has looked at it.
create table shown_once (
  id text primary key,
  session_id text not null,
  account_id text not null references accounts (id),
  page text not null,
  sealed text not null,
  expires_at bigint not null
);
create index shown_once_session on shown_once (session_id);
create index shown_once_account on shown_once (account_id);

-- Who proves the address: the mailbox itself, by a link that was mailed to it, or a provider for as long as it says so.
alter table accounts add column email_proven_by text not null default 'mailbox' check (email_proven_by in ('mailbox', 'provider'));
-- The address that the provider vouched for when the person last came in with this identity.
alter table identities add column email text;
-- Both were written at one instant where a provider's word was the proof.
update identities set email = (select a.email from accounts a
  where a.id = identities.account_id and a.email_proven_at = identities.linked_at);
update accounts set email_proven_by = 'provider' where exists (select 1 from identities i
  where i.account_id = accounts.id and i.linked_at = accounts.email_proven_at);

-- Identities whose owner asked for a link to the address that they share with an account: the link works for this identity alone.
create table identity_offers (
  issuer text not null,
  subject text not null,
  token_hash text not null unique,
  account_id text not null references accounts (id),
  expires_at bigint not null,
  primary key (issuer, subject)
);
create index identity_offers_account on identity_offers (account_id);
