-- Whom members of an organisation may ask for help, and those who were members.
alter table organisations add column support_contact text not null default '';
