-- The house for everybody in it: frequently asked questions, links of the home page, feedback, the tour; and the ways out.

-- Where feedback goes; empty: to whoever may change the settings.
alter table organisations add column feedback_address text not null default '';
-- When the organisation is announced to close, and who did it; closed_at is written once that has come.
alter table organisations add column closes_at bigint;
alter table organisations add column closed_by text references accounts (id);
update organisations set closes_at = closed_at where closed_at is not null;
create index organisations_closing on organisations (closes_at) where closes_at is not null and closed_at is null;

-- When the account is to be erased, and when that was done.
alter table accounts add column erases_at bigint;
alter table accounts add column erased_at bigint;
create index accounts_leaving on accounts (erases_at) where erases_at is not null and erased_at is null;

-- One page of questions and answers in each language, in Markdown.
create table faqs (
  org_id text not null references organisations (id),
  language text not null,
  body text not null,
  primary key (org_id, language)
);

-- A web page (url) or a file; one of the two.
create table home_links (
  id text primary key,
  org_id text not null references organisations (id),
  title text not null,
  url text,
  file_id text,
  position bigint not null
);
create index home_links_organisation on home_links (org_id, position, id);

-- Areas of the house that the tour has shown a member.
create table toured_areas (
  org_id text not null references organisations (id),
  account_id text not null references accounts (id),
  area text not null,
  at bigint not null,
  primary key (org_id, account_id, area)
);
