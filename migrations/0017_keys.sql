-- By what rows are found besides their terms, and which edition of their keys they have (`EDITION` in domain/text): those of an older one are
-- gone through while the server works.
alter table requests add column found_by text not null default '';
alter table requests add column edition bigint not null default 0;
alter table contacts add column found_by text not null default '';
alter table contacts add column edition bigint not null default 0;
alter table invitations add column found_by text not null default '';
alter table invitations add column edition bigint not null default 0;
alter table resources add column found_by text not null default '';
alter table resources add column edition bigint not null default 0;
alter table members add column edition bigint not null default 0;
create index requests_old_keys on requests (org_id, id) where edition < 1;
create index contacts_old_keys on contacts (org_id, id) where edition < 1;
create index invitations_old_keys on invitations (org_id, id) where edition < 1;
create index resources_old_keys on resources (org_id, id) where edition < 1;
create index members_old_keys on members (org_id, account_id) where edition < 1 and state = 'active';
-- What the message of a chat request brought, which names it where it has no words.
alter table requests add column content text not null default 'text';
