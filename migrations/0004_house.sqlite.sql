create table files (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  bytes blob not null,
  created_at bigint not null
);
