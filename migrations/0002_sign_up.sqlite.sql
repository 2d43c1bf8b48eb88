create index requests_tab_time on requests (org_id, tab, submitted_at, id);
create index requests_tab_name on requests (org_id, tab, sorts_as, id);

-- What the queue's search finds: folded words of name and address, by their beginnings.
create table request_terms (
  org_id text not null,
  term text not null,
  request_id text not null references requests (id),
  primary key (org_id, term, request_id)
) without rowid;
insert into request_terms (org_id, term, request_id) select org_id, email_key, id from requests;
insert into request_terms (org_id, term, request_id) select org_id, lower(name), id from requests where true on conflict do nothing;
