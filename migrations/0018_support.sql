-- Whom members of an organisation may ask for help, and those who were members.
alter table organisations add column support_contact text not null default '';

-- The second edition of keys: what the first one made is made anew while the server works.
drop index requests_old_keys;
drop index contacts_old_keys;
drop index invitations_old_keys;
drop index resources_old_keys;
drop index members_old_keys;
create index requests_old_keys on requests (org_id, id) where edition < 2;
create index contacts_old_keys on contacts (org_id, id) where edition < 2;
create index invitations_old_keys on invitations (org_id, id) where edition < 2;
create index resources_old_keys on resources (org_id, id) where edition < 2;
create index members_old_keys on members (org_id, account_id) where edition < 2 and state = 'active';
