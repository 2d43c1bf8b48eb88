-- Whoever asks for a new link has no account yet, and later kinds of requests have none either.
alter table requests alter column account_id drop not null;
alter table requests drop constraint requests_kind_check;
alter table requests add constraint requests_kind_check check (kind in ('join', 'resource', 'chat'));
alter table requests drop constraint requests_status_check;
alter table requests add constraint requests_status_check
  check (status in ('pending', 'approved', 'denied', 'canceled', 'expired', 'missing_data', 'error'));

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

-- Sorted and searched by bytes, as SQLite does.
alter table members alter column sorts_as type text collate "C";
create index members_sorted on members (org_id, state, sorts_as, account_id);

create table member_terms (
  org_id text not null,
  term text collate "C" not null,
  account_id text not null references accounts (id),
  primary key (org_id, term, account_id)
);
create index member_terms_account on member_terms (org_id, account_id);
insert into member_terms (org_id, term, account_id) select m.org_id, a.email_key, a.id from members m join accounts a on a.id = m.account_id;
insert into member_terms (org_id, term, account_id)
  select m.org_id, lower(a.name), a.id from members m join accounts a on a.id = m.account_id on conflict do nothing;
