create table export_pieces (
  org_id text not null references organisations (id),
  export_id text not null references exports (id),
  number bigint not null,
  bytes blob not null,
  primary key (export_id, number)
);
