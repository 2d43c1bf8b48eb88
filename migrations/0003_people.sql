-- People: members with their employment, found and paged by name; invitations with roles and limits; groups.

alter table members add column manager_id text references accounts (id);
alter table members add column job_title text not null default '';
alter table members add column department text not null default '';
-- The folded name by which the list sorts; kept true with member_terms by every change of name or address.
alter table members add column sorts_as text not null default '';
update members set sorts_as = (select lower(a.name) from accounts a where a.id = members.account_id);
-- Since when the member has no permission; empty while there is one.
alter table members add column waits_since bigint;
update members set waits_since = joined_at where state = 'active' and not exists (
  select 1 from member_roles mr join roles r on r.id = mr.role_id
  where mr.org_id = members.org_id and mr.account_id = members.account_id and r.permissions <> '');
create index members_manager on members (org_id, manager_id) where manager_id is not null;
create index members_waiting on members (org_id, waits_since, account_id) where waits_since is not null;

-- How long a link works (milliseconds), how many invitations each administrator may send in a day, and where that day begins.
alter table organisations add column invitation_life bigint not null default 86400000;
alter table organisations add column invitations_a_day bigint not null default 50;
alter table organisations add column time_zone text not null default 'UTC';

create table groups (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  version bigint not null default 1,
  unique (org_id, name)
);

create table group_members (
  org_id text not null references organisations (id),
  group_id text not null references groups (id),
  account_id text not null references accounts (id),
  primary key (org_id, group_id, account_id)
);
create index group_members_account on group_members (org_id, account_id);

-- Where somebody who belongs to several organisations went last.
alter table accounts add column last_org_id text references organisations (id);
