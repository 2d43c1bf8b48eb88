create table files (
  id text primary key,
  org_id text not null references organisations (id),
  name text not null,
  bytes bytea not null,
  created_at bigint not null
);
