-- Sorted and searched by bytes, as SQLite does.
alter table requests alter column sorts_as type text collate "C";
create index requests_tab_time on requests (org_id, tab, submitted_at, id);
create index requests_tab_name on requests (org_id, tab, sorts_as, id);

create table request_terms (
  org_id text not null,
  term text collate "C" not null,
  request_id text not null references requests (id),
  primary key (org_id, term, request_id)
);
insert into request_terms (org_id, term, request_id) select org_id, email_key, id from requests;
insert into request_terms (org_id, term, request_id) select org_id, lower(name), id from requests on conflict do nothing;
